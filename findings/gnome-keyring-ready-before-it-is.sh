#!/usr/bin/env bash
# A daemon that has gone into the background is not there yet.
#
# A program that turns itself into a daemon is expected to let its caller go when it
# can be used. `gnome-keyring-daemon --unlock --daemonize --components=secrets`, as
# scripts for servers and CI start it, returns before it owns org.freedesktop.secrets
# on the session bus: the next command finds no keychain, a moment later it does.
# Seen with gnome-keyring 42.1 and dbus 1.14.10 of Debian 12.
set -euo pipefail
"$(dirname "$0")/../.ci/packages" gnome-keyring dbus
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
version=$(gnome-keyring-daemon --version)
echo "${version%%$'\n'*}"
case $version in *' 42.1'*) ;; *) echo "another version than the one described"; exit 1;; esac
cat > session <<'SH'
export HOME=$PWD/home XDG_RUNTIME_DIR=$PWD/run
mkdir -p "$HOME"; mkdir -p -m 700 "$XDG_RUNTIME_DIR"
owned() { dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -o 'true\|false'; }
printf password | gnome-keyring-daemon --unlock --daemonize --components=secrets >/dev/null
first=$(owned) later=$first
for _ in $(seq 500); do [ "$later" = true ] && break; sleep 0.02; later=$(owned); done
echo "$first $later"
SH
for _ in $(seq 20); do dbus-run-session -- bash session 2>/dev/null; done | tee seen
grep -q '^false true$' seen
[ "$(grep -c ' true$' seen)" = 20 ]
echo 'as found'
