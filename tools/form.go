package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/tools/ask"
)

// tooFast is how long a person takes at least to see a question and turn it down.
// What refuses sooner is a headless client, or one that allows itself everything.
const tooFast = 300 * time.Millisecond

// The fields of a question's form.
const (
	answerField = "answer"
	toField     = "to"
)

// Program implements messenger.Human.
func (c *client) Program() string { return c.program }

// Ask implements messenger.Human: a form, in both generations of the protocol.
func (c *client) Ask(ctx context.Context, q ask.Question) (ask.Answer, error) {
	if !c.form {
		return ask.Answer{}, ask.ErrCannotAsk
	}
	params := mcp.ElicitationParams{Message: q.Text(), RequestedSchema: formSchema(q)}
	if c.modern {
		return c.askModern(q, params)
	}
	asked := time.Now()
	answer, err := c.h.srv.RequestElicitation(ctx, mcp.ElicitationRequest{
		Request: mcp.Request{Method: string(mcp.MethodElicitationCreate)}, Params: params})
	switch {
	case ctx.Err() != nil:
		return ask.Answer{}, ctx.Err()
	case err != nil: // declared, but not to be had
		return ask.Answer{}, ask.ErrCannotAsk
	}
	return answerOf(q, answer, time.Since(asked))
}

// What Claude Code 2.1.332 shows of a question in its terminal: so many lines, each cut
// at the window's width, and then how many more there are. Nothing shows the rest.
const (
	claudeLines   = 3
	claudeColumns = 80
)

// Cuts implements messenger.Human.
func (c *client) Cuts(q ask.Question) bool {
	if c.name != "claude-code" || !c.form || c.given != nil && c.given.Kind == "confirm" {
		return false
	}
	lines := strings.Split(q.Text(), "\n")
	return len(lines) > claudeLines || slices.ContainsFunc(lines, func(line string) bool { return columns(line) > claudeColumns })
}

// columns is about how wide a terminal shows text; Hangul and what comes after it are
// twice as wide as letters.
func columns(text string) (n int) {
	for _, r := range text {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

// askModern ends the call with the question; the client makes it again with the
// answer.
func (c *client) askModern(q ask.Question, params mcp.ElicitationParams) (ask.Answer, error) {
	asked := digest(q.Text() + "\n" + q.Key)
	again := c.given != nil && c.given.Kind == "confirm"
	if !again || c.given.Question != asked {
		if again { // it may read like the one before and be about somebody else
			q.Remark = strings.TrimSpace(q.Remark + " " + q.Lang.Say("방금 답한 확인과 달라진 것이 있어요. 받는 사람과 내용을 다시 확인해 주세요.", "Something has changed since the confirmation just answered. Check the recipient and the message again."))
			params.Message = q.Text()
		}
		params.Mode = mcp.ElicitationModeForm
		return ask.Answer{}, &inputNeeded{server.NewInputRequestBuilder(c.state("confirm", asked)).Elicit("confirm", params).ToolResult()}
	}
	answer := c.answer("confirm")
	if answer == nil {
		return ask.Answer{}, ask.ErrCannotAsk
	}
	return answerOf(q, answer, time.Since(time.UnixMilli(c.given.Asked)))
}

// formSchema is a flat form that every revision of the protocol can show.
func formSchema(q ask.Question) map[string]any {
	choice := func(title string, values []string) map[string]any {
		return map[string]any{"type": "string", "title": title, "enum": values}
	}
	var answers []string
	for _, c := range q.Answers {
		answers = append(answers, c.Label)
	}
	answer := choice(q.Lang.Say("보낼까요?", "Send this message?"), answers)
	answer["default"] = answers[0] // or accepting the form would take several more keys
	properties, required := map[string]any{answerField: answer}, []string{answerField}
	if labels := peopleLabels(q); len(labels) > 0 {
		properties[toField] = choice(q.Lang.Say("받는 사람", "Recipient"), labels)
		required = append(required, toField)
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

// peopleLabels are the people to choose from, each with a line of its own.
func peopleLabels(q ask.Question) []string {
	var labels []string
	seen := map[string]bool{}
	for i, p := range q.Choose {
		label := p.Label(q.Lang)
		if seen[label] {
			label = fmt.Sprintf("%s (%d)", label, i+1)
		}
		seen[label] = true
		labels = append(labels, label)
	}
	return labels
}

// answerOf reads a client's answer. Whatever is not clearly one of the answers is a
// no, unless it came before anybody can have seen the question.
func answerOf(q ask.Question, r *mcp.ElicitationResult, took time.Duration) (ask.Answer, error) {
	if r.Action != mcp.ElicitationResponseActionAccept {
		if took < tooFast {
			return ask.Answer{}, ask.ErrUnseen
		}
		return ask.Answer{Verdict: ask.Cancel}, nil
	}
	fields, _ := r.Content.(map[string]any)
	chosen, _ := fields[answerField].(string)
	a := ask.Answer{Verdict: ask.Cancel}
	for _, c := range q.Answers {
		if chosen == c.Label || chosen == string(c.Verdict) {
			a.Verdict = c.Verdict
		}
	}
	to, _ := fields[toField].(string)
	for i, label := range peopleLabels(q) {
		if to == label || to == q.Choose[i].UUID {
			a.To = q.Choose[i].UUID
		}
	}
	return a, nil
}
