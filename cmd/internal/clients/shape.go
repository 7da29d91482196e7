package clients

import (
	"maps"
	"slices"
	"strings"

	"kakaotalk-mcp/cmd/internal/clients/formats"
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

func (s shape) fields(e Entry, sys System) []formats.Field {
	var list []formats.Field
	for _, p := range s {
		f := formats.Field{Key: p.key}
		switch p.value {
		case program:
			f.Value = e.Command
		case arguments:
			f.Value = slices.Clone(e.Args)
		case commandLine:
			f.Value = append([]string{e.Command}, e.Args...)
		case serverName:
			f.Value = e.Name
		case variables:
			f.Value, f.Merges = maps.Clone(e.Env), true
		case allVariables:
			f.Value, f.Merges = e.withSession(sys), true
		case passedVariables:
			f.Value, f.Merges = slices.Clone(e.PassEnv), true
		default:
			f.Value, f.IsDefault = p.value, true
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
		value := formats.LookUp(have, p.key)
		if list, ok := value.([]any); ok && p.value == commandLine && len(list) > 0 {
			value = list[0]
		}
		if text, ok := value.(string); ok && (p.value == program || p.value == commandLine) {
			return text
		}
	}
	return ""
}

// stateOf compares a decoded entry with what should be there. Further keys are
// the user's own and no difference.
func (s shape) stateOf(have map[string]any, e Entry, fields []formats.Field) State {
	switch {
	case have == nil:
		return Absent
	case !isOurs(s.programIn(have), e):
		return Foreign
	}
	for _, f := range fields {
		if !f.Holds(formats.LookUp(have, f.Key)) {
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
