package app

import (
	"os"
	"strings"
	"time"

	"kakaotalk-mcp/cmd/internal/cli"
)

// ZoneName is the IANA name of this computer's time zone, "" if that cannot be told.
// Go names the system's own zone "Local".
func ZoneName(vars cli.Vars) string {
	if tz, set := vars.Lookup("TZ"); set {
		tz = strings.TrimPrefix(tz, ":")
		if tz == "" {
			return "UTC"
		}
		if name := zoneOfPath(tz); name != "" {
			return name
		}
		if _, err := time.LoadLocation(tz); err == nil && tz != "Local" {
			return tz
		}
		return "" // a rule such as KST-9, or a slip: Go takes UTC then
	}
	path, err := os.Readlink("/etc/localtime")
	if err == nil && zoneOfPath(path) != "" {
		return zoneOfPath(path)
	}
	raw, err := os.ReadFile("/etc/timezone") // Debian's, where localtime is a copy
	if err == nil && len(raw) < 100 {
		return strings.TrimSpace(string(raw))
	}
	return ""
}

// zoneOfPath is the zone that a file of the zone database describes.
func zoneOfPath(path string) string {
	_, name, found := strings.Cut(path, "zoneinfo/")
	if !found {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, "posix/"), "right/")
}
