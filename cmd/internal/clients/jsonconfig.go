package clients

import (
	"encoding/json"
	"slices"
	"sort"

	"github.com/tailscale/hujson"
)

// jsonConfig is a configuration in JSON, with or without comments, that keeps its
// servers by name in one object.
type jsonConfig struct {
	section string
	shape   shape
}

// shape is what a client's entry has beside command, args and env.
type shape struct {
	typed      bool // "type": "stdio"
	passValues bool // gives servers an almost empty environment
	timeoutKey string
	timeout    int
}

func (c jsonConfig) fields(e Entry, sys System) []field {
	var list []field
	if c.shape.typed {
		list = append(list, field{key: "type", value: "stdio", isDefault: true})
	}
	list = append(list, field{key: "command", value: e.Command}, field{key: "args", value: slices.Clone(e.Args)})
	env := map[string]string{}
	for _, name := range e.PassEnv {
		if value := sys.Getenv(name); c.shape.passValues && value != "" {
			env[name] = value
		}
	}
	for name, value := range e.Env {
		env[name] = value
	}
	list = append(list, field{key: "env", value: env, merges: true})
	if c.shape.timeoutKey != "" {
		list = append(list, field{key: c.shape.timeoutKey, value: c.shape.timeout, isDefault: true})
	}
	return list
}

func (c jsonConfig) read(text, name string) (map[string]any, string, error) {
	d, err := parseJSON(text)
	if err != nil {
		return nil, "", err
	}
	v, depth, err := d.find([]string{c.section, name})
	if err != nil {
		return nil, "", err
	}
	if depth < 2 {
		if _, isObject := v.Value.(*hujson.Object); !isObject {
			return nil, "", d.errorAt(wrongShape, v.StartOffset, "an object is expected here")
		}
		return nil, "", nil
	}
	entry := v.Clone()
	entry.Standardize()
	var have map[string]any
	if err := json.Unmarshal([]byte(entry.String()), &have); err != nil || have == nil {
		have = map[string]any{} // of that name, but no entry: foreign
	}
	return have, d.text[v.StartOffset:v.EndOffset], nil
}

func (c jsonConfig) merge(text, name string, fields []field) (string, error) {
	have, _, err := c.read(text, name)
	if err != nil {
		return "", err
	}
	path := []string{c.section, name}
	if have == nil || have["command"] == nil {
		return setJSON(text, path, newObject(fields))
	}
	for _, f := range fields {
		if f.holds(have[f.key]) {
			continue
		}
		table, isTable := f.value.(map[string]string)
		if old, _ := have[f.key].(map[string]any); !isTable || old == nil {
			text, err = setJSON(text, append(slices.Clone(path), f.key), jsonValue(f.value))
		} else {
			for _, key := range sortedKeys(table) {
				if err == nil && old[key] != table[key] {
					text, err = setJSON(text, append(slices.Clone(path), f.key, key), table[key])
				}
			}
		}
		if err != nil {
			return "", err
		}
	}
	return text, nil
}

func (c jsonConfig) remove(text, name string) (string, error) {
	return removeJSON(text, []string{c.section, name})
}

// others takes the entry out of the parsed tree, not out of the text, so that it
// does not share the mistakes of remove.
func (c jsonConfig) others(text, name string) (string, error) {
	d, err := parseJSON(text)
	if err != nil {
		return "", err
	}
	if section, depth, err := d.find([]string{c.section}); err != nil {
		return "", err
	} else if depth == 1 {
		if err := d.drop(section, name, false); err != nil {
			return "", err
		}
		// An empty section says as much as none.
		if err := d.drop(&d.root, c.section, true); err != nil {
			return "", err
		}
	}
	d.root.Minimize()
	return d.root.String(), nil
}

// drop deletes a member of an object from the tree.
func (d *jsonText) drop(v *hujson.Value, name string, onlyEmpty bool) error {
	i, err := d.child(v, name)
	if err != nil || i < 0 {
		return err
	}
	obj := v.Value.(*hujson.Object)
	if inner, ok := obj.Members[i].Value.Value.(*hujson.Object); !onlyEmpty || ok && len(inner.Members) == 0 {
		obj.Members = slices.Delete(obj.Members, i, i+1)
	}
	return nil
}

func newObject(fields []field) object {
	var o object
	for _, f := range fields {
		if table, ok := f.value.(map[string]string); !ok || len(table) > 0 {
			o = append(o, member{f.key, jsonValue(f.value)})
		}
	}
	return o
}

// jsonValue turns a table into an object of a settled order.
func jsonValue(value any) any {
	table, ok := value.(map[string]string)
	if !ok {
		return value
	}
	var o object
	for _, key := range sortedKeys(table) {
		o = append(o, member{key, table[key]})
	}
	return o
}

func sortedKeys(table map[string]string) []string {
	keys := make([]string, 0, len(table))
	for key := range table {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
