// Package charset reads text as Korean computers store it and hand it on: UTF-8,
// UTF-16 with a byte order mark (PowerShell's >) and code page 949 (what cmd pipes).
// It imports golang.org/x/text and may be imported by everything in cmd/internal.
package charset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
)

// Charset is how a text is stored. The zero value is UTF-8 without a mark.
type Charset struct {
	mark  string
	order byteOrder // nil: not UTF-16
	cp949 bool
}

var marked = []Charset{
	{mark: "\xef\xbb\xbf"},
	{mark: "\xff\xfe", order: binary.LittleEndian},
	{mark: "\xfe\xff", order: binary.BigEndian},
}

// ErrUnknown: the bytes are text in none of the charsets.
var ErrUnknown = errors.New("neither UTF-8 nor marked UTF-16 nor code page 949")

// Decode returns the text that raw stores, without a byte order mark, and how. It
// refuses what Encode could not turn back into the same bytes.
func Decode(raw []byte) (string, Charset, error) {
	var c Charset
	for _, known := range marked {
		if bytes.HasPrefix(raw, []byte(known.mark)) {
			c = known
			break
		}
	}
	body := raw[len(c.mark):]
	if c.order == nil {
		switch {
		case bytes.IndexByte(body, 0) >= 0:
			return "", c, ErrUnknown
		case utf8.Valid(body):
			return string(body), c, nil
		case c.mark == "":
			return decodeKorean(body)
		}
		return "", c, ErrUnknown
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = c.order.Uint16(body[2*i:])
	}
	text := string(utf16.Decode(units))
	if back, err := c.Encode(text); err != nil || !slices.Equal(back, raw) { // a half character or an odd byte
		return "", c, ErrUnknown
	}
	return text, c, nil
}

// decodeKorean takes bytes for code page 949 if that makes Korean of them, and if
// they are not UTF-8 that was cut or damaged: most pairs of bytes mean something.
func decodeKorean(raw []byte) (string, Charset, error) {
	c := Charset{cp949: true}
	decoded, err := korean.EUCKR.NewDecoder().Bytes(raw) // code page 949, by its older name
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) || 2*hangulUTF8(raw) > foreign(raw) || 4*syllables(raw) <= foreign(raw) {
		return "", c, ErrUnknown
	}
	text := string(decoded)
	if back, err := c.Encode(text); err != nil || !bytes.Equal(back, raw) {
		return "", c, ErrUnknown
	}
	return text, c, nil
}

// syllables counts the pairs that are one of the 2,350 usual syllables (KS X 1001).
func syllables(raw []byte) (n int) {
	for i := 0; i < len(raw); i++ {
		if raw[i] < utf8.RuneSelf {
			continue
		}
		if i++; raw[i-1] >= 0xb0 && raw[i-1] <= 0xc8 && i < len(raw) && raw[i] >= 0xa1 {
			n++
		}
	}
	return n
}

// foreign counts the bytes that are no ASCII.
func foreign(raw []byte) (n int) {
	for _, b := range raw {
		if b >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// hangulUTF8 counts those of them that UTF-8 makes Hangul of.
func hangulUTF8(raw []byte) (n int) {
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if unicode.Is(unicode.Hangul, r) {
			n += size
		}
		raw = raw[size:]
	}
	return n
}

// Encode stores text as c. It fails for letters that code page 949 has not, and
// for what is no text.
func (c Charset) Encode(text string) ([]byte, error) {
	raw := []byte(c.mark)
	switch {
	case !utf8.ValidString(text):
		return nil, ErrUnknown
	case c.cp949:
		return korean.EUCKR.NewEncoder().Bytes([]byte(text))
	case c.order == nil:
		return append(raw, text...), nil
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = c.order.AppendUint16(raw, unit)
	}
	return raw, nil
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// IsLost reports whether question marks stand in the place of letters, as when
// Windows PowerShell pipes Hangul in ASCII: no other letter than ASCII's, and words
// that begin with a question mark, which nobody writes.
func IsLost(text string) bool {
	lost := false
	for word := range strings.FieldsSeq(text) {
		word = strings.TrimLeft(word, `"'([{<*-`)
		if strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			return false
		}
		lost = lost || len(word) > 1 && word[0] == '?'
	}
	return lost || strings.Contains(text, "?") && strings.Trim(text, "? \t\r\n") == ""
}
