package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

const (
	program = "kakaotalk-mcp"
	// shown begins the one line that shows a secret, that of the practice app.
	shown = "연습용 시크릿: " + sandbox.SecretMark
)

// harnesses are the test binaries that run the program as a person or client would:
// what they give to it, they may know. The tests of other packages have the project's
// code in themselves.
type harnesses []string

func (h harnesses) has(by string) bool { return slices.Contains(h, strings.TrimSuffix(by, ".test")) }

// ours reports whether the code of this project runs in a process of that name.
func (h harnesses) ours(by string) bool {
	return by == program || strings.HasSuffix(by, ".test") && by != "leaktest.test" && by != "secrets.test" && !h.has(by)
}

// scanners look for what may not be in places of different kinds.
type scanners struct {
	credentials *leaktest.Scanner // may be in the token store only
	told        *leaktest.Scanner // uuids may be where a person or client asked for friends
	private     *leaktest.Scanner
	texts       int
	harnesses
}

func newScanners(texts []string, h harnesses) scanners {
	told := append(slices.Clone(texts), sandbox.SecretMark)
	return scanners{leaktest.New(sandbox.SecretMark), leaktest.New(told...), leaktest.New(append(told, sandbox.UUIDMark)...), len(texts), h}
}

// trace looks through what this project's programs did, and counts the programs
// that they started and the places that they wrote to.
func (s scanners) trace(t *leaktest.Trace) (found []string, programs, writes int) {
	add := func(what []string, format string, args ...any) {
		for _, w := range what {
			found = append(found, fmt.Sprintf(format, args...)+": "+w)
		}
	}
	for _, e := range t.Executions {
		if !s.ours(e.By) {
			continue
		}
		programs++
		add(s.private.Find([]byte(strings.Join(e.Args, "\n"))), "%s gave an argument to %s", e.By, e.Path)
		if base := path.Base(e.Path); base != program && base != e.By { // itself gets the settings as they were given to it
			given := func(variable string) bool { return strings.HasPrefix(variable, "KAKAOTALK_TEST_") } // from test to test
			env := slices.DeleteFunc(slices.Clone(e.Env), given)
			add(s.private.Find([]byte(strings.Join(env, "\n"))), "%s left in the environment of %s", e.By, e.Path)
		}
	}
	for _, w := range t.Streams {
		without := s.without(w)
		if !s.ours(w.By) || without == nil {
			continue
		}
		writes++
		add(without.Find(w.Text), "%s wrote to %d, %s", w.By, w.FD, w.To)
		if w.Cut && w.By == program { // tests make large files
			add([]string{"not seen whole"}, "%s wrote to %d, %s", w.By, w.FD, w.To)
		}
	}
	for _, n := range t.Names {
		if s.ours(n.By) {
			add(s.private.Find([]byte(n.Path)), "%s named a file %s", n.By, n.Path)
		}
	}
	return found, programs, writes
}

// without is what may not be in what was written to one place; nil where anything
// may be: the token store, and connections to Kakao, models and clients.
func (s scanners) without(w *leaktest.Stream) *leaktest.Scanner {
	switch {
	case w.FD == 1:
		return s.credentials
	case w.FD == 2:
		w.Text = []byte(withoutAnswers(string(w.Text)))
		return s.private
	case !strings.HasPrefix(w.To, "/") || path.Base(path.Dir(w.To)) == "secrets":
		return nil
	case strings.HasPrefix(path.Base(w.To), "friends.json"): // aliases and approvals of the user
		return s.credentials
	}
	return s.private
}

// withoutAnswers is what was written to stderr without the uuids that a person is
// to choose from, and the secret of the practice app. Lines of the log have neither.
func withoutAnswers(stderr string) string {
	var b strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "time=") {
			line = strings.ReplaceAll(line, shown, "")
			line = strings.ReplaceAll(line, sandbox.UUIDMark, "")
		}
		b.WriteString(line)
	}
	return b.String()
}

// template is where a request to Kakao has the message.
var template = regexp.MustCompile(`template_(?:object|args)=([^&\s]+)`)

// telling reports whether a text would not be found by chance: it is not short, nor
// one letter many times.
func telling(text []rune) bool {
	return len(string(text)) > 20 && len(slices.Compact(slices.Sorted(slices.Values(text)))) > 4
}

// messages are the texts that went to Kakao or to a tool, of each the beginning.
func messages(t *leaktest.Trace, h harnesses) []string {
	texts := map[string]bool{}
	var add func(value any)
	add = func(value any) {
		switch v := value.(type) {
		case string:
			if beginning := []rune(v); telling(beginning) && !strings.HasPrefix(v, "http") {
				texts[string(beginning[:min(len(beginning), 40)])] = true
			}
		case map[string]any:
			for _, inner := range v {
				add(inner)
			}
		case []any:
			for _, inner := range v {
				add(inner)
			}
		}
	}
	for _, w := range t.Streams {
		switch {
		case strings.HasPrefix(w.To, "socket:"):
			for _, m := range template.FindAllSubmatch(w.Text, -1) {
				var object any
				if raw, err := url.QueryUnescape(string(m[1])); err == nil && json.Unmarshal([]byte(raw), &object) == nil {
					add(object)
				}
			}
		case strings.HasPrefix(w.To, "pipe:") && h.has(w.By):
			for line := range strings.Lines(string(w.Text)) {
				var call struct {
					Params struct{ Arguments struct{ Message string } }
				}
				if json.Unmarshal([]byte(line), &call) == nil {
					add(call.Params.Arguments.Message)
				}
			}
		}
	}
	list := make([]string, 0, len(texts))
	for text := range texts {
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}
