package viewer

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

const (
	blobVersion = 2 // the format of the packed text, see [Format]; 1 is still read
	fileFormat  = 1

	idSize     = 16 // bytes: unguessable
	keySize    = 16 // bytes: AES-128
	headerSize = 1 + 8 + 8
)

// Alphabets of names. Checks of names are written out: regular expressions
// would be compiled at every start.
const (
	hexDigits = "0123456789abcdef"
	base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// consists tells whether s is least to most letters of an alphabet.
func consists(s, alphabet string, least, most int) bool {
	return least <= len(s) && len(s) <= most && strings.Trim(s, alphabet) == ""
}

// isID tells whether s is what 16 bytes look like in base64url. An id reaches
// us in the path of a request: nothing else is ever looked up.
func isID(s string) bool {
	return consists(s, base64url, 22, 22) && strings.ContainsRune("AQgw", rune(s[21]))
}

// seal encrypts text under a fresh id and key, both base64url. The blob is
//
//	version (1 byte) ‖ nonce (12) ‖ AES-GCM of the packed text
//
// with version ‖ id as additional data, so that a blob answers to its own id
// only. The packed text is that of a link in the format of this number, before
// base64url.
func seal(text string) (id, key string, blob []byte, err error) {
	packed, err := newPacker(newest).pack(text)
	if err != nil {
		return "", "", nil, err
	}
	secret := make([]byte, idSize+keySize)
	_, _ = rand.Read(secret) // never fails: it ends the program instead
	id, key = encode(secret[:idSize]), encode(secret[idSize:])
	gcm := newGCM(secret[idSize:])
	blob = make([]byte, 1+gcm.NonceSize(), 1+gcm.NonceSize()+len(packed)+gcm.Overhead())
	blob[0] = blobVersion
	_, _ = rand.Read(blob[1:])
	return id, key, gcm.Seal(blob, blob[1:], packed, additional(id)), nil
}

// newGCM takes a key of keySize bytes, with which nothing fails.
func newGCM(key []byte) cipher.AEAD {
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	return gcm
}

func additional(id string) []byte {
	return append([]byte{blobVersion}, id...)
}

// fileName hides the id from whoever can list the folder.
func fileName(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// header stands before a blob on disk, never on the wire.
type header struct {
	created, expires time.Time
}

func (h header) append(to []byte) []byte {
	to = append(to, fileFormat)
	to = binary.BigEndian.AppendUint64(to, uint64(h.created.Unix()))
	return binary.BigEndian.AppendUint64(to, uint64(h.expires.Unix()))
}

func parseHeader(file []byte) (header, error) {
	if len(file) < headerSize || file[0] != fileFormat {
		return header{}, errors.New("reading stored message: unknown format")
	}
	at := func(i int) time.Time { return time.Unix(int64(binary.BigEndian.Uint64(file[i:])), 0) }
	return header{created: at(1), expires: at(9)}, nil
}
