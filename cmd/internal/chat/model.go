package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"kakaotalk-mcp/auth/ground/wording"
)

const (
	// maxTokens is the longest answer asked for. HCX-005 takes 1,024 to 4,096 when
	// tools are offered; a message of 1,000 Korean characters needs about 1,000.
	maxTokens = 2048
	// answerTime bounds one answer; local models load for minutes.
	answerTime = 5 * time.Minute
	dialTime   = 10 * time.Second
	// maxTries bounds repeats of a request after "too many" or a server fault, and
	// maxWait each pause between: a person is waiting. CLOVA Studio counts by the
	// minute, so that pauses of this length are usually enough.
	maxTries = 4
	maxWait  = 20 * time.Second
	// maxCalls bounds the tool calls of one answer: no request needs more at once.
	maxCalls = 32
)

// model is the language model behind an OpenAI-compatible address.
type model struct {
	api    *openai.Client
	name   string
	host   string
	clova  bool // NAVER's own address: errors name its console
	stream bool // answers come piece by piece; off once the server refused that
	lang   wording.Lang
	sleep  func(context.Context, time.Duration) error
	notice func(string) // tells the person about a pause
}

func newModel(c Config, notice func(string)) *model {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: dialTime}).DialContext
	api := openai.DefaultConfig(c.Key)
	api.BaseURL = c.BaseURL
	api.HTTPClient = &http.Client{
		Transport: wire{transport},
		// A redirect would carry the conversation to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &model{api: openai.NewClientWithConfig(api), name: c.Model, host: hostOf(c.BaseURL), stream: true, lang: c.Lang,
		clova: strings.HasSuffix(hostOf(c.BaseURL), ".ntruss.com"), sleep: sleep, notice: notice}
}

// reply is one answer of the model: text, or tools to call, or both.
type reply struct {
	text  string
	calls []openai.ToolCall
	short bool // it ended at maxTokens

	arguments [][]byte // of calls, while they come in pieces
	size      int      // of them all
}

// complete gets the next answer. onText receives its text as it comes. It
// repeats what may be repeated: an answer has no effect outside.
func (m *model) complete(ctx context.Context, messages []openai.ChatCompletionMessage, tools []openai.Tool, onText func(string)) (reply, error) {
	request := openai.ChatCompletionRequest{Model: m.name, Messages: messages, Tools: tools}
	if m.reasons() {
		request.MaxCompletionTokens = maxTokens
	} else {
		//lint:ignore SA1019 the only name HCX-005 and most compatible servers know
		request.MaxTokens = maxTokens
	}
	shown := false
	show := func(text string) {
		shown = true
		onText(text)
	}
	for try := 1; ; try++ {
		r, err := m.once(ctx, request, show)
		if err == nil || ctx.Err() != nil {
			return r, errors.Join(err, ctx.Err())
		}
		wait, again := pause(err, try)
		if shown || !again {
			return reply{}, err
		}
		if wait >= time.Second {
			m.notice(m.lang.Sayf("모델 서버가 혼잡해서 %d초 뒤에 다시 시도할게요.", "The model server is busy. Trying again in %d seconds.", int(wait.Seconds()+0.5)))
		}
		if err := m.sleep(ctx, wait); err != nil {
			return reply{}, err
		}
	}
}

// reasons reports whether the model is of OpenAI's kind that refuses max_tokens.
func (m *model) reasons() bool {
	families := []string{"o1", "o3", "o4", "gpt-5", "gpt-6"}
	return slices.ContainsFunc(families, func(family string) bool { return strings.HasPrefix(m.name, family) })
}

// pause returns how long to wait before try+1, and whether there should be one.
func pause(err error, try int) (time.Duration, bool) {
	var refusal *modelError
	backoff := time.Second << (try - 1)
	backoff += rand.N(backoff / 4) // several programs share an account's limit
	switch {
	case try >= maxTries, errors.Is(err, context.DeadlineExceeded):
		return 0, false
	case errors.As(err, &refusal) && refusal.limited() && refusal.retryAfter >= 0:
		return refusal.retryAfter, refusal.retryAfter <= maxWait
	case errors.As(err, &refusal) && (refusal.limited() || refusal.passing() && try <= 2):
		return min(backoff, maxWait), true
	case errors.Is(err, errCut) && try == 1:
		return 0, true
	}
	return 0, false
}

