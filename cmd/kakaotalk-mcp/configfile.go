package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"
)

const configHeader = "# kakaotalk-mcp settings; KAKAO_CLIENT_SECRET belongs into the keychain (setup puts it there).\n"

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

// quoteConfig returns text in the first form that dotenv reads back as it was.
// Single quotes keep backslashes, dollars and number signs, but not every ending:
// one wrong quote would make the whole file unreadable.
func quoteConfig(text string) (string, error) {
	forms := []string{"'" + text + "'", `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(text) + `"`, text}
	if !strings.ContainsAny(text, " \t\\$#\"'`") {
		forms = []string{text}
	}
	for _, form := range forms {
		if pairs, err := godotenv.Unmarshal("A=" + form + "\nB=b\n"); err == nil && pairs["A"] == text && pairs["B"] == "b" {
			return form, nil
		}
	}
	return "", errors.New("this mix of quotes and backslashes cannot be written to a settings file; set it in the environment")
}

// replaceFile writes a private file in one step: a crash leaves the old one or
// the new one.
func replaceFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making %s: %w", dir, err)
	}
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".*") // 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
