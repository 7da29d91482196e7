package tools

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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
	f.Add(`{"template_id":7,"template_args":{"${A}":"b\u0000","":"` + "\xff" + `"}}`)
	f.Add(`{"template_id":7,"template_args":{"a":"` + strings.Repeat("<", maxTemplateArgs/5) + `"}}`)
	f.Add(`{"message":"a","link":"https://example.com/?a=b&c","button":"b","image":"https://i.example/a.png","title":"t"}`)
	f.Add(`{"message":"` + strings.Repeat("가나다 ", 200) + `","link":"http://other.example"}`)
	f.Add(`{"template":{"object_type":"list","header_title":"a","contents":[{"title":"b","link":{"web_url":"javascript:x"}}]}}`)
	m := New(Config{Lang: "en", Home: f.TempDir(), LinkHosts: []string{"https://example.com"}})
	taking := kakaoAnswering(`{"result_code":0}`)
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
		if err != nil {
			p.bubbles = nil // refused
		}
		for _, b := range p.bubbles { // what is accepted can be sent as it is
			if err := taking.SendToMe(t.Context(), "token", b); err != nil {
				t.Errorf("a bubble for %s: %v", raw, err)
			}
			if args, err := json.Marshal(b.TemplateArgs); err != nil || len(args) > maxTemplateArgs {
				t.Errorf("%d bytes of template_args, %v", len(args), err)
			}
		}
		if err == nil && !utf8.ValidString(p.shown) {
			t.Errorf("shown for approval: %q", p.shown)
		}
		if err != nil && m.refusal(err).Reason == "kakao_unavailable" {
			t.Errorf("an unworded error: %v", err)
		}
	})
}
