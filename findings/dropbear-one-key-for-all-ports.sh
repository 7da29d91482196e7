#!/usr/bin/env bash
# Two servers on one machine, and the second is called a changed key.
#
# ssh keeps the key of a server that is on another port than 22 as "[host]:port" in
# known_hosts (sshd(8)). Dropbear's dbclient 2022.83 of Debian 12 reads and writes the same
# ~/.ssh/known_hosts and would be expected to keep ports apart as well. It knows names
# only: having learnt the server on one port it refuses the one on another as a mismatch,
# and it does not know what ssh or ssh-keyscan wrote down for a port, nor one of two names
# on a line (host,address). Behind a tunnel every server is localhost on a port.
set -euo pipefail
tmp=$(mktemp -d); servers=(); trap 'kill "${servers[@]}" 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
apt-get download -qq dropbear-bin libtomcrypt1 libtommath1 >/dev/null 2>&1
for p in *.deb; do dpkg -x "$p" root; done
libraries=$(echo root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$tmp/$libraries" HOME="$tmp/home"
version=$(root/usr/bin/dbclient -V 2>&1)
echo "$version"
case $version in *v2022.83*) ;; *) echo "another version than the one described"; exit 1;; esac
mkdir -p home/.ssh
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
ports=()
for name in one two; do
  port=$(free)
  root/usr/bin/dropbearkey -t ed25519 -f "$name" >/dev/null 2>&1
  root/usr/sbin/dropbear -F -E -r "$name" -p "127.0.0.1:$port" -P "$name.pid" 2>"$name.log" & servers+=($!)
  until ssh-keyscan -p "$port" 127.0.0.1 > "$name.known" 2>/dev/null && [ -s "$name.known" ]; do sleep 0.1; done
  ports+=("$port")
done
# What dbclient says of the server, before it asks for a password. Its question is answered with yes.
visit() {
  echo y | setsid timeout 30 root/usr/bin/dbclient -p "$1" kim@127.0.0.1 true > said 2>&1 || true
  case $(cat said) in
    *mismatch*) echo refuses ;;
    *'not in the trusted hosts file'*) echo asks ;;
    *password*) echo knows ;;
    *) cat said ;;
  esac
}
{
  echo "dbclient, first visit: $(visit "${ports[0]}")"
  echo "dbclient, second visit: $(visit "${ports[0]}")"
  echo "dbclient, other port: $(visit "${ports[1]}")"
  cp two.known home/.ssh/known_hosts
  echo "ssh-keyscan's line: $(visit "${ports[1]}")"
  sed 's/^[^ ]*/127.0.0.1/' two.known > home/.ssh/known_hosts
  echo "the same, without port: $(visit "${ports[1]}")"
  sed 's/^[^ ]*/printer,127.0.0.1/' two.known > home/.ssh/known_hosts
  echo "two names: $(visit "${ports[1]}")"
} | tee seen
[ "$(cat seen)" = "dbclient, first visit: asks
dbclient, second visit: knows
dbclient, other port: refuses
ssh-keyscan's line: asks
the same, without port: knows
two names: asks" ]
echo 'as found'
