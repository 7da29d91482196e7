package config

import (
	"bytes"
	"errors"

	"github.com/joho/godotenv"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
)

// maxFile bounds a settings file, and maxExpanded what its values may come to when
// they refer to each other, in bytes.
const (
	maxFile     = 256 << 10
	maxExpanded = 4 << 20
)

const byteOrderMark = "\ufeff"

// ReadFile returns the values in a settings file of at most 256 KiB, be they
// settings or not.
func ReadFile(path string, lang wording.Lang) (map[string]string, error) {
	_, pairs, err := readFile(path)
	return pairs, worded(err, lang)
}

func readFile(path string) (raw []byte, pairs map[string]string, err error) {
	raw, err = private.Read(path, maxFile)
	switch {
	case errors.Is(err, private.ErrTooLarge):
		return nil, nil, tooLarge(path)
	case errors.Is(err, private.ErrIrregular):
		return nil, nil, notAFile(path)
	case err != nil:
		return nil, nil, unreadable(err)
	}
	pairs, err = parse(path, raw)
	return raw, pairs, err
}

// parse reads dotenv text. Its errors quote nothing: a line may hold a secret.
// Values may refer to earlier ones, and a few lines of that can grow without
// bound: with k references, to about 3^(k/3) times the text.
func parse(path string, raw []byte) (map[string]string, error) {
	if len(raw) > maxFile {
		return nil, tooLarge(path)
	}
	size := len(raw)
	for k := references(raw); k >= 3; k -= 3 {
		if size *= 3; size > maxExpanded {
			return nil, tooManyReferences(path)
		}
	}
	pairs, err := godotenv.UnmarshalBytes(bytes.TrimPrefix(raw, []byte(byteOrderMark)))
	if err != nil {
		return nil, notDotenv(path)
	}
	return pairs, nil
}

// references counts the places where dotenv may put another value: $NAME, ${NAME}.
func references(raw []byte) (n int) {
	for i, c := range raw[:max(len(raw)-1, 0)] {
		if next := raw[i+1]; c == '$' && (next == '{' || next == '_' || next >= '0' && next <= '9' || next >= 'A' && next <= 'Z') {
			n++
		}
	}
	return n
}
