package tools

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// evalCase is what an assistant asks for, call after call, and what must come of
// it. The arguments are for [sandboxtest.World.Fill].
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
	"twins":        func(w *world) { w.Friend("김지민") },
	"quota":        func(w *world) { w.Kakao.UseUpQuota(w.Kakao.Owner().ID) },
	"lost answer":  func(w *world) { w.Fault(sandbox.Faults{FailPath: "/v1/api/talk/friends/message", Cut: "after"}) },
	"lost request": func(w *world) { w.Fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", Cut: "before"}) },
	"500":          func(w *world) { w.Fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", FailStatus: 500}) },
	"third part": func(w *world) {
		w.Fault(sandbox.Faults{FailPath: "/v1/api/talk/friends/message", FailNth: 3, FailStatus: 400, FailBody: `{"code":-10,"msg":"secret words"}`})
	},
	"alone": func(w *world) { w.Lonely() },
}

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
				a := w.call(call.Tool, w.Fill(string(call.Args)))
				a.wantWholeHalves(t)
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
	w.T.Helper()
	if c.Parts == 0 {
		if diff := cmp.Diff(append([]string{}, c.Arrived...), w.Arrived()); diff != "" {
			w.T.Error(diff)
		}
		return
	}
	var got string
	list := w.Kakao.Deliveries()
	for i, d := range list {
		_, body, ok := strings.Cut(d.Text, ")\n")
		if !ok || !strings.HasPrefix(d.Text, "("+strconv.Itoa(i+1)+"/"+strconv.Itoa(c.Parts)+")") {
			w.T.Errorf("part %d is %q", i+1, d.Text)
		}
		got += body
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	n := 900
	if c.Parts > 5 {
		n = 3000
	}
	if len(list) != c.Parts || squeeze(got) != squeeze(sandboxtest.Letters(n)) {
		w.T.Errorf("%d parts, want %d; whole: %v", len(list), c.Parts, squeeze(got) == squeeze(sandboxtest.Letters(n)))
	}
}
