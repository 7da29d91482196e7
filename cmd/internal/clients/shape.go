package clients

import (
	"maps"
	"slices"
	"strings"
)

// programName is how an entry is recognised as ours, wherever the program lies.
const programName = "kakaotalk-mcp"

// callSeconds is what clients shall wait for a tool call where they can be told:
// a call may wait 45 s for a person (humanBudget in tools), and several messages follow it.
const callSeconds = 120

// shape is what a client's entry looks like: its keys in the order in which they
// are written. A key with a dot stands in a table of its own.
type shape []part

type part struct {
	key   string
	value any // a slot; anything else is written where the key is missing
}

// slot is a part of an Entry that clients keep under keys of their own.
type slot int

const (
	program slot = iota
	arguments
	commandLine     // program and arguments in one list
	serverName      // in formats that list entries
	variables       // Entry.Env
	allVariables    // the same and the session's, for a client that gives servers almost none
	passedVariables // names of the session's variables
)

// field is one key of an entry with its value. A list or map that merges keeps what
// else the user put in. A default is written only where the key is missing.
type field struct {
	key       string
	value     any // string, bool, int, []string or map[string]string
	merges    bool
	isDefault bool
}

func (s shape) fields(e Entry, sys System) []field {
	var list []field
	for _, p := range s {
		f := field{key: p.key}
		switch p.value {
		case program:
			f.value = e.Command
		case arguments:
			f.value = slices.Clone(e.Args)
		case commandLine:
			f.value = append([]string{e.Command}, e.Args...)
		case serverName:
			f.value = e.Name
		case variables:
			f.value, f.merges = maps.Clone(e.Env), true
		case allVariables:
			f.value, f.merges = e.withSession(sys), true
		case passedVariables:
			f.value, f.merges = slices.Clone(e.PassEnv), true
		default:
			f.value, f.isDefault = p.value, true
		}
		list = append(list, f)
	}
	return list
}

func (e Entry) withSession(sys System) map[string]string {
	all := map[string]string{}
	for _, name := range e.PassEnv {
		if value := sys.Getenv(name); value != "" {
			all[name] = value
		}
	}
	maps.Copy(all, e.Env)
	return all
}

// programIn is the program that a decoded entry starts, "" if there is none.
func (s shape) programIn(have map[string]any) string {
	for _, p := range s {
		value := lookUp(have, p.key)
		if list, ok := value.([]any); ok && p.value == commandLine && len(list) > 0 {
			value = list[0]
		}
		if text, ok := value.(string); ok && (p.value == program || p.value == commandLine) {
			return text
		}
	}
	return ""
}

// lookUp finds a value by its key, whose dots lead into tables.
func lookUp(have map[string]any, key string) any {
	first, rest, nested := strings.Cut(key, ".")
	if !nested {
		return have[key]
	}
	table, _ := have[first].(map[string]any)
	return lookUp(table, rest)
}

// stateOf compares a decoded entry with what should be there. Further keys are
// the user's own and no difference.
func (s shape) stateOf(have map[string]any, e Entry, fields []field) State {
	switch {
	case have == nil:
		return Absent
	case !isOurs(s.programIn(have), e):
		return Foreign
	}
	for _, f := range fields {
		if !f.holds(lookUp(have, f.key)) {
			return Different
		}
	}
	return Same
}

// isOurs recognises our program in any folder, under its name or e's.
func isOurs(command string, e Entry) bool {
	return command != "" && (baseName(command) == programName || e.Command != "" && baseName(command) == baseName(e.Command))
}

func baseName(command string) string {
	command = strings.ToLower(command[strings.LastIndexAny(command, `/\`)+1:])
	return strings.TrimSuffix(command, ".exe")
}

// holds says whether a decoded value needs no change.
func (f field) holds(have any) bool {
	if f.isDefault {
		return have != nil
	}
	switch want := f.value.(type) {
	case []string:
		list, ok := have.([]any)
		if !ok || !f.merges && len(list) != len(want) {
			return have == nil && len(want) == 0
		}
		for i, s := range want {
			if f.merges && !slices.Contains(list, any(s)) || !f.merges && list[i] != s {
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
	return have == f.value
}

// mergedWith adds to a list or map what a decoded value holds beside it.
func (f field) mergedWith(have any) (any, error) {
	if !f.merges || have == nil {
		return f.value, nil
	}
	wrong := &textError{wrongShape, 0, f.key + " holds something other than strings"}
	switch want := f.value.(type) {
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
	return f.value, nil
}
