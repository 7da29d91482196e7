package chat

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestChatOnce is the sentence from the manual: one request, one message in the
// sandbox's chat room.
func TestChatOnce(t *testing.T) {
	t.Parallel()
	var arrived []string
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		switch {
		case r.Last() == "나에게 안녕이라고 보내줘":
			return e2etest.ChatCall("send_message_to_me", `{"message":"안녕"}`)
		case e2etest.ToolJSON(r.Last())["status"] == "sent":
			arrived = m.Arrived(t)
			return clovatest.Reply{Text: "보냈어요."}
		}
		return clovatest.Reply{Text: "못 보냈어요."}
	})
	out, errs, code := e2etest.Run(t, k.Env(t), "", "chat", "--sandbox", "나에게 안녕이라고 보내줘")
	k.Lock()
	defer k.Unlock()
	if out != "보냈어요.\n" || code != 0 || !cmp.Equal(arrived, []string{"나: 안녕"}) {
		t.Errorf("exit %d, stdout %q, arrived %q, refused %q\n%s", code, out, arrived, k.Refused(), errs)
	}
}

// TestChatRehearsesWithAnySettings: with --sandbox nothing of config.env counts
// but the model, whatever else is wrong in there.
func TestChatRehearsesWithAnySettings(t *testing.T) {
	t.Parallel()
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		if r.Messages[len(r.Messages)-1].Role == "tool" {
			return clovatest.Reply{Text: fmt.Sprint(e2etest.ToolJSON(r.Last())["status"])}
		}
		return e2etest.ChatCall("send_message_to_me", `{"message":"안녕"}`)
	})
	home := t.TempDir()
	model := fmt.Sprintf("CHAT_BASE_URL=%s\nCHAT_API_KEY=%s\nKAKAO_TUNNEL=nope\nKAKAO_LANG=fr\n", k.URL, clovatest.Key)
	if err := os.WriteFile(filepath.Join(home, "config.env"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	env := k.Env(t, "CHAT_BASE_URL=", "CHAT_API_KEY=", "KAKAOTALK_MCP_HOME="+home, "KAKAO_PAGE_URL=http://bad")
	if out, errs, code := e2etest.Run(t, env, "", "chat", "--sandbox", "해 줘"); out != "sent\n" || code != 0 {
		t.Errorf("exit %d, stdout %q\n%s", code, out, errs)
	}
}

// meetingModel is the model of the whole conversation: it searches, asks which of the
// three is meant, and sends.
func meetingModel(r clovatest.Request) clovatest.Reply {
	last := r.Last()
	result := e2etest.ToolJSON(last)
	switch {
	case last == "지민이에게 내일 3시 회의라고 보내줘":
		return e2etest.ChatCall("search_kakao_friends", `{"query":"지민"}`)
	case result["friends"] != nil:
		var names []string
		for _, f := range result["friends"].([]any) {
			names = append(names, f.(map[string]any)["name"].(string))
		}
		return clovatest.Reply{Text: "지민이라는 친구가 여럿이에요: " + strings.Join(names, ", ") + ". 누구에게 보낼까요?"}
	case last == "김지민":
		// The uuid comes from the search of the turn before.
		for _, m := range r.Messages {
			for _, f := range chatItems(e2etest.ToolJSON(*m.Content)["friends"]) {
				if friend := f.(map[string]any); friend["name"] == "김지민" {
					return e2etest.ChatCall("send_message", fmt.Sprintf(`{"to":[%q],"message":"내일 3시 회의예요"}`, friend["uuid"]))
				}
			}
		}
		return clovatest.Reply{Text: "uuid를 잊었어요."}
	case result["status"] == "sent":
		return clovatest.Reply{Text: "김지민님에게 보냈어요."}
	case result["reason"] != nil:
		return clovatest.Reply{Text: "보내지 못했어요: " + fmt.Sprint(result["reason"])}
	}
	return clovatest.Reply{Text: "무슨 말인지 모르겠어요."}
}

func chatItems(v any) []any {
	l, _ := v.([]any)
	return l
}

// TestChatAsksInTheBrowserWithoutTerminal: nobody can answer the question here, so
// the page asks, and what a program reads tells of it.
func TestChatAsksInTheBrowserWithoutTerminal(t *testing.T) {
	t.Parallel()
	var arrived []string
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		if e2etest.ToolJSON(r.Last())["reason"] != nil {
			arrived = m.Arrived(t)
		}
		return meetingModel(r)
	})
	out, errs, code := e2etest.Run(t, k.Env(t, e2etest.Pressing("cancel")), "지민이에게 내일 3시 회의라고 보내줘\n김지민\n", "chat", "--sandbox", "--json")
	k.Lock()
	defer k.Unlock()
	if code != 0 || len(arrived) > 0 {
		t.Errorf("exit %d, arrived %q\n%s", code, arrived, errs)
	}
	var names []string
	var question, told string
	for line := range strings.Lines(out) {
		var event struct{ Event, Text, Message, Outcome string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("not JSON: %q", line)
		}
		name := event.Event
		switch name {
		case "question":
			question = event.Message
		case "error":
			told = event.Text
		case "end":
			name += " " + event.Outcome
		}
		names = append(names, name)
	}
	want := []string{"ready", "request", "tool_call", "tool_result", "answer", "end done",
		"request", "tool_call", "question", "error", "tool_result", "answer", "end declined"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("events (-want +got):\n%s\n%s", diff, out)
	}
	if !strings.Contains(question, `받는 사람: "김지민"`) || !strings.Contains(question, "내일 3시 회의예요") || !strings.Contains(told, "브라우저") {
		t.Errorf("question %q, told %q", question, told)
	}
	if all := out + errs; strings.Contains(all, clovatest.Key) {
		t.Error("the key is in the output")
	}
}

