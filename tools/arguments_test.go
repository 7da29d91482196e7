package tools

import (
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
)

// TestHostileArguments: what the assistant was talked into passing on is refused
// as a whole, before Kakao is asked for anything.
func TestHostileArguments(t *testing.T) {
	w := loggedIn(t)
	for _, c := range []string{
		`{"message":"a","link":"https://example.com\r\nX-Evil: 1"}`, `{"message":"a","link":"https://example.com@evil.example"}`, `{"message":"a","link":"javascript:alert(1)"}`,
		`{"message":"a","link":"https://example.com/","button":"a\r\nX-Evil: 1"}`, `{"message":"a","title":"a\nb","image":"https://k.example/a.png"}`,
		`{"message":"a","image":"http://169.254.169.254/latest/meta-data","title":"a"}`, `{"message":"a","image":"http://localhost:17655/x","title":"a"}`, `{"message":"a","image":"file:///etc/passwd","title":"a"}`,
		`{"template":{"object_type":"text","text":"a","link":{"web_url":"https://example.com@evil.example"}}}`, `{"template":{"object_type":"text","text":"a","link":{"Web_Url":"https://evil.example"}}}`,
		`{"template":{"object_type":"text","text":"a","text":"b","link":{}}}`, `{"template":{"object_type":"text","text":"a","link":{},"__proto__":{"x":1}}}`, `{"template":{"object_type":"text\u0000","text":"a","link":{}}}`,
		`{"template":{"object_type":"feed","content":{"title":"a","image_url":"http://10.0.0.1/x","link":{"web_url":"https://example.com"}}}}`,
		`{"template_id":1,"template_args":{"a":1}}`, `{"template_id":-1}`, `{"template_id":1e99}`, `{"message":"a","KAKAO_CONFIRM":"never"}`, `{"message":"a","confirm":false}`, `{"message":"a","approve":true}`,
	} {
		a := w.call(toolToMe, c)
		if !a.IsError || a.str("retry") != string(problem.No) || strings.Contains(a.text(), "evil") || strings.Contains(a.text(), "X-Evil") {
			t.Errorf("%s: %s", c, a.text())
		}
	}
	if n := len(w.Kakao.Requests()); n != 0 {
		t.Errorf("Kakao got %d requests", n)
	}
	w.WantArrived()
}

// TestArgumentsThatDoNotFit: what cannot be meant is refused, with what to do.
func TestArgumentsThatDoNotFit(t *testing.T) {
	w := loggedIn(t)
	for tool, bad := range map[string][]string{
		toolSearch: {`{"limit":0}`, `{"limit":101}`, `{"limit":"5"}`, `{"offset":-1}`, `{"offset":99999999999}`, `{"limit":1.5}`, `{"name":"x"}`, `{"query":7}`,
			`{"query":"\u200b"}`, `{"query":"` + strings.Repeat("가", 300) + `"}`},
		toolToMe: {`[]`, `{"nope":1}`, `{}`, `{"message":7}`, `{"message":"a","resend":"yes"}`, `{"template_id":0}`,
			`{"template_id":3,"template_args":{"a":null}}`, `{"template":"x"}`},
		toolSend: {`{"to":7,"message":"a"}`},
	} {
		for _, args := range bad {
			if a := w.call(tool, args); !a.IsError || a.str("retry") != string(problem.No) || len(a.str("next_step")) < 5 {
				t.Errorf("%s %s was taken: %s", tool, args, a.text())
			}
		}
	}
	w.WantArrived()
}
