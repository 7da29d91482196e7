#!/usr/bin/env bash
# `ssh -R 127.0.0.2:PORT:…` succeeds and listens on 127.0.0.1 and ::1.
#
# A remote forward may name the address to listen on (RFC 4254 section 7.1). With
# GatewayPorts no, which is the default, OpenSSH's server binds its loopback
# addresses whatever was asked, and answers with success: the client reports
# 127.0.0.2, and a proxy that was told so finds nothing there.
# Seen with OpenSSH 9.2p1 of Debian 12.
set -euo pipefail
tmp=$(mktemp -d); cleanup() { kill "$(cat "$tmp/sshd.pid" 2>/dev/null)" "${client:-}" 2>/dev/null || true; rm -rf "$tmp"; }; trap cleanup EXIT
cd "$tmp"
apt-get download -qq openssh-server openssh-client >/dev/null 2>&1
for p in *.deb; do dpkg -x "$p" root; done
version=$(root/usr/bin/ssh -V 2>&1)
echo "$version"
case $version in OpenSSH_9.2p1*) ;; *) echo "another version than the one described"; exit 1;; esac

free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free) forward=$(free)
ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t ed25519 -N '' -f key
mkdir -p /run/sshd # the server's empty folder for privilege separation
cat > config <<CONF
Port $port
ListenAddress 127.0.0.1
HostKey $tmp/host
PidFile $tmp/sshd.pid
AuthorizedKeysFile $tmp/key.pub
StrictModes no
UsePAM no
CONF
"$tmp/root/usr/sbin/sshd" -f config -E log
root/usr/bin/ssh -p "$port" -i key -o BatchMode=yes -o ExitOnForwardFailure=yes -o UserKnownHostsFile="$tmp/known" -o StrictHostKeyChecking=accept-new \
  -v -N -R "127.0.0.2:$forward:127.0.0.1:9" "$(id -un)@127.0.0.1" 2>client.log & client=$!
for _ in $(seq 100); do grep -q 'remote forward success' client.log && break; sleep 0.1; done
grep -o 'remote forward success.*' client.log | tr -d '\r'
answers() { python3 -c 'import socket, sys
try: socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close(); print("listens")
except OSError: print("nothing there")' "$1" "$forward"; }
for address in 127.0.0.2 127.0.0.1 ::1; do printf '%-10s %s\n' "$address" "$(answers "$address")"; done
[ "$(answers 127.0.0.2)" = 'nothing there' ]
[ "$(answers 127.0.0.1)" = listens ]
echo 'as found'
