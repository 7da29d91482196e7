// Package reminder puts reminders into the user's own KakaoTalk calendar, finds them
// there again and takes them out. A tool call and a typed command use the same
// Reminders.
//
// It owns what a time means (zones, the five-minute grid, repetition), that a reminder
// is created once (tools/journal before the call, the calendar itself after a lost
// answer), the list of the events that it made, and the wording of every result.
//
// It leaves to others: logins, consents and tokens, and how the person is asked
// (tools/messenger), and requests (tools/kakao). How KakaoTalk reminds is not known for
// certain, so no text promises a sound. It imports tools/messenger, what that may, and
// nothing of MCP.
package reminder

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/messenger"
)

// Statuses of a reminder.
const (
	StatusCreated        = "created"
	StatusAlreadyCreated = "already_created"
	StatusNotCreated     = "not_created"
	StatusUnknown        = "unknown"
)

// Config holds what Reminders need.
type Config struct {
	messenger.Config
	Location *time.Location // of times without an offset; nil: time.Local
	ZoneName func() string  // its IANA name, "" if that cannot be told; nil: unknown
}

// Reminders are the reminders in one person's calendar. Its methods may be called at
// the same time.
type Reminders struct {
	cfg     Config
	m       *messenger.Messenger
	journal *journal.Journal
	list    *list
}

// New returns Reminders that log in and ask through m. It touches neither network nor
// files.
func New(m *messenger.Messenger, cfg Config) *Reminders {
	if cfg.Location == nil {
		cfg.Location = time.Local
	}
	if cfg.ZoneName == nil {
		cfg.ZoneName = func() string { return "" }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Reminders{cfg: cfg, m: m, journal: journal.Open(cfg.Home, time.Now), list: newList(cfg.Home)}
}

// Request is one reminder.
type Request struct {
	Title   string // at most 50 UTF-16 units
	At      string // ISO 8601: date and time, with an offset or in the computer's zone, or a date alone
	Before  []int  // minutes before the start, of a whole day before 09:00; nil: at the start
	Note    string // at most 5,000 UTF-16 units
	Place   string // at most 50 UTF-16 units
	Repeat  string // one of Repeats, or "" for once
	Until   string // last date of the repetition, or "" for no end
	Minutes int    // length; 0: half an hour
	Resend  bool   // create it although the same was created before
}

// Result says what became of a reminder. It is the tool's structuredContent.
type Result struct {
	Status    string        `json:"status"`
	Summary   string        `json:"summary"`
	EventID   string        `json:"event_id,omitempty"`
	StartsAt  string        `json:"starts_at,omitempty"`  // RFC 3339, or a date
	RemindsAt []string      `json:"reminds_at,omitempty"` // RFC 3339; of the first occurrence
	Reason    string        `json:"reason,omitempty"`
	NextStep  string        `json:"next_step,omitempty"`
	Retry     problem.Retry `json:"retry,omitempty"`
	LoginURL  string        `json:"login_url,omitempty"`
	Rooms     string        `json:"chat_rooms,omitempty"`
	ending    string        // last lines of the text
}

// IsError reports whether the tool call counts as failed.
func (r Result) IsError() bool {
	return r.Status != StatusCreated && r.Status != StatusAlreadyCreated
}

// Text is the short human form of a result, complete by itself.
func (r Result) Text() string {
	lines := []string{strings.TrimSpace(r.Summary + " " + r.NextStep)}
	if r.EventID != "" {
		lines = append(lines, "event_id: "+r.EventID)
	}
	if r.ending != "" {
		lines = append(lines, r.ending)
	}
	return strings.Join(lines, "\n")
}

// Create puts one reminder into the calendar. Everything is checked before anything is
// created. The error matches [ask.ErrSuspended], or is nil.
func (r *Reminders) Create(ctx context.Context, q Request, h messenger.Human) (Result, error) {
	c := &creating{r: r, q: q, h: h}
	err := c.run(ctx)
	if errors.Is(err, ask.ErrSuspended) {
		return Result{}, err
	}
	out := c.result(err)
	out.Summary = strings.TrimSpace(out.Summary + " " + r.m.LostJournal(r.journal))
	if c.agreed != nil {
		c.agreed.Done(out.Summary)
	}
	r.cfg.Log.Info("reminder", "status", out.Status, "reason", out.Reason)
	return out, nil
}

// Refuse is the result of a call that was turned down before it became a reminder.
func (r *Reminders) Refuse(err error) Result { return (&creating{r: r}).result(err) }

// now is the present by the calendar's clock, as this computer shows it.
func (r *Reminders) now() time.Time { return r.cfg.Now().In(r.cfg.Location) }

func (r *Reminders) say(ko, en string) string { return r.cfg.Lang.Say(ko, en) }

func (r *Reminders) sayf(ko, en string, args ...any) string { return r.cfg.Lang.Sayf(ko, en, args...) }

// bad refuses what a caller asked for; with another value it works.
func (r *Reminders) bad(reason, what, next string) *messenger.Refusal {
	refusal := messenger.BadInput(reason, what, next)
	refusal.Retry = problem.Yes
	return refusal
}
