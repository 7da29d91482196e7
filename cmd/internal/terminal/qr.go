package terminal

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/mdp/qrterminal/v3"
	"golang.org/x/term"
)

// blackOnWhite are colours of their own: in those of a light terminal the code would
// be a negative, which most phones do not read.
const blackOnWhite, plain = "\x1b[38;5;16;48;5;231m", "\x1b[0m"

// QR prints a code that phones open as address, unless the terminal is too narrow to
// show it whole.
func QR(out *os.File, address string) {
	var drawn bytes.Buffer
	qrterminal.GenerateWithConfig(address, qrterminal.Config{Writer: &drawn, Level: qrterminal.L, QuietZone: qrterminal.QUIET_ZONE, HalfBlocks: true,
		BlackChar: "█", WhiteChar: " ", BlackWhiteChar: "▀", WhiteBlackChar: "▄"})
	lines := strings.Split(strings.TrimRight(drawn.String(), "\n"), "\n")
	wide := displaywidth.String(lines[0])
	if width, _, err := term.GetSize(int(out.Fd())); err == nil && width < wide {
		return
	}
	lines[len(lines)-1] = strings.Repeat(" ", wide) // the library ends with half a line of black
	defer EscapesOn(out)()
	for _, line := range lines {
		fmt.Fprintln(out, blackOnWhite+line+plain)
	}
}
