package e2etest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
)

// Model is a scripted language model for chat.
type Model struct {
	sync.Mutex // held while it answers: what an answer writes is read under it
	*clovatest.Server
	rooms chan string // addresses of the chat rooms, as tool results named them
}

// StartModel starts a model that answers a request by what it was told last.
func StartModel(t testing.TB, answer func(*Model, clovatest.Request) clovatest.Reply) *Model {
	t.Helper()
	m := &Model{rooms: make(chan string, 100)}
	server, err := clovatest.Start(func(r clovatest.Request) clovatest.Reply {
		if at := ToolJSON(r.Last())["chat_rooms"]; at != nil {
			m.rooms <- fmt.Sprint(at)
		}
		m.Lock()
		defer m.Unlock()
		return answer(m, r)
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Server = server
	t.Cleanup(server.Close)
	return m
}

// ToolJSON is a tool result as the model reads it, nil for anything else.
func ToolJSON(text string) map[string]any {
	var m map[string]any
	if json.Unmarshal([]byte(strings.TrimPrefix(text, "error: ")), &m) != nil {
		return nil
	}
	return m
}

// ChatCall is a model's answer that calls a tool.
func ChatCall(name, arguments string) clovatest.Reply {
	return clovatest.Reply{Calls: []clovatest.ToolCall{{ID: "call_" + name, Name: name, Arguments: arguments}}}
}

// Env is the environment of a chat in Korean with this model.
func (m *Model) Env(t testing.TB, more ...string) []string {
	t.Helper()
	return BareEnv(t, slices.Concat(Browser(t), []string{"KAKAO_LANG=ko", "CHAT_BASE_URL=" + m.URL, "CHAT_API_KEY=" + clovatest.Key}, more)...)
}

// Arrived returns what arrived in the chat's sandbox, as "receiver: text"; "나" for
// the owner. The sandbox lives as long as the chat's server.
func (m *Model) Arrived(t testing.TB) (out []string) {
	t.Helper()
	rooms := <-m.rooms
	base := rooms[:strings.Index(rooms, "/rooms")]
	var people []struct {
		ID       int64
		Nickname string
	}
	var list []struct {
		From, To int64
		Text     string
	}
	for path, into := range map[string]any{"people": &people, "deliveries": &list} {
		resp, err := http.Get(base + "/_sandbox/" + path)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(resp.Body).Decode(into)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	names := map[int64]string{}
	for _, p := range people {
		names[p.ID] = p.Nickname
	}
	for _, d := range list {
		who := names[d.To]
		if d.To == d.From {
			who = "나"
		}
		out = append(out, who+": "+d.Text)
	}
	return out
}
