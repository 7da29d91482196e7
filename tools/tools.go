// Package tools is what an assistant sees of KakaoTalk: three MCP tools, and
// beside them prompts, resources and completion.
//
// It owns who gets a message (names, aliases, approvals), what is sent (bubbles,
// links, templates), that it is sent once (tools/journal), asking the human, and
// the wording of every result. A Messenger does the work and is also what the
// send and friends commands use; the MCP handlers are a thin layer above it.
// Tokens come from auth, requests go through tools/kakao. It may not import cmd
// or viewer: long-message pages come in through the Pages interface.
package tools

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
)

const (
	// humanBudget is how long one call may wait for people altogether: clients
	// give up at about 60 s.
	humanBudget = 45 * time.Second
	// sendTimeout bounds one send. It is not cut short by the call's end: an
	// aborted send is a message nobody knows the fate of.
	sendTimeout = 20 * time.Second
)

// Session is the login as this package needs it; *auth.Session is the real one.
type Session interface {
	Token(ctx context.Context, r auth.Request) (string, error)
	Account() string
	Current(ctx context.Context) (*auth.Record, error)
	Consented() time.Time
	Rejected(access string)
	Withdrawn(ctx context.Context, access string, scopes []string)
	Disconnected(ctx context.Context, access string) error
	NotShown()
}

var _ Session = (*auth.Session)(nil)

// Confirm says when the human is asked before a message goes out.
type Confirm string

const (
	ConfirmFriends Confirm = "friends" // before messages to others
	ConfirmAlways  Confirm = "always"  // also to oneself; refuses where nobody can be asked
	ConfirmNever   Confirm = "never"
)

// Config holds what a Messenger needs.
type Config struct {
	Session  Session // nil: not set up yet
	Kakao    *kakao.Client
	Home     string // folder of the journal and the aliases
	Lang     string // "ko" or "en"
	Command  string // absolute path of this program, for hints
	Confirm  Confirm
	Allow    []string // aliases or uuids; when set, nobody else is messaged
	ReadOnly bool
	// Typed: people type commands and read the texts themselves. They are not asked
	// again, and only an unknown outcome of the same message holds a send back.
	Typed     bool
	LinkHosts []string // origins (scheme://host[:port]) registered as web domains
	Pages     Pages    // links for long text, or nil
	Rooms     string   // sandbox only: address of its chat rooms
	Broken    error    // settings that cannot work; every call answers with it
	Log       *slog.Logger
}

// Messenger sends messages and finds friends. Its methods may be called at the
// same time.
type Messenger struct {
	cfg     Config
	journal *journal.Journal
	people  *people
	friends *directory
	now     func() time.Time

	budget time.Duration // humanBudget
	settle time.Duration // settleWait
}

// New returns a Messenger. It touches neither network nor files.
func New(cfg Config) *Messenger {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	hosts := make([]string, len(cfg.LinkHosts))
	for i, h := range cfg.LinkHosts {
		hosts[i] = origin(h)
	}
	cfg.LinkHosts = hosts
	m := &Messenger{cfg: cfg, people: newPeople(cfg.Home), now: time.Now, budget: humanBudget, settle: settleWait}
	m.journal = journal.Open(cfg.Home, func() time.Time { return m.now() })
	m.friends = newDirectory(m)
	return m
}

// say returns the text in the owner's language.
func (m *Messenger) say(ko, en string) string {
	if strings.HasPrefix(m.cfg.Lang, "en") {
		return en
	}
	return ko
}

func (m *Messenger) command(args string) string { return "`" + m.cfg.Command + " " + args + "`" }
