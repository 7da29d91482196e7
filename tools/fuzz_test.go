package tools

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
	"kakaotalk-mcp/tools/messenger"
)

func FuzzArguments(f *testing.F) {
	f.Add(`{"message":"a","template":{"object_type":"feed"}}`)
	f.Add(`{"template":"{\"object_type\":\"text\"}","template_args":{"a":null}}`)
	f.Add(`{"to":"x","limit":1e3,"offset":-1,"template_id":10.0}`)
	f.Add(`{"template_id":7,"template_args":{"${A}":"b\u0000","":"` + "\xff" + `"}}`)
	f.Add(`{"template_id":7,"template_args":{"a":"` + strings.Repeat("<", 6_500) + `"}}`)
	f.Add(`{"message":"a","link":"https://example.com/?a=b&c","button":"b","image":"https://i.example/a.png","title":"t"}`)
	f.Add(`{"message":"` + strings.Repeat("가나다 ", 200) + `","link":"http://other.example"}`)
	f.Add(`{"template":{"object_type":"list","header_title":"a","contents":[{"title":"b","link":{"web_url":"javascript:x"}}]}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		var r mcp.CallToolRequest
		r.Params.RawArguments = json.RawMessage(raw)
		a := readArguments(wording.English, r, append([]string{"to", "uuid", "limit", "offset"}, contentArguments...)...)
		a.content()
		a.names("to")
		if n := a.number("limit", 1, 100, 10); a.err == nil && (n < 1 || n > 100) {
			t.Errorf("limit %d", n)
		}
	})
}

// Prompts, resources and completion answer any parameters with a result or an
// error of the protocol, name nobody but friends, and change no name on the way.
func FuzzRequests(f *testing.F) {
	f.Add("prompts/get", `{"name":"message_a_friend","arguments":{"friend":"지민","about":"내일 3시\n\u001b"}}`)
	f.Add("prompts/get", `{"name":"message_a_friend","arguments":{"friend":7}}`)
	f.Add("prompts/get", `{"name":"send_me_a_summary","arguments":null}`)
	f.Add("resources/read", `{"uri":"kakao://friends"}`)
	f.Add("resources/read", `{"uri":"kakao://friends/UUID"}`)
	f.Add("resources/read", `{"uri":"kakao://friends/%2e%2e/quota?x=1#y"}`)
	f.Add("resources/read", `{"uri":"kakao://templates"}`)
	f.Add("resources/read", `{"uri":"kakao://friends/a,b"}`)
	f.Add("completion/complete", `{"ref":{"type":"ref/prompt","name":"message_a_friend"},"argument":{"name":"friend","value":"ㅈ"}}`)
	f.Add("completion/complete", `{"ref":{"type":"ref/resource","uri":"kakao://friends/{uuid}"},"argument":{"name":"uuid","value":""}}`)
	f.Add("completion/complete", `{"ref":{"type":"ref/prompt","name":null},"argument":{"name":"friend","value":["a"]},"context":{"arguments":{"x":1}}}`)
	f.Add("tools/call", `{"name":"search_kakao_friends","arguments":{"query":"ㄱㅈ","limit":1}}`)
	f.Add("tools/call", `{"name":"search_kakao_friends","arguments":"{}"}`)
	f.Add("tools/call", `{"name":"","arguments":{}}`)
	f.Add("tools/list", `{"cursor":"x"}`)
	w := loggedIn(f)
	w.Friend("지민")
	w.Friend("박\u202e지\u001b[2J민")
	uuid := w.UUID("지민")
	uuids := map[string]bool{}
	for _, p := range w.Kakao.People() {
		uuids[w.Kakao.UUID(p.ID)] = true
	}
	f.Fuzz(func(t *testing.T, method, params string) {
		if !json.Valid([]byte(params)) || method == "tools/call" && !strings.Contains(params, "search_kakao_friends") {
			return // never reaches the server; sending is tested elsewhere
		}
		quoted, err := json.Marshal(method)
		if err != nil {
			t.Fatal(err)
		}
		params = strings.ReplaceAll(params, "UUID", uuid)
		raw, err := json.Marshal(w.srv.HandleMessage(t.Context(), json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":`+string(quoted)+`,"params":`+params+`}`)))
		var answer struct {
			Result struct {
				Contents   []struct{ Text string }
				Completion struct{ Values []string }
				Structured struct{ Friends []messenger.Friend } `json:"structuredContent"`
			}
			Error struct{ Message string }
		}
		if err != nil || json.Unmarshal(raw, &answer) != nil {
			t.Fatalf("%v, answer %s", err, raw)
		}
		if len(raw) > 100_000+8*len(params) {
			t.Errorf("%d bytes for %d", len(raw), len(params))
		}
		if strings.Contains(answer.Error.Message, "panic") || strings.Contains(answer.Error.Message, "goroutine") {
			t.Errorf("%s %s: %s", method, params, answer.Error.Message)
		}
		if len(answer.Result.Completion.Values) > maxCompletions {
			t.Errorf("%d completions", len(answer.Result.Completion.Values))
		}
		for _, value := range answer.Result.Completion.Values {
			sandboxtest.CheckName(t, "completion", value)
		}
		friends := answer.Result.Structured.Friends
		for _, c := range answer.Result.Contents {
			var one messenger.Friend
			var all struct{ Friends []messenger.Friend }
			if json.Unmarshal([]byte(c.Text), &one) == nil && one.UUID != "" {
				friends = append(friends, one)
			}
			if json.Unmarshal([]byte(c.Text), &all) == nil {
				friends = append(friends, all.Friends...)
			}
		}
		for _, friend := range friends {
			sandboxtest.CheckName(t, "friend", friend.Name)
			if !uuids[friend.UUID] {
				t.Errorf("%s %s names %+v", method, params, friend)
			}
		}
	})
}
