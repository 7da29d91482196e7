package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"kakaotalk-mcp/cmd/internal/cli"
)

// maxSecret bounds a line that is not echoed, in bytes.
const maxSecret = 4 << 10

// Choice is one answer to choose.
type Choice struct{ Value, Label string }

// Question is one thing to ask. Flag is how a script answers it.
type Question struct {
	Title, Note string
	Flag        string
	Choices     []Choice           // Choose and ChooseMany
	Secret      bool               // Input: not shown while typed
	Check       func(string) error // Input: seen before the question ends
}

// put shows a question, if there is somebody to see it.
func (t *Terminal) put(q Question) error {
	if !t.IsThere() {
		return cli.Misuse(t.lang.Sayf("터미널이 없어서 물어볼 수 없어요(%s). %s 옵션으로 답해 주세요", "There is no terminal to ask (%s). Answer with %s", q.Title, q.Flag))
	}
	cli.Tell(t.out, "\n"+q.Title)
	if q.Note != "" {
		cli.Tell(t.out, q.Note)
	}
	for i, c := range q.Choices {
		number := fmt.Sprintf("  %d. ", i+1)
		fmt.Fprintln(t.out, number+cli.Fold(t.out, c.Label, len(number)))
	}
	return nil
}

// Prompt shows a prompt and reads a line. Who leaves gets ErrStopped.
func (t *Terminal) Prompt(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(t.out, prompt)
	line, err := t.Line(ctx)
	if err != nil {
		fmt.Fprintln(t.out)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return "", ErrStopped
		}
		return "", fmt.Errorf("asking: %w", err)
	}
	return line, nil
}

// Confirm asks for one of two answers; yes is offered first. Without a second
// answer it only waits.
func (t *Terminal) Confirm(ctx context.Context, q Question, yes, no string) (bool, error) {
	q.Choices = []Choice{{"yes", yes}}
	if no != "" {
		q.Choices = append(q.Choices, Choice{"no", no})
	}
	picked, err := t.Choose(ctx, q)
	return picked == "yes", err
}

// Choose asks for one of the choices.
func (t *Terminal) Choose(ctx context.Context, q Question) (string, error) {
	if err := t.put(q); err != nil {
		return "", err
	}
	for {
		line, err := t.Prompt(ctx, t.lang.Say("번호 입력 (Enter만 누르면 1번): ", "Enter a number [1]: "))
		if err != nil {
			return "", err
		}
		if line == "" {
			return q.Choices[0].Value, nil
		}
		if i, ok := index(line, q.Choices); ok {
			return q.Choices[i].Value, nil
		}
		fmt.Fprint(t.out, t.lang.Sayf("1에서 %d 사이의 번호를 입력해 주세요.\n", "Enter a number from 1 to %d.\n", len(q.Choices)))
	}
}

// ChooseMany asks for any of the choices. Enter alone is all of them.
func (t *Terminal) ChooseMany(ctx context.Context, q Question) ([]string, error) {
	if err := t.put(q); err != nil {
		return nil, err
	}
	for {
		line, err := t.Prompt(ctx, t.lang.Say("번호를 쉼표로 구분해 입력 (Enter만 누르면 모두, 0은 없음): ", "Enter numbers separated by commas [all], or 0 for none: "))
		if err != nil {
			return nil, err
		}
		if picked, ok := numbered(line, q.Choices); ok {
			return picked, nil
		}
		fmt.Fprint(t.out, t.lang.Sayf("1에서 %d 사이의 번호를 입력해 주세요.\n", "Enter numbers from 1 to %d.\n", len(q.Choices)))
	}
}

// index is which of the choices a word means: its number, also as a Korean keyboard
// types it (２) and as the question says it (2번).
func index(word string, choices []Choice) (i int, ok bool) {
	n, err := strconv.Atoi(strings.TrimRight(narrowed(word), ".번"))
	return n - 1, err == nil && n >= 1 && n <= len(choices)
}

// narrowed is text with the full-width forms of ASCII characters in their usual form.
func narrowed(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		}
		return r
	}, text)
}

func numbered(line string, choices []Choice) (picked []string, ok bool) {
	line = narrowed(line)
	if line == "0" {
		return nil, true
	}
	if line == "" {
		for _, c := range choices {
			picked = append(picked, c.Value)
		}
		return picked, true
	}
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' }) {
		i, ok := index(word, choices)
		if !ok {
			return nil, false
		}
		if value := choices[i].Value; !slices.Contains(picked, value) {
			picked = append(picked, value)
		}
	}
	return picked, len(picked) > 0
}

// Input asks for one line until its check takes it. Quotes around it, as people
// paste them, are left out.
func (t *Terminal) Input(ctx context.Context, q Question) (string, error) {
	if err := t.put(q); err != nil {
		return "", err
	}
	for {
		line, err := t.lineOf(ctx, q.Secret)
		if err != nil {
			return "", err
		}
		line = Trimmed(line)
		if err := q.Check(line); err != nil {
			cli.Tell(t.out, err.Error())
			continue
		}
		return line, nil
	}
}

// Trimmed is what people paste, without blanks and quotes around it.
func Trimmed(text string) string { return strings.Trim(strings.TrimSpace(text), `"'`) }

// lineOf reads a line; a secret one is not echoed.
func (t *Terminal) lineOf(ctx context.Context, secret bool) (string, error) {
	if !secret {
		return t.Prompt(ctx, t.lang.Say("입력: ", "Answer: "))
	}
	fd := int(t.in.Fd())
	shown, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("asking without echo: %w", err)
	}
	line, err := t.rawLine(ctx)
	if rerr := term.Restore(fd, shown); rerr != nil && err == nil {
		err = rerr
	}
	fmt.Fprintln(t.out)
	return line, err
}

// rawLine reads a line from a terminal in raw mode, where Ctrl-C is a character.
func (t *Terminal) rawLine(ctx context.Context) (string, error) {
	fmt.Fprint(t.out, t.lang.Say("입력(보이지 않아요): ", "Answer (not shown): "))
	var line []byte
	for {
		got, err := t.keyboard.take(ctx, func(typed []byte, _ bool) int { return min(len(typed), 1) })
		if err != nil {
			return "", ErrStopped
		}
		switch c := got[0]; c {
		case '\r', '\n':
			return string(line), nil
		case 3, 4, 26: // Ctrl-C, Ctrl-D, and Ctrl-Z, which ends the input on Windows
			return "", ErrStopped
		case 8, 127:
			line = line[:max(len(line)-1, 0)]
		default:
			if line = append(line, c); len(line) > maxSecret {
				return "", errTooLong
			}
		}
	}
}
