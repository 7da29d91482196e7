package formats

import (
	"slices"
	"strings"
)

// TOML is a file in TOML whose servers are the tables [section.name].
func TOML(section string) Format { return tomlConfig{place{section: section}} }

// TOMLList is the same with tables [[section]] that have a key "name".
func TOMLList(section string) Format { return tomlConfig{place{section: section, list: true}} }

// tomlConfig is either of them.
//
// The clients' own commands are not used: `codex mcp add` drops comments of other
// servers and cannot set tool_timeout_sec or env_vars, and `vibe mcp add` drops all
// comments.
type tomlConfig struct{ place }

// tomlEntry is one entry in a document.
type tomlEntry struct {
	*tomlText
	nl    string
	path  []string // of its first table
	own   []int    // its tables
	empty int      // the item `section = []`, -1 if there is none
}

// find parses a text and refuses the forms that are not safe to edit line by line.
func (c tomlConfig) find(text, name string) (*tomlEntry, error) {
	d, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	e := &tomlEntry{tomlText: d, nl: newlineOf(text), path: []string{c.section, name}, empty: -1}
	if c.list {
		e.path = e.path[:1]
	}
	wanted, nth := c.index(d.root, name), -1 // in the list
	for i, t := range d.tables {
		if len(t.path) == 0 || t.path[0] != c.section {
			continue
		}
		under := hasPrefix(t.path, e.path)
		if c.list && t.array && len(t.path) == 1 {
			nth++
		}
		if c.list && nth < 0 || !c.list && t.array && (under || len(t.path) == 1) {
			return nil, d.errorAt(WrongShape, t.start, "servers in such a table are not edited")
		}
		if under && (!c.list || nth == wanted) {
			e.own = append(e.own, i)
		}
	}
	for i, item := range d.items {
		home := d.tables[item.table].path
		if list, ok := d.root[c.section].([]any); ok && len(list) == 0 && item.path[0] == c.section {
			e.empty = i
		} else if item.path[0] == c.section && len(home) == 0 || hasPrefix(item.path, e.path) && !hasPrefix(home, e.path) {
			return nil, d.errorAt(WrongShape, item.valueStart, "servers written with dotted keys or in one line are not edited")
		}
	}
	return e, nil
}

func hasPrefix(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

func (c tomlConfig) Open(text, name string) (map[string]any, string, error) {
	e, err := c.find(text, name)
	if err != nil {
		return nil, "", err
	}
	var own strings.Builder
	for _, i := range e.own {
		own.WriteString(text[e.tables[i].start:e.tables[i].end])
	}
	return e.root, own.String(), nil
}

func (c tomlConfig) Merge(text, name string, fields []Field) (string, error) {
	e, err := c.find(text, name)
	if err != nil {
		return "", err
	}
	if len(e.own) == 0 {
		text = c.added(e, name)
	}
	for _, f := range fields {
		if e, err = c.find(text, name); err != nil {
			return "", err
		}
		have := LookUp(c.Entry(e.root, name), f.Key)
		if f.Holds(have) {
			continue
		}
		merged, err := f.mergedWith(have)
		if err != nil {
			return "", err
		}
		key := strings.Split(f.Key, ".")
		table, isTable := f.Value.(map[string]string)
		if !isTable || e.item(key) != nil {
			if text, err = c.set(text, name, key, tomlValue(merged)); err != nil {
				return "", err
			}
			continue
		}
		for _, k := range sortedKeys(table) {
			if text, err = c.set(text, name, append(slices.Clone(key), k), tomlString(table[k])); err != nil {
				return "", err
			}
		}
	}
	return text, nil
}

// added is the text with the entry's first table behind everything else.
func (c tomlConfig) added(e *tomlEntry, name string) string {
	text := e.text
	if e.empty >= 0 { // a list of tables cannot stand beside it
		item := e.items[e.empty]
		text = text[:strings.LastIndexByte(text[:item.valueStart], '\n')+1] + text[item.valueEnd+len(upTo(text[item.valueEnd:], "\n")):]
	}
	if text != "" {
		text = withNewline(text, e.nl) + e.nl
	}
	if c.list {
		return text + "[[" + tomlKeys(e.path) + "]]" + e.nl + "name = " + tomlString(name) + e.nl
	}
	return text + "[" + tomlKeys(e.path) + "]" + e.nl
}

// item finds a key of the entry, nil if it has none.
func (e *tomlEntry) item(key []string) *tomlItem {
	for i, item := range e.items {
		if slices.Contains(e.own, item.table) && slices.Equal(item.path[len(e.path):], key) {
			return &e.items[i]
		}
	}
	return nil
}

// table finds where a key of the entry belongs: the table named as all of it but
// the end, or one that has such keys with dots. rest is the key from there on.
func (e *tomlEntry) table(key []string) (table int, rest []string, found bool) {
	parent := key[:len(key)-1]
	for _, i := range e.own {
		if slices.Equal(e.tables[i].path[len(e.path):], parent) {
			return i, key[len(parent):], true
		}
	}
	for _, item := range e.items {
		if slices.Contains(e.own, item.table) && hasPrefix(item.path[len(e.path):], parent) && len(parent) > 0 {
			return item.table, key[len(e.tables[item.table].path)-len(e.path):], true
		}
	}
	return 0, nil, false
}

// set replaces a value of the entry, or adds a line to the table that should hold
// it, which is made if need be.
func (c tomlConfig) set(text, name string, key []string, value string) (string, error) {
	e, err := c.find(text, name)
	if err != nil {
		return "", err
	}
	if item := e.item(key); item != nil {
		return text[:item.valueStart] + value + text[item.valueEnd:], nil
	}
	table, rest, found := e.table(key)
	if found {
		end := e.tables[table].end
		return withNewline(text[:end], e.nl) + tomlKeys(rest) + " = " + value + e.nl + text[end:], nil
	}
	if len(key) == 1 || len(e.own) == 0 {
		return "", &Error{WrongShape, 0, "the server has no table of its own"}
	}
	parent := slices.Concat(e.path, key[:len(key)-1])
	end := e.tables[e.own[0]].end
	return withNewline(text[:end], e.nl) + e.nl + "[" + tomlKeys(parent) + "]" + e.nl +
		tomlKeys(key[len(key)-1:]) + " = " + value + e.nl + text[end:], nil
}

func (c tomlConfig) Remove(text, name string) (string, error) {
	e, err := c.find(text, name)
	if err != nil {
		return "", err
	}
	for _, i := range slices.Backward(e.own) {
		head, tail := text[:e.tables[i].start], text[e.tables[i].end:]
		// The blank line that set the table apart goes with it.
		if strings.HasSuffix(head, e.nl+e.nl) {
			head = strings.TrimSuffix(head, e.nl)
		} else if head == "" {
			tail = strings.TrimPrefix(tail, e.nl)
		}
		text = head + tail
	}
	return text, nil
}
