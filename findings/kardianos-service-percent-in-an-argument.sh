#!/usr/bin/env bash
# A service is installed without an error, and systemd cannot read it.
#
# In a unit, "%" begins a specifier (systemd.unit(5)): %H is the name of the machine, %E
# a folder, and a plain percent sign is written %%. kardianos/service 1.3.0 makes units
# from a program and its arguments, puts quotes around these and would be expected to
# double the sign as well. It does not: a time written %H:%M arrives as the machine's
# name, and with a Korean link as browsers copy it (%ED%95%9C…) the whole unit is
# refused ("Failed to resolve unit specifiers"), after Install has said that all is well.
# Seen with systemd 252 of Debian 12.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
apt-get download -qq systemd libsystemd-shared >/dev/null 2>&1
for p in *.deb; do dpkg -x "$p" root; done
libraries=$(echo root/usr/lib/*-linux-gnu/systemd)
analyze() { LD_LIBRARY_PATH="$tmp/$libraries" SYSTEMD_LOG_LEVEL=debug root/usr/bin/systemd-analyze "$@" 2>&1; }
case $(analyze --version) in *'systemd 252 '*) ;; *) echo "another version than the one described"; exit 1;; esac
go mod init finding >go.log 2>&1
go get github.com/kardianos/service@v1.3.0 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/kardianos/service"
)

type program struct{}

func (program) Start(service.Service) error { return nil }
func (program) Stop(service.Service) error  { return nil }

func main() {
	for _, system := range service.AvailableSystems() {
		if system.String() != "linux-systemd" {
			continue
		}
		made, err := system.New(program{}, &service.Config{
			Name: os.Args[1], Executable: "/bin/echo", Arguments: os.Args[2:], Option: service.KeyValue{"UserService": true},
		})
		if err == nil {
			err = made.Install()
		}
		fmt.Println("Install:", err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o install .
# Install writes the unit and then calls systemctl, which needs a running systemd.
mkdir -p bin home; mkdir -m 700 run
printf '#!/bin/sh\n' > bin/systemctl; chmod +x bin/systemctl
export HOME="$tmp/home" XDG_RUNTIME_DIR="$tmp/run" PATH="$tmp/bin:$PATH"
try() {
  echo "$1: $2"
  ./install "$1" "$2"
  analyze --user --man=no verify "home/.config/systemd/user/$1.service" > said || true
  case $(cat said) in
    *"Failed to resolve unit specifiers"*) echo "systemd: refuses the unit" ;;
    *"Command Line: /bin/echo $2"* | *"Command Line: /bin/echo \"$2\""*) echo "systemd: reads the argument" ;;
    *"Command Line: /bin/echo "*) echo "systemd: reads another argument" ;;
    *) cat said ;;
  esac
}
{
  try plain 'good morning'
  try time '%H:%M'
  try link 'https://example.com/%ED%95%9C'
} | tee seen
[ "$(cat seen)" = 'plain: good morning
Install: <nil>
systemd: reads the argument
time: %H:%M
Install: <nil>
systemd: reads another argument
link: https://example.com/%ED%95%9C
Install: <nil>
systemd: refuses the unit' ]
echo 'as found'
