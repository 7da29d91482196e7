package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"
)

const configHeader = "# kakaotalk-mcp settings; KAKAO_CLIENT_SECRET belongs into the keychain (setup puts it there).\n"

// parseSettings reads the dotenv text of a file. Its errors quote nothing: a line
// may hold a secret. Values may refer to earlier ones, and a few lines of that can
// grow without bound: with k references, to about 3^(k/3) times the text.
func parseSettings(path string, raw []byte) (map[string]string, error) {
	if len(raw) > maxSettings {
		return nil, problemf("설정 파일 %s이(가) %d바이트보다 커요", "settings file %s is larger than %d bytes", path, maxSettings)
	}
	size := len(raw)
	for k := references(raw); k >= 3; k -= 3 {
		if size *= 3; size > maxExpanded {
			return nil, problemf("설정 파일 %s의 값들이 서로를 너무 많이 참조해요", "settings file %s is made of too many references between its values", path)
		}
	}
	pairs, err := godotenv.UnmarshalBytes(bytes.TrimPrefix(raw, []byte(byteOrderMark)))
	if err != nil {
		return nil, problemf("설정 파일 %s이(가) 이름=값 형식이 아니에요", "settings file %s is not in NAME=value form", path)
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

// readSettingsFile reads a settings file of at most maxSettings bytes.
func readSettingsFile(path string) (raw []byte, pairs map[string]string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	defer f.Close()
	if raw, err = io.ReadAll(io.LimitReader(f, maxSettings+1)); err != nil {
		return nil, nil, unreadable(err)
	}
	pairs, err = parseSettings(path, raw)
	return raw, pairs, err
}

func unreadable(err error) error {
	return &settingProblem{"설정 파일을 읽지 못했어요: " + err.Error(), "settings file: " + err.Error(), err}
}

// editConfig sets one line of config.env in home and leaves every other byte as
// it is: byte order mark, line ends, comments, the order, a link in the file's
// place. Where nothing changes, nothing is written. The old file is replaced in
// one step, and only by one in which all other settings read as before.
func editConfig(home, name, text string) error {
	if strings.ContainsAny(text, "\r\n\x00") {
		return problemf("%s 값은 한 줄이어야 해요", "%s: a setting is one line", name)
	}
	quoted, ok := quoteConfig(text)
	if !ok {
		return problemf("%s 값의 따옴표와 역슬래시를 설정 파일에 그대로 적을 수 없어요. 환경 변수로 설정해 주세요", "%s: this mix of quotes and backslashes cannot be written to a settings file; set it in the environment", name)
	}
	path := filepath.Join(home, "config.env")
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	raw, before, err := readSettingsFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = []byte(configHeader), nil
	}
	if err != nil {
		return err
	}
	if have, set := before[name]; set && have == text {
		return nil
	}
	line := name + "=" + quoted
	// A line within a quoted value only looks like the setting's.
	for _, edit := range []func(file, name, line string) string{withLine, withNewLine} {
		changed := []byte(edit(string(raw), name, line))
		after, err := parseSettings(path, changed)
		if err != nil || after[name] != text || !sameOthers(before, after, name) {
			continue
		}
		return replaceFile(path, changed)
	}
	return problemf("config.env를 고치면 %s 말고 다른 값까지 바뀌어서 그대로 두었어요. 직접 고쳐 주세요", "config.env cannot be changed without changing more than %s; please edit it by hand", name)
}

// sameOthers reports whether two files give all settings but name the same values.
func sameOthers(a, b map[string]string, name string) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, name)
	delete(b, name)
	return maps.Equal(a, b)
}

const byteOrderMark = "\ufeff"

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

// quoteConfig returns text in the first form that dotenv reads back as it was. Not
// every text has one: single quotes keep backslashes, dollars and number signs, but
// not every ending, and one wrong quote would make the whole file unreadable.
func quoteConfig(text string) (quoted string, ok bool) {
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
