package formats

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// JSON is a file in JSON, with or without comments, whose servers stand by name in
// the object of that key.
func JSON(section string) Format { return jsonConfig{place{section: section}} }

type jsonConfig struct{ place }

func (c jsonConfig) Open(text, name string) (map[string]any, string, error) {
	d, err := parseJSON(text)
	if err != nil {
		return nil, "", err
	}
	v, depth, err := d.find([]string{c.section, name})
	if err != nil {
		return nil, "", err
	}
	own := ""
	if depth == 2 {
		own = d.text[v.StartOffset:v.EndOffset]
	} else if _, isObject := v.Value.(*hujson.Object); !isObject {
		return nil, "", d.errorAt(WrongShape, v.StartOffset, "an object is expected here")
	}
	d.root.Standardize()
	dec := json.NewDecoder(bytes.NewReader(d.root.Pack()))
	dec.UseNumber()
	root := map[string]any{}
	if err := dec.Decode(&root); err != nil {
		return nil, "", &Error{WrongSyntax, 0, "not valid JSON"}
	}
	return root, own, nil
}

func (c jsonConfig) Merge(text, name string, fields []Field) (string, error) {
	root, _, err := c.Open(text, name)
	if err != nil {
		return "", err
	}
	path := []string{c.section, name}
	have := c.Entry(root, name)
	if have == nil {
		return setJSON(text, path, newObject(fields))
	}
	for _, f := range fields {
		value := LookUp(have, f.Key)
		if f.Holds(value) {
			continue
		}
		at := append(slices.Clone(path), strings.Split(f.Key, ".")...)
		table, isTable := f.Value.(map[string]string)
		if old, _ := value.(map[string]any); !isTable || old == nil {
			text, err = setJSON(text, at, jsonValue(f.Value))
		} else {
			for _, key := range sortedKeys(table) {
				if err == nil && old[key] != table[key] {
					text, err = setJSON(text, append(slices.Clone(at), key), table[key])
				}
			}
		}
		if err != nil {
			return "", err
		}
	}
	return text, nil
}

func (c jsonConfig) Remove(text, name string) (string, error) {
	return removeJSON(text, []string{c.section, name})
}

// newObject puts fields into an object; those with a dot go one deeper.
func newObject(fields []Field) object {
	var o object
	for _, f := range fields {
		if table, ok := f.Value.(map[string]string); !ok || len(table) > 0 {
			o = o.with(strings.Split(f.Key, "."), jsonValue(f.Value))
		}
	}
	return o
}

func (o object) with(path []string, value any) object {
	if len(path) == 1 {
		return append(o, member{path[0], value})
	}
	i := slices.IndexFunc(o, func(m member) bool { return m.name == path[0] })
	if i < 0 {
		return append(o, member{path[0], object(nil).with(path[1:], value)})
	}
	o[i].value = o[i].value.(object).with(path[1:], value)
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
