package formats

import (
	"maps"
	"slices"
	"strings"
)

// Field is one key of an entry with its value. A list or map that merges keeps what
// else the user put in. A default is written only where the key is missing.
type Field struct {
	Key       string
	Value     any // string, bool, int, []string or map[string]string
	Merges    bool
	IsDefault bool
}

// Holds says whether a decoded value needs no change.
func (f Field) Holds(have any) bool {
	if f.IsDefault {
		return have != nil
	}
	switch want := f.Value.(type) {
	case []string:
		list, ok := have.([]any)
		if !ok || !f.Merges && len(list) != len(want) {
			return have == nil && len(want) == 0
		}
		for i, s := range want {
			if f.Merges && !slices.Contains(list, any(s)) || !f.Merges && list[i] != s {
				return false
			}
		}
		return true
	case map[string]string:
		table, _ := have.(map[string]any)
		for name, value := range want {
			if table[name] != value {
				return false
			}
		}
		return true
	}
	return have == f.Value
}

// mergedWith adds to a list or map what a decoded value holds beside it.
func (f Field) mergedWith(have any) (any, error) {
	if !f.Merges || have == nil {
		return f.Value, nil
	}
	wrong := &Error{WrongShape, 0, f.Key + " holds something other than strings"}
	switch want := f.Value.(type) {
	case []string:
		old, ok := have.([]any)
		var list []string
		for _, value := range old {
			s, isString := value.(string)
			list, ok = append(list, s), ok && isString
		}
		if !ok {
			return nil, wrong
		}
		for _, s := range want {
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
		return list, nil
	case map[string]string:
		all := map[string]string{}
		old, ok := have.(map[string]any)
		for key, value := range old {
			s, isString := value.(string)
			all[key], ok = s, ok && isString
		}
		if !ok {
			return nil, wrong
		}
		maps.Copy(all, want)
		return all, nil
	}
	return f.Value, nil
}

// LookUp finds a value by its key, whose dots lead into tables.
func LookUp(have map[string]any, key string) any {
	first, rest, nested := strings.Cut(key, ".")
	if !nested {
		return have[key]
	}
	table, _ := have[first].(map[string]any)
	return LookUp(table, rest)
}
