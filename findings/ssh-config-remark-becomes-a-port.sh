#!/usr/bin/env bash
# One ~/.ssh/config that ssh reads and three libraries do not.
#
# ssh takes a remark behind a value, a time with a unit and a quoted name of a host; a
# library that reads the user's file would be expected to do so as well. Of
# `Port 2222 # office` paramiko 5.1.0 gives "2222 # office" as the port and asyncssh 2.24.1
# refuses the file, as it does for `ServerAliveInterval 1m`; for `Host "talk"`
# kevinburke/ssh_config 1.6.0 takes the quotes into the name and finds nothing.
# Seen with OpenSSH 9.2p1 of Debian 12.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
apt-get download -qq openssh-client >/dev/null 2>&1
dpkg -x openssh-client_*.deb root
version=$(root/usr/bin/ssh -V 2>&1)
echo "$version"
case $version in OpenSSH_9.2p1*) ;; *) echo "another version than the one described"; exit 1;; esac
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check paramiko==5.1.0 asyncssh==2.24.1
go mod init finding >go.log 2>&1
go get github.com/kevinburke/ssh_config@v1.6.0 >>go.log 2>&1
printf 'Host talk\n  Port 2222 # office\n' > remark
printf 'Host talk\n  Port 2222\n  ServerAliveInterval 1m\n' > unit
printf 'Host "talk"\n  Port 2222\n' > quotes
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/kevinburke/ssh_config"
)

func main() {
	for _, name := range os.Args[1:] {
		file, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		config, err := ssh_config.Decode(file)
		if err != nil {
			panic(err)
		}
		port, err := config.Get("talk", "Port")
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s ssh_config: %q\n", name, port)
	}
}
GO
go mod tidy >>go.log 2>&1
cat > read.py <<'PY'
import sys, asyncssh, paramiko
for name in sys.argv[1:]:
    print(name, "paramiko:", paramiko.SSHConfig.from_path(name).lookup("talk")["port"])
    try:
        print(name, "asyncssh:", asyncssh.SSHClientConnectionOptions(config=[name], host="talk").port)
    except asyncssh.ConfigParseError as error:
        print(name, "asyncssh:", str(error).split(": ", 1)[1])
PY
{
  for name in remark unit quotes; do echo "$name ssh: $(root/usr/bin/ssh -TF $name -G talk | sed -n 's/^port //p')"; done
  venv/bin/python -W ignore read.py remark unit quotes
  go run . remark unit quotes
} | tee seen
diff - <(sort seen) <<'WANT'
quotes asyncssh: 2222
quotes paramiko: 2222
quotes ssh: 2222
quotes ssh_config: ""
remark asyncssh: Extra data at end: # office
remark paramiko: 2222 # office
remark ssh: 2222
remark ssh_config: "2222"
unit asyncssh: Invalid ServerAliveInterval integer value: 1m
unit paramiko: 2222
unit ssh: 2222
unit ssh_config: "2222"
WANT
echo 'as found'
