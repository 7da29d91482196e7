package tunnel

import (
	"errors"
	"strings"
)

// What keeps a command from being taken apart.
var (
	ErrNoProgram = errors.New("the command names no program")
	ErrOpenQuote = errors.New("a quote is not closed")
	ErrLineBreak = errors.New("the command holds a line break")
)

// Words splits a command as a shell does, without expanding anything: single
// quotes keep everything, double quotes and bare text let a backslash protect a
// space, a quote or a backslash. Before any other character a backslash stays,
// so that a Windows path needs no quoting. The first word is a program's.
func Words(command string) ([]string, error) {
	var (
		list   []string
		word   strings.Builder
		inWord bool
		quote  rune // the open quote, or 0
		escape bool
	)
	for _, r := range command {
		switch {
		case r == 0 || r == '\n' || r == '\r':
			return nil, ErrLineBreak
		case escape:
			escape = false
			if !strings.ContainsRune(" \t\"'\\", r) || quote != 0 && r != '"' && r != '\\' {
				word.WriteByte('\\')
			}
			word.WriteRune(r)
		case r == '\\' && quote != '\'':
			escape, inWord = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '"' || r == '\'':
			quote, inWord = r, true
		case r == ' ' || r == '\t':
			if inWord {
				list = append(list, word.String())
				word.Reset()
				inWord = false
			}
		default:
			inWord = true
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, ErrOpenQuote
	}
	if escape {
		word.WriteByte('\\')
	}
	if inWord {
		list = append(list, word.String())
	}
	if len(list) == 0 || list[0] == "" {
		return nil, ErrNoProgram
	}
	return list, nil
}
