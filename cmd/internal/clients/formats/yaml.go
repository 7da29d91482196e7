package formats

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// YAML is a file in YAML whose servers stand by name in the block of that key.
func YAML(section string) Format { return yamlConfig{place: place{section: section}} }

// YAMLList is the same with a list of servers that have a key "name". preamble is what
// a new file needs before them.
func YAMLList(section, preamble string) Format {
	return yamlConfig{place{section: section, list: true}, preamble}
}

// yamlConfig is either of them. What is written in one line, in [] or {}, is left alone.
type yamlConfig struct {
	place
	preamble string // what a new file needs before the servers
}

// yamlEntry is one entry in a document.
type yamlEntry struct {
	*yamlText
	section *pair // nil if the file has none
	span    block // of the section
	indent  int   // of the entries
	entry   *yamlNode
	own     block // of the entry
}

func (c yamlConfig) locate(text, name string) (*yamlEntry, error) {
	d, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	e := &yamlEntry{yamlText: d, section: d.find(d.top, c.section), indent: 2}
	if e.section == nil {
		return e, nil
	}
	key, value := e.section.key, e.section.value
	e.span = d.block(key.line, e.section.next, key.column-1, len(d.lines)-1)
	kind := map[bool]yamlKind{true: yamlSequence, false: yamlMapping}[c.list]
	empty := len(value.content) == 0 && (value.kind == kind || value.kind == yamlScalarKind && value.value == "" && !value.quoted)
	if !empty && (value.kind != kind || value.flow) {
		return nil, &Error{WrongShape, key.line, "servers written in another form are not edited"}
	}
	if empty {
		return e, nil
	}
	e.indent = value.column - 1
	if !c.list {
		if p := d.find(value, name); p != nil {
			e.entry, e.own = p.value, d.block(p.key.line, p.next, e.indent, e.span.end)
		}
		return e, nil
	}
	i := c.index(d.root, name)
	if i < 0 {
		return e, nil
	}
	e.entry = value.content[i]
	next := 0
	if i+1 < len(value.content) {
		next = e.dash(value.content[i+1].line)
	}
	e.own = d.block(e.dash(e.entry.line), next, e.indent, e.span.end)
	return e, nil
}

// dash is the line of the - before a list's item, which may stand above it.
func (e *yamlEntry) dash(line int) int {
	for ; line > 1; line-- {
		if text := e.text[e.lines[line-1]:e.lines[line]]; len(text) > e.indent && text[e.indent] == '-' {
			break
		}
	}
	return line
}

func (c yamlConfig) Open(text, name string) (map[string]any, string, error) {
	e, err := c.locate(text, name)
	if err != nil {
		return nil, "", err
	}
	if e.entry == nil {
		return e.root, "", nil
	}
	return e.root, e.of(e.own), nil
}

// Others passes over what a new file is given.
func (c yamlConfig) Others(root map[string]any, name string) string {
	given, _ := parseYAML(c.preamble)
	root = maps.Clone(root)
	maps.DeleteFunc(root, func(key string, value any) bool { return value == given.root[key] && value != nil })
	return c.place.Others(root, name)
}

func (c yamlConfig) Merge(text, name string, fields []Field) (string, error) {
	e, err := c.locate(text, name)
	if err != nil {
		return "", err
	}
	if e.entry == nil {
		return c.added(e, name, fields), nil
	}
	for _, f := range fields {
		if e, err = c.locate(text, name); err != nil {
			return "", err
		}
		have := LookUp(c.Entry(e.root, name), f.Key)
		if f.Holds(have) {
			continue
		}
		if table, ok := f.Value.(map[string]string); ok && isBlock(have, e.find(e.entry, f.Key)) {
			text, err = c.mergeTable(text, name, f.Key, table)
		} else if have, err = f.mergedWith(have); err == nil {
			text, err = e.set(e.entry, e.own.end, f.Key, have)
		}
		if err != nil {
			return "", err
		}
	}
	return text, nil
}

// isBlock reports a table whose keys stand on lines of their own.
func isBlock(have any, p *pair) bool {
	table, ok := have.(map[string]any)
	return ok && len(table) > 0 && p.value.kind == yamlMapping && !p.value.flow
}

