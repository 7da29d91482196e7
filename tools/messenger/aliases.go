package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/tools/hangul"
)

// aliasFileName holds the user's own words for friends and whom they agreed to
// message without being asked again. Both bind to uuids: nicknames are chosen,
// and changed, by their owners.
const (
	aliasFileName = "friends.json"
	aliasLock     = "friends.lock" // never deleted, never the data file itself
	aliasFormat   = 1
	aliasMax      = 1 << 20 // bytes; far above what a person types

	// aliasLockWait is far longer than a change takes.
	aliasLockWait = 5 * time.Second
	aliasLockPoll = 10 * time.Millisecond
)

var errNewerAliases = errors.New(aliasFileName + " was written by a newer version")

var errTwoMeanings = errors.New("an alias stands for two people")

type aliasData struct {
	Format   int               `json:"v"`
	Aliases  map[string]string `json:"aliases,omitempty"`  // alias → uuid
	Approved map[string]string `json:"approved,omitempty"` // uuid → name at the time, for the list
}

// forget removes an alias however it was spelt.
func (d *aliasData) forget(alias string) {
	maps.DeleteFunc(d.Aliases, func(a, _ string) bool { return hangul.Fold(a) == hangul.Fold(alias) })
}

// aliasFile reads the file each time, since nothing about a file tells reliably that
// it is unchanged, and takes it apart when it changed.
type aliasFile struct {
	path string
	mu   sync.Mutex
	raw  []byte
	data aliasData
}

func newAliasFile(home string) *aliasFile {
	return &aliasFile{path: filepath.Join(home, aliasFileName)}
}

// read returns the file's content. Its maps must not be changed.
func (p *aliasFile) read() (aliasData, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	raw, err := private.Read(p.path, aliasMax)
	if errors.Is(err, fs.ErrNotExist) {
		return aliasData{}, nil
	}
	if err != nil {
		return aliasData{}, err
	}
	if p.raw != nil && bytes.Equal(raw, p.raw) {
		return p.data, nil
	}
	var data aliasData
	// The format first: a newer one may have other fields altogether.
	var format struct {
		V int `json:"v"`
	}
	switch err := json.Unmarshal(raw, &data); {
	case json.Unmarshal(raw, &format) == nil && format.V > aliasFormat:
		return aliasData{}, errNewerAliases
	case err != nil:
		return aliasData{}, fmt.Errorf("%s is damaged", aliasFileName)
	}
	p.raw, p.data = raw, data
	return data, nil
}

// change rewrites the file while other processes are kept out. edit gets maps it
// may write to.
func (p *aliasFile) change(edit func(*aliasData)) error {
	ctx, cancel := context.WithTimeout(context.Background(), aliasLockWait)
	defer cancel()
	lock, err := private.Acquire(ctx, filepath.Join(filepath.Dir(p.path), aliasLock), aliasLockPoll)
	if err != nil {
		return err
	}
	defer lock.Release()
	old, err := p.read()
	if err != nil {
		return err
	}
	next := aliasData{Format: aliasFormat, Aliases: map[string]string{}, Approved: map[string]string{}}
	maps.Copy(next.Aliases, old.Aliases)
	maps.Copy(next.Approved, old.Approved)
	edit(&next)
	raw, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %s: %w", aliasFileName, err)
	}
	if len(raw) >= aliasMax { // nobody could read it again
		return fmt.Errorf("%s would be larger than %d bytes", aliasFileName, aliasMax)
	}
	return private.Write(p.path, append(raw, '\n'))
}

// alias returns the uuid that the user's own word stands for, as it was written,
// "" if for nobody. Words that fold to the same one but mean two people (a file
// edited by hand) are an error: neither may get the message.
func (p *aliasFile) alias(word string) (uuid, alias string, err error) {
	folded := hangul.Fold(word)
	found, err := p.matching(func(a string) bool { return hangul.Fold(a) == folded })
	if err != nil || folded == "" || len(found) == 0 {
		return "", "", err
	}
	if len(found) > 1 {
		return "", "", errTwoMeanings
	}
	return found[0].UUID, found[0].Name, nil
}

// meant returns the people whom the user may mean by a word: those with an alias
// that is the same word but for honorifics.
func (p *aliasFile) meant(word string) ([]Receiver, error) {
	bare := hangul.Bare(word)
	if bare == "" {
		return nil, nil
	}
	return p.matching(func(a string) bool { return hangul.Bare(a) == bare })
}

// matching returns the aliases that fit, one for each person, in order.
func (p *aliasFile) matching(fits func(alias string) bool) ([]Receiver, error) {
	data, err := p.read()
	if err != nil {
		return nil, err
	}
	var found []Receiver
	for _, a := range slices.Sorted(maps.Keys(data.Aliases)) {
		r := Receiver{Name: a, UUID: data.Aliases[a], own: true}
		if fits(a) && !slices.ContainsFunc(found, func(f Receiver) bool { return f.UUID == r.UUID }) {
			found = append(found, r)
		}
	}
	return found, nil
}

// byUUID returns the user's own word for each uuid. With several it is the one that
// was said, word, else the first in order, so that it does not change from call to call.
func (p *aliasFile) byUUID(word string) map[string]string {
	data, _ := p.read()
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

// approved reports whether the user agreed to message uuid without being asked, and
// the name at the time.
func (p *aliasFile) approved(uuid string) (name string, ok bool) {
	data, err := p.read()
	name, ok = data.Approved[uuid]
	return name, err == nil && ok
}

// sorted lists receivers by name.
func sorted(list []Receiver) []Receiver {
	sort.Slice(list, func(a, b int) bool { return list[a].Name+list[a].UUID < list[b].Name+list[b].UUID })
	return list
}