// once asks one time: streamed if the server does that, else, or if the stream
// brought nothing, as a whole.
func (m *model) once(ctx context.Context, request openai.ChatCompletionRequest, show func(string)) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if !m.stream {
		return m.whole(ctx, request, show)
	}
	shown := false
	r, err := m.streamed(ctx, request, func(text string) {
		shown = true
		show(text)
	})
	var refusal *modelError
	refusedStream := errors.As(err, &refusal) && refusal.status/100 == 4 && !refusal.unauthorised() && !refusal.limited() && !refusal.tooLong()
	if err == nil || shown || !refusedStream && !errors.Is(err, errNoAnswer) {
		return r, err
	}
	// Some servers cannot stream together with tools.
	r, err = m.whole(ctx, request, show)
	if err == nil {
		m.stream = false
	}
	return r, err
}

func (m *model) whole(ctx context.Context, request openai.ChatCompletionRequest, show func(string)) (reply, error) {
	answer, err := m.api.CreateChatCompletion(ctx, request)
	if err != nil {
		return reply{}, err
	}
	if len(answer.Choices) == 0 {
		return reply{}, errNoAnswer
	}
	choice := answer.Choices[0]
	r := reply{text: choice.Message.Content, calls: choice.Message.ToolCalls, short: choice.FinishReason == openai.FinishReasonLength}
	for _, part := range choice.Message.MultiContent {
		r.text += part.Text
	}
	if r.text != "" {
		show(r.text)
	}
	return r.checked()
}

func (m *model) streamed(ctx context.Context, request openai.ChatCompletionRequest, show func(string)) (reply, error) {
	answer, err := m.api.CreateChatCompletionStream(ctx, request)
	if err != nil {
		return reply{}, err
	}
	defer answer.Close()
	var r reply
	var text strings.Builder
	for {
		event, err := answer.Recv()
		if err == io.EOF {
			r.text = text.String()
			return r.checked()
		}
		if err != nil {
			return reply{}, err
		}
		if len(event.Choices) == 0 {
			continue
		}
		choice := event.Choices[0]
		if choice.Delta.Content != "" {
			text.WriteString(choice.Delta.Content)
			show(choice.Delta.Content)
		}
		for _, part := range choice.Delta.ToolCalls {
			r.add(part)
		}
		if text.Len() > maxText || r.size > maxText {
			return reply{}, errNoAnswer
		}
		r.short = r.short || choice.FinishReason == openai.FinishReasonLength
	}
}

// add joins one piece of a streamed call to the others. Pieces of one call share
// its index; servers without indexes send whole calls.
func (r *reply) add(part openai.ToolCall) {
	at := len(r.calls)
	for i, c := range r.calls {
		if part.Index != nil && c.Index != nil && *c.Index == *part.Index || part.Index == nil && part.ID != "" && c.ID == part.ID {
			at = i
		}
	}
	if part.Index == nil && part.ID == "" && part.Function.Name == "" && at > 0 {
		at = len(r.calls) - 1
	}
	if at == len(r.calls) {
		if at <= maxCalls { // one too many is seen by checked, more need no room
			r.calls = append(r.calls, part)
			r.arguments = append(r.arguments, nil)
			r.write(at, part)
		}
		return
	}
	c := &r.calls[at]
	if c.ID == "" {
		c.ID = part.ID
	}
	if c.Function.Name == "" {
		c.Function.Name = part.Function.Name
	}
	r.write(at, part)
}

func (r *reply) write(at int, part openai.ToolCall) {
	r.arguments[at] = append(r.arguments[at], part.Function.Arguments...)
	r.size += len(part.Function.Arguments)
}

// checked refuses an answer with nothing or far too much in it, and leaves out what only streams
// have: the calls go back to the server.
func (r reply) checked() (reply, error) {
	if r.text == "" && len(r.calls) == 0 || len(r.calls) > maxCalls {
		return reply{}, errNoAnswer
	}
	for i := range r.arguments {
		r.calls[i].Function.Arguments = string(r.arguments[i])
	}
	r.arguments, r.size = nil, 0
	for i := range r.calls {
		r.calls[i].Index, r.calls[i].Type = nil, openai.ToolTypeFunction
		if r.calls[i].ID == "" {
			r.calls[i].ID = fmt.Sprintf("call_%d", i+1)
		}
	}
	return r, nil
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
