package tools

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/ask"
)

// maxLoginRounds bounds how often a modern client polls for a login.
const maxLoginRounds = 8

// inputNeeded ends a call whose client answers questions by calling again
// (protocol 2026-07-28).
type inputNeeded struct{ result *mcp.CallToolResult }

func (*inputNeeded) Error() string { return "the client has to answer a question first" }

// Is ends a login's wait and a send: what is open is in the client's hands.
func (*inputNeeded) Is(target error) bool {
	return target == auth.ErrHandedOver || target == ask.ErrSuspended
}

// client is the [messenger.Human] behind an MCP call: what the client can show, and what the
// person answered in an earlier round of the same call.
type client struct {
	h       *handlers
	request mcp.CallToolRequest
	modern  bool
	form    bool
	url     bool
	ctx     context.Context // of the call: progress belongs to it
	steps   atomic.Int64    // of progress; several goroutines may wait

	program    string // what the client calls itself
	given      *state // verified state of this round, or nil
	loginRound int    // how many rounds the login has taken, 0: none shown
}

func (h *handlers) client(ctx context.Context, r mcp.CallToolRequest) *client {
	c := &client{h: h, request: r, ctx: ctx, modern: server.IsModernRequest(ctx)}
	// Only what this request, or on old connections the handshake, declared.
	var declared *mcp.ElicitationCapability
	var name mcp.Implementation
	if c.modern {
		info := server.RequestProtocolInfoFromContext(ctx)
		if info.ClientCapabilities != nil {
			declared = info.ClientCapabilities.Elicitation
		}
		if info.ClientInfo != nil {
			name = *info.ClientInfo
		}
	} else if s, ok := server.ClientSessionFromContext(ctx).(server.SessionWithClientInfo); ok {
		declared, name = s.GetClientCapabilities().Elicitation, s.GetClientInfo()
	}
	if c.program = name.Title; c.program == "" {
		c.program = name.Name
	}
	if declared != nil {
		c.url = declared.URL != nil
		c.form = declared.Form != nil || declared.URL == nil // an empty object means forms
	}
	if c.modern && r.Params.RequestState != "" {
		c.given = h.states.open(r.Params.RequestState, callDigest(r))
	}
	if c.given != nil && c.given.Kind == "login" {
		c.loginRound = c.given.Round
	}
	return c
}

// Login implements Human.
func (c *client) Login() (show func(context.Context, string) error, shown bool) {
	switch {
	case !c.url:
		return nil, false
	case !c.modern:
		return c.showLegacy, false
	case c.loginRound > 1: // polling: the person accepted before
		return nil, true
	case c.loginRound == 1:
		if answer := c.answer("login"); answer != nil && answer.Action == mcp.ElicitationResponseActionAccept {
			return nil, true
		}
		c.h.m.LoginNotShown()
		return func(context.Context, string) error { return auth.ErrDeclined }, false
	}
	return c.showModern, false
}

func (c *client) loginMessage() string {
	return c.h.m.Lang().Say("카카오계정으로 로그인하면 카카오톡 메시지를 보내고 친구를 찾을 수 있어요.", "Log in with your Kakao account to send KakaoTalk messages and find friends.")
}

func (c *client) showLegacy(ctx context.Context, url string) error {
	session := server.ClientSessionFromContext(c.ctx)
	answer, err := c.h.srv.RequestURLElicitation(ctx, session, randomID(), url, c.loginMessage())
	if err != nil {
		return err
	}
	if answer.Action != mcp.ElicitationResponseActionAccept {
		return auth.ErrDeclined
	}
	return nil
}

func (c *client) showModern(_ context.Context, url string) error {
	return &inputNeeded{server.NewInputRequestBuilder(c.state("login", "", 1)).
		Elicit("login", mcp.ElicitationParams{Mode: mcp.ElicitationModeURL, Message: c.loginMessage(), URL: url}).ToolResult()}
}

// Waiting implements Human.
func (c *client) Waiting(page string) {
	if c.h.progress == nil || c.request.Params.Meta == nil {
		return
	}
	text := c.h.m.Lang().Say("사용자를 기다리고 있어요.", "Waiting for the user.")
	if page != "" {
		text += " " + page
	}
	c.h.progress(c.ctx, c.request.Params.Meta.ProgressToken, float64(c.steps.Add(1)), text)
}

// answer returns what the person answered in this round.
func (c *client) answer(id string) *mcp.ElicitationResult {
	r, ok := c.request.Params.InputResponses[id]
	if !ok || r.DecodeFor(mcp.MethodElicitationCreate) != nil {
		return nil
	}
	return r.Elicitation
}

func (c *client) state(kind, question string, round int) string {
	return c.h.states.seal(state{Kind: kind, Call: callDigest(c.request), Question: question, Round: round, Asked: time.Now().UnixMilli()})
}
