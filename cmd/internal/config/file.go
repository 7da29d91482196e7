package config

import (
	"errors"
	"strings"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/charset"
	"kakaotalk-mcp/cmd/internal/dotenv"
)

// maxFile bounds a settings file, and maxExpanded what its values may come to when
// they refer to each other, in bytes.
const (
	maxFile     = 256 << 10
	maxExpanded = 4 << 20
)

// File is a file in dotenv syntax, be its names settings or not.
type File struct {
	Names      []string          // in their order, each once
	Values     map[string]string // unquoted and expanded
	Unreadable []int             // numbers of the lines that assign nothing, from 1
	text       string
	charset    charset.Charset // of the file: PowerShell's > writes UTF-16
	list       []dotenv.Assignment
}

// ReadFile reads somebody's file of at most 256 KiB. Lines that cannot be read are
// no error: such files hold much that is not for us.
func ReadFile(path string, lang wording.Lang) (*File, error) {
	file, err := readFile(path)
	return file, worded(err, lang)
}

func readFile(path string) (*File, error) {
	raw, err := private.Read(path, maxFile)
	switch {
	case errors.Is(err, private.ErrTooLarge):
		return nil, tooLarge(path)
	case errors.Is(err, private.ErrIrregular):
		return nil, problemf("설정 파일 위치에 폴더나 링크처럼 파일이 아닌 항목이 있어요: %s", "Settings file %s is not a regular file", path)
	case err != nil:
		return nil, unreadable(err)
	}
	text, stored, err := charset.Decode(raw)
	if err != nil {
		return nil, problemf("설정 파일 %s의 글자 인코딩을 알 수 없어요. 편집기에서 UTF-8로 저장해 주세요", "Settings file %s has an unknown text encoding. Save it as UTF-8 in an editor", path)
	}
	file, err := parse(path, text)
	if err == nil {
		file.charset = stored
	}
	return file, err
}

// readSettings reads a file of ours. A line that cannot be read is an error here:
// it may have been meant to protect.
func readSettings(path string) (*File, error) {
	file, err := readFile(path)
	if err == nil && len(file.Unreadable) > 0 {
		return nil, problemf("설정 파일 %s의 %d번째 줄이 이름=값 형식이 아니에요", "Settings file %s: line %d is not in NAME=value form", path, file.Unreadable[0])
	}
	return file, err
}

// parse reads dotenv text. Its errors quote nothing: a line may hold a secret.
func parse(path, text string) (*File, error) {
	if len(text) > maxFile {
		return nil, tooLarge(path)
	}
	f := &File{text: text}
	f.list, f.Unreadable = dotenv.Strictly(text, func(name string) bool { return !looksLikeOurs(name) })
	var err error
	f.Values, err = dotenv.Values(f.list, maxExpanded)
	if err != nil {
		return nil, problemf("설정 파일의 값이 서로를 너무 많이 참조해요: %s", "The values of settings file %s refer to each other too often", path)
	}
	seen := map[string]bool{}
	for _, a := range f.list {
		if !seen[a.Name] {
			f.Names = append(f.Names, a.Name)
		}
		seen[a.Name] = true
	}
	return f, nil
}

// placeholder reports whether the name was assigned a reference to what is not
// there, which a client or a person has yet to fill in.
func (f *File) placeholder(name string) bool {
	for i := len(f.list) - 1; i >= 0; i-- {
		if a := f.list[i]; a.Name == name {
			return strings.HasPrefix(a.Value, "${") && f.Values[name] == ""
		}
	}
	return false
}

// with returns the text with assignment in the place of each assignment of the
// name, or as a new line at the end, where it counts.
func (f *File) with(name, assignment string) string {
	var b strings.Builder
	done := 0
	for _, a := range f.list {
		if a.Name == name {
			b.WriteString(f.text[done:a.Start] + assignment)
			done = a.End
		}
	}
	b.WriteString(f.text[done:])
	if done > 0 {
		return b.String()
	}
	end := "\n"
	if strings.Contains(f.text, "\r\n") {
		end = "\r\n"
	}
	if f.text != "" && !strings.HasSuffix(f.text, "\n") {
		b.WriteString(end)
	}
	b.WriteString(assignment + end)
	return b.String()
}
