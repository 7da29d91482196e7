#!/usr/bin/env bash
# Two services, one password.
#
# 99designs/keyring 1.2.2 is opened for a ServiceName, and one would expect that name to
# keep the passwords of two programs apart. On a Secret Service it is used only to name a
# collection; with LibSecretCollectionName ("login" is the one that is open after a login)
# it is not used at all, and nothing in an item says whose it is: what one program stores
# under "token" replaces what the other stored there, and Keys() lists the labels of
# everything in the collection, other libraries' items too.
# Seen with gnome-keyring 42.1 of Debian 12.
set -euo pipefail
"$(dirname "$0")/../.ci/packages" gnome-keyring dbus
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
version=$(gnome-keyring-daemon --version)
echo "${version%%$'\n'*}"
case $version in *' 42.1'*) ;; *) echo "another version than the one described"; exit 1;; esac
go mod init finding >go.log 2>&1
go get github.com/99designs/keyring@v1.2.2 github.com/zalando/go-keyring@v0.2.8 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"slices"

	"github.com/99designs/keyring"
	zalando "github.com/zalando/go-keyring"
)

func main() {
	open := func(service string) keyring.Keyring {
		ring, err := keyring.Open(keyring.Config{
			ServiceName:             service,
			AllowedBackends:         []keyring.BackendType{keyring.SecretServiceBackend},
			LibSecretCollectionName: "login",
		})
		must(err)
		return ring
	}
	mail, talk := open("mail"), open("talk")
	must(mail.Set(keyring.Item{Key: "token", Data: []byte("of mail")}))
	must(talk.Set(keyring.Item{Key: "token", Data: []byte("of talk")}))
	item, err := mail.Get("token")
	must(err)
	fmt.Printf("mail reads: %s\n", item.Data)
	must(zalando.Set("calendar", "kim", "secret"))
	keys, err := mail.Keys()
	must(err)
	slices.Sort(keys)
	fmt.Printf("keys of mail: %q\n", keys)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o rings .
cat > session <<'SH'
export HOME=$PWD/home XDG_RUNTIME_DIR=$PWD/run
mkdir -p "$HOME"; mkdir -p -m 700 "$XDG_RUNTIME_DIR"
owned() { dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -o 'true\|false'; }
printf password | gnome-keyring-daemon --unlock --daemonize --components=secrets >/dev/null
until [ "$(owned)" = true ]; do sleep 0.02; done
./rings
SH
timeout 100 dbus-run-session -- bash session 2>/dev/null | tee seen
[ "$(cat seen)" = "mail reads: of talk
keys of mail: [\"Password for 'kim' on 'calendar'\" \"token\"]" ]
echo 'as found'
