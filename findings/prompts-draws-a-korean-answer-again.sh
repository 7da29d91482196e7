#!/usr/bin/env bash
# A Korean answer of two lines is drawn once more with every key.
#
# A Korean letter takes two cells of a terminal. One would expect libraries that ask
# questions there to count cells by now. prompts 2.4.2 and enquirer 2.4.1 (Node) count
# letters: the cursor does not stand where the next letter goes, and once an answer has
# reached the second line each key leaves a copy of the question, with a Latin answer
# none. chzyer/readline 1.5.1 (Go) has the cursor wrong as well. @inquirer/prompts 8.7.5,
# ergochat/readline 0.1.3, which came of chzyer's, and prompt_toolkit 3.0.53 (Python) are
# right. The answer that comes out is the one that was typed with all of them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check pyte==0.8.2 prompt_toolkit==3.0.53
npm install --silent --no-audit --no-fund --prefix . prompts@2.4.2 enquirer@2.4.1 @inquirer/prompts@8.7.5 >/dev/null 2>&1
go mod init finding >go.log 2>&1
go get github.com/chzyer/readline@v1.5.1 github.com/ergochat/readline@v0.1.3 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"os"

	chzyer "github.com/chzyer/readline"
	ergochat "github.com/ergochat/readline"
)

func main() {
	var answer string
	var err error
	if os.Args[1] == "chzyer" {
		line, _ := chzyer.New("name? ")
		answer, err = line.Readline()
	} else {
		line, _ := ergochat.New("name? ")
		answer, err = line.ReadLine()
	}
	if err != nil {
		panic(err)
	}
	println("answer=" + answer + ".")
}
GO
cat > ask.mjs <<'JS'
import prompts from 'prompts'
import enquirer from 'enquirer'
import { input } from '@inquirer/prompts'
const ask = {
  prompts: async () => (await prompts({ type: 'text', name: 'name', message: 'name?' })).name,
  enquirer: async () => (await enquirer.prompt({ type: 'input', name: 'name', message: 'name?' })).name,
  inquirer: () => input({ message: 'name?' }),
}
console.log(`answer=${await ask[process.argv[2]]()}.`)
JS
cat > ask.py <<'PY'
from prompt_toolkit import prompt
print(f"answer={prompt('name? ')}.")
PY
cat > type.py <<'PY'
import fcntl, os, pty, select, struct, subprocess, termios
import pyte

# What stands on a screen of 40 columns when the keys were typed and the program is quiet.
def typed(command, keys):
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    program = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env=environment, start_new_session=True,
                               preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(end)
    screen = pyte.Screen(40, 24)
    stream = pyte.ByteStream(screen)
    def read(until):
        while select.select([terminal], [], [], 1 if until() else 60)[0]:
            try:
                written = os.read(terminal, 65536)
            except OSError:
                return
            stream.feed(written)
            if b"\x1b[6n" in written:
                os.write(terminal, f"\x1b[{screen.cursor.y + 1};{screen.cursor.x + 1}R".encode())
    read(lambda: "name?" in "".join(screen.display))
    for key in keys:
        os.write(terminal, key.encode())
        read(lambda: True)
    program.kill()
    program.wait()
    os.close(terminal)
    return screen

for name, command in {
    "prompts": ["node", "ask.mjs", "prompts"], "enquirer": ["node", "ask.mjs", "enquirer"], "@inquirer/prompts": ["node", "ask.mjs", "inquirer"],
    "chzyer/readline": ["./ask", "chzyer"], "ergochat/readline": ["./ask", "ergochat"], "prompt_toolkit": ["venv/bin/python", "ask.py"],
}.items():
    screen = typed(command, ["안녕하세요", "\x1b[D", "\x1b[D"])
    text = "".join(screen.buffer[screen.cursor.y][x].data or "\0" for x in range(40)).rstrip()
    back = len(text) - screen.cursor.x
    def questions(answer):
        return sum("name?" in line for line in typed(command, [answer, "\x1b[D", "\x1b[D", "\r"]).display)
    print(f"{name}: two letters back are {back} cells, questions: {questions('a' * 45)} Latin, {questions('가나다라마바사아자차카타파하거너더러머버')} Korean", flush=True)
PY
go mod tidy >>go.log 2>&1 && go build -o ask .
venv/bin/python type.py | tee seen
grep -qE '^prompts: two letters back are 2 cells, questions: 1 Latin, ([2-9]|[0-9]{2}) Korean$' seen
grep -qE '^enquirer: two letters back are 7 cells, questions: 1 Latin, ([2-9]|[0-9]{2}) Korean$' seen
grep -q '^chzyer/readline: two letters back are 2 cells, questions: 1 Latin, 1 Korean$' seen
[ "$(grep -c ': two letters back are 4 cells, questions: 1 Latin, 1 Korean$' seen)" = 3 ]
echo 'as found'
