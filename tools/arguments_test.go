package tools

import (
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/messenger"
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
		toolSearch: {`{"name":"x"}`, `{"query":7}`,
			`{"query":"\u200b"}`, `{"query":"` + strings.Repeat("가", 300) + `"}`},
		toolToMe: {`[]`, `{"nope":1}`, `{}`, `{"message":7}`, `{"message":{}}`, `{"message":["a"]}`, `{"message":"a","resend":"yes"}`, `{"template_id":0}`,
			`{"template_id":3,"template_args":{"a":null}}`, `{"template":"x"}`, `{"template":{"object_type":""}}`, `{"message":"a","template_args":{"a":"","b":"c"}}`},
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

// TestArgumentsAsModelsSendThem: a text that is the declared type counts as it, an
// empty filler as not given, and an @ or a blank before a name is forgiven.
func TestArgumentsAsModelsSendThem(t *testing.T) {
	for _, c := range []struct{ tool, args, want string }{
		{toolSend, `{"to":"[\"홍길동\"]","message":"a"}`, "홍길동: a"},
		{toolSend, `{"to":["@홍길동"],"message":"b"}`, "홍길동: b"},
		{toolSend, `{"to":" 홍길동","uuid":"","message":"c"}`, "홍길동: c"},
		{toolSend, `{"to":"@ 홍길동 ","message":"d","resend":"true"}`, "홍길동: d"},
		{toolSend, `{"to":[],"uuid":"@@","message":"e"}`, "홍길동: e"},
		{toolSend, `{"to":[""],"uuid":"@@","message":"f"}`, "홍길동: f"},
		{toolToMe, `{"message":"g","template":{},"template_id":0,"template_args":{},"link":"","button":"","image":"","title":"","resend":""}`, "me: g"},
		{toolToMe, `{"message":"k","template":[],"template_id":{},"template_args":[],"link":{},"button":[],"image":{},"title":[],"resend":{}}`, "me: k"},
		{toolToMe, `{"message":"n","template":{"object_type":""},"template_args":{"NAME":""}}`, "me: n"}, // DSPy 3.4.1 has its models fill in every argument
		{toolToMe, `{"message":"o","template":{"object_type":null,"content":{}},"template_args":"{\"NAME\":null}"}`, "me: o"},
		{toolToMe, `{"template_id":7,"template_args":{"NAME":""}}`, "me: template 7"},
		{toolSend, `{"to":{},"uuid":"@@","message":"l"}`, "홍길동: l"},
		{toolSend, `{"to":"홍길동","uuid":{},"message":"m"}`, "홍길동: m"},
		{toolToMe, `{"message":"h","template":"{}","template_id":"0","template_args":"","resend":"False"}`, "me: h"},
		{toolToMe, `{"message":"","template_id":"7","template_args":"{\"A\":\"b\"}"}`, "me: template 7"},
		{toolToMe, `{"message":"i","link":" https:// example.com/a "}`, "me: i"},
		{toolToMe, `{"template":"{\"object_type\":\"text\",\"text\":\"j\",\"link\":{}}"}`, "me: j"},
	} {
		w := loggedIn(t)
		a := w.call(c.tool, strings.ReplaceAll(c.args, "@@", w.UUID("홍길동")))
		if a.str("status") != messenger.StatusSent {
			t.Errorf("%s: %s", c.args, a.text())
		}
		w.WantArrived(c.want)
	}
	w := loggedIn(t)
	for args, n := range map[string]int{`{"limit":"3"}`: 3, `{"limit":3.0,"offset":"2"}`: 3, `{"limit":0,"query":""}`: 10, `{"limit":"","offset":null}`: 10, `{"query":"@김지민"}`: 1} {
		if a := w.call(toolSearch, args); a.IsError || len(a.names("friends")) != n {
			t.Errorf("%s: %d friends: %s", args, len(a.names("friends")), a.text())
		}
	}
	for _, args := range []string{`{"limit":500}`, `{"limit":"-3"}`, `{"offset":-1}`, `{"offset":99999999999}`, `{"limit":1.5}`, `{"limit":"many"}`} {
		if a := w.call(toolSearch, args); !a.IsError || a.str("retry") != string(problem.Yes) || !strings.Contains(a.str("next_step"), "정수") {
			t.Errorf("%s: retry %q: %s", args, a.str("retry"), a.text())
		}
	}
}
