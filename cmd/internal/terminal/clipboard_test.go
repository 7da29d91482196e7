package terminal

import (
	"slices"
	"strings"
	"testing"
)

func TestClipboardPrograms(t *testing.T) {
	with := func(names ...string) func(string) bool {
		return func(name string) bool { return slices.Contains(names, name) }
	}
	for _, tt := range []struct {
		system string
		set    func(string) bool
		want   string
	}{
		{"darwin", with(), "pbcopy"}, {"windows", with(), "clip.exe"}, {"linux", with(), ""},
		{"linux", with("DISPLAY"), "xclip xsel"}, {"linux", with("DISPLAY", "WAYLAND_DISPLAY"), "wl-copy xclip xsel"}, {"linux", with("WSL_DISTRO_NAME"), "clip.exe"},
	} {
		var got []string
		for _, words := range clipboardPrograms(tt.system, tt.set) {
			got = append(got, words[0])
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.system, got, tt.want)
		}
	}
}
