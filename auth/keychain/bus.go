package keychain

import (
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	busVariable = "DBUS_SESSION_BUS_ADDRESS"
	userRunDir  = "/run/user" // holds one folder per user id (systemd, elogind)
	dialTimeout = time.Second
)

// useSessionBus sees to it that DBUS_SESSION_BUS_ADDRESS leads to a bus: MCP clients
// start us without it, with a placeholder that they have not filled in, or with one
// of a session that has ended. Then the bus in its usual place is taken, if it is
// there. Without any bus it returns ErrUnavailable, and the library must not be
// called: it would run dbus-launch, which leaves daemons behind.
func useSessionBus(userRunDir string) error {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return nil
	}
	address := os.Getenv(busVariable)
	if isAddress(address) && answers(address) {
		return nil
	}
	own := filepath.Join(userRunDir, strconv.Itoa(os.Getuid()))
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), own} {
		socket := filepath.Join(dir, "bus")
		info, err := os.Stat(socket)
		if !filepath.IsAbs(dir) || err != nil || info.Mode().Type() != fs.ModeSocket {
			continue
		}
		if err := os.Setenv(busVariable, "unix:path="+escapeAddress(socket)); err != nil {
			return fmt.Errorf("setting the session bus: %w", ErrUnavailable)
		}
		return nil
	}
	if isAddress(address) {
		return nil // the library says why it is of no use
	}
	return fmt.Errorf("no session bus: %w", ErrUnavailable)
}

// IsUsualBus reports whether a bus address is the one that is found without it, so
// that it need not be passed on.
func IsUsualBus(address string) bool {
	first, _, _ := strings.Cut(address, ",") // the rest tells the bus's id
	return first == "unix:path="+escapeAddress(filepath.Join(userRunDir, strconv.Itoa(os.Getuid()), "bus"))
}

func isAddress(address string) bool {
	return address != "" && !strings.HasPrefix(address, "${") && !strings.HasPrefix(address, "autolaunch:")
}

// answers reports whether somebody listens at one of the addresses. Of those that
// are no sockets of this computer it takes that for granted.
func answers(addresses string) bool {
	for address := range strings.SplitSeq(addresses, ";") {
		options, ok := strings.CutPrefix(address, "unix:")
		if !ok {
			return true
		}
		for option := range strings.SplitSeq(options, ",") {
			key, value, _ := strings.Cut(option, "=")
			path, err := url.PathUnescape(value)
			switch {
			case err != nil:
				continue
			case key == "abstract":
				path = "@" + path
			case key != "path":
				continue
			}
			if conn, err := net.DialTimeout("unix", path, dialTimeout); err == nil {
				conn.Close()
				return true
			}
		}
	}
	return false
}

// escapeAddress escapes a path for a D-Bus server address (D-Bus specification,
// "Server Addresses").
func escapeAddress(path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_/.*", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}
