package tools

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/messenger"
)

// wantWholeHalves checks that the text alone, and the structure alone, carry what a model
// needs to go on, and that the text says nothing of it twice: clients show one of them.
func (a answer) wantWholeHalves(t *testing.T) {
	t.Helper()
	once := func(what, value string) {
		t.Helper()
		if n := strings.Count(a.text(), value); value == "" || n != 1 {
			t.Errorf("%s %q stands %d times in: %s", what, value, n, a.text())
		}
	}
	for _, list := range []string{"friends", "candidates"} { // whom it may mean
		people, _ := a.Result[list].([]any)
		for _, person := range people {
			uuid, _ := person.(map[string]any)["uuid"].(string)
			once(list, uuid)
		}
	}
	for _, list := range []string{"delivered", "failed"} { // who got it and who did not
		for _, name := range a.names(list) {
			if name == "나" {
				name = "나와의 채팅"
			}
			if !strings.Contains(a.text(), name) {
				t.Errorf("%s %q is not in: %s", list, name, a.text())
			}
		}
	}
	if page := a.str("login_url"); page != "" {
		once("the login", page)
	}
	if next, ok := a.Result["next_offset"]; ok && !strings.Contains(a.text(), fmt.Sprint(next)) {
		t.Errorf("the text names no next page %v: %s", next, a.text())
	}
	if !a.IsError {
		return
	}
	once("the next step", a.str("next_step"))
	if a.str("reason") == "" || a.str("retry") == "" || a.Result["total_count"] != nil || a.Result["friends"] != nil {
		t.Errorf("a refusal looks like a result: %v", a.Result)
	}
}

// TestHalvesOfLists: pages of a list, and what only a person can go on with.
func TestHalvesOfLists(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.Kakao.Fill(30)
	first := w.call(toolSearch, `{"limit":10}`)
	first.wantWholeHalves(t)
	if next := first.Result["next_offset"]; next != 10.0 {
		t.Fatalf("next page at %v: %s", next, first.text())
	}
	second := w.call(toolSearch, `{"limit":10,"offset":10}`)
	second.wantWholeHalves(t)
	if names := second.names("friends"); len(names) != 10 || slices.Equal(names, first.names("friends")) {
		t.Errorf("the second page: %q", names)
	}
}

// TestHalvesOfALogin: the address is in both, once.
func TestHalvesOfALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Visitor.Person = "nobody of this name" // the browser opens and nobody acts
	w.face.budget = shortBudget
	a := w.call(toolToMe, `{"message":"안녕"}`)
	if a.str("login_url") == "" {
		t.Fatalf("got %s", a.text())
	}
	a.wantWholeHalves(t)
}

// halves are what clients show their models of a result: Gemini CLI, opencode, Continue
// and the agents' SDKs the text, Codex CLI and Claude Code the structure.
var halves = map[string]func(answer) string{
	"text": answer.text,
	"structure": func(a answer) string {
		var out strings.Builder
		plain := json.NewEncoder(&out)
		plain.SetEscapeHTML(false)
		_ = plain.Encode(a.Result) // it came as JSON
		return out.String()
	},
}

// What a model picks out of a half.
var (
	uuids   = regexp.MustCompile(`sandbox-uuid[\w-]+`)
	logins  = regexp.MustCompile(`(?:로그인 주소: |"login_url":")(https?://[^\s"]+)`)
	offsets = regexp.MustCompile(`(?:offset: |"next_offset":)(\d+)`)
	no      = regexp.MustCompile(`다시 보내지 마세요|"retry":"no"`)
	later   = regexp.MustCompile(`내일 다시|"retry":"later"`)
	unsent  = regexp.MustCompile(`(\S+)님에게는 보내지 못했어요|"failed":\[\{"name":"([^"]+)"`)
)

// TestJobsWithOneHalf: a scripted model that sees only one half finishes every job.
func TestJobsWithOneHalf(t *testing.T) {
	for name, see := range halves {
		for job, do := range map[string]func(t *testing.T, see func(answer) string){
			"next page": func(t *testing.T, see func(answer) string) {
				w := loggedIn(t)
				w.Kakao.Fill(30)
				first := see(w.call(toolSearch, `{"limit":10}`))
				next := offsets.FindStringSubmatch(first)
				if next == nil {
					t.Fatalf("no next page in %s", first)
				}
				second := uuids.FindAllString(see(w.call(toolSearch, `{"limit":10,"offset":`+next[1]+`}`)), -1)
				if len(second) != 10 || strings.Contains(first, second[0]) {
					t.Fatalf("the second page: %q", second)
				}
				w.want(w.call(toolSend, `{"uuid":"`+second[9]+`","message":"스무 번째"}`), messenger.StatusSent, "", "")
				if to := w.Kakao.Deliveries()[0].To; w.Kakao.UUID(to) != second[9] {
					t.Errorf("it went to %d", to)
				}
			},
			"ambiguous name": func(t *testing.T, see func(answer) string) {
				w := loggedIn(t)
				w.Friend("김지민")
				both := uuids.FindAllString(see(w.call(toolSend, `{"to":["김지민"],"message":"안녕"}`)), -1)
				if len(both) != 2 {
					t.Fatalf("who is meant: %q", both)
				}
				w.want(w.call(toolSend, `{"uuid":"`+both[1]+`","message":"안녕"}`), messenger.StatusSent, "", "")
				if list := w.Kakao.Deliveries(); len(list) != 1 || w.Kakao.UUID(list[0].To) != both[1] {
					t.Errorf("it went to %+v", list)
				}
			},
			"partial result": func(t *testing.T, see func(answer) string) {
				w := loggedIn(t)
				seen := see(w.call(toolSend, `{"to":["홍길동","고은채"],"message":"안녕"}`))
				if who := unsent.FindStringSubmatch(seen); who == nil || who[1]+who[2] != "고은채" || !strings.Contains(seen, "홍길동") {
					t.Errorf("who did not get it: %q in %s", who, seen)
				}
			},
			"unknown": func(t *testing.T, see func(answer) string) {
				w := loggedIn(t)
				w.Fault(sandbox.Faults{FailPath: "/v1/api/talk/friends/message", Cut: "after"})
				if seen := see(w.call(toolSend, `{"to":["홍길동"],"message":"안녕"}`)); !no.MatchString(seen) {
					t.Errorf("a model would call again: %s", seen)
				}
				w.WantArrived("홍길동: 안녕")
			},
			"login": func(t *testing.T, see func(answer) string) {
				w := newWorld(t)
				w.Visitor.Person = "nobody of this name" // the browser opens and nobody acts
				w.face.budget = shortBudget
				page := logins.FindStringSubmatch(see(w.call(toolToMe, `{"message":"안녕"}`)))
				if page == nil {
					t.Fatal("no address")
				}
				w.face.budget = humanBudget
				if _, err := (&sandbox.Visitor{}).Visit(t.Context(), page[1]); err != nil {
					t.Fatal(err)
				}
				w.want(w.call(toolToMe, `{"message":"안녕"}`), messenger.StatusSent, "", "")
			},
			"quota": func(t *testing.T, see func(answer) string) {
				w := loggedIn(t)
				w.Kakao.UseUpQuota(w.Kakao.Owner().ID)
				if seen := see(w.call(toolSend, `{"to":["홍길동"],"message":"안녕"}`)); !later.MatchString(seen) {
					t.Errorf("when to try again: %s", seen)
				}
			},
		} {
			t.Run(job+" by "+name, func(t *testing.T) { t.Parallel(); do(t, see) })
		}
	}
}
