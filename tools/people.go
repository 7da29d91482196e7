package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"kakaotalk-mcp/tools/hangul"
)

// peopleFile holds the user's own words for friends and whom they agreed to
// message without being asked again. Both bind to uuids: nicknames are chosen,
// and changed, by their owners.
const (
	peopleFile   = "friends.json"
	peopleLock   = "friends.lock" // never deleted, never the data file itself
	peopleFormat = 1
	peopleMax    = 1 << 20 // bytes; far above what a person types

	// peopleLockWait is far longer than a change takes.
	peopleLockWait = 5 * time.Second
	peopleLockPoll = 10 * time.Millisecond
)

var errTwoMeanings = errors.New("an alias stands for two people")

type peopleData struct {
	Format   int               `json:"v"`
	Aliases  map[string]string `json:"aliases,omitempty"`  // alias → uuid
	Approved map[string]string `json:"approved,omitempty"` // uuid → name at the time, for the list
}

// people reads the file each time, since nothing about a file tells reliably that
// it is unchanged, and takes it apart when it changed.
type people struct {
	path string
	mu   sync.Mutex
	raw  []byte
	data peopleData
}

func newPeople(home string) *people { return &people{path: filepath.Join(home, peopleFile)} }

// read returns the file's content. Its maps must not be changed.
func (p *people) read() (peopleData, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fi, err := os.Lstat(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return peopleData{}, nil
	}
	if err != nil || !fi.Mode().IsRegular() {
		return peopleData{}, fmt.Errorf("%s cannot be read as a regular file", peopleFile)
	}
	f, err := os.Open(p.path)
	if err != nil {
		return peopleData{}, fmt.Errorf("opening %s: %w", peopleFile, err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, peopleMax))
	if err != nil {
		return peopleData{}, fmt.Errorf("reading %s: %w", peopleFile, err)
	}
	if p.raw != nil && bytes.Equal(raw, p.raw) {
		return p.data, nil
	}
	var data peopleData
	if json.Unmarshal(raw, &data) != nil || data.Format > peopleFormat {
		return peopleData{}, fmt.Errorf("%s is damaged or from a newer version", peopleFile)
	}
	p.raw, p.data = raw, data
	return data, nil
}

// change rewrites the file while other processes are kept out. edit gets maps it
// may write to.
func (p *people) change(edit func(*peopleData)) error {
	dir := filepath.Dir(p.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making home folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, peopleLock), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), peopleLockWait)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, peopleLockPoll); err != nil {
		return fmt.Errorf("locking %s: %w", peopleFile, err)
	}
	defer lock.Close()
	old, err := p.read()
	if err != nil {
		return err
	}
	next := peopleData{Format: peopleFormat, Aliases: map[string]string{}, Approved: map[string]string{}}
	maps.Copy(next.Aliases, old.Aliases)
	maps.Copy(next.Approved, old.Approved)
	edit(&next)
	return p.write(dir, next)
}

func (p *people) write(dir string, data peopleData) error {
	raw, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %s: %w", peopleFile, err)
	}
	if len(raw) >= peopleMax { // nobody could read it again
		return fmt.Errorf("%s would be larger than %d bytes", peopleFile, peopleMax)
	}
	tmp, err := os.CreateTemp(dir, peopleFile+".*") // 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", peopleFile, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(raw, '\n'))
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), p.path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", peopleFile, err)
	}
	return nil
}

// alias returns the uuid the user's own word stands for, "" if for nobody. Words
// that fold to the same one but mean two people (a file edited by hand) are an
// error: neither may get the message.
func (p *people) alias(word string) (uuid, alias string, err error) {
	data, err := p.read()
	folded := hangul.Fold(word)
	if err != nil || folded == "" {
		return "", "", err
	}
	for a, u := range data.Aliases {
		if hangul.Fold(a) != folded {
			continue
		}
		if uuid != "" && u != uuid {
			return "", "", errTwoMeanings
		}
		uuid, alias = u, a
	}
	return uuid, alias, nil
}

// byUUID returns the user's own word for each uuid. With several the first in
// order is taken, so that it does not change from call to call.
func (p *people) byUUID() map[string]string {
	data, _ := p.read()
	words := make(map[string]string, len(data.Aliases))
	for a, u := range data.Aliases {
		if have, ok := words[u]; !ok || a < have {
			words[u] = a
		}
	}
	return words
}

// approved reports whether the user agreed to message uuid without being asked.
func (p *people) approved(uuid string) bool {
	data, err := p.read()
	_, ok := data.Approved[uuid]
	return err == nil && ok
}

// sorted lists receivers by name.
func sorted(list []Receiver) []Receiver {
	sort.Slice(list, func(a, b int) bool { return list[a].Name+list[a].UUID < list[b].Name+list[b].UUID })
	return list
}
