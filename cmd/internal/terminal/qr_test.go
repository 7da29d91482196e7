//go:build unix

package terminal

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/componenttest"
)

// TestQRReadsOnAnyTerminal: what a terminal shows of a code, cell by cell, is decoded,
// in a dark terminal and in a light one.
func TestQRReadsOnAnyTerminal(t *testing.T) {
	componenttest.Programs(t, "tmux", "zbarimg")
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "code"))
	if err != nil {
		t.Fatal(err)
	}
	address := "https://kauth.kakao.com/oauth/authorize?client_id=0123456789abcdef0123456789abcdef&state=" + strings.Repeat("aB3-", 40)
	QR(out, address)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	tmux := func(args ...string) string {
		shown, err := exec.Command("tmux", append([]string{"-u", "-S", filepath.Join(dir, "tmux")}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %q: %v %s", args, err, shown)
		}
		return string(shown)
	}
	tmux("new-session", "-d", "-x", "120", "-y", "70", "cat "+out.Name()+"; echo shown; exec sleep 600")
	defer tmux("kill-server")
	screen := ""
	for deadline := time.Now().Add(time.Minute); !strings.Contains(screen, "shown") && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		screen = tmux("capture-pane", "-p", "-e", "-N")
	}
	for name, palette := range map[string][2]color.Color{"dark": {color.White, color.Black}, "light": {color.Black, color.White}} {
		path := filepath.Join(dir, name+".png")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(file, draw(screen, palette[0], palette[1])); err != nil {
			t.Fatal(err)
		}
		file.Close()
		read, err := exec.Command("zbarimg", "--raw", "-q", path).Output()
		if err != nil || strings.TrimSpace(string(read)) != address {
			t.Errorf("%s: read %q: %v", name, read, err)
		}
	}
}

var sgr = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// draw paints the upper and the lower half of every cell, in the terminal's own
// colours where none are set.
func draw(screen string, foreground, background color.Color) image.Image {
	const dot = 4
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	img := image.NewGray(image.Rect(0, 0, 120*dot, 2*len(lines)*dot))
	fg, bg := foreground, background
	for y, line := range lines {
		x := 0
		paint := func(cell rune) {
			for half, ink := range []bool{cell == '█' || cell == '▀', cell == '█' || cell == '▄'} {
				c := bg
				if ink {
					c = fg
				}
				for i := range dot * dot {
					img.Set(x*dot+i%dot, (2*y+half)*dot+i/dot, c)
				}
			}
			x++
		}
		for line != "" {
			if m := sgr.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, m[0]) {
				line = line[len(m[0]):]
				for _, set := range strings.Split(strings.NewReplacer("38;5;16", "black", "48;5;231", "white").Replace(m[1]), ";") {
					switch set {
					case "black":
						fg = color.Black
					case "white":
						bg = color.White
					case "", "0":
						fg, bg = foreground, background
					case "39":
						fg = foreground
					case "49":
						bg = background
					default:
						panic(fmt.Sprintf("unknown: %q", set))
					}
				}
				continue
			}
			cell := []rune(line)[0]
			line = line[len(string(cell)):]
			paint(cell)
		}
		for x < 120 {
			paint(' ')
		}
	}
	return img
}
