package tunnel

import (
	"errors"
	"strings"
)

// Words splits a command as a shell does, without expanding anything: single
// quotes keep everything, double quotes and bare text let a backslash protect a
// space, a quote or a backslash. Before any other character a backslash stays,
// so that a Windows path needs no quoting.
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
			return nil, errors.New("the command holds a line break")
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
		return nil, errors.New("a quote is not closed")
	}
	if escape {
		word.WriteByte('\\')
	}
	if inWord {
		list = append(list, word.String())
	}
	return list, nil
}
