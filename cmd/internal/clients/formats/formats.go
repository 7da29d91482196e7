// Package formats edits one server's entry in the text of a configuration file, in
// JSON, TOML or YAML, and leaves every other byte of it as it was.
//
// It knows texts only: no files, no clients. What it cannot edit with certainty it
// refuses with an *Error that quotes nothing. A further language implements Format in
// a file of its own.
package formats

import (
	"fmt"
	"maps"
	"slices"
)

// Format edits the entries of one configuration language at one place in a file.
// Texts are whole files, names those of entries, root a whole file decoded. Errors are
// *Error.
type Format interface {
	// Open decodes a text and returns the entry's own part of it, "" if it has
	// none. It refuses what cannot be edited.
	Open(text, name string) (root map[string]any, own string, err error)
	// Merge brings the entry to the wanted fields and keeps what else it holds.
	Merge(text, name string, fields []Field) (string, error)
	// Remove takes the entry out; a text without it stays as it is.
	Remove(text, name string) (string, error)

	// Entry returns the decoded entry, nil if there is none. Something of that name
	// that is no table is an empty one.
	Entry(root map[string]any, name string) map[string]any
	// Others renders what a file says apart from the entry: it must never change. It
	// sees what was decoded, so that it does not share an edit's mistakes.
	Others(root map[string]any, name string) string
	// KeyOf names a key of an entry for people.
	KeyOf(name, key string) string
}

// place is where a file keeps its servers: by their names in one table or, with
// list, in a list of entries with a key "name".
type place struct {
	section string
	list    bool
}

func (p place) Entry(root map[string]any, name string) map[string]any {
	if i := p.index(root, name); i >= 0 {
		return root[p.section].([]any)[i].(map[string]any)
	}
	servers, _ := root[p.section].(map[string]any)
	value, there := servers[name]
	if !there {
		return nil
	}
	if table, ok := value.(map[string]any); ok && table != nil {
		return table
	}
	return map[string]any{}
}

// index finds an entry in a list, -1 if there is none.
func (p place) index(root map[string]any, name string) int {
	list, _ := root[p.section].([]any)
	return slices.IndexFunc(list, func(item any) bool {
		table, _ := item.(map[string]any)
		return p.list && table["name"] == name
	})
}

func (p place) Others(root map[string]any, name string) string {
	root = maps.Clone(root)
	if i := p.index(root, name); i >= 0 {
		root[p.section] = slices.Delete(slices.Clone(root[p.section].([]any)), i, i+1)
	} else if servers, ok := root[p.section].(map[string]any); ok {
		servers = maps.Clone(servers)
		delete(servers, name)
		root[p.section] = servers
	}
	switch section := root[p.section].(type) { // an empty section says as much as none
	case nil:
		delete(root, p.section)
	case map[string]any:
		if len(section) == 0 {
			delete(root, p.section)
		}
	case []any:
		if len(section) == 0 {
			delete(root, p.section)
		}
	}
	return fmt.Sprintf("%#v", root)
}

func (p place) KeyOf(name, key string) string {
	if p.list {
		return p.section + "[" + name + "]." + key
	}
	return p.section + "." + name + "." + key
}
