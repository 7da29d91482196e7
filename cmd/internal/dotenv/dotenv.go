// Package dotenv reads .env files as python-dotenv does, which wrote most of those
// that people have, and says where each assignment stands, so that one of them can
// be replaced without touching the rest. godotenv ends a value at the last " #"
// and expands $NAME, and so reads other values out of the same file.
//
// It knows no settings and no files, and imports the standard library only. Its
// errors quote nothing: a line may hold a secret.
package dotenv

import (
	"errors"
	"strings"
	"unicode"
)

// Assignment is one NAME=value of a file.
type Assignment struct {
	Name  string
	Value string // unquoted, not yet expanded
	// Start and End are the byte offsets of the text from the name to the end of
	// the value with its quotes; a comment behind it is outside.
	Start, End int
}

// Parse returns the assignments of a file in their order, and the numbers, from 1,
// of the lines that are none: they are passed over. A name without "=" assigns
// nothing and is no mistake. A byte order mark is passed over.
func Parse(text string) (list []Assignment, unreadable []int) {
	return Strictly(text, func(string) bool { return true })
}

// Strictly is Parse, but a name without "=" is a mistake unless mayBeAlone says
// otherwise.
func Strictly(text string, mayBeAlone func(name string) bool) (list []Assignment, unreadable []int) {
	s := scanner{text: text}
	s.skip("\ufeff")
	for {
		s.while(isSpace)
		if s.rest() == "" {
			return list, unreadable
		}
		begin := s.at
		a, ok := s.assignment()
		switch {
		case !ok, a != nil && a.End == 0 && !mayBeAlone(a.Name):
			unreadable = append(unreadable, 1+newlines(text[:begin]))
			s.while(func(r rune) bool { return !isEnd(r) })
		case a != nil && a.End > 0:
			list = append(list, *a)
		}
	}
}

type scanner struct {
	text string
	at   int
}

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) skip(prefix string) bool {
	found := strings.HasPrefix(s.rest(), prefix)
	if found {
		s.at += len(prefix)
	}
	return found
}

// while passes over the characters that are in the set and returns them.
func (s *scanner) while(in func(rune) bool) string {
	rest := s.rest()
	n := strings.IndexFunc(rest, func(r rune) bool { return !in(r) })
	if n < 0 {
		n = len(rest)
	}
	s.at += n
	return rest[:n]
}

// assignment reads one line, or the lines of a quoted value. It returns nil for a
// comment, and an End of 0 for a name alone.
func (s *scanner) assignment() (*Assignment, bool) {
	if before := s.at; s.skip("export") && s.while(isBlank) == "" {
		s.at = before // a name that begins so
	}
	if strings.HasPrefix(s.rest(), "#") {
		return nil, s.endOfLine()
	}
	a := &Assignment{Start: s.at}
	if s.skip("'") {
		name, _, closed := strings.Cut(s.rest(), "'")
		if !closed {
			return nil, false
		}
		a.Name = name
		s.at += len(name) + len("'")
	} else {
		a.Name = s.while(func(r rune) bool { return r != '=' && r != '#' && !isSpace(r) })
	}
	if a.Name == "" {
		return nil, false
	}
	s.while(isBlank)
	if !s.skip("=") {
		return a, s.endOfLine()
	}
	a.End = s.at
	gap := s.while(isBlank)
	if gap != "" && strings.HasPrefix(s.rest(), "#") {
		return a, s.endOfLine() // an empty value, then a comment
	}
	var ok bool
	if a.Value, ok = s.value(); !ok {
		return nil, false
	}
	if a.Value != "" || gap == "" {
		a.End = s.at
	}
	return a, s.endOfLine()
}

func (s *scanner) value() (string, bool) {
	switch {
	case s.skip("'"):
		return s.quoted('\'', map[byte]string{'\\': `\`, '\'': "'"})
	case s.skip(`"`):
		return s.quoted('"', map[byte]string{'\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v"})
	}
	begin := s.at
	line := s.while(func(r rune) bool { return !isEnd(r) })
	// A comment begins at the first number sign behind a blank.
	for i := 1; i < len(line); i++ {
		before := strings.TrimRightFunc(line[:i], isSpace)
		if line[i] == '#' && len(before) < i {
			line = before
			break
		}
	}
	value := strings.TrimRightFunc(line, isSpace)
	s.at = begin + len(value)
	return value, true
}

// quoted reads up to the closing quote. A backslash takes the next character
// along; escapes are those that mean something, all others stay as they are.
func (s *scanner) quoted(quote byte, escapes map[byte]string) (string, bool) {
	begin := s.at
	var b strings.Builder
	for rest := s.rest(); rest != ""; rest = s.rest() {
		switch c := rest[0]; {
		case c == quote:
			s.at++
			return b.String(), true
		case c == '\\' && len(rest) > 1:
			if text, ok := escapes[rest[1]]; ok {
				b.WriteString(text)
			} else {
				b.WriteString(rest[:2])
			}
			s.at += 2
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	s.at = begin
	return "", false
}

// endOfLine passes over blanks and a comment; anything else behind a value is a
// mistake.
func (s *scanner) endOfLine() bool {
	s.while(isBlank)
	if s.skip("#") {
		s.while(func(r rune) bool { return !isEnd(r) })
	}
	return s.rest() == "" || s.rest()[0] == '\n' || s.rest()[0] == '\r'
}

func isEnd(r rune) bool { return r == '\n' || r == '\r' }

// isSpace is white space as Python has it.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

func isBlank(r rune) bool { return isSpace(r) && !isEnd(r) }

func newlines(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}

// ErrTooMuch: values that refer to each other came to more than the limit.
var ErrTooMuch = errors.New("values that refer to each other grow too large")

// Values returns the value of every name, the last assignment counting. In each
// value ${NAME} becomes the value assigned before, and ${NAME:-text} is text where
// none is; a dollar sign alone stays. All values together may come to limit bytes,
// else ErrTooMuch.
func Values(list []Assignment, limit int) (map[string]string, error) {
	values := make(map[string]string, len(list))
	for _, a := range list {
		value, err := expand(a.Value, limit, values)
		if limit -= len(value); err != nil || limit < 0 {
			return nil, ErrTooMuch
		}
		values[a.Name] = value
	}
	return values, nil
}

func expand(text string, limit int, values map[string]string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		inside, rest, closed := strings.Cut(after, "}")
		name, fallback, hasFallback := strings.Cut(inside, ":-")
		if !found || !closed {
			b.WriteString(text)
			break
		}
		b.WriteString(before)
		switch value, ok := values[name]; {
		case strings.Contains(name, ":"): // no reference
			b.WriteString("${")
			text = after
			continue
		case ok:
			b.WriteString(value)
		case hasFallback:
			b.WriteString(fallback)
		}
		if text = rest; b.Len() > limit {
			return "", ErrTooMuch
		}
	}
	return b.String(), nil
}

// Quote returns value as it stands in a file, so that Parse and Values give it
// back. It returns false for the few values that have no such form: those of
// several lines, and those with "${".
func Quote(value string) (quoted string, ok bool) {
	if strings.ContainsAny(value, "\r\n\x00") {
		return "", false
	}
	for _, form := range []string{value, "'" + value + "'", "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(value) + "'"} {
		if form == value && strings.ContainsAny(value, " \t\\$#\"'`") {
			continue // readable by every shell and reader, or quoted
		}
		list, bad := Parse("A=" + form + "\nB=b\n")
		values, err := Values(list, 4*len(value)+16)
		if err == nil && len(bad) == 0 && len(list) == 2 && values["A"] == value {
			return form, true
		}
	}
	return "", false
}
