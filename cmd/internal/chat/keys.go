package chat

import (
	"bufio"
	"runtime"
	"unicode"
	"unicode/utf8"
)

// key is one key press: a character to insert, or a command in code.
type key struct {
	code keyCode
	r    rune
}

type keyCode int

const (
	keyText keyCode = iota
	keyEnter
	keyBackspace
	keyDelete
	keyLeft
	keyRight
	keyWordLeft
	keyWordRight
	keyHome
	keyEnd
	keyUp
	keyDown
	keyKillWord
	keyKillStart
	keyKillEnd
	keyClear
	keyStop // Ctrl-C
	keyQuit // Ctrl-D
	keyPasteStart
	keyPasteEnd
	keyNone
)

// control is the command of a control character, as in Emacs and every shell.
func control(r rune) keyCode {
	switch r {
	case 1:
		return keyHome
	case 2:
		return keyLeft
	case 3:
		return keyStop
	case 4:
		return keyQuit
	case 5:
		return keyEnd
	case 6:
		return keyRight
	case 8, 127:
		return keyBackspace
	case 10, 13:
		return keyEnter
	case 11:
		return keyKillEnd
	case 12:
		return keyClear
	case 14:
		return keyDown
	case 16:
		return keyUp
	case 21:
		return keyKillStart
	case 23:
		return keyKillWord
	case 26: // Ctrl-Z ends the input on Windows
		if runtime.GOOS == "windows" {
			return keyQuit
		}
	}
	return keyNone
}

// decode reads one key press. Escape sequences it does not know are keyNone.
func decode(in *bufio.Reader, pasting bool) (key, error) {
	r, size, err := in.ReadRune() // waits for the rest of a character
	switch {
	case err != nil:
		return key{code: keyNone}, err
	case r == utf8.RuneError && size == 1:
		return key{code: keyNone}, nil
	case r == 27 && pasting:
		press, err := escape(in)
		if press.code != keyPasteEnd && press.code != keyText {
			press.code = keyNone // what is pasted does nothing
		}
		return press, err
	case r == 27:
		return escape(in)
	case pasting && (r == '\r' || r == '\n'):
		return key{keyText, '\n'}, nil
	case r == '\t' && pasting:
		return key{keyText, ' '}, nil
	case unicode.IsControl(r) && pasting:
		return key{code: keyNone}, nil
	case unicode.IsControl(r):
		return key{code: control(r)}, nil
	}
	return key{keyText, r}, nil
}

// escape decodes what follows ESC. A lone Escape key does nothing, so that no
// clock is needed to tell it from the start of a sequence; another ESC, wherever
// it comes, starts anew: it may begin the end of a paste.
func escape(in *bufio.Reader) (key, error) {
	r, _, err := in.ReadRune()
	if err != nil {
		return key{code: keyNone}, err
	}
	parameters := ""
	switch r {
	case 27:
		return key{code: keyNone}, in.UnreadRune()
	case '[', 'O':
		for len(parameters) < 16 {
			next, _, err := in.ReadRune()
			if err == nil && next == 27 {
				return key{code: keyNone}, in.UnreadRune()
			}
			if err != nil {
				return key{code: keyNone}, err
			}
			if next >= 0x40 && next <= 0x7e {
				return key{code: sequence(next, parameters)}, nil
			}
			parameters += string(next)
		}
		return key{code: keyNone}, nil
	case 'b':
		return key{code: keyWordLeft}, nil
	case 'f':
		return key{code: keyWordRight}, nil
	case 8, 127:
		return key{code: keyKillWord}, nil
	}
	if unicode.IsControl(r) {
		return key{code: control(r)}, nil
	}
	return key{keyText, r}, nil
}

// sequence is the key of a control sequence (ECMA-48; xterm's modifiers).
func sequence(final rune, parameters string) keyCode {
	byWord := parameters == "1;5" || parameters == "1;3" // with Ctrl, Alt
	switch final {
	case 'A':
		return keyUp
	case 'B':
		return keyDown
	case 'C':
		if byWord {
			return keyWordRight
		}
		return keyRight
	case 'D':
		if byWord {
			return keyWordLeft
		}
		return keyLeft
	case 'H':
		return keyHome
	case 'F':
		return keyEnd
	case '~':
		switch parameters {
		case "1", "7":
			return keyHome
		case "4", "8":
			return keyEnd
		case "3":
			return keyDelete
		case "200":
			return keyPasteStart
		case "201":
			return keyPasteEnd
		}
	}
	return keyNone
}
