package formats

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Error is a text that cannot be read or edited. It quotes nothing of it.
type Error struct {
	Kind Wrong
	Line int // from 1; 0 if unknown
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Wrong says what is wrong with a text.
type Wrong int

const (
	WrongSyntax Wrong = iota
	WrongShape        // valid, but not a form that is edited here
	WrongTwice        // clients differ in which of the two they take
	WrongEdit         // an edited text does not say what it should
	WrongMark         // the rest is what the client itself refuses
	WrongComment
	WrongTrailing
)

func lineAt(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }

func newlineOf(text string) string {
	if strings.Contains(text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// withNewline ends the last line.
func withNewline(text, nl string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + nl
}

// upTo returns s up to and with end, or all of s.
func upTo(s, end string) string {
	if i := strings.Index(s, end); i >= 0 {
		return s[:i+len(end)]
	}
	return s
}

func leadingBlank(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

func sortedKeys(table map[string]string) []string { return slices.Sorted(maps.Keys(table)) }
