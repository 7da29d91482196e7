package chat

import (
	"errors"
	"strings"
)

// Words splits a command as a shell does, without expanding anything: single
// quotes keep everything, double quotes and bare text let a backslash protect a
// space, a quote or a backslash. Any other backslash stays, for Windows paths.
// An open quote and an empty command are errors.
func Words(command string) ([]string, error) {
	var list []string
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range command {
		switch {
		case escaped:
			escaped = false
			if !strings.ContainsRune(" \t\"'\\", r) || quote != 0 && r != '"' && r != '\\' {
				word.WriteByte('\\')
			}
			word.WriteRune(r)
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, inWord = r, true
		case r == ' ' || r == '\t':
			if inWord {
				list = append(list, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if escaped {
		word.WriteByte('\\')
	}
	if inWord {
		list = append(list, word.String())
	}
	switch {
	case quote != 0:
		return nil, errors.New("the command has an open quote")
	case len(list) == 0:
		return nil, errors.New("the command is empty")
	}
	return list, nil
}
