package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// editConfig sets one line of config.env in home and leaves every other byte as
// it is: byte order mark, line ends, comments, the order, a link in the file's
// place. Where nothing changes, nothing is written.
func editConfig(home, name, text string) error {
	if strings.ContainsAny(text, "\r\n\x00") {
		return fmt.Errorf("%s: a setting is one line", name)
	}
	quoted, err := quoteConfig(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	path := filepath.Join(home, "config.env")
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		raw = []byte(configHeader)
	case err != nil:
		return fmt.Errorf("reading config.env: %w", err)
	}
	changed := []byte(withLine(string(raw), name, name+"="+quoted))
	if err == nil && bytes.Equal(changed, raw) {
		return nil
	}
	return replaceFile(path, changed)
}

// withLine returns the file's text with line as the setting's only assignment.
func withLine(file, name, line string) string {
	const mark = "\ufeff"
	rest, marked := strings.CutPrefix(file, mark)
	lines, found := strings.SplitAfter(rest, "\n"), false
	for i, l := range lines {
		body := strings.TrimRight(l, "\r\n")
		assignment := strings.TrimLeft(body, " \t")
		assignment = strings.TrimLeft(strings.TrimPrefix(assignment, "export "), " \t")
		if key, _, ok := strings.Cut(assignment, "="); ok && strings.TrimSpace(key) == name {
			before := body[:len(body)-len(assignment)] // indentation and export
			lines[i], found = before+line+l[len(body):], true
		}
	}
	out := strings.Join(lines, "")
	if !found {
		end := "\n"
		if strings.Contains(out, "\r\n") {
			end = "\r\n"
		}
		if out != "" && !strings.HasSuffix(out, "\n") {
			out += end
		}
		out += line + end
	}
	if marked {
		out = mark + out
	}
	return out
}
