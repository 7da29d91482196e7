package clients

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// textError is a text that cannot be read or edited. It quotes nothing of it.
type textError struct {
	kind wrong
	line int // from 1; 0 if unknown
	msg  string
}

func (e *textError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.msg) }

// wrong says what is wrong with a text.
type wrong int

const (
	wrongSyntax wrong = iota
	wrongShape        // valid, but not a form that is edited here
	wrongTwice        // clients differ in which of the two they take
	wrongEdit         // our own last check failed
	wrongMark         // the rest is what the client itself refuses
	wrongComment
	wrongTrailing
)

func (w wrong) words() [2]string {
	return [...][2]string{
		wrongSyntax:   {"문법이 맞지 않는 곳이 있어요.", "It has a syntax error."},
		wrongShape:    {"고칠 수 없는 형식이 있어요.", "It uses a form that this program does not edit."},
		wrongTwice:    {"같은 이름이 두 번 나와요.", "It has the same name twice."},
		wrongEdit:     {"고친 결과를 확인하지 못했어요.", "The result did not pass the check."},
		wrongMark:     {"파일 맨 앞에 BOM이 있어요.", "It starts with a byte order mark."},
		wrongComment:  {"주석이 있어요.", "It has a comment."},
		wrongTrailing: {"마지막 항목 뒤에 쉼표가 있어요.", "It has a comma after the last item."},
	}[w]
}

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
