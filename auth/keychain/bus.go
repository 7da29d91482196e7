package keychain

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const (
	busVariable = "DBUS_SESSION_BUS_ADDRESS"
	userRunDir  = "/run/user" // holds one folder per user id (systemd, elogind)
)

// useSessionBus sets DBUS_SESSION_BUS_ADDRESS for this process if it is unset
// and the bus is in its usual place: MCP clients start us without it. Without a
// bus it returns ErrUnavailable, and the library must not be called: it would
// run dbus-launch, which leaves daemons behind.
func useSessionBus(userRunDir string) error {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return nil
	}
	if address := os.Getenv(busVariable); address != "" && !strings.HasPrefix(address, "autolaunch:") {
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
	return fmt.Errorf("no session bus: %w", ErrUnavailable)
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
