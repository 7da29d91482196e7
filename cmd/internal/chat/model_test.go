package chat

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	openai "github.com/sashabaranov/go-openai"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/chat/clovatest"
)

var oneTool = []openai.Tool{{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
	Name: "send_message_to_me", Parameters: map[string]any{"type": "object", "properties": map[string]any{}}}}}

// ask puts one request to a model that answers with replies, one after the other.
// It returns the answer, what was shown of it, the pauses made, and the stand-in.
func ask(t *testing.T, setup func(*model, *clovatest.Server), replies ...clovatest.Reply) (got reply, shown string, pauses []time.Duration, server *clovatest.Server, err error) {
	t.Helper()
	next := 0
	server, err = clovatest.Start(func(clovatest.Request) clovatest.Reply {
		next++
		if next > len(replies) {
			t.Errorf("request %d was not expected", next)
			return clovatest.Reply{Status: http.StatusTeapot}
		}
		return replies[next-1]
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	m := newModel(Config{BaseURL: server.URL, Model: "HCX-005", Key: clovatest.Key, Lang: wording.Korean}, func(string) {})
	m.sleep = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	if setup != nil {
		setup(m, server)
	}
	h := history{budget: historyTokens}
	h.begin("안녕")
	got, err = m.complete(t.Context(), h.messages("도와요."), oneTool, func(part string) { shown += part })
	return got, shown, pauses, server, err
}

func whole(m *model, _ *clovatest.Server) { m.stream = false }

func TestAnswers(t *testing.T) {
	text := "네, 내일 오후 3시에 회의라고 보낼게요 🙂 <b>&"
	call := clovatest.ToolCall{ID: "a1", Name: "send_message_to_me", Arguments: `{"message":"회의 3시"}`}
	second := clovatest.ToolCall{ID: "a2", Name: "send_message_to_me", Arguments: `{"message":"둘째"}`}
	for name, setup := range map[string]func(*model, *clovatest.Server){"streamed": nil, "whole": whole,
		"stream refused": func(_ *model, s *clovatest.Server) { s.NoStream = true }} {
		for shape, object := range map[string]bool{"string": false, "object": true} {
			t.Run(name+" "+shape, func(t *testing.T) {
				got, shown, _, server, err := ask(t, setup, clovatest.Reply{Text: text, Calls: []clovatest.ToolCall{call, second}, Object: object})
				if err != nil {
					t.Fatal(err, server.Refused())
				}
				want := reply{text: text, calls: []openai.ToolCall{
					{ID: "a1", Type: "function", Function: openai.FunctionCall{Name: call.Name, Arguments: call.Arguments}},
					{ID: "a2", Type: "function", Function: openai.FunctionCall{Name: second.Name, Arguments: second.Arguments}}}}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(reply{})); diff != "" || shown != text {
					t.Errorf("shown %q, answer (-want +got):\n%s", shown, diff)
				}
			})
		}
	}
}

func TestStreamRefusedOnceIsNotTriedAgain(t *testing.T) {
	_, _, _, server, err := ask(t, func(m *model, s *clovatest.Server) {
		s.NoStream = true
		h := history{budget: 100}
		h.begin("앞서")
		if _, err := m.complete(t.Context(), h.messages("x"), oneTool, func(string) {}); err != nil {
			t.Fatal(err)
		}
	}, clovatest.Reply{Text: "하나"}, clovatest.Reply{Text: "둘"})
	if err != nil || len(server.Refused()) != 1 {
		t.Errorf("refused %q, error %v; want one refused stream", server.Refused(), err)
	}
}

func TestRepeats(t *testing.T) {
	good := clovatest.Reply{Text: "네"}
	limited := clovatest.Reply{Status: 429, Body: `{"status":{"code":"42901","message":"Too many"},"result":null}`}
	after := func(header string) clovatest.Reply {
		r := limited
		r.RetryAfter = header
		return r
	}
	down := clovatest.Reply{Status: 503, Body: "<html>busy</html>"}
	for _, c := range []struct {
		name    string
		replies []clovatest.Reply
		pauses  []time.Duration // the least of each; backoff adds up to a quarter
		fails   bool
	}{
		{"limit with Retry-After", []clovatest.Reply{after("7"), good}, []time.Duration{7 * time.Second}, false},
		{"limit without", []clovatest.Reply{limited, limited, good}, []time.Duration{time.Second, 2 * time.Second}, false},
		{"limit in a 200", []clovatest.Reply{{Status: 200, Body: `{"status":{"code":"42900","message":"x"}}`}, good}, []time.Duration{time.Second}, false},
		{"limit for too long", []clovatest.Reply{after("3600")}, nil, true},
		{"limit without end", []clovatest.Reply{limited, limited, limited, limited}, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, true},
		{"server down", []clovatest.Reply{down, down, good}, []time.Duration{time.Second, 2 * time.Second}, false},
		{"cut off", []clovatest.Reply{{Calls: []clovatest.ToolCall{{ID: "a", Name: "b", Arguments: `{"c":"d"}`}}, Cut: true}, good}, []time.Duration{0}, false},
		{"bad key in a 200", []clovatest.Reply{{Status: 200, Body: `{"status":{"code":"40103"}}`}}, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, pauses, _, err := ask(t, whole, c.replies...)
			if (err != nil) != c.fails || len(pauses) != len(c.pauses) {
				t.Fatalf("pauses %v, error %v; want %v, an error: %v", pauses, err, c.pauses, c.fails)
			}
			for i, p := range pauses {
				if p < c.pauses[i] || p > c.pauses[i]*5/4 && c.pauses[i] > 0 {
					t.Errorf("pause %d is %v, want about %v", i+1, p, c.pauses[i])
				}
			}
		})
	}
}

