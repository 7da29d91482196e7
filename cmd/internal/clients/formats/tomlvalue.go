package formats

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// The parser gives statements; what they define together, and whether twice, is
// put together here (TOML 1.0, sections Table, Inline Table and Array of Tables). The
// library's own decoder does so, too, and makes the program larger by 0.2 MB; a test
// holds this to it.

// tomlMap is a table while the document is read.
type tomlMap struct {
	values map[string]any // *tomlMap, *tomlList, []any or a value
	// how it came about: by a header, by a dotted key, or in {} and closed since
	headed, dotted, closed bool
}

// tomlList is an array of tables.
type tomlList struct{ tables []*tomlMap }

func newTOMLMap() *tomlMap { return &tomlMap{values: map[string]any{}} }

// decoded is the table as Go has it.
func (m *tomlMap) decoded() map[string]any {
	out := make(map[string]any, len(m.values))
	for key, value := range m.values {
		out[key] = decodedTOML(value)
	}
	return out
}

func decodedTOML(value any) any {
	switch v := value.(type) {
	case *tomlMap:
		return v.decoded()
	case *tomlList:
		list := make([]any, len(v.tables))
		for i, table := range v.tables {
			list[i] = table.decoded()
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = decodedTOML(item)
		}
		return list
	}
	return value
}

// header opens the table of [path], or a new one of [[path]]; nil if it may not be.
func (m *tomlMap) header(path []string, array bool) *tomlMap {
	for _, key := range path[:len(path)-1] {
		switch next := m.values[key].(type) {
		case nil:
			inner := newTOMLMap()
			m.values[key] = inner
			m = inner
		case *tomlMap:
			if next.closed {
				return nil
			}
			m = next
		case *tomlList:
			m = next.tables[len(next.tables)-1]
		default:
			return nil
		}
	}
	key, inner := path[len(path)-1], newTOMLMap()
	inner.headed = true
	switch have := m.values[key].(type) {
	case nil:
		m.values[key] = inner
		if array {
			m.values[key] = &tomlList{[]*tomlMap{inner}}
		}
		return inner
	case *tomlList:
		if array {
			have.tables = append(have.tables, inner)
			return inner
		}
	case *tomlMap:
		if !array && !have.headed && !have.dotted && !have.closed {
			have.headed = true
			return have
		}
	}
	return nil
}

// set puts a value at a key, which may be dotted; false if it may not be there.
func (m *tomlMap) set(path []string, value any) bool {
	for _, key := range path[:len(path)-1] {
		switch next := m.values[key].(type) {
		case nil:
			inner := newTOMLMap()
			inner.dotted = true
			m.values[key] = inner
			m = inner
		case *tomlMap:
			if !next.dotted {
				return false
			}
			m = next
		default:
			return false
		}
	}
	key := path[len(path)-1]
	if _, twice := m.values[key]; twice || value == nil {
		return false
	}
	m.values[key] = value
	return true
}

// readTOMLValue is what a node stands for, nil if it is not valid. Numbers and times
// stay what they look like: nothing of ours is one.
func readTOMLValue(n *unstable.Node) any {
	switch n.Kind {
	case unstable.String:
		return string(n.Data)
	case unstable.Bool:
		return n.Data[0] == 't'
	case unstable.Array:
		list := []any{}
		for items := n.Children(); items.Next(); {
			value := readTOMLValue(items.Node())
			if value == nil {
				return nil
			}
			list = append(list, value)
		}
		return list
	case unstable.InlineTable:
		table := newTOMLMap()
		for pairs := n.Children(); pairs.Next(); {
			if pair := pairs.Node(); !table.set(tomlPath(pair), readTOMLValue(pair.Value())) {
				return nil
			}
		}
		table.close()
		return table
	case unstable.Integer, unstable.Float:
		return tomlNumber(string(n.Data))
	}
	return tomlTime(string(n.Data))
}

// close ends an inline table with all that its keys made.
func (m *tomlMap) close() {
	m.closed, m.dotted = true, false
	for _, value := range m.values {
		if inner, ok := value.(*tomlMap); ok {
			inner.close()
		}
	}
}

func tomlPath(n *unstable.Node) (path []string) {
	for key := n.Key(); key.Next(); {
		path = append(path, string(key.Node().Data))
	}
	return path
}

// otherTOML is a number or a time as it is written.
type otherTOML string

var tomlNumbers = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([-+]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][-+]?[0-9](_?[0-9])*)?|0x[0-9a-fA-F](_?[0-9a-fA-F])*|0o[0-7](_?[0-7])*|0b[01](_?[01])*|[-+]?(inf|nan))$`)
})

func tomlNumber(text string) any {
	if !tomlNumbers().MatchString(text) {
		return nil
	}
	if plain := strings.ReplaceAll(text, "_", ""); !strings.ContainsAny(plain, ".eEin") || strings.HasPrefix(plain, "0x") {
		if _, err := strconv.ParseInt(strings.TrimPrefix(plain, "+"), 0, 64); err != nil {
			return nil
		}
	}
	return otherTOML(text)
}

func tomlTime(text string) any {
	plain := strings.NewReplacer("t", "T", "z", "Z", " ", "T").Replace(text)
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "15:04:05"} {
		if _, err := time.Parse(layout, plain); err == nil {
			return otherTOML(text)
		}
	}
	return nil
}
