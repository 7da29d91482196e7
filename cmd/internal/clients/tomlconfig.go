package clients

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tomlSection is where Codex keeps its servers by name.
const tomlSection = "mcp_servers"

// tomlConfig is Codex's configuration. Its own command is not used: `codex mcp
// add` drops comments of other servers and cannot set tool_timeout_sec or env_vars.
type tomlConfig struct{}

func (tomlConfig) fields(e Entry, _ System) []field {
	return []field{
		{key: "command", value: e.Command},
		{key: "args", value: slices.Clone(e.Args)},
		{key: "tool_timeout_sec", value: callSeconds, isDefault: true},
		{key: "env_vars", value: slices.Clone(e.PassEnv), merges: true},
		{key: "env", value: maps.Clone(e.Env), merges: true},
	}
}

// open parses a text and refuses the forms that are not safe to edit line by line.
func (tomlConfig) open(text, name string) (*tomlText, error) {
	d, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	for _, t := range d.tables {
		if t.array && t.path[0] == tomlSection && (len(t.path) == 1 || t.path[1] == name) {
			return nil, d.errorAt(wrongShape, t.start, "servers in a list of tables are not edited")
		}
	}
	for _, item := range d.items {
		home := d.tables[item.table].path
		inline := isUnder(item.path, name) && !isUnder(home, name)
		if item.path[0] == tomlSection && len(home) == 0 || inline {
			return nil, d.errorAt(wrongShape, item.valueStart, "servers written with dotted keys or in one line are not edited")
		}
	}
	return d, nil
}

// isUnder reports a path that begins with the server's.
func isUnder(path []string, name string) bool {
	return len(path) >= 2 && path[0] == tomlSection && path[1] == name
}

func (c tomlConfig) read(text, name string) (map[string]any, string, error) {
	d, err := c.open(text, name)
	if err != nil {
		return nil, "", err
	}
	var own strings.Builder
	for _, t := range d.tables {
		if isUnder(t.path, name) {
			own.WriteString(text[t.start:t.end])
		}
	}
	servers, _ := d.root[tomlSection].(map[string]any)
	have, _ := servers[name].(map[string]any)
	return have, own.String(), nil
}

func (c tomlConfig) merge(text, name string, fields []field) (string, error) {
	have, _, err := c.read(text, name)
	if err != nil {
		return "", err
	}
	if have == nil || have["command"] == nil {
		if text, err = c.remove(text, name); err != nil {
			return "", err
		}
		return appendTOML(text, name, fields), nil
	}
	path := []string{tomlSection, name}
	for _, f := range fields {
		if f.holds(have[f.key]) {
			continue
		}
		switch want := f.value.(type) {
		case map[string]string:
			text, err = c.mergeEnv(text, name, have[f.key], want)
		case []string:
			if f.merges {
				if want, err = mergedList(have[f.key], want); err != nil {
					return "", err
				}
			}
			text, err = c.set(text, name, append(slices.Clone(path), f.key), tomlValue(want))
		default:
			text, err = c.set(text, name, append(slices.Clone(path), f.key), tomlValue(want))
		}
		if err != nil {
			return "", err
		}
	}
	return text, nil
}

// mergeEnv writes variables the way the entry has them: in a table of their own
// (also if there are none yet), with dotted keys, or in one line.
func (c tomlConfig) mergeEnv(text, name string, have any, want map[string]string) (string, error) {
	d, err := c.open(text, name)
	if err != nil {
		return "", err
	}
	path := []string{tomlSection, name, "env"}
	inOneLine := slices.ContainsFunc(d.items, func(i tomlItem) bool { return slices.Equal(i.path, path) })
	if inOneLine {
		all := maps.Clone(want)
		old, _ := have.(map[string]any)
		for key, value := range old {
			s, ok := value.(string)
			if !ok {
				return "", &textError{wrongShape, 0, "env holds something other than strings"}
			}
			if _, ours := want[key]; !ours {
				all[key] = s
			}
		}
		return c.set(text, name, path, tomlValue(all))
	}
	if have == nil {
		main := slices.IndexFunc(d.tables, func(t tomlTable) bool { return slices.Equal(t.path, path[:2]) })
		end, nl := d.tables[main].end, newlineOf(text)
		return withNewline(text[:end], nl) + nl + tomlEnv(name, want, nl) + text[end:], nil
	}
	for _, key := range sortedKeys(want) {
		if text, err = c.set(text, name, append(slices.Clone(path), key), tomlValue(want[key])); err != nil {
			return "", err
		}
	}
	return text, nil
}

// set replaces a value, or adds a line to the table that should hold it.
func (c tomlConfig) set(text, name string, path []string, value string) (string, error) {
	d, err := c.open(text, name)
	if err != nil {
		return "", err
	}
	for _, item := range d.items {
		if slices.Equal(item.path, path) {
			return text[:item.valueStart] + value + text[item.valueEnd:], nil
		}
	}
	table := -1
	for i, t := range d.tables {
		if isUnder(t.path, name) && len(t.path) < len(path) && slices.Equal(t.path, path[:len(t.path)]) &&
			(table < 0 || len(t.path) > len(d.tables[table].path)) {
			table = i
		}
	}
	if table < 0 {
		return "", &textError{wrongShape, 0, "the server has no table of its own"}
	}
	var key []string
	for _, part := range path[len(d.tables[table].path):] {
		key = append(key, tomlKey(part))
	}
	end, nl := d.tables[table].end, newlineOf(text)
	return withNewline(text[:end], nl) + strings.Join(key, ".") + " = " + value + nl + text[end:], nil
}

func (c tomlConfig) remove(text, name string) (string, error) {
	d, err := c.open(text, name)
	if err != nil {
		return "", err
	}
	for _, t := range slices.Backward(d.tables) {
		if !isUnder(t.path, name) {
			continue
		}
		head, tail := text[:t.start], text[t.end:]
		// The blank line that set the table apart goes with it.
		if nl := newlineOf(text); strings.HasSuffix(head, nl+nl) {
			head = strings.TrimSuffix(head, nl)
		}
		text = head + tail
	}
	return text, nil
}

// others compares what is decoded, so that it does not share the mistakes of an
// edit.
func (c tomlConfig) others(text, name string) (string, error) {
	d, err := c.open(text, name)
	if err != nil {
		return "", err
	}
	if servers, _ := d.root[tomlSection].(map[string]any); servers != nil {
		delete(servers, name)
		if len(servers) == 0 { // an empty section says as much as none
			delete(d.root, tomlSection)
		}
	}
	return fmt.Sprintf("%#v", d.root), nil
}
