package config

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"

	"kakaotalk-mcp/auth/ground/private"
)

const fileHeader = "# kakaotalk-mcp settings; KAKAO_CLIENT_SECRET belongs into the keychain (setup puts it there).\n"

// Save writes one setting into config.env; the next Load reads it anew. The error
// is in the owner's language.
func (s *Source) Save(id ID, text string) error {
	lang := s.Lang()
	home, err := homeOf(s.env)
	if err == nil {
		err = edit(home, id, text)
	}
	s.plain = nil
	return worded(err, lang)
}

// edit sets one line of config.env in home and leaves every other byte as it is:
// byte order mark, line ends, comments, the order, a link in the file's place.
// Where nothing changes, nothing is written. The old file is replaced in one step,
// and only by one in which all other settings read as before.
func edit(home string, id ID, text string) error {
	if strings.ContainsAny(text, "\r\n\x00") {
		return notOneLine(id)
	}
	quoted, ok := quote(text)
	if !ok {
		return notWritable(id)
	}
	path := filepath.Join(home, fileName)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	raw, before, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = []byte(fileHeader), nil
	}
	if err != nil {
		return err
	}
	name := id.Name()
	if have, set := before[name]; set && have == text {
		return nil
	}
	line := name + "=" + quoted
	// A line within a quoted value only looks like the setting's.
	for _, change := range []func(file, name, line string) string{withLine, withNewLine} {
		changed := []byte(change(string(raw), name, line))
		after, err := parse(path, changed)
		if err != nil || after[name] != text || !sameOthers(before, after, name) {
			continue
		}
		return private.Write(path, changed)
	}
	return notChangeable(id)
}

// sameOthers reports whether two files give all settings but name the same values.
func sameOthers(a, b map[string]string, name string) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, name)
	delete(b, name)
	return maps.Equal(a, b)
}

// withLine returns the file's text with line in the place of each assignment of
// the setting, or as a new one.
func withLine(file, name, line string) string {
	rest, marked := strings.CutPrefix(file, byteOrderMark)
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
	if !found {
		return withNewLine(file, name, line)
	}
	out := strings.Join(lines, "")
	if marked {
		out = byteOrderMark + out
	}
	return out
}

// withNewLine returns the file's text with line at its end, where it counts.
func withNewLine(file, _, line string) string {
	end := "\n"
	if strings.Contains(file, "\r\n") {
		end = "\r\n"
	}
	if strings.TrimPrefix(file, byteOrderMark) != "" && !strings.HasSuffix(file, "\n") {
		file += end
	}
	return file + line + end
}

// quote returns text in the first form that dotenv reads back as it was. Not every
// text has one: single quotes keep backslashes, dollars and number signs, but not
// every ending, and one wrong quote would make the whole file unreadable.
func quote(text string) (quoted string, ok bool) {
	forms := []string{"'" + text + "'", `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(text) + `"`, text}
	if !strings.ContainsAny(text, " \t\\$#\"'`") {
		forms = []string{text}
	}
	for _, form := range forms {
		if pairs, err := godotenv.Unmarshal("A=" + form + "\nB=b\n"); err == nil && pairs["A"] == text && pairs["B"] == "b" {
			return form, true
		}
	}
	return "", false
}
