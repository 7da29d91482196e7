package chat

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// maxRounds bounds how often the model may call tools for one request.
const maxRounds = 10

// session is one conversation.
type session struct {
	cfg     Config
	view    view
	model   *model
	forms   *forms
	server  *server // nil after its end: the next request starts it again
	history history
	now     func() time.Time
	leave   context.CancelFunc // ends the conversation
}

func (s *session) connect(ctx context.Context) (err error) {
	s.server, err = startServer(ctx, s.cfg, s.view.stderr(), s.forms, s.forms.progress)
	return err
}

func (s *session) disconnect() {
	if s.server != nil {
		s.server.close()
		s.server = nil
	}
}

func (s *session) toolNames() []string {
	names := []string{}
	for _, t := range s.server.tools {
		names = append(names, t.Function.Name)
	}
	return names
}

// turn carries out one request and tells how it went.
func (s *session) turn(ctx context.Context, request string) Outcome {
	turn, stop := context.WithCancel(ctx)
	defer stop()
	defer s.view.onInterrupt(stop, s.leave)()
	s.history.begin(request)
	s.view.request(request)
	outcome, err := s.rounds(turn)
	s.view.idle()
	switch {
	case turn.Err() != nil:
		outcome = Declined
		s.settle(s.cfg.Lang.Say("(사용자가 중단했어요.)", "(Stopped by the user.)"))
		if s.cfg.Request == "" {
			s.view.note(s.cfg.Lang.Say("중단했어요. 끝내려면 Ctrl-C를 한 번 더 눌러 주세요.", "Stopped. Press Ctrl-C again to leave."))
		} else {
			s.view.note(s.cfg.Lang.Say("중단했어요.", "Stopped."))
		}
	case err != nil:
		outcome = Failed
		s.settle(s.cfg.Lang.Say("(문제가 생겨서 응답하지 못했어요.)", "(A problem occurred, so there is no response.)"))
		s.view.problem(s.explain(err))
	}
	s.view.turned(outcome)
	return outcome
}

// settle closes a turn that ended early. One in which no tool was called is
// forgotten; any other stays, for the model has to know what was done.
func (s *session) settle(note string) {
	current := s.history.current()
	if len(current) == 1 {
		s.history.undo()
		return
	}
	s.history.add(openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: note})
}

// errTooManyRounds: the model keeps calling tools.
var errTooManyRounds = errors.New("too many rounds of tool calls")

func (s *session) explain(err error) string {
	switch {
	case errors.Is(err, errTooManyRounds):
		return s.cfg.Lang.Sayf("도구를 %d번 사용해도 끝나지 않아 멈췄어요. 더 구체적으로 입력해 주세요.", "Stopped after %d rounds of tool calls. Please enter a more specific request.", maxRounds)
	case errors.Is(err, errServerGone):
		return s.cfg.Lang.Say("도구 서버가 갑자기 종료됐어요. 보내던 메시지가 있다면 카카오톡에서 전송됐는지 확인해 주세요. 다음 요청 때 서버를 다시 시작할게요.",
			"The tool server ended unexpectedly. If a message was being sent, check in KakaoTalk whether it was delivered. The server restarts with the next request.")
	case errors.Is(err, errNoServer):
		return s.cfg.Lang.Say("도구 서버를 다시 시작하지 못했어요. chat을 끝냈다가 다시 실행해 주세요.", "The tool server could not be restarted. Leave chat and run it again.")
	}
	return s.model.explain(err)
}

// errNoServer: the server ended and does not come back.
var errNoServer = errors.New("the MCP server does not start")

