// Package compose makes of what is to be said the messages that KakaoTalk shows:
// bubbles, cards, templates, links with a button or in the text, and for long text
// parts or a page. It checks everything before anything is sent, tells what a receiver
// will see, and whether two messages are the same.
//
// It knows no receivers and sends nothing. How long text stays readable behind a link
// is for [Pages], uploading a picture and the wording of results for tools/messenger.
package compose

import (
	"log/slog"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
)

// Config holds what a Maker needs.
type Config struct {
	Lang      wording.Lang
	Command   string   // this program, for hints
	Typed     bool     // people type commands and options, not arguments of a tool
	LinkHosts []string // origins (scheme://host[:port]) registered as web domains
	Pages     Pages    // links for long text, or nil
	Log       *slog.Logger
}

// Maker makes messages of what is to be said. Its methods may be called at the same
// time.
type Maker struct {
	cfg  Config
	bulk chan struct{} // holds one value for each large message that is worked on
}

// New returns a Maker.
func New(cfg Config) *Maker {
	hosts := make([]string, len(cfg.LinkHosts))
	for i, h := range cfg.LinkHosts {
		hosts[i] = origin(h)
	}
	cfg.LinkHosts = hosts
	return &Maker{cfg: cfg, bulk: make(chan struct{}, maxBulky)}
}

// Unsendable is a message that cannot go out. Nothing has been sent, which What does
// not say.
type Unsendable struct{ problem.Problem }

func (m *Maker) say(ko, en string) string { return m.cfg.Lang.Say(ko, en) }

func (m *Maker) command(args string) string { return "`" + m.cfg.Command + " " + args + "`" }

// bad refuses what the caller asked for: the same again does not help.
func (m *Maker) bad(reason, ko, en, nextKo, nextEn string) *Unsendable {
	return &Unsendable{problem.Problem{Reason: reason, What: m.say(ko, en), Next: m.say(nextKo, nextEn), Retry: problem.No}}
}
