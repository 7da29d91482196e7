package journal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"strconv"

	"kakaotalk-mcp/auth/ground/private"
)

// keySize is the size of an HMAC-SHA256 key that adds nothing when longer.
const keySize = 32

// key makes hashes that tell nothing to somebody who has the journal but not the key file.
type key [keySize]byte

// mark is what the journal knows of an item.
type mark struct {
	item, account, pair hash
	friend              bool
}

func (k key) mark(item Item) mark {
	return mark{
		item:    k.hash("item", item.Account, item.Receiver, item.Content, strconv.Itoa(item.Part)),
		account: k.hash("account", item.Account),
		pair:    k.hash("pair", item.Account, item.Receiver),
		friend:  item.Receiver != Me,
	}
}

func (m mark) record(kind kind, at int64) record {
	return record{kind: kind, friend: m.friend, at: at, hashes: [3]hash{m.item, m.account, m.pair}}
}

// hash writes the length before each field, so that no two lists of fields look the same.
func (k key) hash(fields ...string) hash {
	mac := hmac.New(sha256.New, k[:])
	for _, field := range fields {
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(field)))
		mac.Write(size[:])
		mac.Write([]byte(field))
	}
	return hash(mac.Sum(nil)[:hashSize])
}

// readKey reads the key anew each time: somebody may have removed it. A file of another size is no key.
func (j *Journal) readKey() (k key, found bool, err error) {
	path := j.path(keyName)
	if _, err := checkFile(path); errors.Is(err, fs.ErrNotExist) {
		return key{}, false, nil
	} else if err != nil {
		return key{}, false, err
	}
	b, err := private.Read(path, keySize)
	if err != nil && !errors.Is(err, private.ErrTooLarge) {
		return key{}, false, unavailable("reading the key", err)
	}
	if len(b) != keySize {
		return key{}, false, nil
	}
	return key(b), true, nil
}

func (j *Journal) newKey() (key, error) {
	var k key
	_, _ = rand.Read(k[:]) // never fails
	return k, j.create(keyName, k[:])
}
