package chat

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"
	openai "github.com/sashabaranov/go-openai"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/chat/clovatest"
)

// results are the contents of the tool messages at the end of a request.
func results(r clovatest.Request) []string {
	var list []string
	for _, m := range r.Messages {
		if m.Role == "tool" {
			list = append(list, *m.Content)
		}
	}
	return list
}

func TestToolCalls(t *testing.T) {
	for _, c := range []struct {
		name  string
		calls []clovatest.ToolCall
		want  []string
	}{
		{"in order", []clovatest.ToolCall{{ID: "z", Name: "echo", Arguments: `{"text":"하나"}`}, {ID: "a", Name: "fail", Arguments: "{}"}, {ID: "m", Name: "echo", Arguments: `{"text":"셋"}`}},
			[]string{"echo 하나", "error: it is \x1b[31mfull", "echo 셋"}},
		{"no arguments", []clovatest.ToolCall{{ID: "1", Name: "echo"}}, []string{"echo nothing"}},
		{"encoded twice", []clovatest.ToolCall{{ID: "1", Name: "echo", Arguments: `"{\"text\":\"안\"}"`}}, []string{"echo 안"}},
		{"no JSON", []clovatest.ToolCall{{ID: "1", Name: "echo", Arguments: `{"text":`}}, []string{"error: the arguments are not a JSON object"}},
		{"no object", []clovatest.ToolCall{{ID: "1", Name: "echo", Arguments: `[1]`}}, []string{"error: the arguments are not a JSON object"}},
		{"no such tool", []clovatest.ToolCall{{ID: "1", Name: "rm", Arguments: "{}"}}, []string{"error: there is no such tool"}},
		{"protocol error", []clovatest.ToolCall{{ID: "1", Name: "break", Arguments: "{}"}}, []string{"error: internal error: broken"}},
		{"question without a terminal", []clovatest.ToolCall{{ID: "1", Name: "ask", Arguments: "{}"}}, []string{"decline <nil>"}},
		{"no ids", []clovatest.ToolCall{{Name: "echo", Arguments: "{}"}, {Name: "echo", Arguments: `{"text":"2"}`}}, []string{"echo nothing", "echo 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			out, errs, _ := talk(t, "해 줘\n", func(r clovatest.Request) clovatest.Reply {
				if got = results(r); got != nil {
					return clovatest.Reply{Text: "끝"}
				}
				return clovatest.Reply{Calls: c.calls}
			})
			for i := range got {
				if strings.HasSuffix(c.want[min(i, len(c.want)-1)], "broken") && strings.HasSuffix(got[i], "broken") {
					got[i] = c.want[i] // the library's wording around it is its own
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" || out != "끝\n" {
				t.Errorf("stdout %q; results (-want +got):\n%s", out, diff)
			}
			if strings.Contains(errs, "\x1b") {
				t.Errorf("control characters on the terminal: %q", errs)
			}
		})
	}
}

func TestRoundsAreBounded(t *testing.T) {
	_, errs, server := talk(t, "해 줘\n그리고?\n", func(r clovatest.Request) clovatest.Reply {
		if r.Last() == "그리고?" {
			return clovatest.Reply{Text: "끝"}
		}
		return clovatest.Reply{Calls: []clovatest.ToolCall{{ID: "1", Name: "echo", Arguments: "{}"}}}
	})
	if n := len(server.Requests()); n != maxRounds+1 || !strings.Contains(errs, "10번") {
		t.Errorf("%d requests, stderr %q", n, errs)
	}
}

func TestCutAnswerIsTold(t *testing.T) {
	out, errs, _ := talk(t, "글 써 줘\n", func(clovatest.Request) clovatest.Reply {
		return clovatest.Reply{Text: "긴 \x1b]0;t\x07글\u202e", Short: true}
	})
	if out != "긴 ]0;t글\n" || !strings.Contains(errs, "잘렸어요") {
		t.Errorf("stdout %q, stderr %q", out, errs)
	}
}

// TestTooLongHistory: a model with a smaller window gets the newer half.
func TestTooLongHistory(t *testing.T) {
	var told []string
	talk(t, "하나\n둘\n셋\n", func(r clovatest.Request) clovatest.Reply {
		if len(r.Messages) > 4 {
			return clovatest.Reply{Status: 400, Body: `{"status":{"code":"40003","message":"too long"}}`}
		}
		told = nil
		for _, m := range r.Messages[1:] {
			told = append(told, *m.Content)
		}
		return clovatest.Reply{Text: "네"}
	})
	if diff := cmp.Diff([]string{"셋"}, told); diff != "" {
		t.Errorf("last request (-want +got):\n%s", diff)
	}
}

// TestFailedTurnIsForgotten: the next request does not follow an unanswered one.
func TestFailedTurnIsForgotten(t *testing.T) {
	out, errs, server := talk(t, "하나\n둘\n", func(r clovatest.Request) clovatest.Reply {
		if r.Last() == "하나" {
			return clovatest.Reply{Status: 418, Body: "{}"}
		}
		return clovatest.Reply{Text: fmt.Sprint(len(r.Messages))}
	})
	if out != "2\n" || !strings.Contains(errs, "HTTP 418") {
		t.Errorf("stdout %q, stderr %q, %d requests", out, errs, len(server.Requests()))
	}
}

