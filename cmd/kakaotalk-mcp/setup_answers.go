package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/term"
)

func (a asker) title(q question) {
	fmt.Fprintf(a.sys.stderr, "\n%s\n", q.title)
	if q.note != "" {
		fmt.Fprintln(a.sys.stderr, q.note)
	}
	for i, c := range q.choices {
		fmt.Fprintf(a.sys.stderr, "  %d. %s\n", i+1, c.label)
	}
}

// line reads an answer. Leaving is Ctrl-C or the end of input.
func (a asker) line(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(a.sys.stderr, prompt)
	line, err := a.keyboard.line(ctx)
	if err != nil {
		fmt.Fprintln(a.sys.stderr)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return "", errStopped
		}
		return "", fmt.Errorf("asking: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// choose asks for one of the choices.
func (a asker) choose(ctx context.Context, q question) (string, error) {
	if err := a.ready(q); err != nil {
		return "", err
	}
	a.title(q)
	for {
		line, err := a.line(ctx, a.say("번호 (그냥 Enter는 1번): ", "Number (just Enter is 1): "))
		if err != nil {
			return "", err
		}
		if line == "" {
			return q.choices[0].value, nil
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(q.choices) {
			return q.choices[n-1].value, nil
		}
		fmt.Fprintf(a.sys.stderr, a.say("1부터 %d 사이의 번호를 입력해 주세요.\n", "Enter a number from 1 to %d.\n"), len(q.choices))
	}
}

// chooseMany asks for any of the choices.
func (a asker) chooseMany(ctx context.Context, q question) ([]string, error) {
	if err := a.ready(q); err != nil {
		return nil, err
	}
	a.title(q)
	for {
		line, err := a.line(ctx, a.say("번호를 쉼표로 나누어 입력 (그냥 Enter는 없음): ", "Numbers, separated by commas (just Enter is none): "))
		if err != nil {
			return nil, err
		}
		picked, ok := numbered(line, q.choices)
		if ok {
			return picked, nil
		}
		fmt.Fprintf(a.sys.stderr, a.say("1부터 %d 사이의 번호를 입력해 주세요.\n", "Enter numbers from 1 to %d.\n"), len(q.choices))
	}
}

func numbered(line string, choices []choice) (picked []string, ok bool) {
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(choices) {
			return nil, false
		}
		picked = append(picked, choices[n-1].value)
	}
	return picked, true
}

// input asks for one line until its check takes it.
func (a asker) input(ctx context.Context, q question) (string, error) {
	if err := a.ready(q); err != nil {
		return "", err
	}
	a.title(q)
	for {
		line, err := a.lineOf(ctx, q.secret)
		if err != nil {
			return "", err
		}
		line = trimmed(line)
		if err := q.check(line); err != nil {
			fmt.Fprintln(a.sys.stderr, err)
			continue
		}
		return line, nil
	}
}

// lineOf reads a line; a secret one is not echoed.
func (a asker) lineOf(ctx context.Context, secret bool) (string, error) {
	if !secret {
		return a.line(ctx, a.say("입력: ", "Answer: "))
	}
	fd := int(a.sys.stdin.Fd())
	shown, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("asking without echo: %w", err)
	}
	line, err := a.rawLine(ctx)
	if rerr := term.Restore(fd, shown); rerr != nil && err == nil {
		err = rerr
	}
	a.keyboard.change()
	fmt.Fprintln(a.sys.stderr)
	return line, err
}

// rawLine reads a line from a terminal in raw mode, where Ctrl-C is a character.
func (a asker) rawLine(ctx context.Context) (string, error) {
	fmt.Fprint(a.sys.stderr, a.say("입력(보이지 않아요): ", "Answer (not shown): "))
	var line []byte
	for {
		got, err := a.keyboard.take(ctx.Done(), func(typed []byte) int { return min(len(typed), 1) })
		if err != nil {
			return "", errStopped
		}
		switch c := got[0]; c {
		case '\r', '\n':
			return string(line), nil
		case 3, 4: // Ctrl-C, Ctrl-D
			return "", errStopped
		case 8, 127:
			line = line[:max(len(line)-1, 0)]
		default:
			if line = append(line, c); len(line) > maxTyped {
				return "", errors.New("asking: the line is too long")
			}
		}
	}
}
