// Package terminal asks a person at a terminal. It owns the one reader of standard
// input that everything shares which a person types (answers, pasted addresses,
// the text of a message), the questions, the clipboard and codes to be scanned.
//
// Questions are plain lines: that works in every terminal, over SSH and with a
// screen reader. A form library was tried: by its package initialisation alone it
// made serve, which never asks, start a sixth slower and take 2 MB more memory.
//
// It may import cli and the ground. What is asked, and what an answer means, is
// its callers' business.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
)

// ErrStopped: the person left the questions with Ctrl-C or at the end of input.
var ErrStopped = errors.New("stopped")

// Terminal is the person who typed the command. Prompts go to standard error.
type Terminal struct {
	keyboard *keyboard
	in, out  *os.File
	lang     wording.Lang
}

// New returns the terminal of a process. There is to be one for its standard
// input.
func New(env *cli.Env, lang wording.Lang) *Terminal {
	return &Terminal{keyboard: newKeyboard(env.Stdin), in: env.Stdin, out: env.Stderr, lang: lang}
}

// In is the same terminal, asking in another language.
func (t *Terminal) In(lang wording.Lang) *Terminal {
	other := *t
	other.lang = lang
	return &other
}

// IsThere reports whether there is somebody who sees questions and can answer.
func (t *Terminal) IsThere() bool { return cli.IsTerminal(t.in) && cli.IsTerminal(t.out) }

// Line reads one line of what is typed or piped in, without blanks around it. The
// end of the input is io.EOF.
func (t *Terminal) Line(ctx context.Context) (string, error) {
	line, err := t.keyboard.line(ctx)
	return strings.TrimSpace(line), err
}

// All reads what is typed or piped in to its end, but no more than limit bytes.
func (t *Terminal) All(ctx context.Context, limit int) ([]byte, error) {
	return t.keyboard.all(ctx, limit)
}

// YesNo shows a prompt and reports whether the answer is yes; Enter alone is
// byDefault. Who leaves with Ctrl-C gets ctx's error.
func (t *Terminal) YesNo(ctx context.Context, prompt string, byDefault bool) (bool, error) {
	fmt.Fprint(t.out, prompt)
	line, err := t.Answer(ctx)
	if err != nil {
		return false, err
	}
	if line == "" {
		return byDefault, nil
	}
	return isYes(line), nil
}

func isYes(line string) bool {
	switch strings.ToLower(narrowed(line)) {
	case "y", "yes", "ㅛ", "ㅛㄷㄴ", "네", "예", "ㅇ": // ㅛ is the key of y
		return true
	}
	return false
}

// Answer reads a line that must come; without one, as in a script, the error says
// what to do.
func (t *Terminal) Answer(ctx context.Context) (string, error) {
	line, err := t.Line(ctx)
	if errors.Is(err, io.EOF) {
		return "", t.NoAnswer()
	}
	return line, err
}

// NoAnswer is the error of an answer that cannot come.
func (t *Terminal) NoAnswer() error {
	return errors.New(t.lang.Say("입력이 없어서 멈췄어요. 터미널에서 다시 실행해 주세요", "There was no input. Run this again in a terminal"))
}
