package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestBadInput: each is refused with one clear sentence and changes nothing.
func TestBadInput(t *testing.T) {
	kakao, settings := practiceKakao(t)
	env := bareEnv(t, append(append(settings, withBrowser(t)...), "KAKAO_LANG=en", "KAKAO_CONFIRM=never")...)
	s := startServer(t, env)
	s.initialize(map[string]any{})
	found := s.callTool(toolSearch, `{"query":"홍길동"}`)
	list, _ := found.Structured["friends"].([]any)
	if len(list) != 1 {
		t.Fatal(found.text())
	}
	friend, _ := list[0].(map[string]any)["uuid"].(string)
	var six []string
	page, _ := s.callTool(toolSearch, `{"limit":6}`).Structured["friends"].([]any)
	for _, f := range page {
		uuid, _ := f.(map[string]any)["uuid"].(string)
		six = append(six, uuid)
	}
	own := kakao.UUID(kakao.Owner().ID)
	foreign := strings.Map(func(r rune) rune { return r ^ 1 }, friend[:8]) + friend[8:]
	quote := func(text string) string {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	to := func(uuids ...string) string {
		raw, err := json.Marshal(uuids)
		if err != nil {
			t.Fatal(err)
		}
		return `{"message":"hi","to":` + string(raw) + `}`
	}
	for _, test := range []struct{ name, tool, arguments string }{
		{"no arguments", toolToMe, `{}`},
		{"null arguments", toolToMe, `null`},
		{"arguments are a list", toolToMe, `["hi"]`},
		{"arguments are text", toolToMe, `"hi"`},
		{"empty text", toolToMe, `{"message":""}`},
		{"blank text", toolToMe, `{"message":" \t\n\u3000"}`},
		{"invisible text", toolToMe, `{"message":"\u200b\u200d\u2060"}`},
		{"control characters only", toolToMe, `{"message":"\u0000\u0007\u001b"}`},
		{"invalid UTF-8", toolToMe, "{\"message\":\"caf\xe9\"}"},
		{"half a surrogate pair", toolToMe, `{"message":"a\ud83db"}`},
		{"over-long text to me", toolToMe, `{"message":` + quote(strings.Repeat("가나다라 ", 2000)) + `}`},
		{"over-long text to a friend", toolSend, `{"uuid":` + quote(friend) + `,"message":` + quote(strings.Repeat("가나다라 ", 500)) + `}`},
		{"message is a number", toolToMe, `{"message":5}`},
		{"message is an object", toolToMe, `{"message":{"text":"hi"}}`},
		{"resend is text", toolToMe, `{"message":"hi","resend":"yes"}`},
		{"template is text", toolToMe, `{"template":"feed"}`},
		{"template is empty", toolToMe, `{"template":{}}`},
		{"template of no type", toolToMe, `{"template":{"object_type":"nothing"}}`},
		{"template_id is text", toolToMe, `{"template_id":"one"}`},
		{"template_id is negative", toolToMe, `{"template_id":-1}`},
		{"template_args without id", toolToMe, `{"template_args":{"a":"b"}}`},
		{"unknown argument", toolToMe, `{"message":"hi","text":"hi"}`},
		{"receiver for oneself", toolToMe, `{"message":"hi","to":["홍길동"]}`},
		{"link of another scheme", toolToMe, `{"message":"hi","link":"javascript:alert(1)"}`},
		{"link without a host", toolToMe, `{"message":"hi","link":"https://"}`},
		{"link is no address", toolToMe, `{"message":"hi","link":"not a link"}`},
		{"link is relative", toolToMe, `{"message":"hi","link":"/message"}`},
		{"link with a line break", toolToMe, `{"message":"hi","link":"https://example.com/\nx"}`},
		{"image of another scheme", toolToMe, `{"message":"hi","image":"file:///etc/passwd"}`},
		{"button without link", toolToMe, `{"message":"hi","button":"open"}`},
		{"nobody to send to", toolSend, `{"message":"hi"}`},
		{"empty list", toolSend, to()},
		{"blank name", toolSend, to("  ")},
		{"six receivers", toolSend, to(six...)},
		{"receivers are numbers", toolSend, `{"message":"hi","to":[1]}`},
		{"uuid is a list", toolSend, `{"message":"hi","uuid":["a"]}`},
		{"uuid of another app", toolSend, `{"message":"hi","uuid":` + quote(foreign) + `}`},
		{"unknown name", toolSend, to("아무개없는사람")},
		{"own uuid", toolSend, `{"message":"hi","uuid":` + quote(own) + `}`},
		{"own uuid among friends", toolSend, to(friend, own)},
		{"one unknown among friends", toolSend, to(friend, "아무개없는사람")},
		{"limit 0", toolSearch, `{"limit":0}`},
		{"limit 101", toolSearch, `{"limit":101}`},
		{"limit is a fraction", toolSearch, `{"limit":1.5}`},
		{"limit is text", toolSearch, `{"limit":"ten"}`},
		{"offset below 0", toolSearch, `{"offset":-1}`},
		{"query is a list", toolSearch, `{"query":["김"]}`},
		{"unknown search argument", toolSearch, `{"name":"김"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			before := messages(kakao)
			id := s.request("ping", nil) // keeps ids apart from the raw line's
			s.await(id)
			s.next++
			s.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, s.next, test.tool, test.arguments))
			m := s.await(s.next)
			text := ""
			if m.Error != nil { // wrong beyond what reaches a tool
				text = m.Error.Message
			} else {
				var r toolResult
				if err := json.Unmarshal(m.Result, &r); err != nil {
					t.Fatal(err)
				}
				if text = r.text(); !r.IsError {
					t.Errorf("accepted: %s", text)
				}
				if step, _ := r.Structured["retry"].(string); step != "no" && step != "yes" && step != "after_user" {
					t.Errorf("retry is %q", step)
				}
			}
			if text == "" || len([]rune(text)) > 300 || strings.Contains(text, "\n") || !utf8.ValidString(text) {
				t.Errorf("not one clear sentence: %q", text)
			}
			t.Log(text)
			if after := messages(kakao); after != before {
				t.Errorf("%d message requests", after-before)
			}
		})
	}
	s.t = t

	// Below the tools: lines that are no request at all, and a huge one.
	for _, line := range []string{`{"jsonrpc":`, `{"jsonrpc":"2.0","id":1`, `nonsense`, `{"jsonrpc":"2.0","id":"big","method":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"` + strings.Repeat("a", 5<<20) + `"}}}`} {
		s.send(line)
		if m := s.read(); m.Error == nil || m.Error.Message == "" || len(m.Error.Message) > 300 {
			t.Errorf("%.60s…: %+v", line, m)
		}
	}
	if r := s.callTool(toolToMe, `{"message":"still alive"}`); r.IsError {
		t.Error(r.text())
	}
	if got := kakao.Deliveries(); len(got) != 1 || got[0].Text != "still alive" {
		t.Errorf("deliveries: %d", len(got))
	}
}

// messages counts the requests that would send something.
func messages(kakao *sandbox.Sandbox) (n int) {
	for _, r := range kakao.Requests() {
		if strings.Contains(r.Path, "/message/") || strings.Contains(r.Path, "/memo/") {
			n++
		}
	}
	return n
}

// toolCalls are one plain call of each tool.
var toolCalls = map[string]string{
	toolToMe:   `{"message":"hi"}`,
	toolSend:   `{"to":["홍길동"],"message":"hi"}`,
	toolSearch: `{}`,
}

// TestNotSetUp: without a client id every call names the command to run, with
// the program's whole path, and makes no file.
func TestNotSetUp(t *testing.T) {
	for lang, want := range map[string]string{"ko": "설정", "en": "not set up"} {
		env := bareEnv(t, "KAKAO_LANG="+lang, "KAKAO_CLIENT_ID=${user_config.client_id}")
		s := startServer(t, env, "serve")
		s.initialize(map[string]any{})
		for tool, arguments := range toolCalls {
			r := s.callTool(tool, arguments)
			if !r.IsError || !strings.Contains(r.text(), program(t)+" setup") || !strings.Contains(strings.ToLower(r.text()), want) {
				t.Errorf("%s (%s): %s", tool, lang, r.text())
			}
			if retry := r.Structured["retry"]; retry != "after_user" {
				t.Errorf("%s (%s): retry %v", tool, lang, retry)
			}
		}
		s.end()
		if left := entries(t, strings.TrimPrefix(env[1], "HOME=")); left != "" {
			t.Errorf("made: %s", left)
		}
	}
}

// TestWrongSettings: a server with settings that cannot work starts, lists its
// tools, and answers every call with the problem.
func TestWrongSettings(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.env")
	if err := os.WriteFile(broken, []byte("KAKAO_CLIENT_SECRET=\"hunter2\n= x"), 0o600); err != nil {
		t.Fatal(err)
	}
	set := "KAKAO_CLIENT_ID=0123456789abcdef"
	for name, test := range map[string]struct {
		args, env []string
		want      string
	}{
		"wrong value":       {[]string{"serve"}, []string{set, "KAKAO_CONFIRM=maybe"}, "KAKAO_CONFIRM must be one of"},
		"wrong tunnel":      {[]string{"serve"}, []string{set, "KAKAO_TUNNEL=foo"}, "KAKAO_TUNNEL must be"},
		"missing file":      {[]string{"serve", "--env-file", "nosuch.env"}, []string{set}, "nosuch.env"},
		"broken file":       {[]string{"serve", "--env-file", broken}, []string{set}, "NAME=value"},
		"log not writable":  {[]string{"serve"}, []string{set, "KAKAO_LOG_FILE=" + filepath.Join(t.TempDir(), "no", "log")}, "KAKAO_LOG_FILE"},
		"no home":           {[]string{"serve"}, []string{set, "HOME=", "USERPROFILE="}, "KAKAOTALK_MCP_HOME"},
		"sandbox, no level": {[]string{"serve", "--sandbox"}, []string{"KAKAO_LOG_LEVEL=loud"}, "KAKAO_LOG_LEVEL must be one of"},
	} {
		t.Run(name, func(t *testing.T) {
			env := bareEnv(t, append([]string{"KAKAO_LANG=en"}, test.env...)...)
			s := startServer(t, env, test.args...)
			probe(s)
			for tool, arguments := range toolCalls {
				if r := s.callTool(tool, arguments); !r.IsError || !strings.Contains(r.text(), test.want) || strings.Contains(r.text(), "hunter2") {
					t.Errorf("%s: %s", tool, r.text())
				}
			}
			s.end()
			if left := entries(t, strings.TrimPrefix(env[1], "HOME=")) + entries(t, s.cmd.Dir); left != "" {
				t.Errorf("made: %s", left)
			}
		})
	}
}
