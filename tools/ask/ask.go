// Package ask puts a question to the person behind a call: may this go out?
//
// There is one question and there are three ways to put it: a form of the client or
// a terminal (whoever calls brings it as a function), and a page on loopback that
// this package serves and opens in the person's browser. A Desk sees to it that one
// thing is asked once at a time, that an answer is good for exactly what was asked,
// and that one which comes after the call has ended is kept for a while. How long a
// call waits is its context's affair: see humanBudget in tools.
//
// It owns the question's form in every way, the page, and what an answer is worth.
// What is asked about, and what follows from the answer, is tools/messenger's. It
// imports the standard library and the ground; its page is built by hand, because
// html/template would make the program 2.8 MB larger.
package ask

import (
	"errors"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
)

// Verdict is what the person decides.
type Verdict string

const (
	Once   Verdict = "once"
	Always Verdict = "always" // and do not ask about these people again
	Cancel Verdict = "cancel"
)

// Answer is a verdict and, where one of several people was to be chosen, who.
type Answer struct {
	Verdict Verdict
	To      string // uuid
}

// Errors of [Desk.Ask] and of a form.
var (
	// ErrCannotAsk: nothing could be shown to the person.
	ErrCannotAsk = errors.New("the person cannot be asked")
	// ErrUnseen: it was refused faster than a person can.
	ErrUnseen = errors.New("refused before a person could have seen it")
	// ErrUnanswered: the time was up. An answer may still come.
	ErrUnanswered = errors.New("the person has not answered")
	// ErrOpen: another call has asked the same and waits.
	ErrOpen = errors.New("the person is being asked already")
	// ErrEnding: the program ends.
	ErrEnding = errors.New("the program ends")
	// ErrSuspended: the call ends here, the client asks the person and makes the
	// same call again with the answer.
	ErrSuspended = errors.New("the client has to answer a question first")

	errNoBrowser = errors.New("there is no browser")
)

// Person is somebody a question is about. All of it is for display.
type Person struct {
	UUID    string
	Name    string // the user's word for them, else the profile name
	Profile string // the profile name, if Name is the user's word
	// Lookalikes says what of the name is not what it looks like.
	Lookalikes string
	Detail     string // what tells them from others of the same name
	Picture    string // https address, for the page
}

// Button is an address that can be opened from a message.
type Button struct{ Label, URL string }

// File is a picture of this computer that would be sent. The page shows it, everything
// else names it.
type File struct {
	Name string
	Type string // media type
	Data []byte // nil once nobody looks at it any more
}

// Choice is an answer that is offered.
type Choice struct {
	Verdict Verdict
	Label   string
}

// Question is what the person is asked. Names and texts in it have nothing left
// that could hide or be taken for something else.
type Question struct {
	Key      string // what the answer is good for and nothing else
	Same     string // questions with one Same are put one at a time; "": those with one Key
	Lang     wording.Lang
	Title    string   // one sentence
	Program  string   // who asks, by its own account
	To       []Person // none: the person themselves
	Word     string   // a name that fits everybody in Choose
	Choose   []Person // one of them is to be chosen
	Remark   string   // what to look at before answering
	Message  string   // exactly as KakaoTalk shows it; "" if nothing is sent
	File     File     // zero: none
	Pictures []string // addresses
	Buttons  []Button
	Travels  string   // how long text travels
	Answers  []Choice // the default first, Cancel last
	Rooms    string   // address of the sandbox's chat rooms, for practice
}

// Quoted is a name between quotation marks that it cannot close.
func Quoted(name string) string {
	return `"` + strings.Map(func(r rune) rune {
		switch r {
		case '"', '“', '”', '„', '‟', '″', '〝', '〞', '〟', '＂', '«', '»', '‶', 'ʺ', 'ˮ', '❝', '❞':
			return '\''
		}
		return r
	}, name) + `"`
}

// Label is a person on one line.
func (p Person) Label(l wording.Lang) string {
	text := Quoted(p.Name)
	if p.Profile != "" && p.Profile != p.Name {
		text += " (" + l.Say("프로필 이름 ", "profile name ") + Quoted(p.Profile) + ")"
	}
	if p.Lookalikes != "" {
		text += " [" + p.Lookalikes + "]"
	}
	if p.Detail != "" {
		text += " · " + p.Detail
	}
	return text
}

// Text is the whole question for a form or a terminal. Who and what stand in the
// first lines, because terminals fold the rest away (Claude Code shows three), and
// every name in a line of its own. The message comes last, so that nothing in it can
// be taken for a part of the question.
func (q Question) Text() string {
	l := q.Lang
	title := q.title()
	if q.Program != "" {
		title += l.Sayf(" (요청: %s)", " (requested by %s)", Quoted(q.Program))
	}
	lines := []string{title}
	for _, p := range q.To {
		lines = append(lines, l.Say("받는 사람: ", "To: ")+p.Label(l))
	}
	if line := q.fileLine(); line != "" {
		lines = append(lines, line)
	}
	if len(q.Choose) > 0 {
		lines = append(lines, q.chooseLine())
	}
	for _, p := range q.Choose {
		lines = append(lines, "- "+p.Label(l))
	}
	for _, line := range []string{q.Remark, q.Travels} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if content := q.content(); content != "" {
		lines = append(lines, l.Say("내용: ", "Message: ")+content)
	}
	return strings.Join(lines, "\n")
}

// title marks what is only practice.
func (q Question) title() string {
	if q.Rooms != "" {
		return q.Lang.Say("[연습] ", "[Practice] ") + q.Title
	}
	return q.Title
}

func (q Question) chooseLine() string {
	return q.Lang.Sayf("이름이 %s인 친구가 %d명이에요. 보낼 친구를 골라 주세요:", "%[2]d friends are named %[1]s. Choose one:", Quoted(q.Word), len(q.Choose))
}

func (q Question) content() string {
	lines := []string{q.Message}
	for _, p := range q.Pictures {
		lines = append(lines, q.Lang.Say("[이미지] ", "[image] ")+p)
	}
	for _, b := range q.Buttons {
		lines = append(lines, "["+b.Label+"] "+b.URL)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// fileLine names the picture of this computer, "" where there is none.
func (q Question) fileLine() string {
	if q.File.Name == "" {
		return ""
	}
	return q.Lang.Say("이 컴퓨터의 사진: ", "Picture on this computer: ") + q.File.Name
}

// offers reports whether v is among the answers and names somebody to choose where
// that is asked.
func (q *Question) offers(a Answer) bool {
	if !slices.ContainsFunc(q.Answers, func(c Choice) bool { return c.Verdict == a.Verdict }) {
		return false
	}
	return a.Verdict == Cancel || len(q.Choose) == 0 ||
		slices.ContainsFunc(q.Choose, func(p Person) bool { return p.UUID == a.To })
}
