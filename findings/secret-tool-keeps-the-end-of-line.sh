#!/usr/bin/env bash
# A key piped into the keychain is refused by the service, and looks right.
#
# `echo KEY | secret-tool store …` is how a script puts a key into the Secret Service.
# Tools that take a password from a pipe, keyring 25.7.0's `keyring set` and
# gnome-keyring-daemon --unlock among them, take off the end of the line that echo writes.
# secret-tool 0.20.5 of Debian 12 stores it. `secret-tool lookup` shows nothing of it, as
# it writes no end of line of its own into a pipe, and a terminal's prompt adds none;
# a program that reads the key gets one letter more than its owner has.
# Seen with gnome-keyring 42.1 of Debian 12.
set -euo pipefail
"$(dirname "$0")/../.ci/packages" gnome-keyring dbus python3-pip
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
version=$(gnome-keyring-daemon --version)
echo "${version%%$'\n'*}"
case $version in *' 42.1'*) ;; *) echo "another version than the one described"; exit 1;; esac
apt-get download -qq libsecret-tools >/dev/null 2>&1
case $(echo libsecret-tools_*) in libsecret-tools_0.20.5-*) ;; *) echo "another version than the one described"; exit 1;; esac
dpkg -x libsecret-tools_*.deb root
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check keyring==25.7.0 secretstorage==3.5.0
cat > read.py <<'PY'
import keyring
for service in "secret-tool", "keyring":
    print(f"{service}: {keyring.get_password(service, 'kim')!r}")
PY
cat > session <<'SH2'
export HOME=$PWD/home XDG_RUNTIME_DIR=$PWD/run
mkdir -p "$HOME"; mkdir -p -m 700 "$XDG_RUNTIME_DIR"
owned() { dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -o 'true\|false'; }
printf password | gnome-keyring-daemon --unlock --daemonize --components=secrets >/dev/null
until [ "$(owned)" = true ]; do sleep 0.02; done
echo key | root/usr/bin/secret-tool store --label=key service secret-tool username kim
echo key | venv/bin/keyring set keyring kim
venv/bin/python read.py
echo "secret-tool lookup: $(root/usr/bin/secret-tool lookup service secret-tool username kim)"
SH2
timeout 100 dbus-run-session -- bash session 2>/dev/null | tee seen
[ "$(cat seen)" = "secret-tool: 'key\\n'
keyring: 'key'
secret-tool lookup: key" ]
echo 'as found'
