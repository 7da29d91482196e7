// Package clients writes this program's entry into the configuration of MCP
// clients, desktop applications and command lines alike, and takes it out again.
//
// It owns the one table of clients (table.go): the paths of their files, the shape
// of an entry in each, what stops a registered server, and what people are told
// about each. It edits with care: only the bytes of our own entry change, a file
// that cannot be read completely, or that the client itself refuses, is not
// written, owner, group and mode stay, and writing is atomic with a backup beside
// it. Files of projects are never touched.
//
// A new client is a row of the table; what is edited inside a file is the work of
// formats. The package imports that and auth/ground, prints nothing, and sees the
// computer only through System.
package clients

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/clients/formats"
)

// System is everything outside this package. Host fills it in for the computer
// at hand; another value describes another computer.
type System struct {
	OS      string // as runtime.GOOS
	Home    string // the user's own folder, absolute
	TempDir string // programs below it are refused: they do not last
	Lang    wording.Lang
	Program string // how this program is called, for hints

	Getenv   func(name string) string
	LookPath func(program string) (string, error)
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
	ID    string // a name for commands; every profile of VS Code has the same
	Title string // as its maker writes it

	sys      System
	folder   string   // where it keeps its settings
	file     string   // its configuration file; in the table within folder
	files    []string // where it may be, the one that counts most first; nil: only file
	merged   bool     // all of files count
	locks    bool     // it takes a lock to write its file
	marks    []string // paths that exist where the client is installed; nil: folder
	programs []string // its programs on PATH
	desktop  bool     // a windowed application: under WSL it runs on Windows
	format   formats.Format
	shape    shape
	refuses  refusals
	off      []offSwitch
	// beside finds obstacles outside the entry.
	beside func(c Client, root map[string]any, name string) []*problem.Problem

	note  [2]string // what to do after a change, Korean and English
	asks  [2]string // what it asks by itself before a tool runs
	lacks [2]string // what it cannot show
	run   string    // the version that the tests run; "": its maker's documentation only
}

// File is where the client keeps its servers. It need not exist.
func (c Client) File() string { return c.file }

// Tested is the client's version that the tests run; "" for a client that they do
// not, whose row follows its maker's documentation.
func (c Client) Tested() string { return c.run }

// Found says whether the client is installed here.
func (c Client) Found() bool {
	return !c.onWindowsSide() && (slices.ContainsFunc(c.marks, exists) || c.program() != "")
}

// Status compares the client's file with e. The error is a *problem.Problem.
func (c Client) Status(e Entry) (State, error) {
	if err := c.sys.Check(e); err != nil {
		return "", err
	}
	c = c.holding(e.Name)
	doc, err := c.load()
	if err != nil {
		return "", err
	}
	have, _, err := c.read(doc.text, e.Name)
	if err != nil {
		return "", c.textProblem(err)
	}
	return c.shape.stateOf(have, e, c.shape.fields(e, c.sys)), nil
}

// Example is a whole configuration file that holds nothing but e: for people who
// put the entry in by hand.
func (c Client) Example(e Entry) string {
	text, err := c.format.Merge("", e.Name, c.shape.fields(e, c.sys))
	if err != nil {
		panic("clients: an empty file cannot be edited: " + err.Error())
	}
	return text
}

// Select returns the clients of these IDs, whatever their case; "all" are those
// found here, and "other" is a client that this package does not know. unknown is
// the first name that is none.
func Select(all []Client, names []string) (chosen []Client, unknown string) {
	for _, name := range names {
		before := len(chosen)
		for _, c := range all {
			if strings.EqualFold(name, c.ID) || strings.EqualFold(name, "all") && c.Found() {
				chosen = append(chosen, c)
			}
		}
		if strings.EqualFold(name, otherID) && len(all) > 0 {
			chosen = append(chosen, other(all[0].sys))
		} else if len(chosen) == before && !strings.EqualFold(name, "all") {
			return nil, name
		}
	}
	return chosen, ""
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
	return c.desktop && c.sys.wsl() && c.program() == "" && !exists(filepath.Dir(c.file))
}

func (s System) wsl() bool {
	return s.OS == "linux" && (s.Getenv("WSL_DISTRO_NAME") != "" || s.Getenv("WSL_INTEROP") != "")
}

// read returns the decoded entry, nil if there is none, and its own text.
func (c Client) read(text, name string) (map[string]any, string, error) {
	root, own, err := c.format.Open(text, name)
	if err != nil {
		return nil, "", err
	}
	return c.format.Entry(root, name), own, nil
}

// holding is c with the one of its files that an entry of this name is in, or
// belongs into.
func (c Client) holding(name string) Client {
	if len(c.files) == 0 {
		return c
	}
	c.file = c.files[0]
	if i := slices.IndexFunc(c.files, exists); i >= 0 {
		c.file = c.files[i]
	}
	if !c.merged {
		return c
	}
	for _, file := range c.files {
		at := c
		at.file = file
		doc, err := at.load()
		if err == nil {
			var have map[string]any
			if have, _, err = at.read(doc.text, name); err == nil && c.shape.programIn(have) == "" {
				continue
			}
		}
		return at // the client reads this file: what is wrong in it is to be said
	}
	return c
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
