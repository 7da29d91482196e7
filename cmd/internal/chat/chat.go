// Package chat is an assistant in a terminal: a language model behind an
// OpenAI-compatible address, given the tools of an MCP server.
//
// It owns the conversation (tool loop, history, repeats after faults of the
// model), the MCP client with the server as a child process, and the terminal
// (line editing, spinner, questions). Of Kakao it knows the name only: what can be
// done comes from the server. It may import mcp-go's client, go-openai, x/term,
// x/text and displaywidth, and of this module cmd/internal/terminal only; settings
// arrive as values.
package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/wording"
)

// DefaultBaseURL is CLOVA Studio's OpenAI-compatible address.
const DefaultBaseURL = "https://clovastudio.stream.ntruss.com/v1/openai"

// Config says who talks to whom. All fields but Request and JSON are required;
// Key may be empty for servers that want none.
type Config struct {
	BaseURL, Model, Key string   // the model's address without /chat/completions, its name, its key
	Server              []string // the MCP server's program and arguments
	Env                 []string // all of the server's environment
	Lang                wording.Lang
	Version             string // ours, told to the server

	Request string // one request to carry out; "" for a conversation
	JSON    bool   // print events for programs instead of text

	Stdin          *os.File // a terminal together with Stdout: editing and questions
	Stdout, Stderr *os.File
}

// Outcome is how a conversation ended.
type Outcome int

const (
	Done        Outcome = iota
	Failed              // told already: the model or the last tool call of a single request failed
	Declined            // the person refused or stopped it
	LoginNeeded         // the last tool call waits for a login
)

// Run talks until the input ends, the person leaves, or Request is carried out.
// Outcomes other than Done are for Request, and for a person who leaves with
// Ctrl-C. The error is about the start: the server or the terminal.
func Run(ctx context.Context, c Config) (Outcome, error) {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	v, err := newView(c)
	if err != nil {
		return Failed, err
	}
	defer v.close()
	s := &session{cfg: c, view: v, leave: leave, now: time.Now, history: history{budget: historyTokens}}
	s.model = newModel(c, v.note)
	s.forms = &forms{view: v, lang: c.Lang}
	free := v.onInterrupt(leave, leave)
	err = s.connect(ctx)
	free()
	switch {
	case ctx.Err() != nil:
		s.disconnect()
		return Declined, nil
	case err != nil:
		return Failed, fmt.Errorf(c.Lang.Say("MCP 서버를 시작하지 못했어요: %s. 명령을 확인해 주세요: %w", "The MCP server could not be started: %s. Check its command: %w"), c.Server[0], err)
	}
	defer s.disconnect()
	v.begin(c.Model, s.toolNames())
	if c.Request != "" {
		return s.turn(ctx, c.Request), nil
	}
	return s.converse(ctx)
}

// converse takes requests until there are no more.
func (s *session) converse(ctx context.Context) (Outcome, error) {
	for {
		line, err := s.view.line(ctx)
		switch {
		case errors.Is(err, io.EOF):
			s.view.end()
			return Done, nil
		case ctx.Err() != nil, errors.Is(err, errStop):
			return Declined, nil
		case err != nil:
			return Failed, err
		}
		switch line = strings.TrimSpace(line); strings.ToLower(line) {
		case "":
			continue
		case "종료", "exit", "quit":
			s.view.end()
			return Done, nil
		}
		if s.turn(ctx, line); ctx.Err() != nil {
			return Declined, nil
		}
	}
}
