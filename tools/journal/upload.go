package journal

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	// uploadPoll is how often a process looks whether another one has finished uploading.
	uploadPoll = 50 * time.Millisecond
	// maxPlaces bounds what uploads take in the file, in records: they must not push messages out.
	maxPlaces = 1000
	// placeSize is how much of an address a record holds, in bytes.
	placeSize = 2 * hashSize
	// maxAddress bounds an address, in bytes; a longer one is not remembered.
	maxAddress = 64*placeSize - sealSize
	sealSize   = 16
)

// place is where an upload lies, sealed and in parts.
type place struct {
	parts []record
	age   int
}

// Uploaded returns the address at which content of account lies. Where none is known from the last 24 hours it calls
// upload and remembers what that returns; made tells that it did. At most one process of the user uploads at a time, so
// that two which need the same upload it once. The error is upload's own, or as of the other methods.
func (j *Journal) Uploaded(ctx context.Context, account, content string, upload func() (address string, err error)) (address string, made bool, err error) {
	lock, err := private.Acquire(ctx, filepath.Join(j.dir, uploadName), uploadPoll)
	if err != nil {
		if ctx.Err() != nil {
			return "", false, ctx.Err()
		}
		return "", false, unavailable("locking", err)
	}
	defer lock.Release()
	if address, err = j.address(ctx, account, content); err != nil || address != "" {
		return address, false, err
	}
	if address, err = upload(); err != nil {
		return "", false, err
	}
	return address, true, j.keepAddress(context.WithoutCancel(ctx), account, content, address)
}

func (j *Journal) address(ctx context.Context, account, content string) (address string, err error) {
	err = j.read(ctx, func(k key) error {
		p, at := j.places[k.hash("upload", account, content)], j.now()
		if !p.isWhole() || !p.isLive(at) {
			return nil
		}
		var sealed []byte
		for _, r := range p.parts {
			sealed = append(append(sealed, r.hashes[1][:]...), r.hashes[2][:]...)
		}
		clear, err := k.seal(account, content, p.parts[0].at).Open(nil, make([]byte, 12), sealed, nil)
		if err != nil {
			return nil // damaged: as good as forgotten
		}
		address = string(bytes.TrimRight(clear, "\x00"))
		return nil
	})
	return address, err
}

func (j *Journal) keepAddress(ctx context.Context, account, content, address string) error {
	if len(address) > maxAddress {
		return nil
	}
	return j.write(ctx, func(k key) ([]record, error) {
		at := j.now().UnixNano()
		clear := make([]byte, (len(address)+sealSize+placeSize-1)/placeSize*placeSize-sealSize) // padded to whole records
		copy(clear, address)
		sealed := k.seal(account, content, at).Seal(nil, make([]byte, 12), clear, nil)
		var records []record
		for piece := range slices.Chunk(sealed, placeSize) {
			r := record{kind: kindPlace, part: byte(len(records)), parts: byte(len(sealed) / placeSize), at: at,
				hashes: [3]hash{k.hash("upload", account, content), hash(piece[:hashSize]), hash(piece[hashSize:])}}
			records = append(records, r)
		}
		return records, nil
	})
}

// seal is a cipher for one address, by a key that is used once: it takes the journal's key and the content to make it.
func (k key) seal(account, content string, at int64) cipher.AEAD {
	half := func(which string) []byte { h := k.hash(which, account, content, fmt.Sprint(at)); return h[:] }
	block, err := aes.NewCipher(append(half("first half of a seal"), half("second half of a seal")...))
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has its block size
	}
	return seal
}

// place adds a part; one of another time begins anew.
func (x *index) place(r record) {
	p := x.places[r.hashes[0]]
	if len(p.parts) == 0 || p.parts[0].at != r.at {
		x.begun++
		p = place{age: x.begun}
	}
	if int(r.part) == len(p.parts) {
		p.parts = append(p.parts, r)
	}
	x.places[r.hashes[0]] = p
}

func (p place) isWhole() bool { return len(p.parts) > 0 && len(p.parts) == int(p.parts[0].parts) }

// isLive reports an upload of the last day. After the clock was set back far it is unknown how old one is.
func (p place) isLive(now time.Time) bool {
	age := now.Sub(time.Unix(0, p.parts[0].at)).Abs()
	return age < maxWindow
}

func (j *Journal) newestPlaces(now time.Time) (records []record) {
	var list []place
	for _, p := range j.places {
		if p.isWhole() && p.isLive(now) {
			list = append(list, p)
		}
	}
	sort.Slice(list, func(a, b int) bool { return list[a].age < list[b].age })
	for _, p := range list {
		records = append(records, p.parts...)
	}
	for len(records) > maxPlaces { // the oldest go, as a whole
		records = records[records[0].parts:]
	}
	return records
}
