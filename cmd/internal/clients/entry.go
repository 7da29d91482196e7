package clients

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

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

// Check refuses an entry that no client should get. The error is a
// *problem.Problem; every method that takes the entry gives the same.
func (s System) Check(e Entry) error {
	if !isPlainName(e.Name) {
		return s.badEntry("the name must be 1 to 64 letters, digits, - or _")
	}
	if !isAbs(s.OS, e.Command) || strings.ContainsAny(e.Command, "\x00\r\n") {
		return s.badEntry("the program's path must be absolute")
	}
	if s.IsTemporary(e.Command) {
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

// IsTemporary reports a program that `go run` built or that lies in the folder for
// temporary files: it is gone when the client starts it.
func (s System) IsTemporary(command string) bool {
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
