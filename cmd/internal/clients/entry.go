package clients

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// programName is how an entry is recognised as ours, wherever the program lies.
const programName = "kakaotalk-mcp"

// callSeconds is what clients shall wait for a tool call where they can be told:
// a call may wait 45 s for a person, and several messages follow it.
const callSeconds = 120

// field is one key of an entry. A list or map merges: what else the user put in
// stays. A default is written only where the key is missing.
type field struct {
	key       string
	value     any // string, int, []string or map[string]string
	merges    bool
	isDefault bool
}

const (
	hexDigits   = "0123456789ABCDEFabcdef"
	wordLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
)

func isPlainName(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsAny(s[:1], "_-") && strings.Trim(s, wordLetters) == ""
}

const secretNames = `(?i)(SECRET|PASSWORD|API_?KEY|ACCESS_?KEY|_TOKEN$|^TOKEN$|^KAKAO_CLIENT_ID$)`

// isKey: Kakao's app keys and secrets are 32 letters and digits (hexadecimal keys).
func isKey(s string) bool { return len(s) == 32 && strings.Trim(s, hexDigits) == "" }

// check refuses entries that no client should get.
func (s System) check(e Entry) *Problem {
	if !isPlainName(e.Name) {
		return s.badEntry("the name must be 1 to 64 letters, digits, - or _")
	}
	if !isAbs(s.OS, e.Command) || strings.ContainsAny(e.Command, "\x00\r\n") {
		return s.badEntry("the program's path must be absolute")
	}
	if s.temporary(e.Command) {
		return s.temporaryProgram()
	}
	secretName := regexp.MustCompile(secretNames)
	for _, arg := range e.Args {
		name, value, assigns := strings.Cut(arg, "=")
		isOption := assigns || strings.HasPrefix(arg, "-") // else a word or a path
		if isOption && secretName.MatchString(strings.ReplaceAll(name, "-", "_")) || isKey(arg) || isKey(value) {
			return s.secretInEntry()
		}
	}
	for name, value := range e.Env {
		if secretName.MatchString(name) || isKey(value) {
			return s.secretInEntry()
		}
	}
	if slices.ContainsFunc(e.PassEnv, secretName.MatchString) {
		return s.secretInEntry()
	}
	return nil
}

// isAbs is filepath.IsAbs for another system's paths.
func isAbs(system, path string) bool {
	if system != "windows" {
		return strings.HasPrefix(path, "/")
	}
	drive := len(path) > 3 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') &&
		('A' <= path[0]&^0x20 && path[0]&^0x20 <= 'Z')
	return drive || strings.HasPrefix(path, `\\`)
}

// temporary reports a program that `go run` built or that lies in the folder for
// temporary files: it is gone when the client starts it.
func (s System) temporary(command string) bool {
	program := s.slashed(command)
	for part := range strings.SplitSeq(program, "/") {
		if strings.HasPrefix(part, "go-build") {
			return true
		}
	}
	resolved, _ := filepath.EvalSymlinks(s.TempDir) // macOS: /var is /private/var
	for _, dir := range []string{s.TempDir, resolved} {
		if dir != "" && strings.HasPrefix(program, strings.TrimRight(s.slashed(dir), "/")+"/") {
			return true
		}
	}
	return false
}

// slashed makes paths comparable: Windows knows two separators and no case.
func (s System) slashed(p string) string {
	if s.OS == "windows" {
		p = strings.ToLower(strings.ReplaceAll(p, `\`, "/"))
	}
	return path.Clean(p)
}

// isOurs recognises our program in any folder, under its name or e's.
func isOurs(command any, e Entry) bool {
	text, _ := command.(string)
	return text != "" && (baseName(text) == programName || e.Command != "" && baseName(text) == baseName(e.Command))
}

func baseName(command string) string {
	command = strings.ToLower(command[strings.LastIndexAny(command, `/\`)+1:])
	return strings.TrimSuffix(command, ".exe")
}

// stateOf compares a decoded entry with what should be there. Further keys are
// the user's own and no difference.
func stateOf(have map[string]any, e Entry, fields []field) State {
	switch {
	case have == nil:
		return Absent
	case !isOurs(have["command"], e):
		return Foreign
	}
	for _, f := range fields {
		if !f.holds(have[f.key]) {
			return Different
		}
	}
	return Same
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
