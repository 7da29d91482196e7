// Package problem has the one form of a failure that a person reads: what
// happened, what to do, and whether trying again helps. It imports the other
// packages of the ground and may be imported by everybody.
package problem

import "strings"

// Retry says whether the same call again helps.
type Retry string

const (
	No        Retry = "no"
	AfterUser Retry = "after_user" // once the person has done something
	Later     Retry = "later"
	Yes       Retry = "yes"
)

// Problem is what was not done, in the reader's language. None of it holds a
// secret or an answer from the network as it came.
type Problem struct {
	Reason string // stable word for programs
	What   string // what happened, as a sentence
	Next   string // what to do, as a sentence
	Retry  Retry
	URL    string // the login page, while a login is pending
	Err    error  // cause, for errors.Is
}

// Error joins what a person should read: both sentences, and the address in a line
// of its own.
func (p *Problem) Error() string {
	text := strings.TrimSpace(p.What + " " + p.Next)
	if p.URL != "" {
		text += "\n" + p.URL
	}
	return text
}

func (p *Problem) Unwrap() error { return p.Err }
