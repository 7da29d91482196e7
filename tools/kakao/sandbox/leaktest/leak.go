// Package leaktest finds secrets in what programs leave behind: output, files, names
// of files, arguments. It knows the usual ways in which a text is written:
// as it is and in any case, in URLs, in JSON with escapes, in hexadecimal digits,
// in base64 whatever stands before it. Compressed and encrypted it is not found.
// For tests. It imports the standard library and auth/ground/private.
package leaktest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"kakaotalk-mcp/auth/ground/private"
)

// shortest is the least length of a secret in bytes: shorter ones would be found
// by chance, above all in base64, where up to four bytes are left out.
const shortest = 9

// form is one way of writing a secret.
type form struct {
	secret, kind string
	text         []byte
	exact        bool // upper and lower case differ
}

// Scanner looks for a fixed set of secrets. It may be used concurrently.
type Scanner struct{ forms []form }

// New returns a Scanner for these secrets. One of fewer than nine bytes is a
// mistake of the caller, and New panics.
func New(secrets ...string) *Scanner {
	s := &Scanner{}
	for _, secret := range secrets {
		if len(secret) < shortest {
			panic(fmt.Sprintf("leaktest: a secret of %d bytes would be found by chance", len(secret)))
		}
		seen := map[string]bool{}
		add := func(kind, text string, exact bool) {
			if !exact {
				text = string(lower([]byte(text)))
			}
			if !seen[text] {
				seen[text] = true
				s.forms = append(s.forms, form{secret, kind, []byte(text), exact})
			}
		}
		add("plain", secret, false)
		add("in a URL query", url.QueryEscape(secret), false)
		add("in a URL path", url.PathEscape(secret), false)
		add("in JSON", escaped(secret), false)
		add("hexadecimal", hex.EncodeToString([]byte(secret)), false)
		for before := range 3 {
			add("base64", inside(base64.StdEncoding, secret, before), true)
			add("base64url", inside(base64.URLEncoding, secret, before), true)
		}
	}
	return s
}

// Find returns how the secrets stand in data, at most once each: the beginning
// of the secret and the way it is written. Nothing found is an empty list.
func (s *Scanner) Find(data []byte) (found []string) {
	folded := lower(data)
	for _, f := range s.forms {
		where := folded
		if f.exact {
			where = data
		}
		if bytes.Contains(where, f.text) {
			found = append(found, fmt.Sprintf("%.16s… (%s)", f.secret, f.kind))
		}
	}
	return found
}

// Files returns what is found in the files below dir and in their names, as
// "name: what". A file or folder for which skip is true is left out; skip gets
// the slash-separated path below dir and may be nil. Files that vanish meanwhile
// are no error, others that cannot be read are. seen is how many were read.
func (s *Scanner) Files(dir string, skip func(name string) bool) (found []string, seen int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		rel, rerr := filepath.Rel(dir, path)
		if err != nil || rerr != nil || rel == "." {
			return err
		}
		name := filepath.ToSlash(rel)
		if skip != nil && skip(name) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		data := []byte(d.Name() + "\n")
		if d.Type().IsRegular() {
			var raw []byte
			err := private.Repeat(func() (err error) {
				raw, err = os.ReadFile(path)
				return err
			})
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil {
				return err
			}
			seen++
			data = append(data, raw...)
		}
		for _, what := range s.Find(data) {
			found = append(found, name+": "+what)
		}
		return nil
	})
	return found, seen, err
}

// lower folds ASCII letters only: it keeps the length, and whatever is not text.
func lower(data []byte) []byte {
	out := bytes.Clone(data)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// escaped is text as a JSON string with ASCII letters only.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// inside is what stands of secret in the base64 of something that has it after
// that many bytes (modulo 3), without the letters that depend on its neighbours.
func inside(e *base64.Encoding, secret string, before int) string {
	text := e.WithPadding(base64.NoPadding).EncodeToString(append(make([]byte, before), secret...))
	first := (before*8 + 5) / 6
	last := (before + len(secret)) * 8 / 6
	return text[first:last]
}
