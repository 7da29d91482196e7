package terminal

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"kakaotalk-mcp/cmd/internal/cli"
)

// clipboardTime bounds a clipboard program; some wait for a display for ever.
const clipboardTime = 2 * time.Second

// Copy puts text on the clipboard with a program that is on PATH, started with
// vars, and reports whether that worked. Secrets are never put there: other
// programs read it.
func Copy(ctx context.Context, vars cli.Vars, text string) bool {
	for _, words := range clipboardPrograms(runtime.GOOS, func(name string) bool { return vars.Get(name) != "" }) {
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, clipboardTime)
		cmd := exec.CommandContext(limited, path, words[1:]...) // stdout is the null device: xclip stays and would hold a pipe
		cmd.Env = vars
		cmd.Stdin = strings.NewReader(text)
		cmd.WaitDelay = clipboardTime
		err = cmd.Run()
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}

// clipboardPrograms are the programs to try on a system, in order. set tells
// whether an environment variable has a value.
func clipboardPrograms(system string, set func(name string) bool) [][]string {
	switch system {
	case "darwin":
		return [][]string{{"pbcopy"}}
	case "windows":
		return [][]string{{"clip.exe"}}
	}
	var programs [][]string
	if set("WAYLAND_DISPLAY") {
		programs = append(programs, []string{"wl-copy"})
	}
	if set("DISPLAY") {
		programs = append(programs, []string{"xclip", "-selection", "clipboard"}, []string{"xsel", "--clipboard", "--input"})
	}
	if set("WSL_DISTRO_NAME") {
		programs = append(programs, []string{"clip.exe"})
	}
	return programs
}
