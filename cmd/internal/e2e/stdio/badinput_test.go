package stdio

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestBadInput: each is refused with one clear sentence and changes nothing.
func TestBadInput(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	env := e2etest.BareEnv(t, append(append(settings, e2etest.Browser(t)...), "KAKAO_LANG=en", "KAKAO_CONFIRM=never")...)
	s := e2etest.Start(t, env)
	s.Initialize(map[string]any{})
	found := s.CallTool(e2etest.ToolSearch, `{"query":"홍길동"}`)
	list, _ := found.Structured["friends"].([]any)
	if len(list) != 1 {
		t.Fatal(found.Text())
	}
	friend, _ := list[0].(map[string]any)["uuid"].(string)
	var six []string
	page, _ := s.CallTool(e2etest.ToolSearch, `{"limit":6}`).Structured["friends"].([]any)
	for _, f := range page {
		uuid, _ := f.(map[string]any)["uuid"].(string)
		six = append(six, uuid)
	}
	own := kakao.UUID(kakao.Owner().ID)
	foreign := strings.Map(func(r rune) rune { return r ^ 1 }, friend[:8]) + friend[8:]
	quote := func(text string) string { return e2etest.JSON(t, text) }
	to := func(uuids ...string) string { return `{"message":"hi","to":` + e2etest.JSON(t, uuids) + `}` }
	for _, test := range []struct{ name, tool, arguments string }{
		{"no arguments", e2etest.ToolToMe, `{}`},
		{"null arguments", e2etest.ToolToMe, `null`},
		{"arguments are a list", e2etest.ToolToMe, `["hi"]`},
		{"arguments are text", e2etest.ToolToMe, `"hi"`},
		{"empty text", e2etest.ToolToMe, `{"message":""}`},
		{"blank text", e2etest.ToolToMe, `{"message":" \t\n\u3000"}`},
		{"invisible text", e2etest.ToolToMe, `{"message":"\u200b\u200d\u2060"}`},
		{"control characters only", e2etest.ToolToMe, `{"message":"\u0000\u0007\u001b"}`},
		{"invalid UTF-8", e2etest.ToolToMe, "{\"message\":\"caf\xe9\"}"},
		{"half a surrogate pair", e2etest.ToolToMe, `{"message":"a\ud83db"}`},
		{"over-long text to me", e2etest.ToolToMe, `{"message":` + quote(strings.Repeat("가나다라 ", 2000)) + `}`},
		{"over-long text to a friend", e2etest.ToolSend, `{"uuid":` + quote(friend) + `,"message":` + quote(strings.Repeat("가나다라 ", 500)) + `}`},
		{"message is a number", e2etest.ToolToMe, `{"message":5}`},
		{"message is an object", e2etest.ToolToMe, `{"message":{"text":"hi"}}`},
		{"resend is text", e2etest.ToolToMe, `{"message":"hi","resend":"yes"}`},
		{"template is text", e2etest.ToolToMe, `{"template":"feed"}`},
		{"template is empty", e2etest.ToolToMe, `{"template":{}}`},
		{"template of no type", e2etest.ToolToMe, `{"template":{"object_type":"nothing"}}`},
		{"template_id is text", e2etest.ToolToMe, `{"template_id":"one"}`},
		{"template_id is negative", e2etest.ToolToMe, `{"template_id":-1}`},
		{"template_args without id", e2etest.ToolToMe, `{"template_args":{"a":"b"}}`},
		{"unknown argument", e2etest.ToolToMe, `{"message":"hi","text":"hi"}`},
		{"receiver for oneself", e2etest.ToolToMe, `{"message":"hi","to":["홍길동"]}`},
		{"link of another scheme", e2etest.ToolToMe, `{"message":"hi","link":"javascript:alert(1)"}`},
		{"link without a host", e2etest.ToolToMe, `{"message":"hi","link":"https://"}`},
		{"link is no address", e2etest.ToolToMe, `{"message":"hi","link":"not a link"}`},
		{"link is relative", e2etest.ToolToMe, `{"message":"hi","link":"/message"}`},
		{"link with a line break", e2etest.ToolToMe, `{"message":"hi","link":"https://example.com/\nx"}`},
		{"image of another scheme", e2etest.ToolToMe, `{"message":"hi","image":"file:///etc/passwd"}`},
		{"button without link", e2etest.ToolToMe, `{"message":"hi","button":"open"}`},
		{"nobody to send to", e2etest.ToolSend, `{"message":"hi"}`},
		{"empty list", e2etest.ToolSend, to()},
		{"blank name", e2etest.ToolSend, to("  ")},
		{"six receivers", e2etest.ToolSend, to(six...)},
		{"receivers are numbers", e2etest.ToolSend, `{"message":"hi","to":[1]}`},
		{"uuid is a list", e2etest.ToolSend, `{"message":"hi","uuid":["a"]}`},
		{"uuid of another app", e2etest.ToolSend, `{"message":"hi","uuid":` + quote(foreign) + `}`},
		{"unknown name", e2etest.ToolSend, to("아무개없는사람")},
		{"own uuid", e2etest.ToolSend, `{"message":"hi","uuid":` + quote(own) + `}`},
		{"own uuid among friends", e2etest.ToolSend, to(friend, own)},
		{"one unknown among friends", e2etest.ToolSend, to(friend, "아무개없는사람")},
		{"limit below zero", e2etest.ToolSearch, `{"limit":-1}`},
		{"limit 101", e2etest.ToolSearch, `{"limit":101}`},
		{"limit is a fraction", e2etest.ToolSearch, `{"limit":1.5}`},
		{"limit is text", e2etest.ToolSearch, `{"limit":"ten"}`},
		{"offset below 0", e2etest.ToolSearch, `{"offset":-1}`},
		{"query is a list", e2etest.ToolSearch, `{"query":["김"]}`},
		{"unknown search argument", e2etest.ToolSearch, `{"name":"김"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.T = t
			before := e2etest.Messages(kakao)
			id := s.Request("ping", nil) // keeps ids apart from the raw line's
			s.Await(id)
			s.Next++
			s.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, s.Next, test.tool, test.arguments))
			m := s.Await(s.Next)
			text := ""
			if m.Error != nil { // wrong beyond what reaches a tool
				text = m.Error.Message
			} else {
				var r e2etest.ToolResult
				if err := json.Unmarshal(m.Result, &r); err != nil {
					t.Fatal(err)
				}
				if text = r.Text(); !r.IsError {
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
			if after := e2etest.Messages(kakao); after != before {
				t.Errorf("%d message requests", after-before)
			}
		})
	}
	s.T = t

	// Below the tools: lines that are no request at all, and a huge one.
	for _, line := range []string{`{"jsonrpc":`, `{"jsonrpc":"2.0","id":1`, `nonsense`, `{"jsonrpc":"2.0","id":"big","method":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"` + strings.Repeat("a", 5<<20) + `"}}}`} {
		s.Send(line)
		if m := s.Read(); m.Error == nil || m.Error.Message == "" || len(m.Error.Message) > 300 {
			t.Errorf("%.60s…: %+v", line, m)
		}
	}
	if r := s.CallTool(e2etest.ToolToMe, `{"message":"still alive"}`); r.IsError {
		t.Error(r.Text())
	}
	if got := kakao.Deliveries(); len(got) != 1 || got[0].Text != "still alive" {
		t.Errorf("deliveries: %d", len(got))
	}
}

// TestNotSetUp: without a client id every call names the command to run, with
// the program's whole path, and makes no file.
func TestNotSetUp(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"ko": "설정", "en": "not set up"} {
		env := e2etest.BareEnv(t, "KAKAO_LANG="+lang, "KAKAO_CLIENT_ID=${user_config.client_id}")
		s := e2etest.Start(t, env, "serve")
		s.Initialize(map[string]any{})
		for tool, arguments := range e2etest.ToolCalls {
			r := s.CallTool(tool, arguments)
			if !r.IsError || !strings.Contains(r.Text(), e2etest.Program(t)+" setup") || !strings.Contains(strings.ToLower(r.Text()), want) {
				t.Errorf("%s (%s): %s", tool, lang, r.Text())
			}
			if retry := r.Structured["retry"]; retry != "after_user" {
				t.Errorf("%s (%s): retry %v", tool, lang, retry)
			}
		}
		s.End()
		if left := e2etest.Entries(t, e2etest.Variable(env, "HOME")); left != "" {
			t.Errorf("made: %s", left)
		}
	}
}

// TestWrongSettings: a server with settings that cannot work starts, lists its
// tools, and answers every call with the problem.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			env := e2etest.BareEnv(t, append([]string{"KAKAO_LANG=en"}, test.env...)...)
			s := e2etest.Start(t, env, test.args...)
			s.Probe()
			for tool, arguments := range e2etest.ToolCalls {
				if r := s.CallTool(tool, arguments); !r.IsError || !strings.Contains(r.Text(), test.want) || strings.Contains(r.Text(), "hunter2") {
					t.Errorf("%s: %s", tool, r.Text())
				}
			}
			s.End()
			if left := e2etest.Entries(t, e2etest.Variable(env, "HOME")) + e2etest.Entries(t, s.Cmd.Dir); left != "" {
				t.Errorf("made: %s", left)
			}
		})
	}
}

// TestMistypedSettingsAreTold: what protects the user and does nothing because of its
// name is told with the first result, whatever it is, and only with that.
func TestMistypedSettingsAreTold(t *testing.T) {
	t.Parallel()
	small := "kakao_read_only"
	if runtime.GOOS == "windows" { // where that is the right name
		small = "KAKAO_READONLY"
	}
	_, settings := e2etest.NewKakao(t)
	env := e2etest.BareEnv(t, append(append(settings, e2etest.Browser(t)...), "KAKAO_LANG=en", "KAKAO_CONFRIM=always", small+"=on", "KAKAO_CONFIRM=never", "KAKAOTALK_MCP_HOME="+t.TempDir())...)
	for name, call := range map[string][2]string{
		"sent": {e2etest.ToolToMe, `{"message":"a"}`}, "refused": {e2etest.ToolSend, `{"to":["nobody"],"message":"a"}`},
		"bad arguments": {e2etest.ToolToMe, `{"massage":"a"}`}, "found": {e2etest.ToolSearch, `{"query":"홍길동"}`}, "bad query": {e2etest.ToolSearch, `{"limit":1000}`},
	} {
		s := e2etest.Start(t, env)
		s.Initialize(nil)
		first, second := s.CallTool(call[0], call[1]), s.CallTool(call[0], call[1])
		structured := e2etest.JSON(t, first.Structured)
		for _, want := range []string{"KAKAO_CONFRIM (environment)", small + " (environment)"} {
			if strings.Count(first.Text(), want) != 1 || strings.Count(structured, want) != 1 || strings.Contains(second.Text(), want) {
				t.Errorf("%s: first %s\n%s\nthen %s", name, first.Text(), structured, second.Text())
			}
		}
		s.End()
	}
}
