package viewer

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What the page's script does with a link, for the tests: the program itself opens none.

// maxPayload bounds the work of decodeLink before it starts: no text of
// maxDecoded bytes needs more, even if it does not compress at all.
const maxPayload = maxDecoded*4/3 + 1<<10

// checkSize is the length of the Adler-32 value behind the DEFLATE data.
const checkSize = 4

// errDamaged is returned for a link that was cut off, altered or never was one.
var errDamaged = errors.New("link is damaged")

// decode is strict: two spellings of one payload would be two links.
func decode(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }

// decodeLink is the inverse of Encode for every format. It accepts the page mark that
// Links puts behind a fragment. Anything else than an unaltered fragment is
// errDamaged.
func decodeLink(fragment string) (string, error) {
	payload, mark, marked := strings.Cut(fragment, ".")
	if payload == "" || len(payload) > maxPayload || marked && !validMark(mark) {
		return "", errDamaged
	}
	// The decoder would skip line breaks; a link has none.
	if strings.ContainsAny(payload, "\r\n") {
		return "", errDamaged
	}
	packed, err := decode(payload[1:])
	if err != nil {
		return "", errDamaged
	}
	return Format(payload[0]).unpack(packed)
}

func (f Format) unpack(packed []byte) (string, error) {
	dictionary := f.dictionary()
	if dictionary == nil || len(packed) < checkSize {
		return "", errDamaged
	}
	data, check := packed[:len(packed)-checkSize], packed[len(packed)-checkSize:]
	src := bytes.NewReader(append(bytes.Clone(data), f.tail()...))
	r := flate.NewReaderDict(src, dictionary)
	b, err := io.ReadAll(io.LimitReader(r, maxDecoded+1))
	if err != nil || len(b) == 0 || len(b) > maxDecoded {
		return "", errDamaged
	}
	// flate reads byte by byte from an io.ByteReader, so what is left is
	// exactly what followed the last block.
	if src.Len() != 0 || binary.BigEndian.Uint32(check) != f.checksum(b) {
		return "", errDamaged
	}
	text, ok := f.text(b)
	if !ok || len(text) > maxDecoded {
		return "", errDamaged
	}
	return text, nil
}

// text is the inverse of bytes; ok is false for what is not valid.
func (f Format) text(b []byte) (text string, ok bool) {
	if f == Format1 {
		return string(b), utf8.Valid(b)
	}
	return lengthen(b)
}

func lengthen(b []byte) (text string, ok bool) {
	short := letters()
	var out strings.Builder
	for len(b) > 0 {
		if b[0]&0xC0 == 0x80 {
			out.WriteString(short[int(b[0]&0x3F)*letterSize:][:letterSize])
			b = b[1:]
			continue
		}
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return "", false
		}
		out.Write(b[:size])
		b = b[size:]
	}
	return out.String(), true
}

// validMark reports whether mark, without its first dot, is one of pageMark.
func validMark(mark string) bool {
	n, m, _ := strings.Cut(mark, ".")
	page, err1 := strconv.Atoi(n)
	pages, err2 := strconv.Atoi(m)
	return err1 == nil && err2 == nil && 1 <= page && page <= pages && pages <= maxPages &&
		"."+mark == pageMark(page, pages)
}
