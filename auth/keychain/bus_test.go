package keychain

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// socketDir returns a short folder with a socket named "bus" in sub: paths of
// sockets are limited to about 100 bytes.
func socketDir(t *testing.T, sub string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, sub, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return dir
}

func TestUseSessionBus(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("no session bus here")
	}
	uid := strconv.Itoa(os.Getuid())
	own, other, empty := socketDir(t, uid), socketDir(t, "a b"), t.TempDir()
	plain := t.TempDir() // a file that is no socket
	if err := os.WriteFile(filepath.Join(plain, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fromOwn := "unix:path=" + own + "/" + uid + "/bus"
	tests := []struct {
		name, address, xdg, run, want string // want "" means unavailable
	}{
		{"set already", "unix:path=" + other + "/a%20b/bus,guid=1", empty, own, "unix:path=" + other + "/a%20b/bus,guid=1"},
		{"one of several", "unix:path=/gone;unix:path=" + other + "/a b/bus", empty, own, "unix:path=/gone;unix:path=" + other + "/a b/bus"},
		{"no socket of this computer", "tcp:host=localhost,port=1", empty, own, "tcp:host=localhost,port=1"},
		{"dead, with a bus", "unix:path=/gone", "", own, fromOwn},
		{"dead abstract socket, with a bus", "unix:abstract=/tmp/gone,guid=1", "", own, fromOwn},
		{"dead, without a bus", "unix:path=/gone", "", empty, "unix:path=/gone"},
		{"placeholder, with a bus", "${DBUS_SESSION_BUS_ADDRESS}", "", own, fromOwn},
		{"placeholder, without a bus", "${DBUS_SESSION_BUS_ADDRESS}", "", empty, ""},
		{"usual place", "", "", own, fromOwn},
		{"runtime folder first, escaped", "", filepath.Join(other, "a b"), own, "unix:path=" + other + "/a%20b/bus"},
		{"runtime folder without a bus", "", empty, own, fromOwn},
		{"no socket", "", plain, empty, ""},
		{"relative runtime folder", "", ".", empty, ""},
		{"none", "", "", empty, ""},
		{"autolaunch means none", "autolaunch:", "", empty, ""},
		{"autolaunch with a bus", "autolaunch:scope=x", "", own, fromOwn},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(busVariable, test.address)
			t.Setenv("XDG_RUNTIME_DIR", test.xdg)
			err := useSessionBus(test.run)
			if test.want == "" {
				if !errors.Is(err, ErrUnavailable) || os.Getenv(busVariable) != test.address {
					t.Errorf("error %v, address %q", err, os.Getenv(busVariable))
				}
				return
			}
			if err != nil || os.Getenv(busVariable) != test.want {
				t.Errorf("error %v, address %q, want %q", err, os.Getenv(busVariable), test.want)
			}
		})
	}
}

func TestIsUsualBus(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no session bus here")
	}
	usual := "unix:path=/run/user/" + strconv.Itoa(os.Getuid()) + "/bus"
	for address, want := range map[string]bool{usual: true, usual + ",guid=0123": true, usual + "2": false, "unix:path=/tmp/dbus-x": false, "": false} {
		if got := IsUsualBus(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
