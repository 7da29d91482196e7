package tunnel

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	keyLockWait = 5 * time.Second // making a key takes milliseconds
	keyLockPoll = 20 * time.Millisecond
	maxKeySize  = 64 << 10 // a 16384-bit RSA key has 13 KB
)

// SRVUSHost returns the name that srv.us gives to the key in keyFile for a label
// (1 and up), such as "abc….srv.us". The key is made on first use (ed25519,
// 0600): losing it means losing the name. Source: the service's own server, which
// hashes the public key, a zero byte and the label in decimal.
func SRVUSHost(keyFile string, label int) (string, error) {
	signer, err := loadKey(keyFile)
	if err != nil {
		return "", err
	}
	return srvusName(signer.PublicKey(), label), nil
}

func srvusName(key ssh.PublicKey, label int) string {
	h := sha256.New()
	h.Write(key.Marshal())
	h.Write([]byte{0})
	h.Write([]byte(strconv.Itoa(label)))
	name := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:16])
	return strings.ToLower(name) + "." + srvusDomain
}

// loadKey reads the private key, making it when the file does not exist.
func loadKey(file string) (ssh.Signer, error) {
	raw, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(file); err != nil {
			return nil, &stepError{StepKey, fmt.Errorf("making the tunnel key: %w", err)}
		}
		raw, err = readKey(file)
	}
	if err != nil {
		return nil, &stepError{StepKey, fmt.Errorf("reading the tunnel key: %w", err)}
	}
	signer, err := ssh.ParsePrivateKey(raw)
	if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
		return nil, &stepError{StepKey, errors.New("the tunnel key has a passphrase; use a key without one, made for this only")}
	}
	if err != nil {
		return nil, &stepError{StepKey, errors.New("the tunnel key file holds no usable private key")}
	}
	return signer, nil
}

func readKey(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if e := private.Exposed(info, 0o077); e != nil && e.Open != 0 {
		return nil, errors.New("others may read the file; it needs mode 0600")
	}
	return private.Read(file, maxKeySize)
}

// makeKey writes a new key. The lock keeps two processes from each making one:
// the key decides the public name.
func makeKey(file string) error {
	ctx, cancel := context.WithTimeout(context.Background(), keyLockWait)
	defer cancel()
	lock, err := private.Acquire(ctx, file+".lock", keyLockPoll)
	if err != nil {
		return err
	}
	defer lock.Release()
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(key, "kakaotalk-mcp tunnel")
	if err != nil {
		return err
	}
	return private.Write(file, pem.EncodeToMemory(block))
}
