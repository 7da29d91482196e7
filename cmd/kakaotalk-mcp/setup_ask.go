package main

import (
	"context"
	"errors"
	"fmt"
)

// errStopped: the person left the questions.
var errStopped = errors.New("stopped")

type choice struct{ value, label string }

// question is one thing to ask. flag is how a script answers it.
type question struct {
	title, note string
	flag        string
	choices     []choice           // choose and chooseMany
	secret      bool               // input: not shown while typed
	check       func(string) error // input: seen before the question ends
}

// asker asks a person at a terminal, one plain line after the other: that works
// in every terminal, over SSH and with a screen reader. A form library was tried:
// by its package initialisation alone it made serve, which never asks, start a
// sixth slower and take 2 MB more memory, and the program 2.5 MB larger.
type asker struct {
	sys      surroundings
	say      sayer
	keyboard *keyboard
}

func newAsker(sys surroundings, say sayer) asker {
	return asker{sys: sys, say: say, keyboard: newKeyboard(sys.stdin)}
}

// possible reports whether there is somebody to ask.
func (a asker) possible() bool { return isTerminal(a.sys.stdin) && isTerminal(a.sys.stderr) }

func (a asker) ready(q question) error {
	if a.possible() {
		return nil
	}
	return usageError{fmt.Errorf(a.say("'%s'을(를) 물어볼 터미널이 없어요. %s 옵션으로 답해 주세요", "no terminal to ask %q on: answer with %s"), q.title, q.flag)}
}

// confirm asks for one of two answers; yes is offered first. Without a second
// answer it only waits.
func (a asker) confirm(ctx context.Context, q question, yes, no string) (bool, error) {
	q.choices = []choice{{"yes", yes}}
	if no != "" {
		q.choices = append(q.choices, choice{"no", no})
	}
	picked, err := a.choose(ctx, q)
	return picked == "yes", err
}
