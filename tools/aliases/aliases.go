// Package aliases keeps the user's own words for friends, and whom they agreed to
// message without being asked again: one file, which every process of the user reads
// and changes. Both bind to uuids: nicknames are chosen, and changed, by their owners.
//
// It knows no friends and asks nobody; that is for tools/messenger.
package aliases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/tools/hangul"
)

// FileName is the file's name in the settings folder.
const FileName = "friends.json"

const (
	lockName = "friends.lock" // never deleted, never the data file itself
	version  = 1
	maxSize  = 1 << 20 // bytes; far above what a person types

	// lockWait is far longer than a change takes.
	lockWait = 5 * time.Second
	lockPoll = 10 * time.Millisecond
)

// ErrNewer: the file may hold what this version does not know.
var ErrNewer = errors.New(FileName + " was written by a newer version")

var errTwoMeanings = errors.New("an alias stands for two people")

// Data is what the file holds.
type Data struct {
	Format   int               `json:"v"`
	Aliases  map[string]string `json:"aliases,omitempty"`  // alias → uuid
	Approved map[string]string `json:"approved,omitempty"` // uuid → name at the time, for the list
}

// Alias is one of the user's own words for somebody.
type Alias struct{ Word, UUID string }

// Forget removes an alias however it was spelt.
func (d *Data) Forget(alias string) {
	maps.DeleteFunc(d.Aliases, func(a, _ string) bool { return hangul.Fold(a) == hangul.Fold(alias) })
}

// File reads the file each time, since nothing about a file tells reliably that
// it is unchanged, and takes it apart when it changed.
type File struct {
	Path string // of the file
	mu   sync.Mutex
	raw  []byte
	data Data
}

// New returns the file in a settings folder. It need not exist.
func New(home string) *File {
	return &File{Path: filepath.Join(home, FileName)}
}

// Read returns the file's content. Its maps must not be changed.
func (p *File) Read() (Data, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	raw, err := private.Read(p.Path, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return Data{}, nil
	}
	if err != nil {
		return Data{}, err
	}
	info, err := os.Stat(p.Path)
	if err != nil {
		return Data{}, err
	}
	if e := private.Exposed(info, 0o022); e != nil { // others could say who is meant, and allow themselves
		return Data{}, &private.ExposedError{Path: p.Path, Exposure: *e}
	}
	if p.raw != nil && bytes.Equal(raw, p.raw) {
		return p.data, nil
	}
	var data Data
	// The format first: a newer one may have other fields altogether.
	var format struct {
		V int `json:"v"`
	}
	switch err := json.Unmarshal(raw, &data); {
	case json.Unmarshal(raw, &format) == nil && format.V > version:
		return Data{}, ErrNewer
	case err != nil:
		return Data{}, fmt.Errorf("%s is damaged", FileName)
	}
	p.raw, p.data = raw, data
	return data, nil
}

// Change rewrites the file while other processes are kept out. edit gets maps it
// may write to.
func (p *File) Change(edit func(*Data)) error {
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	lock, err := private.Acquire(ctx, filepath.Join(filepath.Dir(p.Path), lockName), lockPoll)
	if err != nil {
		return err
	}
	defer lock.Release()
	old, err := p.Read()
	if err != nil {
		return err
	}
	next := Data{Format: version, Aliases: map[string]string{}, Approved: map[string]string{}}
	maps.Copy(next.Aliases, old.Aliases)
	maps.Copy(next.Approved, old.Approved)
	edit(&next)
	raw, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %s: %w", FileName, err)
	}
	if len(raw) >= maxSize { // nobody could read it again
		return fmt.Errorf("%s would be larger than %d bytes", FileName, maxSize)
	}
	return private.Write(p.Path, append(raw, '\n'))
}

// Of returns the uuid that the user's own word stands for, as it was written,
// "" if for nobody. Words that fold to the same one but mean two people (a file
// edited by hand) are an error: neither may get the message.
func (p *File) Of(word string) (uuid, alias string, err error) {
	folded := hangul.Fold(word)
	found, err := p.matching(func(a string) bool { return hangul.Fold(a) == folded })
	if err != nil || folded == "" || len(found) == 0 {
		return "", "", err
	}
	if len(found) > 1 {
		return "", "", errTwoMeanings
	}
	return found[0].UUID, found[0].Word, nil
}

// Meant returns the people whom the user may mean by a word: those with an alias
// that is the same word but for honorifics.
func (p *File) Meant(word string) ([]Alias, error) {
	bare := hangul.Bare(word)
	if bare == "" {
		return nil, nil
	}
	return p.matching(func(a string) bool { return hangul.Bare(a) == bare })
}

// matching returns the aliases that fit, one for each person, in order.
func (p *File) matching(fits func(alias string) bool) ([]Alias, error) {
	data, err := p.Read()
	if err != nil {
		return nil, err
	}
	var found []Alias
	for _, a := range slices.Sorted(maps.Keys(data.Aliases)) {
		r := Alias{a, data.Aliases[a]}
		if fits(a) && !slices.ContainsFunc(found, func(f Alias) bool { return f.UUID == r.UUID }) {
			found = append(found, r)
		}
	}
	return found, nil
}

// ByUUID returns the user's own word for each uuid. With several it is the one that
// was said, word, else the first in order, so that it does not change from call to call.
func (p *File) ByUUID(word string) map[string]string {
	data, _ := p.Read()
	bare, folded := hangul.Bare(word), hangul.Fold(word)
	rank := func(alias string) string { // sorts before what is further from the word
		switch {
		case hangul.Fold(alias) == folded:
			return "0" + alias
		case hangul.Bare(alias) == bare:
			return "1" + alias
		}
		return "2" + alias
	}
	words := make(map[string]string, len(data.Aliases))
	for a, u := range data.Aliases {
		if have, ok := words[u]; !ok || rank(a) < rank(have) {
			words[u] = a
		}
	}
	return words
}

// Approved reports whether the user agreed to message uuid without being asked, and
// the name at the time.
func (p *File) Approved(uuid string) (name string, ok bool) {
	data, err := p.Read()
	name, ok = data.Approved[uuid]
	return name, err == nil && ok
}
