// Package imagesize reads the kind and the size of a picture out of its first bytes, as
// package image would, whose decoders add 300 KB to the program for two numbers.
package imagesize

import (
	"encoding/binary"
	"net/http"
)

// Picture is a picture of one of the four kinds that Kakao takes.
type Picture struct {
	Type          string // media type
	Ending        string // of a file's name, without the dot
	Width, Height int
}

// Of reads a picture; not ok is one of another kind, or one that is cut short.
func Of(data []byte) (p Picture, ok bool) {
	p.Type = http.DetectContentType(data)
	head := append(data[:len(data):len(data)], make([]byte, 32)...) // what is missing reads as nothing
	switch p.Type {
	case "image/png":
		p.Ending = "png"
		p.Width, p.Height = pngSize(head)
	case "image/jpeg":
		p.Ending = "jpg"
		p.Width, p.Height = jpegSize(head)
	case "image/gif":
		p.Ending = "gif"
		p.Width, p.Height = gifSize(head)
	case "image/webp":
		p.Ending = "webp"
		p.Width, p.Height = webpSize(head)
	}
	return p, p.Width > 0 && p.Height > 0
}

func little16(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }
func little24(b []byte) int { return little16(b) | int(b[2])<<16 }
func big16(b []byte) int    { return int(binary.BigEndian.Uint16(b)) }

// pngSize reads the first chunk. PNG specification (W3C), IHDR.
func pngSize(data []byte) (width, height int) {
	if string(data[12:16]) != "IHDR" {
		return 0, 0
	}
	return int(binary.BigEndian.Uint32(data[16:])), int(binary.BigEndian.Uint32(data[20:]))
}

// gifSize reads the logical screen. GIF89a specification, section 18.
func gifSize(data []byte) (width, height int) { return little16(data[6:]), little16(data[8:]) }

// jpegSize walks to the first frame header. ITU-T T.81, B.2.
func jpegSize(data []byte) (width, height int) {
	for at := 2; at+9 < len(data) && data[at] == 0xff; {
		marker, length := data[at+1], big16(data[at+2:])
		frame := marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
		if frame {
			return big16(data[at+7:]), big16(data[at+5:])
		}
		at += 2 + max(length, 2)
	}
	return 0, 0
}

// webpSize reads the three ways in which WebP begins. RFC 9649, section 2.
func webpSize(data []byte) (width, height int) {
	switch string(data[12:16]) {
	case "VP8 ":
		return little16(data[26:]) & 0x3fff, little16(data[28:]) & 0x3fff
	case "VP8L":
		bits := binary.LittleEndian.Uint32(data[21:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	case "VP8X":
		return little24(data[24:]) + 1, little24(data[27:]) + 1
	}
	return 0, 0
}
