package clients

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/wording"
)

// lookTime bounds the question which programs run; PowerShell takes a second.
const lookTime = 10 * time.Second

// Host is the computer at hand. It fails where the user has
// no folder of their own.
func Host(lang wording.Lang) (System, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return System{}, err
	}
	return System{
		OS: runtime.GOOS, Home: home, TempDir: os.TempDir(), Lang: lang,
		Getenv: os.Getenv, LookPath: exec.LookPath,
		Running: func(id string) bool { return id == "claude-desktop" && claudeDesktopRuns() },
	}, nil
}

// run gives the program no stdin and drops its stderr.
func run(ctx context.Context, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second // a grandchild may hold the pipe
	return cmd.Output()
}

// claudeDesktopRuns tells the application from Claude Code, whose program has the
// same name. Where it cannot tell it says no: Install's note asks to quit anyway.
func claudeDesktopRuns() bool {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	switch runtime.GOOS {
	case "darwin":
		_, err := run(ctx, "pgrep", "-f", "/Claude.app/Contents/MacOS/Claude")
		return err == nil
	case "windows":
		paths, _ := run(ctx, "powershell", "-NoProfile", "-NonInteractive", "-Command",
			"(Get-Process -Name claude -ErrorAction SilentlyContinue).Path")
		return strings.Contains(string(paths), `\AnthropicClaude\`) || strings.Contains(string(paths), `\WindowsApps\Claude_`)
	}
	programs, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range programs {
		// Of other users' processes the link cannot be read.
		if program, err := os.Readlink(link); err == nil && strings.Contains(program+"/", "/claude-desktop/") {
			return true
		}
	}
	return false
}