// rounds asks the model and runs the tools it calls until it has an answer.
func (s *session) rounds(ctx context.Context) (Outcome, error) {
	if s.server == nil {
		s.view.wait(s.cfg.Lang.Say("도구 서버를 다시 시작하고 있어요", "Restarting the tool server"))
		if err := s.connect(ctx); err != nil {
			return Failed, errNoServer
		}
	}
	outcome := Done
	for range maxRounds {
		s.view.wait(s.cfg.Lang.Say("생각하고 있어요", "Thinking"))
		answer, err := s.complete(ctx)
		if err != nil {
			return Failed, err
		}
		s.view.answered(answer.text)
		if answer.short {
			s.view.note(s.cfg.Lang.Say("응답이 길어서 끝이 잘렸어요.", "The response was too long and was cut off."))
		}
		calls, arguments := readable(answer.calls)
		s.history.add(openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: answer.text, ToolCalls: calls})
		if len(calls) == 0 {
			return outcome, nil
		}
		var broken error
		for i, call := range calls {
			text := ""
			if text, outcome, broken = s.call(ctx, call, arguments[i], outcome, broken); ctx.Err() != nil {
				outcome = Declined
			}
			s.history.add(openai.ChatCompletionMessage{Role: openai.ChatMessageRoleTool, ToolCallID: call.ID, Content: text})
		}
		if broken != nil || ctx.Err() != nil {
			return outcome, errors.Join(broken, ctx.Err())
		}
	}
	return Failed, errTooManyRounds
}

// complete asks the model, with a shorter history if this one is too long for it.
func (s *session) complete(ctx context.Context) (reply, error) {
	for {
		answer, err := s.model.complete(ctx, s.history.messages(systemPrompt(s.cfg.Lang, s.now())), s.server.tools, s.view.text)
		if refusal, ok := errors.AsType[*modelError](err); ok && refusal.tooLong() && s.history.halve() {
			continue
		}
		return answer, err
	}
}

// readable decodes the calls' arguments. Where that fails arguments is nil, and
// the call is kept with empty ones: it goes back to the server, which may be strict.
func readable(calls []openai.ToolCall) ([]openai.ToolCall, []map[string]any) {
	arguments := make([]map[string]any, len(calls))
	for i := range calls {
		text := calls[i].Function.Arguments
		var twice string
		if json.Unmarshal([]byte(text), &twice) == nil {
			text = twice // encoded two times
		}
		if text == "" || text == "null" {
			text = "{}"
		}
		if json.Unmarshal([]byte(text), &arguments[i]) != nil || arguments[i] == nil {
			arguments[i], text = nil, "{}"
		}
		calls[i].Function.Arguments = text
	}
	return calls, arguments
}

// call runs one tool and returns what the model reads about it. After the
// server's end, or the person's stop, the remaining calls are not run.
func (s *session) call(ctx context.Context, c openai.ToolCall, arguments map[string]any, before Outcome, broken error) (string, Outcome, error) {
	name := c.Function.Name
	switch {
	case ctx.Err() != nil:
		return "error: not run, the user stopped it", before, broken
	case broken != nil:
		return "error: not run, the server ended", before, broken
	case !s.server.has(name):
		return "error: there is no such tool", Failed, nil
	case arguments == nil:
		return "error: the arguments are not a JSON object", Failed, nil
	}
	s.view.call(c.ID, name, arguments)
	end := s.forms.during(ctx)
	r, err := s.server.call(ctx, c.ID, name, arguments)
	end()
	switch {
	case ctx.Err() != nil:
		return "error: the user stopped this call; it may have taken effect or not. Do not repeat it unless asked to.", Declined, nil
	case errors.Is(err, errServerGone):
		s.disconnect()
		return "error: the server ended during this call; it may have taken effect or not. Do not repeat it unless asked to.", Failed, err
	case errors.Is(err, context.DeadlineExceeded):
		return "error: the call took too long and was cancelled; it may have taken effect or not. Do not repeat it unless asked to.", Failed, nil
	case err != nil:
		r = result{text: err.Error(), isError: true}
	}
	s.view.result(c.ID, name, r)
	if page := r.field("login_url"); page != "" {
		s.view.login(page)
		return r.forModel(), LoginNeeded, nil
	}
	switch {
	case !r.isError:
		return r.forModel(), Done, nil
	case r.field("reason") == "declined":
		return r.forModel(), Declined, nil
	}
	return r.forModel(), Failed, nil
}