// mergeTable sets the keys of a block one by one, so that its comments stay.
func (c yamlConfig) mergeTable(text, name, key string, table map[string]string) (string, error) {
	for _, k := range sortedKeys(table) {
		e, err := c.locate(text, name)
		if err != nil {
			return "", err
		}
		p := e.find(e.entry, key)
		if old := e.find(p.value, k); old != nil && old.value.decoded() == table[k] {
			continue
		}
		end := e.block(p.key.line, p.next, e.entry.column-1, e.own.end).end
		if text, err = e.set(p.value, end, yamlScalar(k), table[k]); err != nil {
			return "", err
		}
	}
	return text, nil
}

// added is the text with a new entry behind the others.
func (c yamlConfig) added(e *yamlEntry, name string, fields []Field) string {
	head := strings.Repeat(" ", e.indent)
	first, rest := head+name+":"+e.nl+head+"  ", e.nl+head+"  "
	if c.list {
		first = head + "- "
	}
	var lines []string
	for _, f := range fields {
		if table, ok := f.Value.(map[string]string); !ok || len(table) > 0 {
			lines = append(lines, yamlField(f.Key, f.Value, e.nl, e.indent+2))
		}
	}
	entry := first + strings.Join(lines, rest) + e.nl
	if e.section == nil {
		text := withNewline(e.text, e.nl)
		if e.top == nil {
			text += strings.ReplaceAll(c.preamble, "\n", e.nl)
		}
		return text + c.section + ":" + e.nl + entry
	}
	text := e.with(block{e.span.end, e.span.end}, entry)
	if value := e.section.value; value.flow { // [] or {}
		from := e.lines[value.line-1] + value.column - 1
		to := from + strings.IndexAny(text[from:], "]}") + 1
		text = strings.TrimRight(text[:from], " ") + text[to:]
	}
	return text
}

// set replaces a value of a block m, which ends before line end, with its key's
// lines, or adds it behind the others.
func (e *yamlEntry) set(m *yamlNode, end int, key string, value any) (string, error) {
	if m.kind != yamlMapping || m.flow || len(m.content) == 0 {
		return "", &Error{WrongShape, m.line, "a server in one line is not edited"}
	}
	indent := m.column - 1
	field := yamlField(key, value, e.nl, indent)
	p := e.find(m, key)
	if p == nil {
		last := e.block(m.content[len(m.content)-2].line, 0, indent, end)
		return e.with(block{last.end, last.end}, strings.Repeat(" ", indent)+field+e.nl), nil
	}
	if p.value.comment != "" && p.value.kind == yamlScalarKind {
		field += " " + p.value.comment
	}
	rest := e.text[e.lines[e.block(p.key.line, p.next, indent, end).end]:]
	return e.text[:e.lines[p.key.line-1]+indent] + field + e.nl + rest, nil
}

func (c yamlConfig) Remove(text, name string) (string, error) {
	e, err := c.locate(text, name)
	if err != nil || e.entry == nil {
		return text, err
	}
	size := len(e.section.value.content)
	if size > 2 || c.list && size > 1 {
		return e.with(e.own, ""), nil
	}
	key := e.section.key
	header := block{key.line - 1, key.line}
	line := e.of(header)
	if strings.TrimSpace(line) == c.section+":" { // an empty section is an error to some
		line = ""
	} else {
		empty := map[bool]string{true: " []", false: " {}"}[c.list]
		line = strings.Replace(line, ":", ":"+empty, 1)
	}
	text = e.with(e.own, "")
	return text[:e.lines[header.first]] + line + text[e.lines[header.end]:], nil
}

// yamlField renders a key with its value; lines behind the first are indented.
func yamlField(key string, value any, nl string, indent int) string {
	inner := nl + strings.Repeat(" ", indent+2)
	switch v := value.(type) {
	case string:
		return key + ": " + yamlScalar(v)
	case []string:
		if len(v) == 0 {
			return key + ": []"
		}
		out := key + ":"
		for _, item := range v {
			out += inner + "- " + yamlScalar(item)
		}
		return out
	case map[string]string:
		if len(v) == 0 {
			return key + ": {}"
		}
		out := key + ":"
		for _, name := range sortedKeys(v) {
			out += inner + yamlScalar(name) + ": " + yamlScalar(v[name])
		}
		return out
	}
	return fmt.Sprintf("%s: %v", key, value)
}

// yamlScalar leaves words and paths plain; else JSON's quotes are YAML's.
func yamlScalar(s string) string {
	plain := regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./-]*$`)
	if words := []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}; plain.MatchString(s) && !slices.Contains(words, strings.ToLower(s)) {
		return s
	}
	return quoteJSON(s)
}
