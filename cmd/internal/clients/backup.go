package clients

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	// firstBackup is a file as it was before this program came; it is never
	// replaced. Later ones are numbered.
	firstBackup = ".kakaotalk-mcp.bak"
	laterBackup = ".kakaotalk-mcp.%d.bak"
)

// Backups are copies of what the client's file held before changes of this program,
// files of the user's own by now; the one from before the first change, if it is
// still there, comes first.
func (c Client) Backups() []string {
	path := c.file
	if target, err := filepath.EvalSymlinks(path); err == nil { // see load
		path = target
	}
	var list []string
	if exists(path + firstBackup) {
		list = append(list, path+firstBackup)
	}
	for n := 2; exists(path + fmt.Sprintf(laterBackup, n)); n++ {
		list = append(list, path+fmt.Sprintf(laterBackup, n))
	}
	return list
}

// backUp keeps what the file holds now, unless a backup does already. ours: it has
// an entry of this program, so that it is not as it was before.
func (c Client) backUp(doc *document, ours bool) (string, error) {
	path, n := doc.path+firstBackup, 1
	for ours && n == 1 || exists(path) {
		if raw, err := private.Read(path, maxFile); err == nil && bytes.Equal(raw, doc.raw) {
			return path, nil
		}
		n++
		path = doc.path + fmt.Sprintf(laterBackup, n)
	}
	temp := path + ".tmp" // under the lock of save
	_ = os.Remove(temp)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", c.fileProblem("write_failed", err)
	}
	if err := c.fill(f, doc.raw, doc); err != nil {
		_ = os.Remove(temp)
		return "", err
	}
	if err := private.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return "", c.fileProblem("write_failed", err)
	}
	return path, nil
}

// before finds what the file held before this program came, if nothing else was
// changed in it since: a backup that reads as the file does now once an entry was
// put into it and taken out again. gone: there was no file. rest is the file's text
// without the entry; "" and false if nothing is found.
func (c Client) before(doc *document, rest, name string) (text string, found, gone bool) {
	residue := func(text string) string {
		in, err := c.format.Merge(text, name, c.shape.fields(Entry{Name: name, Command: programName}, c.sys))
		if err == nil {
			in, err = c.format.Remove(in, name)
		}
		if err != nil {
			return ""
		}
		return in
	}
	for _, path := range c.Backups() {
		raw, err := private.Read(path, maxFile)
		if err != nil {
			continue
		}
		mark, text, ok := decode(raw)
		have, _, err := c.read(text, name)
		if ok && err == nil && have == nil && mark == doc.mark && residue(text) == rest {
			return text, true, false
		}
	}
	gone = !exists(doc.path+firstBackup) && residue("") == rest
	return "", gone, gone
}
