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

// Encode packs text, at most 400 KB of valid UTF-8 and not empty, into the fragment
// of a link: the digit of the newest format, and base64url without padding.
func Encode(text string) (fragment string, err error) { return newest.encode(text) }

func (f Format) encode(text string) (fragment string, err error) { return newPacker(f).encode(text) }

func (p *packer) encode(text string) (fragment string, err error) {
	packed, err := p.pack(text)
	if err != nil {
		return "", err
	}
	return string(p.format) + encode(packed), nil
}

// Decode is the inverse of Encode for every format. It accepts the page mark that
// Links puts behind a fragment. Anything else than an unaltered fragment is
// ErrDamaged.
func Decode(fragment string) (string, error) {
	payload, mark, marked := strings.Cut(fragment, ".")
	if payload == "" || len(payload) > maxPayload || marked && !validMark(mark) {
		return "", ErrDamaged
	}
	// The decoder would skip line breaks; a link has none.
	if strings.ContainsAny(payload, "\r\n") {
		return "", ErrDamaged
	}
	packed, err := decode(payload[1:])
	if err != nil {
		return "", ErrDamaged
	}
	return Format(payload[0]).unpack(packed)
}

// packer packs one text after another: making its writer takes longer than writing.
type packer struct {
	format Format
	w      *flate.Writer
	out    bytes.Buffer
}

func newPacker(f Format) *packer {
	p := &packer{format: f}
	p.w, _ = flate.NewWriterDict(&p.out, flate.BestCompression, f.dictionary()) // the level is valid
	return p
}

func (p *packer) pack(text string) ([]byte, error) {
	switch {
	case text == "":
		return nil, errors.New("encoding text: empty")
	case len(text) > maxDecoded:
		return nil, fmt.Errorf("encoding text: %w", ErrTooLong)
	case !utf8.ValidString(text):
		return nil, errors.New("encoding text: not valid UTF-8")
	}
	return p.compress(p.format.bytes(text)), nil
}

// compress returns a slice that is good until the next call.
func (p *packer) compress(b []byte) []byte {
	p.out.Reset()
	p.w.Reset(&p.out)
	// Writes to a bytes.Buffer do not fail.
	_, _ = p.w.Write(b)
	_ = p.w.Close()
	data := bytes.TrimSuffix(p.out.Bytes(), p.format.tail())
	return binary.BigEndian.AppendUint32(data, p.format.checksum(b))
}

func (f Format) unpack(packed []byte) (string, error) {
	dictionary := f.dictionary()
	if dictionary == nil || len(packed) < checkSize {
		return "", ErrDamaged
	}
	data, check := packed[:len(packed)-checkSize], packed[len(packed)-checkSize:]
	src := bytes.NewReader(append(bytes.Clone(data), f.tail()...))
	r := flate.NewReaderDict(src, dictionary)
	b, err := io.ReadAll(io.LimitReader(r, maxDecoded+1))
	if err != nil || len(b) == 0 || len(b) > maxDecoded {
		return "", ErrDamaged
	}
	// flate reads byte by byte from an io.ByteReader, so what is left is
	// exactly what followed the last block.
	if src.Len() != 0 || binary.BigEndian.Uint32(check) != f.checksum(b) {
		return "", ErrDamaged
	}
	text, ok := f.text(b)
	if !ok || len(text) > maxDecoded {
		return "", ErrDamaged
	}
	return text, nil
}

// checksum covers the dictionary too: the page hands both to the browser as
// one zlib stream, which checks them together.
func (f Format) checksum(b []byte) uint32 {
	h := adler32.New()
	_, _ = h.Write(f.dictionary())
	_, _ = h.Write(b)
	return h.Sum32()
}
