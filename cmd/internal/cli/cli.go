// Package cli is what every command gets from outside and how it ends: streams
// and environment, exit codes, errors of usage, output for programs and text
// folded for people.
//
// It is the lowest room of cmd: it may import the ground, x/term, x/sys and displaywidth, and
// knows neither settings nor commands.
package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// Name is what this program is called.
const Name = "kakaotalk-mcp"

// Exit codes.
const (
	ExitOK    = 0
	ExitError = 1
	ExitUsage = 2 // wrong usage, or cancelled
	ExitLogin = 4 // log in or set up first
)

// ErrSilent ends a command whose error was already told.
var ErrSilent = errors.New("already reported")

// UsageError is wrong usage: [ExitUsage].
type UsageError struct{ error }

// Usage makes err an error of usage.
func Usage(err error) error { return UsageError{err} }

// Misuse is an error of usage with this text.
func Misuse(text string) error { return UsageError{errors.New(text)} }

func (e UsageError) Unwrap() error { return e.error }

// Env is everything a command gets from outside. No command touches os.Args,
// os.Stdin, os.Stdout or the environment itself.
type Env struct {
	Stdin          *os.File
	Stdout, Stderr *os.File
	Vars           Vars
	Executable     string // absolute path of this program
	UserHome       string // "" if unknown
	Version        string // of this program
}

// System is what the operating system started this process with.
func System(version string) *Env {
	exe, err := os.Executable()
	if err == nil {
		if resolved, rerr := filepath.EvalSymlinks(exe); rerr == nil && filepath.Base(resolved) == filepath.Base(exe) {
			exe = resolved
		}
	} else {
		exe = "kakaotalk-mcp"
	}
	home, _ := os.UserHomeDir()
	if !filepath.IsAbs(home) {
		home = "" // it would be another folder each time
	}
	return &Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Vars: os.Environ(), Executable: exe, UserHome: home, Version: version}
}

// Vars are environment variables, NAME=value each; of two with one name the later
// counts.
type Vars []string

// Lookup returns one variable, and whether there is one. A value that begins with
// "${" is a placeholder that a client has not filled in: there is none.
func (v Vars) Lookup(name string) (value string, ok bool) {
	for i := len(v) - 1; i >= 0; i-- {
		if k, value, ok := strings.Cut(v[i], "="); ok && sameName(k, name) {
			if strings.HasPrefix(value, "${") {
				return "", false
			}
			return value, true
		}
	}
	return "", false
}

// Get returns one variable, "" if there is none.
func (v Vars) Get(name string) string {
	value, _ := v.Lookup(name)
	return value
}

// sameName compares names of variables as the system does.
func sameName(a, b string) bool {
	return a == b || runtime.GOOS == "windows" && strings.EqualFold(a, b)
}

// IsPrivate reports whether the system keeps other users out of what this program
// saves at path, an absolute one. Modes do that, and on Windows only the access
// list of the user's folder.
func (e *Env) IsPrivate(path string) bool {
	return runtime.GOOS != "windows" || isBelow(path, e.UserHome)
}

// isBelow reports whether path lies in dir, as Windows compares paths.
func isBelow(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && dir != "" && filepath.IsLocal(rel)
}

// Command is how a person calls this program, ready to be pasted: by its name
// where PATH leads to it.
func (e *Env) Command() string {
	if e.isOnPath() {
		return Name
	}
	shell := ""
	if IsTerminal(e.Stdin) || IsTerminal(e.Stderr) { // a server's texts are pasted elsewhere
		shell = parent()
	}
	return pasted(runtime.GOOS, shell, e.Executable)
}

func isGoRun(executable string) bool {
	return strings.Contains(filepath.ToSlash(executable), "/go-build")
}

// isOnPath reports whether a shell that is given the program's name starts this
// very file.
func (e *Env) isOnPath() bool {
	self, err := os.Stat(e.Executable)
	if err != nil {
		return false
	}
	file := Name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	for _, dir := range filepath.SplitList(e.Vars.Get("PATH")) {
		found, err := os.Stat(filepath.Join(dir, file))
		if err != nil || !filepath.IsAbs(dir) || found.IsDir() || runtime.GOOS != "windows" && found.Mode()&0o111 == 0 {
			continue
		}
		return os.SameFile(self, found) // the first one is the one that runs
	}
	return false
}

// OwnWindow reports whether a double click, a shortcut or the Startup folder of
// Windows started this process, in a console window that closes when it ends.
func (e *Env) OwnWindow() bool {
	return IsTerminal(e.Stdin) && strings.EqualFold(parent(), "explorer.exe")
}

// pasted is how a program is called in a terminal of the given system, where
// shell is the program that reads commands; "" is PowerShell on Windows. A binary
// that `go run` built is gone when people read it.
func pasted(system, shell, executable string) string {
	switch {
	case isGoRun(executable):
		return "go run ./cmd/kakaotalk-mcp"
	case system == "windows" && strings.EqualFold(shell, "cmd.exe"):
		if strings.ContainsAny(executable, " &()[]{}^=;!'+,`~") {
			return `"` + executable + `"`
		}
	case system == "windows" && strings.ContainsAny(executable, " $`&'(){};,@#"):
		// To PowerShell a quoted path is a text; & makes a command of it.
		return `& "` + strings.NewReplacer("`", "``", "$", "`$").Replace(executable) + `"`
	case system == "windows":
	case strings.ContainsAny(executable, "\"$`\\!"):
		return "'" + strings.ReplaceAll(executable, "'", `'\''`) + "'"
	case strings.ContainsAny(executable, " '&();<>|*?[]{}#"):
		return `"` + executable + `"`
	}
	return executable
}

// Quoted makes arguments such as a shell takes for one word each; what it could take
// for more than a text becomes "…".
func Quoted(args ...string) []string {
	var out []string
	for _, arg := range args {
		switch {
		case arg != "" && !strings.ContainsFunc(arg, func(r rune) bool {
			return r <= ' ' || r < 0x80 && strings.ContainsRune("!\"#$&'()*;<>?[\\]^`{|}~%,", r)
		}) && arg[0] != '-':
		case strings.ContainsAny(arg, "\"`$%!\\\r\n"):
			arg = "…"
			fallthrough
		default:
			arg = `"` + arg + `"`
		}
		out = append(out, arg)
	}
	return out
}

// IsTerminal reports whether a person is at the other end of f.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
