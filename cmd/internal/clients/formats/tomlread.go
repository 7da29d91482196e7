package formats

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlText is a TOML document, decoded, and its statements with their places in
// the text.
type tomlText struct {
	text   string
	root   map[string]any
	tables []tomlTable // tables[0] is the part before the first header
	items  []tomlItem
}

type tomlTable struct {
	path  []string
	array bool // [[path]]
	start int  // of the header's line
	end   int  // behind the line of its last key, or of the header
}

// tomlItem is one key with its value.
type tomlItem struct {
	path       []string // with the table's
	table      int
	valueStart int
	valueEnd   int
}

// parseTOML reads a document. Errors are *Error.
func parseTOML(text string) (*tomlText, error) {
	d := &tomlText{text: text, tables: []tomlTable{{}}}
	if !utf8.ValidString(text) {
		return nil, &Error{WrongSyntax, 0, "not valid TOML"}
	}
	root := newTOMLMap()
	current := root
	var p unstable.Parser
	p.Reset([]byte(text))
	for p.NextExpression() {
		n := p.Expression()
		path := tomlPath(n)
		start := d.add(n, path)
		if n.Kind == unstable.KeyValue {
			if !current.set(path, readTOMLValue(n.Value())) {
				return nil, d.errorAt(WrongSyntax, start, "not valid TOML")
			}
		} else if current = root.header(path, n.Kind == unstable.ArrayTable); current == nil {
			return nil, d.errorAt(WrongSyntax, start, "not valid TOML")
		}
	}
	if err := p.Error(); err != nil {
		line := 0
		if at, ok := errors.AsType[*unstable.ParserError](err); ok && len(at.Highlight) > 0 {
			line = lineAt(text, int(p.Range(at.Highlight).Offset))
		}
		return nil, &Error{WrongSyntax, line, "not valid TOML"}
	}
	d.root = root.decoded()
	return d, nil
}

// add takes note of where a statement stands, and returns the beginning of its key.
func (d *tomlText) add(n *unstable.Node, path []string) int {
	var first, last unstable.Range
	for key := n.Key(); key.Next(); {
		last = key.Node().Raw
		if first.Length == 0 {
			first = last
		}
	}
	start, end := int(first.Offset), int(last.Offset+last.Length)
	table := len(d.tables) - 1
	if n.Kind != unstable.KeyValue {
		d.tables = append(d.tables, tomlTable{path: path, array: n.Kind == unstable.ArrayTable,
			start: strings.LastIndexByte(d.text[:start], '\n') + 1})
		table++
	} else {
		item := tomlItem{path: append(slices.Clone(d.tables[table].path), path...), table: table}
		value := strings.TrimLeft(d.text[end:], " \t=")
		item.valueStart = len(d.text) - len(value)
		end = int(n.Raw.Offset + n.Raw.Length)
		item.valueEnd = end
		d.items = append(d.items, item)
	}
	d.tables[table].end = end + len(upTo(d.text[end:], "\n"))
	return start
}

// errorAt words what is wrong with a statement.
func (d *tomlText) errorAt(kind Wrong, offset int, msg string) error {
	return &Error{kind, lineAt(d.text, offset), msg}
}
