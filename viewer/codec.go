package viewer

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"unicode/utf8"
)

// maxDecoded bounds what one link may unfold to. A kilobyte of DEFLATE can
// stand for a megabyte, and the page on a phone has to hold it all.
const maxDecoded = 400 << 10

// ErrTooLong is returned for text that the chosen kind of link cannot carry.
var ErrTooLong = errors.New("text is too long for a link")

// encode writes base64url.
func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

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

// checksum covers the dictionary too: the page hands both to the browser as
// one zlib stream, which checks them together.
func (f Format) checksum(b []byte) uint32 {
	h := adler32.New()
	_, _ = h.Write(f.dictionary())
	_, _ = h.Write(b)
	return h.Sum32()
}
