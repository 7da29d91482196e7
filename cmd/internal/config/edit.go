package config

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/cmd/internal/dotenv"
)

const fileHeader = "# kakaotalk-mcp 설정 (이름=값). 클라이언트 시크릿은 setup이 따로 저장해요.\n" +
	"# kakaotalk-mcp settings (NAME=value). setup saves the client secret elsewhere.\n"

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
// charset, line ends, comments, the order, a link in the file's place.
// Where nothing changes, nothing is written. The old file is replaced in one step,
// and only by one in which all other settings read as before.
func edit(home string, id ID, text string) error {
	if strings.ContainsAny(text, "\r\n\x00") {
		return problemf("%s 값은 한 줄이어야 해요", "%s must be one line", id.Name())
	}
	quoted, ok := dotenv.Quote(text)
	if !ok {
		return problemf("%s 값에 ${…}가 있어서 설정 파일에 저장할 수 없어요. 환경 변수로 설정해 주세요", "%s: a value with ${…} cannot be saved in a settings file. Set it as an environment variable", id.Name())
	}
	path := filepath.Join(home, fileName)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	before, err := readSettings(path)
	if errors.Is(err, fs.ErrNotExist) {
		before, err = parse(path, fileHeader)
	}
	if err != nil {
		return err
	}
	name := id.Name()
	if have, set := before.Values[name]; set && have == text && !before.placeholder(name) {
		return nil
	}
	changed := before.with(name, name+"="+quoted)
	after, err := parse(path, changed)
	if err != nil || len(after.Unreadable) > 0 || after.Values[name] != text || !sameOthers(before.Values, after.Values, name) {
		return notChangeable(id)
	}
	raw, err := before.charset.Encode(changed)
	if err != nil { // code page 949 has not all letters
		return notChangeable(id)
	}
	if err := private.Write(path, raw); err != nil {
		return fileProblem("설정 파일을 저장하지 못했어요: ", "settings file not saved: ", err)
	}
	return nil
}

// sameOthers reports whether two files give all settings but name the same values.
func sameOthers(a, b map[string]string, name string) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, name)
	delete(b, name)
	return maps.Equal(a, b)
}
