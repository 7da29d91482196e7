package formats

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// This is a reader of the YAML that people write into configuration files: blocks of
// keys and lists, values on one line, text blocks. Whatever else YAML has (anchors,
// tags, values over several lines, several documents) is refused, and the file left
// alone. A library for all of it makes the program larger by 0.5 to 0.9 MB; a test
// holds this reader to one.

type yamlKind int

const (
	yamlScalarKind yamlKind = iota
	yamlMapping
	yamlSequence
)

// yamlNode is a part of a document with its place, from 1.
type yamlNode struct {
	kind         yamlKind
	value        string      // of a scalar
	quoted       bool        // a scalar in quotes, or a text block
	flow         bool        // written in [] or {}
	line, column int         // column in bytes
	comment      string      // behind a scalar
	content      []*yamlNode // items, or keys and values in turn
}

// decoded is the value as Go has it; numbers stay what they look like.
func (n *yamlNode) decoded() any {
	switch n.kind {
	case yamlMapping:
		m := make(map[string]any, len(n.content)/2)
		for i := 0; i+1 < len(n.content); i += 2 {
			m[n.content[i].value] = n.content[i+1].decoded()
		}
		return m
	case yamlSequence:
		list := make([]any, len(n.content))
		for i, item := range n.content {
			list[i] = item.decoded()
		}
		return list
	}
	if n.quoted {
		return n.value
	}
	switch strings.ToLower(n.value) {
	case "", "~", "null":
		return nil
	case "true":
		return true
	case "false":
		return false
	}
	if number().MatchString(n.value) {
		if f, err := strconv.ParseFloat(n.value, 64); err == nil {
			return f
		}
	}
	return n.value
}

var number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[-+]?(\.[0-9]|[0-9])[0-9.eE+-]*$`) })

// yamlReader goes through a text by lines; in the current one, what stands before
// column is done.
type yamlReader struct {
	lines        []string
	line, column int // of the next content, from 0
}

func readYAML(text string) (top *yamlNode, err error) {
	defer func() {
		if e := recover(); e != nil {
			top, err = nil, e.(*Error) // anything else is a fault of ours
		}
	}()
	// YAML has more line ends than these lines, and a text may be cut short.
	if strings.ContainsFunc(strings.ReplaceAll(text, "\r\n", "\n"), func(r rune) bool {
		return r != '\n' && r != '\t' && !unicode.IsPrint(r) && r != '\u200d'
	}) || !utf8.ValidString(text) {
		return nil, &Error{WrongShape, 0, "lines or characters that are not edited"}
	}
	r := &yamlReader{lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
	if !r.done(0) && r.column == 0 && strings.TrimRight(r.rest(), " ") == "---" {
		r.line, r.column = r.line+1, 0
		r.next()
	}
	top = r.node(0)
	if r.next(); r.line < len(r.lines) {
		r.refuse("more than one block")
	}
	if top.kind != yamlMapping || top.flow {
		r.refuse("the file does not hold a block of keys")
	}
	return top, nil
}

func (r *yamlReader) refuse(why string) { panic(&Error{WrongShape, r.line + 1, why}) }

// rest is what is left of the line.
func (r *yamlReader) rest() string { return r.lines[r.line][r.column:] }

// next goes on to the next content, over blanks and comments.
func (r *yamlReader) next() {
	for ; r.line < len(r.lines); r.line, r.column = r.line+1, 0 {
		rest := r.rest()
		content := strings.TrimLeft(rest, " ")
		if content == "" || content[0] == '#' && (r.column == 0 || len(content) < len(rest)) {
			continue
		}
		r.column += len(rest) - len(content)
		if content[0] == '\t' {
			r.refuse("a tab in the indentation")
		}
		if r.column == 0 && (strings.HasPrefix(content, "---") || strings.HasPrefix(content, "...") || content[0] == '%') && strings.TrimRight(content, " ") != "---" {
			r.refuse("several documents")
		}
		return
	}
}

func (r *yamlReader) done(indent int) bool {
	r.next()
	return r.line >= len(r.lines) || r.column < indent
}

// node reads what stands at the next content, indented by least at the least.
func (r *yamlReader) node(least int) *yamlNode {
	if r.done(least) {
		return &yamlNode{line: min(r.line, len(r.lines)-1) + 1, column: 1}
	}
	switch {
	case isDash(r.rest()):
		return r.sequence()
	case keyEnd(r.rest()) > 0:
		return r.mapping()
	}
	return r.scalar(least - 1)
}

func isDash(text string) bool { return text == "-" || strings.HasPrefix(text, "- ") }

func (r *yamlReader) sequence() *yamlNode {
	n := &yamlNode{kind: yamlSequence, line: r.line + 1, column: r.column + 1}
	indent := r.column
	for {
		r.column++ // the dash
		if strings.HasPrefix(r.rest(), " \t") {
			r.refuse("a tab behind a dash")
		}
		n.content = append(n.content, r.node(indent+1))
		if r.done(indent) {
			return n
		}
		if r.column > indent {
			r.refuse("uneven indentation")
		}
		if !isDash(r.rest()) {
			return n // the key behind a list that is not indented
		}
	}
}

// keyEnd is where the colon of a key stands, 0 if the text begins with none.
func keyEnd(text string) int {
	end := -1
	switch {
	case text == "" || strings.ContainsRune("[]{},#&*!|>%@`?", rune(text[0])):
		return 0
	case text[0] == '"' || text[0] == '\'':
		if _, size := quotedYAML(text); size > 0 && strings.HasPrefix(strings.TrimLeft(text[size:], " "), ":") {
			end = size + strings.IndexByte(text[size:], ':')
		}
	default:
		for i := 0; i < len(text); i++ {
			if text[i] == '#' && text[i-1] == ' ' {
				return 0
			}
			if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ') {
				end = i
				break
			}
		}
	}
	if end <= 0 || end+1 < len(text) && text[end+1] != ' ' {
		return 0
	}
	return end
}

