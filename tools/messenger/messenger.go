// Package messenger sends KakaoTalk messages and finds friends. A tool call and
// a typed command use the same Messenger.
//
// It owns who gets a message (names, aliases, approvals), that it is sent once
// (tools/journal), what the person behind a call is asked, and the wording of every
// result.
//
// It leaves to others: what a message becomes (tools/compose), tokens and logins
// (auth), requests (tools/kakao), how a question or a login page reaches the person
// (Human), and everything of the MCP protocol, of which it knows nothing. It imports auth, the ground packages and the packages below tools; never
// cmd, viewer or an MCP library.
package messenger

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/aliases"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
)

const (
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
	Accepted(access string)
	Rejected(access string) (renewable bool)
	Withdrawn(ctx context.Context, access string, scopes []string)
	Disconnected(ctx context.Context, access string) error
}

var _ Session = (*auth.Session)(nil)

// Confirm says when the human is asked before a message goes out.
type Confirm string

const (
	ConfirmFriends Confirm = "friends" // before messages to people who are not approved
	ConfirmAlways  Confirm = "always"  // before every message
	ConfirmClient  Confirm = "client"  // as friends, but only by the client's forms; without them its own permission prompt is trusted
	ConfirmNever   Confirm = "never"
)

// Config holds what a Messenger needs.
type Config struct {
	Session  Session // nil: not set up yet
	Kakao    *kakao.Client
	Home     string // folder of the journal and the aliases
	Lang     wording.Lang
	Command  string // absolute path of this program, for hints
	Confirm  Confirm
	Desk     *ask.Desk // where questions are asked; nil: one without a browser
	Allow    []string  // aliases or uuids; nobody else is messaged unless it is nil
	ReadOnly bool
	// ImageDir is the folder whose pictures may be sent; "": every picture of this
	// computer is asked about.
	ImageDir string
	// Typed: people type commands and read the texts themselves. Only an unknown
	// outcome of the same message holds a send back.
	Typed     bool
	LinkHosts []string      // origins (scheme://host[:port]) registered as web domains
	Pages     compose.Pages // links for long text, or nil
	Rooms     string        // sandbox only: address of its chat rooms
	Louder    func() bool   // whether the tool remind_me is there and was heard; nil: no
	Remark    string        // for the first result: what the user should know of the settings
	Broken    error         // settings that cannot work; every call answers with it
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Messenger sends messages and finds friends. Its methods may be called at the
// same time.
type Messenger struct {
	cfg     Config
	journal *journal.Journal
	aliases *aliases.File
	desk    *ask.Desk
	friends *friendCache
	maker   *compose.Maker
	remark  sync.Once     // Remark was told
	settle  time.Duration // settleWait
}

// New returns a Messenger. It touches neither network nor files.
func New(cfg Config) *Messenger {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Desk == nil {
		cfg.Desk = ask.NewDesk(nil, cfg.Now)
	}
	m := &Messenger{cfg: cfg, desk: cfg.Desk, aliases: aliases.New(cfg.Home), settle: settleWait}
	m.maker = compose.New(compose.Config{Lang: cfg.Lang, Command: cfg.Command, Typed: cfg.Typed, LinkHosts: cfg.LinkHosts, Pages: cfg.Pages, Log: cfg.Log})
	m.journal = journal.Open(cfg.Home, cfg.Now)
	m.friends = newFriendCache(m)
	return m
}

// Lang is the owner's language.
func (m *Messenger) Lang() wording.Lang { return m.cfg.Lang }

// ReadOnly reports whether the owner has switched sending off.
func (m *Messenger) ReadOnly() bool { return m.cfg.ReadOnly }

// Remarked is the text of a result, the first one with the Remark about the settings.
func (m *Messenger) Remarked(text string) string {
	m.remark.Do(func() { text = strings.TrimSpace(text + " " + m.cfg.Remark) })
	return text
}

func (m *Messenger) now() time.Time { return m.cfg.Now() }

// say returns the text in the owner's language.
func (m *Messenger) say(ko, en string) string { return m.cfg.Lang.Say(ko, en) }

func (m *Messenger) command(args string) string { return "`" + m.cfg.Command + " " + args + "`" }
