package viewer

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

// Format is how a link packs its text: the character behind '#'. A digit never gets
// another meaning, because links never expire.
//
// Both are raw DEFLATE data made with a preset dictionary, followed by the Adler-32 of
// dictionary and text, big endian. In [Format2] 64 syllables take one byte instead of
// three, in the dictionary too: the bytes with which no character of UTF-8 begins. And
// the last four bytes of the data, which are the same in all, are left out.
type Format byte

const (
	Format1 Format = '1' // of the first links; still made for pages that read nothing else
	Format2 Format = '2'
	newest         = Format2
)

// The dictionaries are part of the formats, so their bytes never change. They were
// written for this purpose. The words of the second were chosen by how much they save
// over texts of many kinds in both languages; the more one saves, the nearer to the
// end it stands, where a reference to it takes the fewest bits. Its first line holds
// the 64 syllables.
//
//go:embed dictionary1.txt
var dictionary1 string

//go:embed dictionary2.txt
var dictionary2 string

// maxDictionary is how far DEFLATE looks back, in bytes.
const maxDictionary = 32 << 10

const (
	letterCount = 64
	letterSize  = len("가")
)

// letters are the syllables of one byte: the first is 0x80, the last 0xBF.
func letters() string { return dictionary2[:letterCount*letterSize] }

var shortDictionary = sync.OnceValue(func() []byte { return shorten(dictionary2) })

// tail is how data ends that compress/flate made: an empty block, of which these bytes
// are left out as in RFC 7692, section 7.2.1.
func (f Format) tail() []byte {
	if f == Format1 {
		return nil
	}
	return []byte{0, 0, 0xFF, 0xFF}
}

// dictionary returns the preset window, nil for an unknown format.
func (f Format) dictionary() []byte {
	switch f {
	case Format1:
		return []byte(dictionary1)
	case Format2:
		return shortDictionary()
	}
	return nil
}

// bytes returns what is compressed of text.
func (f Format) bytes(text string) []byte {
	if f == Format1 {
		return []byte(text)
	}
	return shorten(text)
}

func shorten(text string) []byte {
	short := letters()
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if i := strings.IndexRune(short, r); i >= 0 {
			out = append(out, 0x80+byte(i/letterSize))
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