func (r *yamlReader) mapping() *yamlNode {
	n := &yamlNode{kind: yamlMapping, line: r.line + 1, column: r.column + 1}
	indent := r.column
	seen := map[string]bool{}
	for {
		end := keyEnd(r.rest())
		if end <= 0 || isDash(r.rest()) {
			r.refuse("neither a key nor a list")
		}
		key := &yamlNode{line: r.line + 1, column: r.column + 1, value: strings.TrimRight(r.rest()[:end], " ")}
		if key.value[0] == '"' || key.value[0] == '\'' {
			key.value, _ = quotedYAML(key.value)
			key.quoted = true
		}
		if _, text := key.decoded().(string); !text || !key.quoted && (ambiguous().MatchString(key.value) || strings.Contains(key.value, "\t")) {
			r.refuse("a key that is no text")
		}
		if seen[key.value] {
			panic(&Error{WrongSyntax, r.line + 1, "a key twice"})
		}
		if seen[key.value] = true; key.value == "<<" {
			r.refuse("a merged block")
		}
		r.column += end + 1
		n.content = append(n.content, key, r.value(key, indent))
		if r.done(indent) {
			return n
		}
		if r.column > indent {
			r.refuse("uneven indentation")
		}
	}
}

// value reads what belongs to a key of a block.
func (r *yamlReader) value(key *yamlNode, indent int) *yamlNode {
	at := r.line
	if r.next(); r.line == at {
		return r.scalar(indent)
	}
	if r.line < len(r.lines) && r.column == indent && isDash(r.rest()) {
		return r.sequence() // a list may stand as deep as its key
	}
	if r.line >= len(r.lines) || r.column <= indent {
		return &yamlNode{line: key.line, column: key.column}
	}
	if !isDash(r.rest()) && keyEnd(r.rest()) <= 0 {
		r.refuse("a value on a line of its own")
	}
	return r.node(indent + 1)
}

// scalar reads a value on the rest of the line, or a text block below it; what it
// belongs to is indented by indent.
func (r *yamlReader) scalar(indent int) *yamlNode {
	text := r.rest()
	n := &yamlNode{line: r.line + 1, column: r.column + 1}
	size := 0
	switch text[0] {
	case '|', '>':
		return r.block(n, indent)
	case '"', '\'':
		n.value, size = quotedYAML(text)
		n.quoted = true
	case '[', '{':
		size = r.flow(n, text, r.column)
	default:
		if strings.ContainsRune("&*!%@`,]}#", rune(text[0])) || (text[0] == '?' || text[0] == '-' || text[0] == ':') && (len(text) == 1 || text[1] == ' ') {
			r.refuse("a form of value that is not read here")
		}
		n.value = text
		if i := strings.Index(text, " #"); i >= 0 {
			n.value = text[:i]
		}
		n.value = strings.TrimRight(n.value, " ")
		size = len(n.value)
		if strings.Contains(n.value, ": ") || strings.HasSuffix(n.value, ":") || strings.Contains(n.value, "\t") || ambiguous().MatchString(n.value) {
			r.refuse("a value that may mean something else")
		}
	}
	behind := ""
	if size > 0 {
		behind = strings.TrimLeft(text[size:], " ")
	}
	if size == 0 || behind != "" && (behind[0] != '#' || len(behind) == len(text[size:])) {
		r.refuse("a value over several lines, or text behind it")
	}
	n.comment = behind
	r.line, r.column = r.line+1, 0
	if !r.done(indent + 1) {
		r.refuse("a value over several lines")
	}
	return n
}

