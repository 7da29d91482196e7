package clients

import (
	"fmt"
	"maps"
	"slices"
)

// language edits one configuration language. Every method takes and returns whole
// texts; errors are *textError.
type language interface {
	// open decodes a text and returns the entry's own part of it, "" if it has
	// none. It refuses what cannot be edited.
	open(text, name string) (root map[string]any, own string, err error)
	// merge brings the entry to the wanted fields and keeps what else it holds.
	merge(text, name string, fields []field) (string, error)
	remove(text, name string) (string, error)

	entry(root map[string]any, name string) map[string]any
	others(root map[string]any, name string) string
	keyOf(name, key string) string
}

// place is where a file keeps its servers: by their names in one table or, with
// list, in a list of entries with a key "name".
type place struct {
	section string
	list    bool
}

// entry returns the decoded entry of that name, nil if there is none. Something of
// that name that is no table is an empty one: foreign.
func (p place) entry(root map[string]any, name string) map[string]any {
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

// others renders what a decoded file says apart from the entry: it must never
// change. It sees what was decoded, so that it does not share an edit's mistakes.
func (p place) others(root map[string]any, name string) string {
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

// read returns the decoded entry, nil if there is none, and its own text.
func (c Client) read(text, name string) (map[string]any, string, error) {
	root, own, err := c.language.open(text, name)
	if err != nil {
		return nil, "", err
	}
	return c.language.entry(root, name), own, nil
}

// keyOf names a key of an entry for people.
func (p place) keyOf(name, key string) string {
	if p.list {
		return p.section + "[" + name + "]." + key
	}
	return p.section + "." + name + "." + key
}
