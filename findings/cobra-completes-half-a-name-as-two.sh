#!/usr/bin/env bash
# Tab completes the half of a name into two arguments.
#
# cobra 1.10.2 escapes a completion with a blank for bash if it is the only one. With two
# ("hong gildong", "hong gilsun") bash is given them bare and inserts what they share:
# `talk send hong gil`, two arguments, where bash itself completes files to `hong\ gil`.
# After an opened quote nothing is completed at all, again unlike files. With one name and
# no quote all is well, which hides it from a first try.
# Seen with bash 5.2.15 and bash-completion 2.11 of Debian 12.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
apt-get download -qq bash-completion bash >/dev/null 2>&1
for p in *.deb; do dpkg -x "$p" root; done
root/bin/bash -c 'echo "bash $BASH_VERSION"; [[ $BASH_VERSION == 5.2.15* ]]'
go mod init finding >go.log 2>&1
go get github.com/spf13/cobra@v1.10.2 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	talk := &cobra.Command{Use: "talk"}
	talk.AddCommand(&cobra.Command{
		Use: "send",
		Run: func(_ *cobra.Command, args []string) { fmt.Printf("got %q\n", args) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return []cobra.Completion{"lee min", "hong gildong", "hong gilsun"}, cobra.ShellCompDirectiveNoFileComp
		},
	})
	if talk.Execute() != nil {
		os.Exit(1)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o talk . && mkdir files && touch files/{'lee min','hong gildong','hong gilsun'}
./talk completion bash > talk.bash
cat > rc <<RC
PS1='READY '
PATH="$tmp:\$PATH"
bind 'set enable-bracketed-paste off'
. root/usr/share/bash-completion/bash_completion
. ./talk.bash
show() { talk send "\$@"; } # completed by bash itself, with the files
cd files
RC
cat > keys.py <<'PY'
import os, pty
child, terminal = pty.fork()
if child == 0:
    os.environ.update(TERM="dumb", LC_ALL="C.UTF-8")
    os.execv("root/bin/bash", ["bash", "--noprofile", "--rcfile", "rc", "-i"])
def until(text):
    seen = b""
    while not seen.endswith(text):
        seen += os.read(terminal, 1)
    return seen.decode()
until(b"READY ")
for line in ("show lee\t", "show hong\t", 'show "lee\t', "cd ..", "talk send lee\t", "talk send hong\t", 'talk send "lee\t"'):
    os.write(terminal, (line + "\n").encode())
    print(repr(line), *[answer for answer in until(b"READY ").splitlines() if answer.startswith("got ")])
os.write(terminal, b"exit\n")
os.waitpid(child, 0)
PY
timeout 60 python3 keys.py | tee seen
diff - seen <<'WANT'
'show lee\t' got ["lee min"]
'show hong\t' got ["hong gil"]
'show "lee\t' got ["lee min"]
'cd ..'
'talk send lee\t' got ["lee min"]
'talk send hong\t' got ["hong" "gil"]
'talk send "lee\t"' got ["lee"]
WANT
echo 'as found'
