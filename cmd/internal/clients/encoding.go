package clients

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding is how a file's text is stored. Files written on Windows may begin
// with a byte order mark or be UTF-16; they stay what they are.
type encoding struct {
	mark  string
	order byteOrder // nil: UTF-8
}

var encodings = []encoding{
	{"\xef\xbb\xbf", nil},
	{"\xff\xfe", binary.LittleEndian},
	{"\xfe\xff", binary.BigEndian},
}

var errEncoding = errors.New("neither UTF-8 nor marked UTF-16")

// decode returns a file's text as UTF-8 and its encoding. It refuses what it
// could not write back byte for byte.
func decode(raw []byte) (string, encoding, error) {
	var e encoding
	for _, known := range encodings {
		if bytes.HasPrefix(raw, []byte(known.mark)) {
			e = known
			break
		}
	}
	body := raw[len(e.mark):]
	if e.order == nil {
		if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
			return "", e, errEncoding
		}
		return string(body), e, nil
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = e.order.Uint16(body[2*i:])
	}
	text := string(utf16.Decode(units))
	if back := e.encode(text); !slices.Equal(back, raw) { // a half character or an odd byte
		return "", e, errEncoding
	}
	return text, e, nil
}

func (e encoding) encode(text string) []byte {
	raw := []byte(e.mark)
	if e.order == nil {
		return append(raw, text...)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = e.order.AppendUint16(raw, unit)
	}
	return raw
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}
