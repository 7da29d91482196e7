package chat

import (
	openai "github.com/sashabaranov/go-openai"
)

const (
	// historyTokens is how much of the conversation is sent along. Every round
	// sends all of it again, and a test key of CLOVA Studio has 60,000 tokens a
	// minute: this leaves room for a few rounds, far below the window of 128,000.
	historyTokens = 16_000
	// maxToolText bounds one tool result, in characters: 100 friends have about 9,000.
	maxToolText = 12_000
)

// history is the conversation in whole turns: a person's request with everything
// that followed. Trimming drops whole turns, so that a tool's result is never
// left without its call.
type history struct {
	turns  [][]openai.ChatCompletionMessage
	budget int // tokens
}

// begin starts a turn.
func (h *history) begin(request string) {
	h.turns = append(h.turns, []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: request}})
}

// add appends to the current turn.
func (h *history) add(messages ...openai.ChatCompletionMessage) {
	last := len(h.turns) - 1
	h.turns[last] = append(h.turns[last], messages...)
}

// undo forgets the current turn.
func (h *history) undo() { h.turns = h.turns[:len(h.turns)-1] }

// current returns the messages of the current turn.
func (h *history) current() []openai.ChatCompletionMessage { return h.turns[len(h.turns)-1] }

// messages returns the system prompt and as many of the last turns as fit the
// budget, the current one in any case.
func (h *history) messages(system string) []openai.ChatCompletionMessage {
	first, left := len(h.turns)-1, h.budget-tokens(h.current())
	for first > 0 {
		if left -= tokens(h.turns[first-1]); left < 0 {
			break
		}
		first--
	}
	h.turns = h.turns[first:]
	list := []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleSystem, Content: system}}
	for _, t := range h.turns {
		list = append(list, t...)
	}
	return list
}

// halve drops the older half of the turns, for a model with a smaller window. It
// reports whether there was anything to drop.
func (h *history) halve() bool {
	if len(h.turns) < 2 {
		return false
	}
	h.turns = h.turns[(len(h.turns)+1)/2:]
	return true
}

// tokens estimates what messages cost, rather too much than too little: about
// one token for each Hangul syllable and for three letters of other text.
func tokens(list []openai.ChatCompletionMessage) int {
	const perMessage = 8 // role and separators
	n := 0
	for _, m := range list {
		n += perMessage + textTokens(m.Content)
		for _, c := range m.ToolCalls {
			n += perMessage + textTokens(c.Function.Name) + textTokens(c.Function.Arguments)
		}
	}
	return n
}

func textTokens(s string) int {
	narrow, wide := 0, 0
	for _, r := range s {
		if r < 0x80 {
			narrow++
		} else {
			wide++
		}
	}
	return wide + (narrow+2)/3
}