func TestChatOnceExitCodes(t *testing.T) {
	t.Parallel()
	noLogin := []string{"BROWSER=" + e2etest.NoBrowser}
	for _, c := range []struct {
		name   string
		answer clovatest.Reply
		env    []string
		stderr string
		want   int
	}{
		{"answer", clovatest.Reply{Text: "안녕하세요"}, nil, "", 0},
		{"tool error", e2etest.ChatCall("send_message_to_me", `{"message":""}`), nil, "send_message_to_me", 1},
		{"declined", e2etest.ChatCall("send_message", `{"to":["김지민"],"message":"hi"}`), []string{e2etest.Pressing("cancel")}, "브라우저", 2},
		{"model error", clovatest.Reply{Status: 400, Body: `{"status":{"code":"40001","message":"x"}}`}, nil, "40001", 1},
		{"wrong key", clovatest.Reply{Text: "?"}, []string{"CHAT_API_KEY=wrong"}, "CHAT_API_KEY", 1},
		{"login needed", e2etest.ChatCall("send_message_to_me", `{"message":"hi"}`), noLogin, "http://127.0.0.1", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
				if r.Messages[len(r.Messages)-1].Role == "tool" {
					return clovatest.Reply{Text: "끝"}
				}
				return c.answer
			})
			_, errs, code := e2etest.Run(t, k.Env(t, c.env...), "", "chat", "--sandbox", "해 줘")
			if code != c.want || !strings.Contains(errs, c.stderr) || strings.Contains(errs, clovatest.Key) {
				t.Errorf("exit %d, want %d; stderr %q lacks %q", code, c.want, errs, c.stderr)
			}
		})
	}
}

func TestChatNeedsAModel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  []string
		args []string
		want string
	}{
		{nil, nil, "[API 키]"},
		{[]string{"CHAT_BASE_URL=ftp://x"}, nil, "호환되는 서버의 주소"},
		{[]string{"CHAT_BASE_URL=http://model.example/v1", "CHAT_API_KEY=abc"}, nil, "다른 사람에게 보일 수"},
		{[]string{"CLOVA_API_KEY=abc"}, []string{""}, "적어 주세요"},
		{[]string{"CLOVA_API_KEY=abc"}, []string{"--server", "'open"}, "--server: 명령의 따옴표가 닫히지 않았어요"},
		{[]string{"CLOVA_API_KEY=abc"}, []string{"--server", "a\nb"}, "--server: 명령은 한 줄로"},
		{[]string{"CLOVA_API_KEY=abc"}, []string{"--server", " "}, "--server: 실행할 프로그램을 적어 주세요"},
		{[]string{"CLOVA_API_KEY=abc"}, []string{"--server", "'' x"}, "--server: 실행할 프로그램을 적어 주세요"},
	} {
		_, errs, code := e2etest.Run(t, e2etest.BareEnv(t, append(c.env, "KAKAO_LANG=ko")...), "", append([]string{"chat"}, c.args...)...)
		if code != 2 || !strings.Contains(errs, c.want) || strings.Contains(errs, "abc") {
			t.Errorf("%v %v: exit %d, %q lacks %q", c.env, c.args, code, errs, c.want)
		}
	}
}

