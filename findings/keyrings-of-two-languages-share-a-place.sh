#!/usr/bin/env bash
# A password that was changed and deleted is still there.
#
# A program in Go and a tool in Python keep one password under the same service and user.
# Python's keyring 25.7.0 stores one attribute more than go-keyring 0.2.8 (application):
# the Secret Service (gnome-keyring 42.1 of Debian 12) finds the items of both for either,
# and what Go stores replaces Python's item, but what Python stores does not replace Go's.
# From then on there are two, of which both read the same one, not always the newer.
# The library that deletes the password takes one of them away, and both read the other.
set -euo pipefail
"$(dirname "$0")/../.ci/packages" gnome-keyring dbus python3-pip
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
version=$(gnome-keyring-daemon --version)
echo "${version%%$'\n'*}"
case $version in *' 42.1'*) ;; *) echo "another version than the one described"; exit 1;; esac
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keyring==25.7.0 secretstorage==3.5.0
go mod init finding >go.log 2>&1
go get github.com/zalando/go-keyring@v0.2.8 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"errors"
	"log"
	"os"

	"github.com/zalando/go-keyring"
)

func main() {
	if len(os.Args) > 1 {
		if err := keyring.Set("mail", "kim", os.Args[1]); err != nil {
			log.Fatal(err)
		}
		return
	}
	text, err := keyring.Get("mail", "kim")
	if errors.Is(err, keyring.ErrNotFound) {
		text, err = "none", nil
	}
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout.WriteString(text)
}
GO
go mod tidy >>go.log 2>&1 && go build -o go .
cat > session <<'SH'
export HOME=$PWD/home XDG_RUNTIME_DIR=$PWD/run
mkdir -p "$HOME"; mkdir -p -m 700 "$XDG_RUNTIME_DIR"
owned() { dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -o 'true\|false'; }
printf password | gnome-keyring-daemon --unlock --daemonize --components=secrets >/dev/null
until [ "$(owned)" = true ]; do sleep 0.02; done
python() { venv/bin/python -c "import keyring; $1"; }
items() { python 'import secretstorage as s; print(len(list(s.search_items(s.dbus_init(), {"service": "mail", "username": "kim"}))))'; }
says() { echo "$1: Go reads $(./go), Python reads $(python 'print(keyring.get_password("mail", "kim"))'), items: $(items)"; }
python 'keyring.set_password("mail", "kim", "first")'; says 'Python stored first'
./go second; says 'Go stored second'
python 'keyring.set_password("mail", "kim", "third")'; says 'Python stored third'
python 'keyring.delete_password("mail", "kim")'; says 'Python deleted it'
SH
timeout 100 dbus-run-session -- bash session 2>/dev/null | tee seen
{
  read -r line && [ "$line" = 'Python stored first: Go reads first, Python reads first, items: 1' ]
  read -r line && [ "$line" = 'Go stored second: Go reads second, Python reads second, items: 1' ]
  read -r line && grep -qE '^Python stored third: Go reads (second|third), Python reads \1, items: 2$' <<<"$line"
  read -r line && grep -qE '^Python deleted it: Go reads (second|third), Python reads \1, items: 1$' <<<"$line"
} <seen
echo 'as found'
