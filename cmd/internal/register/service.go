package register

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kakaotalk-mcp/cmd/internal/cli"
)

// serviceTime bounds one call of the system's service program.
const serviceTime = 10 * time.Second

// service is a user service that keeps the tunnel up.
type service struct {
	file   string     // what was installed; "" where the system keeps it itself
	before [][]string // commands that stop it, before the file goes
	after  [][]string
}

// installedService finds a service of ours, as `tunnel` describes it; nil if
// there is none.
func installedService(ctx context.Context, env *cli.Env) *service {
	switch runtime.GOOS {
	case "windows":
		// Its silence is no answer: what it found it names.
		limited, cancel := context.WithTimeout(ctx, serviceTime)
		defer cancel()
		table, err := exec.CommandContext(limited, "schtasks", "/Query", "/TN", "kakaotalk-mcp").Output()
		if err != nil || !strings.Contains(string(table), "kakaotalk-mcp") {
			return nil
		}
		return &service{before: [][]string{{"schtasks", "/Delete", "/F", "/TN", "kakaotalk-mcp"}}}
	case "darwin":
		const label = "kakaotalk-mcp.tunnel"
		return serviceFile(service{
			file:   filepath.Join(env.UserHome, "Library", "LaunchAgents", label+".plist"),
			before: [][]string{{"launchctl", "bootout", fmt.Sprintf("gui/%d/%s", os.Getuid(), label)}},
		})
	}
	config := env.Vars.Get("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) {
		config = filepath.Join(env.UserHome, ".config")
	}
	return serviceFile(service{
		file:   filepath.Join(config, "systemd", "user", "kakaotalk-mcp.service"),
		before: [][]string{{"systemctl", "--user", "disable", "--now", "kakaotalk-mcp.service"}},
		after:  [][]string{{"systemctl", "--user", "daemon-reload"}},
	})
}

func serviceFile(s service) *service {
	raw, err := os.ReadFile(s.file)
	if err != nil || !strings.Contains(string(raw), "KAKAOTALK_MCP_HOME") {
		return nil // none, or somebody else's
	}
	return &s
}

func (s *service) String() string {
	if s.file == "" {
		return "schtasks: kakaotalk-mcp"
	}
	return s.file
}

// remove stops the service and deletes its file. A manager that is not there, as
// over SSH, is no reason to keep the file.
func (s *service) remove(ctx context.Context, environ []string) error {
	if s == nil {
		return nil
	}
	var failed error
	call := func(words []string) error {
		limited, cancel := context.WithTimeout(ctx, serviceTime)
		defer cancel()
		cmd := exec.CommandContext(limited, words[0], words[1:]...)
		cmd.Env = environ
		return cmd.Run()
	}
	for _, words := range s.before {
		if err := call(words); err != nil && s.file == "" {
			failed = fmt.Errorf("removing the service: %w", err)
		}
	}
	if s.file != "" {
		if err := os.Remove(s.file); err != nil && !errors.Is(err, os.ErrNotExist) {
			failed = fmt.Errorf("removing the service: %w", err)
		}
	}
	for _, words := range s.after {
		_ = call(words) // tidying only
	}
	return failed
}
