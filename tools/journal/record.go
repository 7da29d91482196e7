package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// The file is a header and records of equal size, so a damaged record never hides the next one.
//
//	header  magic 8 | format 4 | checksum of these 4 | generation 16 | zero 32
//	record  kind 1 | flags 1 | part 1 | parts 1 | checksum of the rest 4 | time 8 | three hashes 48
//
// Magic, format and checksum keep their places in every format. The generation is random and new with each rewriting.
// A reader passes over kinds that it does not know.
const (
	magic      = "KTJRNL\r\n"
	format     = 1
	recordSize = 64
	hashSize   = 16
)

type hash [hashSize]byte

type kind byte

const (
	kindBegun kind = iota + 1
	kindSent
	kindUnknown
	kindReleased
	kindName  // hashes: nickname, uuid
	kindBest  // hashes: account, and the count in the second
	kindPlace // hashes: upload, and a part of its sealed address in the other two
)

const flagFriend = 1

// record is one entry. at is in Unix nanoseconds; together with the first hash it names what kindBegun began. part
// counts from 0 to parts, of a kindPlace only.
type record struct {
	kind        kind
	friend      bool
	part, parts byte
	at          int64
	hashes      [3]hash
}

// checksum is CRC-32C. Its table is made by the first use, not at the start of a
// server that may never send.
func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func (r record) append(to []byte) []byte {
	var b [recordSize]byte
	b[0] = byte(r.kind)
	if r.friend {
		b[1] = flagFriend
	}
	b[2], b[3] = r.part, r.parts
	binary.LittleEndian.PutUint64(b[8:], uint64(r.at))
	for i, h := range r.hashes {
		copy(b[16+i*hashSize:], h[:])
	}
	binary.LittleEndian.PutUint32(b[4:], checksum(b[:])) // its own place is zero so far
	return append(to, b[:]...)
}

// parseRecord returns false for bytes that are no intact record.
func parseRecord(b []byte) (record, bool) {
	var clean [recordSize]byte
	copy(clean[:], b)
	clear(clean[4:8])
	r := record{kind: kind(b[0]), friend: b[1]&flagFriend != 0, part: b[2], parts: b[3], at: int64(binary.LittleEndian.Uint64(b[8:]))}
	for i := range r.hashes {
		copy(r.hashes[i][:], b[16+i*hashSize:])
	}
	sound := checksum(clean[:]) == binary.LittleEndian.Uint32(b[4:])
	return r, sound && r.kind >= kindBegun && r.kind <= kindPlace && r.at > 0
}

func newHeader(generation hash) []byte {
	b := make([]byte, recordSize)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[8:], format)
	binary.LittleEndian.PutUint32(b[12:], checksum(b[:12]))
	copy(b[16:], generation[:])
	return b
}

// parseHeader tells whether b is a sound header, and of which format.
func parseHeader(b []byte) (version uint32, generation hash, ok bool) {
	if len(b) < recordSize || !bytes.HasPrefix(b, []byte(magic)) ||
		checksum(b[:12]) != binary.LittleEndian.Uint32(b[12:]) {
		return 0, hash{}, false
	}
	copy(generation[:], b[16:])
	version = binary.LittleEndian.Uint32(b[8:])
	return version, generation, version > 0
}
