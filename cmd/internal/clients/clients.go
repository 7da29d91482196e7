// Package clients writes this program's entry into the configuration of MCP
// clients (Claude Desktop, Claude Code, Cursor, VS Code, Windsurf, Gemini CLI,
// Codex CLI, Zed) and takes it out again.
//
// It owns the paths of those files, the shape of an entry in each, and careful
// editing: only the bytes of our own entry change, a file that cannot be read
// completely is not written, and writing is atomic with a backup beside it.
// Files of projects are never touched. It imports charset, auth/ground,
// tailscale/hujson and go-toml, prints nothing, and sees the computer only through System.
package clients

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// System is everything outside this package. Host fills it in for the computer
// at hand; another value describes another computer.
type System struct {
	OS      string // as runtime.GOOS
	Home    string // the user's own folder, absolute
	TempDir string // programs below it are refused: they do not last
	Lang    string // "ko" or "en", for Change.Note and Problem

	Getenv   func(name string) string
	LookPath func(program string) (string, error)
	// Run runs a program to its end and returns its stdout.
	Run func(ctx context.Context, name string, args ...string) ([]byte, error)
	// Running says whether the client with this ID runs now. It is asked for
	// claude-desktop only, which writes its file while it runs.
	Running func(id string) bool

	rename func(from, to string) error // private.Rename if nil
}

// Entry is what a client shall start.
type Entry struct {
	Name    string            // kakaotalk or kakaotalk-sandbox
	Command string            // absolute path of the program
	Args    []string          // without secrets
	Env     map[string]string // without secrets: they belong in config.env or the keychain
	// PassEnv names variables of the user's session that clients drop. Codex gets
	// the names; clients with an almost empty environment get today's values.
	PassEnv []string
}

// State says what a client's file holds under a name.
type State string

const (
	Absent    State = "absent"
	Same      State = "same"      // ours, and as it should be
	Different State = "different" // ours, but with another path, argument or variable
	Foreign   State = "foreign"   // of that name, but another program
)

// Client is one MCP client on one computer.
type Client struct {
	ID    string // claude-desktop, claude-code, cursor, vscode, windsurf, gemini, codex, zed
	Title string // as its maker writes it

	sys      System
	file     string   // its configuration file
	marks    []string // paths that exist where the client is installed
	programs []string // its programs on PATH
	desktop  bool     // a windowed application: under WSL it runs on Windows
	language language
	note     [2]string // what to do after a change, Korean and English
}

// language edits one configuration language. Every method takes and returns the
// whole text; errors are *textError.
type language interface {
	// read returns the decoded entry and its own text; nil if there is none.
	read(text, name string) (map[string]any, string, error)
	// merge brings the entry to the wanted fields and keeps what else it holds.
	merge(text, name string, fields []field) (string, error)
	remove(text, name string) (string, error)
	// others is what the text says apart from the entry: it must never change.
	others(text, name string) (string, error)
	fields(e Entry, sys System) []field
}

// File is where the client keeps its servers. It need not exist.
func (c Client) File() string { return c.file }

// Found says whether the client is installed here.
func (c Client) Found() bool {
	if c.onWindowsSide() {
		return false
	}
	for _, mark := range c.marks {
		if _, err := os.Stat(mark); err == nil {
			return true
		}
	}
	return c.program() != ""
}

// Status compares the client's file with e. The error is a *Problem.
func (c Client) Status(e Entry) (State, error) {
	if p := c.sys.check(e); p != nil {
		return "", p
	}
	doc, err := c.load()
	if err != nil {
		return "", err
	}
	have, _, err := c.language.read(doc.text, e.Name)
	if err != nil {
		return "", c.textProblem(err)
	}
	return stateOf(have, e, c.language.fields(e, c.sys)), nil
}

// program returns the path of the client's own program, "" if there is none. On
// WSL programs of the Windows side are on PATH too; they are not ours to use.
func (c Client) program() string {
	for _, name := range c.programs {
		path, err := c.sys.LookPath(name)
		if err == nil && !(c.sys.wsl() && strings.HasPrefix(path, "/mnt/")) {
			return path
		}
	}
	return ""
}

// onWindowsSide reports a windowed client that cannot be a Linux program: it
// would read a file on the Windows side and start a Windows program.
func (c Client) onWindowsSide() bool {
	if !c.desktop || !c.sys.wsl() || c.program() != "" {
		return false
	}
	_, err := os.Stat(filepath.Dir(c.file))
	return err != nil
}

func (s System) wsl() bool {
	return s.OS == "linux" && (s.Getenv("WSL_DISTRO_NAME") != "" || s.Getenv("WSL_INTEROP") != "")
}

func (s System) say(ko, en string) string {
	if s.Lang == "en" {
		return en
	}
	return ko
}
