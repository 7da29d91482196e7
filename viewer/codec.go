package viewer

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"strings"
	"unicode/utf8"
)

// Version is the format and dictionary of a link: the character between '#'
// and the payload.
const Version = "1"

// maxDecoded bounds what one link may unfold to. A kilobyte of DEFLATE can
// stand for a megabyte, and the page on a phone has to hold it all.
const maxDecoded = 400 << 10

// maxPayload bounds the work of Decode before it starts: no text of
// maxDecoded bytes needs more, even if it does not compress at all.
const maxPayload = maxDecoded*4/3 + 1<<10

// checkSize is the length of the Adler-32 value behind the DEFLATE data.
const checkSize = 4

// ErrDamaged is returned for a link that was cut off, altered or never was one.
var ErrDamaged = errors.New("link is damaged")

// ErrTooLong is returned for text that the chosen kind of link cannot carry.
var ErrTooLong = errors.New("text is too long for a link")

// encode writes base64url.
func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode is strict: two spellings of one payload would be two links.
func decode(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }

// Encode packs text, at most 400 KB of valid UTF-8 and not empty, into the
// part of a link behind "#1": base64url without padding of raw DEFLATE data
// made with the preset dictionary, followed by the Adler-32 of dictionary and
// text, big endian.
func Encode(text string) (payload string, err error) {
	packed, err := pack(text)
	if err != nil {
		return "", err
	}
	return encode(packed), nil
}

// Decode is the inverse of Encode. It accepts the page mark that PageLinks
// puts behind a payload. Anything else than an unaltered payload is ErrDamaged.
func Decode(payload string) (string, error) {
	payload, mark, marked := strings.Cut(payload, ".")
	if len(payload) > maxPayload || marked && !validMark(mark) {
		return "", ErrDamaged
	}
	// The decoder would skip line breaks; a link has none.
	if strings.ContainsAny(payload, "\r\n") {
		return "", ErrDamaged
	}
	packed, err := decode(payload)
	if err != nil {
		return "", ErrDamaged
	}
	return unpack(packed)
}

func pack(text string) ([]byte, error) {
	switch {
	case text == "":
		return nil, errors.New("encoding text: empty")
	case len(text) > maxDecoded:
		return nil, fmt.Errorf("encoding text: %w", ErrTooLong)
	case !utf8.ValidString(text):
		return nil, errors.New("encoding text: not valid UTF-8")
	}
	if len(text) <= maxSqueeze {
		return appendCheck(squeeze(text), text), nil
	}
	return appendCheck(deflate(text), text), nil
}

// deflate is for text beyond any link, where squeeze would be slow.
func deflate(text string) []byte {
	var out bytes.Buffer
	// The level is valid and writes to a bytes.Buffer do not fail.
	w, _ := flate.NewWriterDict(&out, flate.BestCompression, []byte(dictionary))
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.Bytes()
}

func appendCheck(packed []byte, text string) []byte {
	return binary.BigEndian.AppendUint32(packed, checksum(text))
}

func unpack(packed []byte) (string, error) {
	src := bytes.NewReader(packed)
	r := flate.NewReaderDict(src, []byte(dictionary))
	text, err := io.ReadAll(io.LimitReader(r, maxDecoded+1))
	if err != nil || len(text) == 0 || len(text) > maxDecoded || !utf8.Valid(text) {
		return "", ErrDamaged
	}
	// flate reads byte by byte from an io.ByteReader, so what is left is
	// exactly what followed the last block.
	if src.Len() != checkSize || binary.BigEndian.Uint32(packed[len(packed)-checkSize:]) != checksum(string(text)) {
		return "", ErrDamaged
	}
	return string(text), nil
}

// checksum covers the dictionary too: the page hands both to the browser as
// one zlib stream, which checks them together.
func checksum(text string) uint32 {
	h := adler32.New()
	_, _ = io.WriteString(h, dictionary)
	_, _ = io.WriteString(h, text)
	return h.Sum32()
}