func TestHistoryKeepsWholeTurns(t *testing.T) {
	h := history{budget: 400}
	for i := range 20 {
		h.begin(fmt.Sprint("요청 ", i))
		h.add(openai.ChatCompletionMessage{Role: "assistant", ToolCalls: []openai.ToolCall{{ID: "1", Function: openai.FunctionCall{Name: "echo", Arguments: "{}"}}}},
			openai.ChatCompletionMessage{Role: "tool", ToolCallID: "1", Content: strings.Repeat("가", 60)},
			openai.ChatCompletionMessage{Role: "assistant", Content: "네"})
		list := h.messages("s")
		if n := tokens(list[1:]); n > h.budget {
			t.Fatalf("turn %d: %d tokens, want at most %d", i, n, h.budget)
		}
		if len(list)%4 != 1 || list[0].Role != "system" || list[1].Role != "user" || list[len(list)-4].Content != fmt.Sprint("요청 ", i) {
			t.Fatalf("turn %d: not whole turns: %+v", i, list)
		}
	}
	if len(h.turns) < 2 {
		t.Error("everything was dropped")
	}
	h.begin(strings.Repeat("글", 5000))
	if list := h.messages("s"); len(list) != 2 {
		t.Errorf("%d messages; want the system's and the request, however long", len(list))
	}
}

func TestTokensAreNotEstimatedTooLow(t *testing.T) {
	for text, least := range map[string]int{"안녕하세요": 5, "hello world": 3, `{"uuid":"abc"}`: 4} {
		if n := textTokens(text); n < least || n > 2*least {
			t.Errorf("%q: %d tokens, want %d to %d", text, n, least, 2*least)
		}
	}
}

func TestSystemPrompt(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	for lang, want := range map[wording.Lang]string{"ko": "2026년 11월 22일 일요일", "en": "Sunday, 22 November 2026"} {
		if text := systemPrompt(lang, now); !strings.Contains(text, want) || textTokens(text) > 600 {
			t.Errorf("%d tokens: %s", textTokens(text), text)
		}
	}
}

// person answers questions with fixed lines.
type person struct {
	*plainView
	lines []string
	asked []string
}

func (p *person) question(message string) { p.asked = append(p.asked, message) }
func (p *person) wait(string)             {}

func (p *person) ask(_ context.Context, title string, labels []string) (string, error) {
	p.asked = append(p.asked, title+" "+strings.Join(labels, "/"))
	if len(p.lines) == 0 {
		return "", errStop
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	return line, nil
}

func TestForms(t *testing.T) {
	choice := map[string]any{"answer": map[string]any{"type": "string", "enum": []any{"보내기", "취소"}, "default": "보내기", "title": "어떻게 할까요?"}}
	for _, c := range []struct {
		name       string
		properties map[string]any
		lines      []string
		want       mcp.ElicitationResponse
	}{
		{"number", choice, []string{" 2 "}, mcp.ElicitationResponse{Action: "accept", Content: map[string]any{"answer": "취소"}}},
		{"word", choice, []string{"보내기"}, mcp.ElicitationResponse{Action: "accept", Content: map[string]any{"answer": "보내기"}}},
		{"Enter takes no default", choice, []string{"", "", "", "", "", "1"}, mcp.ElicitationResponse{Action: "decline"}},
		{"none of them", choice, []string{"0", "3", "-1", "네", "보내", "1"}, mcp.ElicitationResponse{Action: "decline"}},
		{"left", choice, nil, mcp.ElicitationResponse{Action: "decline"}},
		{"other kinds", map[string]any{"a": map[string]any{"type": "boolean"}, "b": map[string]any{"type": "integer"}, "c": map[string]any{"type": "number"},
			"d": map[string]any{"type": "string"}, "e": map[string]any{"oneOf": []any{map[string]any{"const": "k", "title": "이름"}}}},
			[]string{"1", "x", "7", "1.5", "글", "이름"},
			mcp.ElicitationResponse{Action: "accept", Content: map[string]any{"a": true, "b": 7, "c": 1.5, "d": "글", "e": "k"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &person{lines: c.lines}
			f := &forms{view: p, lang: wording.Korean}
			defer f.during(t.Context())()
			got, err := f.Elicit(t.Context(), mcp.ElicitationRequest{Params: mcp.ElicitationParams{Message: "보낼까요?",
				RequestedSchema: map[string]any{"type": "object", "properties": c.properties, "required": []any{"answer"}}}})
			if err != nil || p.asked[0] != "보낼까요?" {
				t.Fatal(err, p.asked)
			}
			if diff := cmp.Diff(c.want, got.ElicitationResponse); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFormsOutsideOfCalls(t *testing.T) {
	f := &forms{view: &person{lines: []string{"1"}}, lang: wording.English}
	schema := map[string]any{"type": "object", "properties": map[string]any{"a": map[string]any{"type": "string"}}}
	got, err := f.Elicit(t.Context(), mcp.ElicitationRequest{Params: mcp.ElicitationParams{Message: "?", RequestedSchema: schema}})
	if err != nil || got.Action != mcp.ElicitationResponseActionCancel {
		t.Errorf("without a call: %+v, %v", got, err)
	}
	defer f.during(t.Context())()
	for name, params := range map[string]mcp.ElicitationParams{
		"url":       {Mode: mcp.ElicitationModeURL, URL: "https://kauth.kakao.com", ElicitationID: "1"},
		"no fields": {Message: "?", RequestedSchema: map[string]any{"type": "object"}},
	} {
		if _, err := f.Elicit(t.Context(), mcp.ElicitationRequest{Params: params}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