// The child "plain-server" writes its environment down, offers tools with
// schemas no library would write, and dies when told to.
var _ = e2etest.Child("plain-server", func() int {
	if err := os.WriteFile(os.Args[1], []byte(strings.Join(os.Environ(), "\n")), 0o600); err != nil {
		return 1
	}
	d := json.NewDecoder(os.Stdin)
	for {
		var m e2etest.Message
		if err := d.Decode(&m); err != nil {
			if err == io.EOF {
				return 0
			}
			return 1
		}
		switch m.Method {
		case "initialize":
			fmt.Printf(`{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"p","version":"1"}}}`+"\n", m.ID)
		case "tools/list":
			fmt.Printf(`{"jsonrpc":"2.0","id":%s,"result":{"tools":[%s]}}`+"\n", m.ID, chatOddTools)
		case "tools/call":
			return 3
		default:
			if m.ID != nil {
				fmt.Printf(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no"}}`+"\n", m.ID)
			}
		}
	}
})

const chatOddTools = `{"name":"no_arguments","description":"d","inputSchema":{"type":"object"}},` +
	`{"name":"die","inputSchema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","title":"T","properties":{"z":{"type":"string"},"a":{"type":"integer","minimum":1}},"required":["z"],"dependentRequired":{"a":["z"]}}}`

// TestChatOtherServer: --server, tools offered unchanged, a server that dies in
// the middle of a call and is back for the next request, an environment without
// keys and secrets.
func TestChatOtherServer(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/environment file"
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var offered []string
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		offered = nil
		for _, tool := range r.Tools {
			offered = append(offered, tool.Function.Name+" "+string(tool.Function.Parameters))
		}
		if r.Last() == "첫째" {
			return e2etest.ChatCall("die", `{"z":"x"}`)
		}
		return clovatest.Reply{Text: "도구 " + fmt.Sprint(len(r.Messages))}
	})
	env := append(k.Env(t, "CLOVA_API_KEY=nv-other", "KAKAO_CLIENT_ID=app-key", "KAKAO_CLIENT_SECRET=app-secret", "KAKAO_ALLOW=엄마"), e2etest.ChildEnv+"=plain-server")
	out, errs, code := e2etest.Run(t, env, "첫째\n둘째\n", "chat", "--server", fmt.Sprintf("'%s' '%s'", self, file))
	k.Lock()
	defer k.Unlock()
	// system, 첫째, call, result, note, 둘째
	if code != 0 || out != "도구 6\n" || !strings.Contains(errs, "카카오톡에서 전송됐는지 확인") {
		t.Errorf("exit %d, stdout %q, stderr %q, refused %q", code, out, errs, k.Refused())
	}
	var want []string
	var tools []struct {
		Name        string
		InputSchema json.RawMessage
	}
	if err := json.Unmarshal([]byte("["+chatOddTools+"]"), &tools); err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools {
		want = append(want, tool.Name+" "+string(tool.InputSchema))
	}
	if diff := cmp.Diff(want, offered); diff != "" {
		t.Errorf("tools (-want +got):\n%s", diff)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"CHAT_", "CLOVA_", clovatest.Key, "nv-other", "KAKAO_CLIENT_", "app-key", "app-secret"} {
		if strings.Contains(string(got), v) {
			t.Errorf("the server's environment has %s", v)
		}
	}
	for _, v := range []string{"PATH=", "BROWSER=", "KAKAO_ALLOW=엄마", "KAKAO_LANG=ko"} {
		if !strings.Contains(string(got), v) {
			t.Errorf("the server's environment has no %s", v)
		}
	}
}

// TestChatThisServer: --server may name this very program, by whatever path, and
// then it has the settings of the environment.
func TestChatThisServer(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		if r.Messages[len(r.Messages)-1].Role == "tool" {
			return clovatest.Reply{Text: fmt.Sprint(e2etest.ToolJSON(r.Last())["status"])}
		}
		return e2etest.ChatCall("send_message_to_me", `{"message":"안녕"}`)
	})
	dir := filepath.Dir(e2etest.Program(t))
	env := append(k.Env(t, settings...), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, errs, code := e2etest.Run(t, env, "", "chat", "--server", filepath.Base(e2etest.Program(t))+" serve", "해 줘")
	if out != "sent\n" || code != 0 || len(kakao.Deliveries()) != 1 {
		t.Errorf("exit %d, stdout %q, %d delivered\n%s", code, out, len(kakao.Deliveries()), errs)
	}
}
