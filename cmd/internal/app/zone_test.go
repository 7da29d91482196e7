package app

import (
	"testing"
	"time"
	_ "time/tzdata" // not every system has the zones

	"kakaotalk-mcp/cmd/internal/cli"
)

// TestZoneName: a name that is told is one that every calendar knows.
func TestZoneName(t *testing.T) {
	for tz, want := range map[string]string{
		"Asia/Seoul": "Asia/Seoul", ":Asia/Seoul": "Asia/Seoul", "/usr/share/zoneinfo/Europe/Berlin": "Europe/Berlin", "/usr/share/zoneinfo/posix/Asia/Seoul": "Asia/Seoul",
		"UTC": "UTC", "KST-9": "", "Asia/Nowhere": "", "CET-1CEST,M3.5.0,M10.5.0/3": "", "Local": "", "/etc/other": "",
		"": "UTC", ":": "UTC", // as Go and C take them
	} {
		if got := ZoneName(cli.Vars{"TZ=" + tz}); got != want {
			t.Errorf("TZ=%s: %q, want %q", tz, got, want)
		}
	}
	if name := ZoneName(cli.Vars{}); name != "" {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("the system's: %v", err)
		}
	}
}
