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
	keyNone keyCode = iota
	keyText
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
)

// controls are the commands of control characters, as in Emacs and every shell.
var controls = [128]keyCode{
	1: keyHome, 2: keyLeft, 3: keyStop, 4: keyQuit, 5: keyEnd, 6: keyRight, 8: keyBackspace, 10: keyEnter, 11: keyKillEnd, 12: keyClear,
	13: keyEnter, 14: keyDown, 16: keyUp, 21: keyKillStart, 23: keyKillWord, 127: keyBackspace,
}

func control(r rune) keyCode {
	switch {
	case r == 26 && runtime.GOOS == "windows":
		return keyQuit // Ctrl-Z ends the input there
	case int(r) < len(controls):
		return controls[r]
	}
	return keyNone
}

// decode reads one key press. Escape sequences it does not know are keyNone.
func decode(in *bufio.Reader, pasting bool) (key, error) {
	r, size, err := in.ReadRune() // waits for the rest of a character
	switch {
	case err != nil:
		return key{}, err
	case r == utf8.RuneError && size == 1:
		return key{}, nil
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
		return key{}, nil
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
		return key{}, err
	}
	parameters := ""
	switch r {
	case 27:
		return key{}, in.UnreadRune()
	case '[', 'O':
		for len(parameters) < 16 {
			next, _, err := in.ReadRune()
			if err == nil && next == 27 {
				return key{}, in.UnreadRune()
			}
			if err != nil {
				return key{}, err
			}
			if next >= 0x40 && next <= 0x7e {
				return key{code: sequence(next, parameters)}, nil
			}
			parameters += string(next)
		}
		return key{}, nil
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

// finals are the keys of control sequences by what ends them (ECMA-48).
var finals = [128]keyCode{'A': keyUp, 'B': keyDown, 'C': keyRight, 'D': keyLeft, 'H': keyHome, 'F': keyEnd}

// sequence is the key of a control sequence, with xterm's modifiers.
func sequence(final rune, parameters string) keyCode {
	byWord := parameters == "1;5" || parameters == "1;3" // with Ctrl, Alt
	switch {
	case final == '~':
		return map[string]keyCode{"1": keyHome, "7": keyHome, "4": keyEnd, "8": keyEnd, "3": keyDelete, "200": keyPasteStart, "201": keyPasteEnd}[parameters]
	case final == 'C' && byWord:
		return keyWordRight
	case final == 'D' && byWord:
		return keyWordLeft
	}
	return finals[final]
}
