package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"
)

const configHeader = "# kakaotalk-mcp settings; KAKAO_CLIENT_SECRET belongs into the keychain (setup puts it there).\n"

// setConfig sets one line of config.env in home and leaves all others as they
// are. The old file is replaced in one step.
func setConfig(home, name, text string) error {
	if strings.ContainsAny(text, "\r\n\x00") {
		return fmt.Errorf("%s: a setting is one line", name)
	}
	path := filepath.Join(home, "config.env")
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		raw = []byte(configHeader)
	case err != nil:
		return fmt.Errorf("reading config.env: %w", err)
	}
	lines := strings.SplitAfter(string(raw), "\n")
	quoted, err := quoteConfig(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	line := name + "=" + quoted
	found := false
	for i, l := range lines {
		key, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(l), "export "), "=")
		if ok && strings.TrimSpace(strings.TrimPrefix(key, "\ufeff")) == name {
			end := ""
			if strings.HasSuffix(l, "\r\n") {
				end = "\r\n"
			} else if strings.HasSuffix(l, "\n") {
				end = "\n"
			}
			lines[i], found = line+end, true
		}
	}
	out := strings.Join(lines, "")
	if !found {
		if out != "" && !strings.HasSuffix(out, "\n") {
			out += "\n"
		}
		out += line + "\n"
	}
	return replaceFile(path, []byte(out))
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
