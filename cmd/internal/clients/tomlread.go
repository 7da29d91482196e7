package clients

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// tomlText is a TOML document as a list of statements with their places in the
// text. It reads what TOML 1.0 allows and a little more, such as line breaks in
// inline tables: whether a file is valid altogether is its client's to say.
type tomlText struct {
	text   string
	tables []tomlTable // tables[0] is the part before the first header
	items  []tomlItem
}

type tomlTable struct {
	path       []string
	array      bool // [[path]]
	line       int
	start, end int // the header's line, with its end
}

// tomlItem is one key with its value.
type tomlItem struct {
	path       []string // with the table's
	table      int
	line       int
	start, end int // the statement's lines, with the last line's end
	valueStart int
	valueEnd   int
	value      any // string, []any, map[string]any or tomlRaw
}

// tomlRaw is a number, boolean or date, undecoded.
type tomlRaw string

// tomlBare returns the bare key that s begins with, or "".
func tomlBare(s string) string { return s[:len(s)-len(strings.TrimLeft(s, wordLetters))] }

// tomlScalar is compiled by its first use: servers have none.
var tomlScalar struct {
	once    sync.Once
	pattern *regexp.Regexp
}

func compileTomlScalar() {
	tomlScalar.pattern = regexp.MustCompile(`^(true|false|[+-]?(inf|nan)|0x[0-9A-Fa-f_]+|0o[0-7_]+|0b[01_]+|` +
		`[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})?)?|[0-9]{2}:[0-9]{2}[0-9:.]*|` +
		`[+-]?[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9_]+)?)`)
}

// parseTOML reads a document. Errors are *textError.
func parseTOML(text string) (*tomlText, error) {
	d := &tomlText{text: text, tables: []tomlTable{{}}}
	s := &tomlScanner{text: text}
	for {
		s.skip(true)
		if s.at == len(text) {
			return d, nil
		}
		if err := d.statement(s); err != nil {
			return nil, err
		}
	}
}

func (d *tomlText) statement(s *tomlScanner) error {
	start := strings.LastIndexByte(d.text[:s.at], '\n') + 1
	line := s.line()
	if s.take("[") {
		array := s.take("[")
		path, err := s.key()
		if err != nil {
			return err
		}
		if closing := map[bool]string{false: "]", true: "]]"}[array]; !s.take(closing) {
			return s.fail("a table's header does not end")
		}
		if err := s.endOfLine(); err != nil {
			return err
		}
		d.tables = append(d.tables, tomlTable{path, array, line, start, s.at})
		return nil
	}
	key, err := s.key()
	if err != nil {
		return err
	}
	if !s.take("=") {
		return s.fail("= is missing behind a key")
	}
	s.skip(false)
	item := tomlItem{table: len(d.tables) - 1, line: line, start: start, valueStart: s.at}
	item.path = append(slices.Clone(d.tables[item.table].path), key...)
	if item.value, err = s.value(0); err != nil {
		return err
	}
	item.valueEnd = s.at
	if err := s.endOfLine(); err != nil {
		return err
	}
	item.end = s.at
	d.items = append(d.items, item)
	return nil
}

// tomlScanner walks through a text.
type tomlScanner struct {
	text string
	at   int

	counted, lines int // lines before counted: a long file is not counted anew each time
}

func (s *tomlScanner) line() int {
	s.lines += strings.Count(s.text[s.counted:s.at], "\n")
	s.counted = s.at
	return 1 + s.lines
}

func (s *tomlScanner) fail(msg string) error { return &textError{wrongSyntax, s.line(), msg} }

func (s *tomlScanner) rest() string { return s.text[s.at:] }

func (s *tomlScanner) take(token string) bool {
	if !strings.HasPrefix(s.rest(), token) {
		return false
	}
	s.at += len(token)
	return true
}

// skip passes blanks and, with lines, line ends and comments.
func (s *tomlScanner) skip(lines bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ', c == '\t', lines && c == '\n', lines && strings.HasPrefix(s.rest(), "\r\n"):
			s.at++
		case lines && c == '#':
			s.at += len(strings.TrimSuffix(upTo(s.rest(), "\n"), "\n"))
		default:
			return
		}
	}
}

// endOfLine passes a comment and the line's end.
func (s *tomlScanner) endOfLine() error {
	s.skip(false)
	if strings.HasPrefix(s.rest(), "#") {
		s.at += len(upTo(s.rest(), "\n"))
		return nil
	}
	if s.at == len(s.text) || s.take("\n") || s.take("\r\n") {
		return nil
	}
	return s.fail("more than one thing in a line")
}

// key reads a key of one or more parts and the blanks around it.
func (s *tomlScanner) key() ([]string, error) {
	var path []string
	for {
		s.skip(false)
		part := tomlBare(s.rest())
		s.at += len(part)
		if part == "" {
			if !strings.HasPrefix(s.rest(), `"`) && !strings.HasPrefix(s.rest(), "'") {
				return nil, s.fail("a key is expected")
			}
			var err error
			if part, err = s.shortString(); err != nil {
				return nil, err
			}
		}
		path = append(path, part)
		s.skip(false)
		if !s.take(".") {
			return path, nil
		}
	}
}

func (s *tomlScanner) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, s.fail("nested too deep")
	}
	switch rest := s.rest(); {
	case strings.HasPrefix(rest, `"""`), strings.HasPrefix(rest, "'''"):
		return s.longString()
	case strings.HasPrefix(rest, `"`), strings.HasPrefix(rest, "'"):
		return s.shortString()
	case s.take("["):
		list := []any{}
		for {
			s.skip(true)
			if s.take("]") {
				return list, nil
			}
			v, err := s.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
			s.skip(true)
			if !s.take(",") && !strings.HasPrefix(s.rest(), "]") {
				return nil, s.fail("a list does not end")
			}
		}
	case s.take("{"):
		return s.inlineTable(depth)
	}
	tomlScalar.once.Do(compileTomlScalar)
	raw := tomlScalar.pattern.FindString(s.rest())
	if raw == "" {
		return nil, s.fail("a value is expected")
	}
	s.at += len(raw)
	return tomlRaw(raw), nil
}

func (s *tomlScanner) inlineTable(depth int) (any, error) {
	table := map[string]any{}
	for {
		s.skip(true)
		if s.take("}") {
			return table, nil
		}
		path, err := s.key()
		if err != nil {
			return nil, err
		}
		if !s.take("=") {
			return nil, s.fail("= is missing behind a key")
		}
		s.skip(false)
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		// A dotted key stays one key: such tables are compared, never rewritten.
		table[strings.Join(path, ".")] = v
		s.skip(true)
		if !s.take(",") && !strings.HasPrefix(s.rest(), "}") {
			return nil, s.fail("a table does not end")
		}
	}
}