func TestCutAfterText(t *testing.T) {
	_, shown, pauses, _, err := ask(t, nil, clovatest.Reply{Text: strings.Repeat("가나다", 40), Cut: true})
	if !errors.Is(err, errCut) || len(pauses) > 0 || !strings.HasPrefix(shown, "가나다") {
		t.Errorf("error %v, pauses %v, shown %q; want errCut and no repeat of what was shown", err, pauses, shown)
	}
}

// TestExplained checks that every failure has a sentence with the next step, and
// that nothing of the server's text, which may repeat the key, gets into it.
func TestExplained(t *testing.T) {
	const leak = "nv-secret 보낼 글"
	for _, c := range []struct {
		name       string
		status     int
		body, want string
	}{
		{"native", 401, `{"status":{"code":"40101","message":"` + leak + `"}}`, "CHAT_API_KEY"},
		{"OpenAI", 400, `{"error":{"message":"` + leak + `","type":"invalid_request_error","code":"bad_thing"}}`, "HTTP 400, bad_thing"},
		{"string", 404, `{"error":"model ` + leak + ` not found"}`, "CHAT_MODEL"},
		{"no JSON", 400, "<html>" + leak, "HTTP 400"},
		{"long", 400, `{"status":{"code":"40003","message":"` + leak + `"}}`, "길이"},
		{"no tools", 400, `{"status":{"code":"40009","message":"` + leak + `"}}`, "CHAT_MODEL"},
		{"status in a 200", 200, `{"status":{"code":"40001","message":"` + leak + `"},"result":null}`, "HTTP 200, 40001"},
		{"error in a 200", 200, `{"error":{"message":"` + leak + `","code":400}}`, "HTTP 200, 400"},
		{"limit", 429, `{"error":{"message":"` + leak + `"}}`, "한도"},
		{"fault", 500, leak, "HTTP 500"},
		{"nothing", 200, `{"choices":[]}`, "CHAT_BASE_URL"},
		{"page", 200, `<html>` + leak, "CHAT_BASE_URL"},
		{"redirect", 307, leak, "HTTP 307"},
		{"code with text", 400, `{"error":{"code":"` + leak + `"}}`, "HTTP 400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m *model
			var list []clovatest.Reply
			for range maxTries {
				list = append(list, clovatest.Reply{Status: c.status, Body: c.body})
			}
			_, _, _, _, err := ask(t, func(made *model, _ *clovatest.Server) { m = made; m.stream = false }, list...)
			if err == nil {
				t.Fatal("no error")
			}
			text := m.explain(err)
			if !strings.Contains(text, c.want) {
				t.Errorf("%q lacks %q", text, c.want)
			}
			if all := text + err.Error(); strings.Contains(all, "nv-") || strings.Contains(all, "보낼 글") {
				t.Errorf("%q repeats the server's text", all)
			}
		})
	}
}

func TestWrongKeyNamesWhereToGetOne(t *testing.T) {
	m := newModel(Config{BaseURL: DefaultBaseURL, Model: "HCX-005", Key: "k", Lang: wording.Korean}, nil)
	if text := m.explain(&modelError{status: 401}); !strings.Contains(text, "[CLOVA Studio] > [API 키]") || !strings.Contains(text, "CLOVA_API_KEY") {
		t.Error(text)
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	m := newModel(Config{BaseURL: "http://" + l.Addr().String() + "/v1", Model: "m", Key: clovatest.Key, Lang: wording.English}, nil)
	_, err = m.complete(t.Context(), nil, nil, func(string) {})
	if err == nil || !strings.Contains(m.explain(err), "Could not reach") || strings.Contains(err.Error(), clovatest.Key) {
		t.Errorf("%v", err)
	}
}

func TestReasoningModelsGetTheirOwnLimit(t *testing.T) {
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		body = string(raw)
		io.WriteString(w, `{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}`)
	}))
	defer s.Close()
	m := newModel(Config{BaseURL: s.URL, Model: "gpt-5-mini", Lang: wording.English}, nil)
	m.stream = false
	if _, err := m.complete(t.Context(), nil, nil, func(string) {}); err != nil || !strings.Contains(body, `"max_completion_tokens":2048`) || strings.Contains(body, `"max_tokens"`) {
		t.Errorf("%v, %s", err, body)
	}
}

func TestPausesEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := sleep(t.Context(), 3*time.Second); err != nil {
			t.Error(err)
		}
	})
}

// TestConnectionDropped: a server that hangs up without a word is asked once more.
func TestConnectionDropped(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, `{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}`)
	}))
	defer s.Close()
	m := newModel(Config{BaseURL: s.URL, Model: "m", Lang: wording.English}, nil)
	m.stream = false
	if r, err := m.complete(t.Context(), nil, nil, func(string) {}); err != nil || r.text != "ok" || asked != 2 {
		t.Errorf("%+v, %v after %d requests", r, err, asked)
	}
}