// ambiguous are values that some readers take for dates or numbers.
var ambiguous = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^([0-9]{4}-[0-9]|[-+]?[0-9][^ ]*_|[-+]?0[xob]|[-+]?\.(inf|nan)|<<$)`)
})

// block passes over a text block; what it says is nobody's business here.
func (r *yamlReader) block(n *yamlNode, indent int) *yamlNode {
	header, _, _ := strings.Cut(r.rest(), " #")
	if header = strings.TrimRight(header[1:], " "); header != "" && header != "-" && header != "+" {
		r.refuse("a text block with an indentation of its own")
	}
	n.quoted = true
	deep := -1 // how deep the text stands, by its first line
	for r.line++; r.line < len(r.lines); r.line++ {
		content := strings.TrimLeft(r.lines[r.line], " ")
		own := len(r.lines[r.line]) - len(content)
		switch {
		case content != "" && own <= max(indent, 0):
			r.column = 0
			return n
		case content == "" && deep < 0 && own > 0, content != "" && own < deep:
			r.refuse("a text block of uneven indentation")
		case content != "" && deep < 0:
			deep = own
		}
	}
	r.column = 0
	return n
}

// flow reads [] or {} on one line, at a column from 0, and returns its length, 0 if it does not end there.
func (r *yamlReader) flow(n *yamlNode, text string, column int) int {
	n.flow, n.kind = true, map[byte]yamlKind{'[': yamlSequence, '{': yamlMapping}[text[0]]
	closing := map[byte]byte{'[': ']', '{': '}'}[text[0]]
	at := 1
	blanks := func() {
		for at < len(text) && text[at] == ' ' {
			at++
		}
	}
	item := func(stop string) *yamlNode {
		blanks()
		if at >= len(text) {
			r.refuse("a list over several lines")
		}
		inner := &yamlNode{line: r.line + 1, column: column + at + 1}
		switch text[at] {
		case '[', '{':
			size := r.flow(inner, text[at:], column+at)
			if size == 0 {
				r.refuse("a list over several lines")
			}
			at += size
		case '"', '\'':
			value, size := quotedYAML(text[at:])
			if size == 0 {
				r.refuse("a value over several lines")
			}
			inner.value, inner.quoted = value, true
			at += size
		default:
			size := strings.IndexAny(text[at:], stop)
			if size < 0 {
				r.refuse("a list over several lines")
			}
			inner.value = strings.TrimRight(text[at:at+size], " ")
			if inner.value == "" || strings.ContainsAny(inner.value, "[]{}&*!|>%@`#?\t\"'") || inner.value[0] == '-' || strings.Contains(inner.value, ":") || ambiguous().MatchString(inner.value) {
				r.refuse("a form of value that is not read here")
			}
			at += size
		}
		blanks()
		return inner
	}
	for {
		blanks()
		if at < len(text) && text[at] == closing {
			return at + 1
		}
		if n.kind == yamlMapping {
			key := item(":,}")
			if key.kind != yamlScalarKind || at+1 >= len(text) || text[at] != ':' || text[at+1] != ' ' {
				r.refuse("a form of key that is not read here")
			}
			for i := 0; i < len(n.content); i += 2 {
				if n.content[i].value == key.value {
					panic(&Error{WrongSyntax, r.line + 1, "a key twice"})
				}
			}
			at++
			n.content = append(n.content, key)
		}
		n.content = append(n.content, item(",]}"))
		if at >= len(text) {
			return 0
		}
		switch text[at] {
		case ',':
			at++
		case closing:
		default:
			r.refuse("a form of list that is not read here")
		}
	}
}

// quotedYAML reads a value in quotes and returns the length of its text, 0 if it
// does not end there or has an escape that JSON has not.
func quotedYAML(text string) (value string, size int) {
	if text[0] == '\'' {
		for i := 1; i < len(text); i++ {
			if text[i] != '\'' {
				continue
			}
			if i+1 < len(text) && text[i+1] == '\'' {
				i++
				continue
			}
			return strings.ReplaceAll(text[1:i], "''", "'"), i + 1
		}
		return "", 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			if json.Unmarshal([]byte(text[:i+1]), &value) != nil {
				return "", 0
			}
			return value, i + 1
		}
	}
	return "", 0
}
