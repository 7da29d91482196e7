#!/usr/bin/env bash
# Asking a keychain that is not there starts a message bus that nobody ends.
#
# Where no session bus runs (a server, a container, a service of the system) one
# would expect go-keyring to answer that there is no keychain. go-keyring 0.2.8
# connects by godbus 5.2.2, which runs dbus-launch if it is installed, puts the
# new bus's address into the program's own environment, and leaves the daemon
# running after the program has ended. Each program that asks leaves one more. The
# keychain is not usable all the same: nobody has unlocked one on the new bus.
# Seen with dbus-launch 1.14.10 of Debian 12.
set -euo pipefail
tmp=$(mktemp -d)
left() { pgrep -f "dbus-daemon --syslog --fork --print-pid .* --print-address .* --session" || true; }
before=$(left)
new() { comm -13 <(sort <<<"$before") <(left | sort); }
trap 'new | xargs -r kill; rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq dbus-x11 >/dev/null 2>&1
dpkg -x dbus-x11_1.14.10-*.deb root
go mod init finding >go.log 2>&1
go get github.com/zalando/go-keyring@v0.2.8 github.com/godbus/dbus/v5@v5.2.2 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/zalando/go-keyring"
)

func main() {
	_, err := keyring.Get("service", "user")
	fmt.Println("usable:", err == nil)
	fmt.Println("address in the environment:", os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "")
}
GO
go mod tidy >>go.log 2>&1 && go build -o ask .
mkdir run
env -u DBUS_SESSION_BUS_ADDRESS -u DISPLAY HOME="$tmp" XDG_RUNTIME_DIR="$tmp/run" PATH="$tmp/root/usr/bin:$PATH" timeout 150 ./ask | tee out
echo "daemons left: $(new | wc -l)"
grep -q 'usable: false' out && grep -q 'environment: true' out
[ "$(new | wc -l)" = 1 ]
echo 'as found'
