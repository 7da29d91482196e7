package tools

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/ask"
)

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

	name    string // of the client, as it declares it
	program string // what it calls itself to people
	given   *state // verified state of this round, or nil
	began   time.Time
}

func (h *handlers) client(ctx context.Context, r mcp.CallToolRequest) *client {
	c := &client{h: h, request: r, ctx: ctx, modern: server.IsModernRequest(ctx), began: time.Now()}
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
	c.name, c.program = name.Name, cmp.Or(name.Title, name.Name)
	if declared != nil {
		c.url = declared.URL != nil
		c.form = declared.Form != nil || declared.URL == nil // an empty object means forms
	}
	if c.modern && r.Params.RequestState != "" {
		c.given = h.states.open(r.Params.RequestState, callDigest(r))
	}
	return c
}

// Login implements Human. Our own browser comes first: of eight clients that declared
// to open addresses six hung, refused unseen or broke.
func (c *client) Login(r *auth.Request) {
	r.Key = callDigest(c.request)
	if c.given == nil || c.given.Kind != "login" {
		message := c.loginMessage(r.Purpose)
		switch {
		case c.url && c.modern:
			r.Ask = func(_ context.Context, page string) error { return c.showModern(page, message) }
		case c.url:
			r.Ask = func(ctx context.Context, page string) error { return c.showLegacy(ctx, page, message) }
		}
		return
	}
	answer := c.answer("login")
	switch {
	case answer != nil && answer.Action == mcp.ElicitationResponseActionAccept:
		r.Shown = true
	case time.Since(time.UnixMilli(c.given.Asked)) < tooFast:
		r.Unseen = true
	default:
		r.Declined = true
	}
}

// loginMessage says what a login is for: a second one only adds a consent, and in
// practice there is no account to log in with.
func (c *client) loginMessage(p auth.Purpose) string {
	m := c.h.m
	l := m.Lang()
	text := l.Say("카카오계정으로 로그인하면 나와의 채팅으로 메시지를 보낼 수 있어요.", "Log in with your Kakao account to send messages to your own chat.")
	switch p {
	case auth.ForFriends:
		text = l.Say("친구를 찾고 친구에게 메시지를 보내려면 카카오 화면에서 친구 목록 제공에 동의해 주세요.", "To find friends and message them, agree on Kakao's page to share your friend list.")
	case auth.ForCalendar:
		text = l.Say("톡캘린더에 알림을 넣으려면 카카오 화면에서 동의해 주세요.", "To put reminders into your KakaoTalk calendar, agree on Kakao's page.")
	}
	if m.Marked("") == "" {
		return text
	}
	return m.Marked(text) + l.Say(" 연습용 로그인이라서 카카오계정은 필요 없어요.", " This login is practice: you need no Kakao account.")
}

func (c *client) showLegacy(ctx context.Context, url, message string) error {
	session, asked := server.ClientSessionFromContext(c.ctx), time.Now()
	answer, err := c.h.srv.RequestURLElicitation(ctx, session, randomID(), url, message)
	switch {
	case err != nil:
		return err
	case answer.Action == mcp.ElicitationResponseActionAccept:
		return nil
	case time.Since(asked) < tooFast:
		return errors.New("refused before a person can have read it")
	}
	return auth.ErrDeclined
}

// showModern gives the address an id, which the protocol no longer asks for: some
// clients cannot read it without one.
func (c *client) showModern(url, message string) error {
	return &inputNeeded{server.NewInputRequestBuilder(c.state("login", "")).
		Elicit("login", mcp.ElicitationParams{Mode: mcp.ElicitationModeURL, ElicitationID: randomID(), Message: message, URL: url}).ToolResult()}
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

func (c *client) state(kind, question string) string {
	return c.h.states.seal(state{Kind: kind, Call: callDigest(c.request), Question: question, Asked: time.Now().UnixMilli(), Spent: c.spent()})
}
