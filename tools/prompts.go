package tools

import (
	"context"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/messenger"
)

// addPrompts offers the everyday jobs as slash commands.
func addPrompts(s *server.MCPServer, l wording.Lang) {
	s.AddPrompt(mcp.NewPrompt("send_me_a_summary",
		mcp.WithPromptDescription(l.Say("지금까지의 대화를 요약해서 나에게 보내기", "Send me a summary of this conversation"))),
		func(_ context.Context, _ mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			return prompt(l.Say("지금까지의 대화를 핵심만 요약해서 send_message_to_me로 내 카카오톡에 보내 줘. 먼저 보낼 내용을 보여 주지 않아도 돼.",
				"Summarise this conversation briefly and send it to my KakaoTalk with send_message_to_me. No need to show it first.")), nil
		})
	s.AddPrompt(mcp.NewPrompt("message_a_friend",
		mcp.WithPromptDescription(l.Say("친구에게 카카오톡 보내기", "Message a friend on KakaoTalk")),
		mcp.WithArgument("friend", mcp.RequiredArgument(), mcp.ArgumentDescription(l.Say("친구 이름 또는 별칭", "Friend's name or alias"))),
		mcp.WithArgument("about", mcp.ArgumentDescription(l.Say("무엇을 전할지", "What to tell them")))),
		func(_ context.Context, r mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			friend := strings.TrimSpace(r.Params.Arguments["friend"])
			if friend == "" { // "required" is not enforced by the library
				return nil, &requestError{l.Say("friend가 필요해요.", "friend is required."), mcp.INVALID_PARAMS}
			}
			text := fmt.Sprintf(l.Say("search_kakao_friends로 '%s' 친구를 찾아 줘. 정확히 한 명이 아니면 나에게 먼저 물어봐.", "Find my friend %q with search_kakao_friends. Unless it is exactly one person, ask me first."), friend)
			if about := strings.TrimSpace(r.Params.Arguments["about"]); about != "" {
				text += " " + fmt.Sprintf(l.Say("그 친구에게 send_message로 이 내용을 자연스러운 존댓말로 전해 줘: %s", "Then tell them with send_message: %s"), about)
			} else {
				text += " " + l.Say("그다음 무엇을 보낼지 나에게 물어봐.", "Then ask me what to send.")
			}
			return prompt(text), nil
		})
}

func prompt(text string) *mcp.GetPromptResult {
	return &mcp.GetPromptResult{Messages: []mcp.PromptMessage{mcp.NewPromptMessage(mcp.RoleUser, mcp.NewTextContent(text))}}
}

// completer completes friends' names and uuids from the list in memory. It never
// starts a login or a request by itself: typing is not asking.
type completer struct{ m *messenger.Messenger }

// CompletePromptArgument implements server.PromptCompletionProvider.
func (c completer) CompletePromptArgument(_ context.Context, _ string, a mcp.CompleteArgument, _ mcp.CompleteContext) (*mcp.Completion, error) {
	return c.complete(a.Name == "friend", a.Value, func(f messenger.Friend) string { return f.Name }), nil
}

// CompleteResourceArgument implements server.ResourceCompletionProvider.
func (c completer) CompleteResourceArgument(_ context.Context, _ string, a mcp.CompleteArgument, _ mcp.CompleteContext) (*mcp.Completion, error) {
	return c.complete(a.Name == "uuid", a.Value, func(f messenger.Friend) string { return f.UUID }), nil
}

// maxCompletions is the protocol's limit of one answer.
const maxCompletions = 100

func (c completer) complete(known bool, typed string, value func(messenger.Friend) string) *mcp.Completion {
	out := &mcp.Completion{Values: []string{}}
	if !known {
		return out
	}
	hits := c.m.Complete(typed)
	for _, f := range hits[:min(len(hits), maxCompletions)] {
		out.Values = append(out.Values, value(f))
	}
	out.Total, out.HasMore = len(hits), len(hits) > maxCompletions
	return out
}
