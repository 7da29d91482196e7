package tools

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
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
	w.face.budget = 300 * time.Millisecond
	a := w.call(toolToMe, `{"message":"안녕"}`)
	if a.str("login_url") == "" {
		t.Fatalf("got %s", a.text())
	}
	a.wantWholeHalves(t)
}
