package tools

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// evalCase is what an assistant asks for, call after call, and what must come of
// it. In arguments "@name" stands for a friend's uuid and "#n" for n characters.
type evalCase struct {
	Name, Setup string
	Calls       []struct {
		Tool, Status, Reason string
		Args                 json.RawMessage
		Candidates, Friends  []string
	}
	Arrived []string
	Parts   int // instead of Arrived: that many parts, in order
}

var evalSetups = map[string]func(*world){
	"":             func(*world) {},
	"twins":        func(w *world) { w.friend("김지민") },
	"quota":        func(w *world) { w.kakao.UseUpQuota(w.kakao.Owner().ID) },
	"lost answer":  func(w *world) { w.fault(sandbox.Faults{FailPath: "/v1/api/talk/friends/message", Cut: "after"}) },
	"lost request": func(w *world) { w.fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", Cut: "before"}) },
	"500":          func(w *world) { w.fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", FailStatus: 500}) },
	"third part": func(w *world) {
		w.fault(sandbox.Faults{FailPath: "/v1/api/talk/friends/message", FailNth: 3, FailStatus: 400, FailBody: `{"code":-10,"msg":"secret words"}`})
	},
	"alone": func(w *world) {
		for _, p := range w.kakao.People()[1:] {
			w.kakao.Befriend(w.kakao.Owner().ID, p.ID, sandbox.Friendship{Hidden: true})
		}
	},
}

func (w *world) fault(f sandbox.Faults) { w.kakao.SetFaults(f) }

// TestEvaluation plays requests as an assistant makes them: no wrong receiver, no
// duplicate, no silent loss.
func TestEvaluation(t *testing.T) {
	raw, err := os.ReadFile("testdata/requests.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []evalCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 40 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t)
			evalSetups[c.Setup](w)
			for i, call := range c.Calls {
				a := w.call(call.Tool, w.fill(string(call.Args)))
				if a.str("status") != call.Status || a.str("reason") != call.Reason {
					t.Errorf("call %d: got %q %q, want %q %q\n%s", i+1, a.str("status"), a.str("reason"), call.Status, call.Reason, a.text())
				}
				if call.Candidates != nil && !slices.Equal(a.names("candidates"), call.Candidates) {
					t.Errorf("call %d: candidates %q, want %q", i+1, a.names("candidates"), call.Candidates)
				}
				if call.Friends != nil && !slices.Equal(a.names("friends"), call.Friends) {
					t.Errorf("call %d: friends %q, want %q", i+1, a.names("friends"), call.Friends)
				}
				if strings.Contains(a.text(), "secret words") {
					t.Errorf("call %d quotes Kakao: %s", i+1, a.text())
				}
			}
			w.wantDeliveries(c)
		})
	}
}

func (w *world) wantDeliveries(c evalCase) {
	w.t.Helper()
	if c.Parts == 0 {
		if diff := cmp.Diff(append([]string{}, c.Arrived...), w.arrived()); diff != "" {
			w.t.Error(diff)
		}
		return
	}
	var got string
	list := w.kakao.Deliveries()
	for i, d := range list {
		_, body, ok := strings.Cut(d.Text, ")\n")
		if !ok || !strings.HasPrefix(d.Text, "("+itoa(i+1)+"/"+itoa(c.Parts)+")") {
			w.t.Errorf("part %d is %q", i+1, d.Text)
		}
		got += body
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	n := 900
	if c.Parts > maxPartsFriends {
		n = 3000
	}
	if len(list) != c.Parts || squeeze(got) != squeeze(letters(n)) {
		w.t.Errorf("%d parts, want %d; whole: %v", len(list), c.Parts, squeeze(got) == squeeze(letters(n)))
	}
}

var placeholder = regexp.MustCompile(`"([@#])([^"]+)"`)

func (w *world) fill(args string) string {
	return placeholder.ReplaceAllStringFunc(args, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		text := ""
		if m[1] == "@" {
			text = w.uuid(m[2])
		} else {
			text = letters(atoi(m[2]))
		}
		quoted, _ := json.Marshal(text)
		return string(quoted)
	})
}
