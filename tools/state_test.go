package tools

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

func TestStates(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := newStates(func() time.Time { return now })
	sealed := s.seal(state{Kind: "confirm", Call: "c", Question: "q"})
	if s.open(sealed, "other") != nil {
		t.Error("taken for another call")
	}
	if got := s.open(sealed, "c"); got == nil || got.Question != "q" {
		t.Fatalf("got %+v", got)
	}
	if s.open(sealed, "c") != nil {
		t.Error("taken twice")
	}
	late := s.seal(state{Call: "c"})
	now = now.Add(stateLife + time.Second)
	if s.open(late, "c") != nil {
		t.Error("taken after its time")
	}
	if newStates(time.Now).open(s.seal(state{Call: "c"}), "c") != nil {
		t.Error("taken from another process")
	}
}

func FuzzState(f *testing.F) {
	s := newStates(time.Now)
	good := s.seal(state{Kind: "confirm", Call: "c", Question: "q"})
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if got := s.open(token, "c"); got != nil && token != good {
			t.Errorf("took %q", token)
		}
	})
}

func FuzzArguments(f *testing.F) {
	f.Add(`{"message":"a","template":{"object_type":"feed"}}`)
	f.Add(`{"template":"{\"object_type\":\"text\"}","template_args":{"a":null}}`)
	f.Add(`{"to":"x","limit":1e3,"offset":-1,"template_id":10.0}`)
	m := New(Config{Lang: "en", Home: f.TempDir()})
	f.Fuzz(func(t *testing.T, raw string) {
		var r mcp.CallToolRequest
		r.Params.RawArguments = json.RawMessage(raw)
		a := m.arguments(r, append([]string{"to", "uuid", "limit", "offset"}, contentArguments...)...)
		c := a.content()
		a.names("to")
		if n := a.number("limit", 1, 100, 10); a.err == nil && (n < 1 || n > 100) {
			t.Errorf("limit %d", n)
		}
		if a.err != nil {
			return
		}
		p, err := m.compose(c, true)
		if err == nil && (len(p.bubbles) == 0 || len(p.bubbles) > maxPartsFriends) {
			t.Errorf("%d bubbles for %s", len(p.bubbles), raw)
		}
		if err != nil && m.refusal(err).Reason == "kakao_unavailable" {
			t.Errorf("an unworded error: %v", err)
		}
	})
}
