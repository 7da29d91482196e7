#!/usr/bin/env bash
# A command in a setting, taken apart "as a shell does" by six libraries.
#
# Each says that it splits words by a shell's rules; one would expect all to agree with sh
# on a quoted Windows path, an address with a fragment and an empty argument.
# google/shlex and mattn/go-shellwords 1.0.16 take the backslashes out of the path,
# anmitsu/go-shlex loses the empty argument, and shell-quote 1.12.0 (Node) takes the
# fragment for a comment. Python's shlex and kballard/go-shellquote read all as sh does.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . shell-quote@1.12.0 >/dev/null 2>&1
go mod init finding >go.log 2>&1
go get github.com/google/shlex@v0.0.0-20191202100458-e7afc7fbc510 github.com/mattn/go-shellwords@v1.0.16 \
  github.com/kballard/go-shellquote@v0.0.0-20180428030007-95032a82bc51 github.com/anmitsu/go-shlex@v0.0.0-20200514113438-38f4b401e2be >>go.log 2>&1
cat > lines <<'LINES'
talk --home "C:\Users\kim"
talk --open http://localhost/#chat
talk --title "" now
LINES
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	anmitsu "github.com/anmitsu/go-shlex"
	google "github.com/google/shlex"
	"github.com/kballard/go-shellquote"
	"github.com/mattn/go-shellwords"
)

func main() {
	text, err := os.ReadFile("lines")
	if err != nil {
		panic(err)
	}
	show := func(name string, split func(string) ([]string, error)) {
		for line := range strings.Lines(string(text)) {
			words, err := split(strings.TrimSpace(line))
			if err != nil {
				panic(err)
			}
			fmt.Printf("%s <%s>\n", name, strings.Join(words, "><"))
		}
	}
	show("google", google.Split)
	show("mattn", shellwords.Parse)
	show("anmitsu", func(line string) ([]string, error) { return anmitsu.Split(line, true) })
	show("kballard", shellquote.Split)
}
GO
go mod tidy >>go.log 2>&1
cat > split.mjs <<'JS'
import fs from 'fs'
import { parse } from 'shell-quote'
const lines = fs.readFileSync('lines', 'utf8').trim().split('\n')
for (const line of lines) {
  console.log('shell-quote', parse(line).map(word => `<${word.comment === undefined ? word : 'comment: ' + word.comment}>`).join(''))
}
JS
python3 -c 'import shlex
for line in open("lines"): print("python", "".join(f"<{word}>" for word in shlex.split(line)))' > seen
while read -r line; do sh -c "talk() { printf 'sh <talk>'; printf '<%s>' \"\$@\"; echo; }; $line"; done < lines >> seen
{ go run .; node split.mjs; } >> seen
cat seen
words() { grep "^$1 " seen | cut -d' ' -f2-; }
words sh > right
for reader in python kballard; do diff right <(words $reader); done
differ() { diff right <(words "$1") | grep '^>' || true; }
for reader in google mattn; do [ "$(differ $reader)" = '> <talk><--home><C:Userskim>' ]; done
[ "$(differ anmitsu)" = '> <talk><--title><now>' ]
[ "$(differ shell-quote)" = '> <talk><--open><http://localhost/><comment: chat>' ]
echo 'as found'
