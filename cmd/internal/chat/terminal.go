package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"golang.org/x/term"
	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/terminal"
)

// Bracketed paste: line breaks in pasted text are text and send nothing.
const pasteOn, pasteOff = "\x1b[?2004h", "\x1b[?2004l"

// terminalView is a person at a terminal. The terminal stays in raw mode the
// whole time: Ctrl-C is a key then, and does not reach the server process.
type terminalView struct {
	lang   wording.Lang
	screen *screen
	keys   *keyboard
	editor *editor
	asking editor // has no past lines
	single bool   // one request, no conversation
	armed  bool   // Ctrl-C just stopped something: one more leaves
	undo   func()
}

func newTerminalView(c Config) (*terminalView, error) {
	state, err := term.MakeRaw(int(c.Stdin.Fd()))
	if err != nil {
		return nil, fmt.Errorf("preparing the terminal: %w", err)
	}
	back := terminal.EscapesOn(c.Stdout)
	t := &terminalView{lang: c.Lang, screen: &screen{out: c.Stdout}, editor: &editor{}, single: c.Request != ""}
	t.undo = func() {
		t.screen.raw(pasteOff)
		back()
		term.Restore(int(c.Stdin.Fd()), state) //nolint:errcheck // nothing else can be done
	}
	t.screen.raw(pasteOn)
	t.keys = newKeyboard(c.Stdin)
	return t, nil
}

func (t *terminalView) close() {
	t.idle()
	t.screen.show(nil)
	t.undo()
}

func (t *terminalView) begin(model string, tools []string) {
	if !t.single {
		t.screen.line(t.lang.Sayf("모델: %s (도구 %d개). 끝내려면 '종료'를 입력하거나 Ctrl-D를 눌러 주세요.", "Model: %s (tools: %d). Type exit or press Ctrl-D to leave.", clean(model), len(tools)))
	}
}

// errStop: the person left with Ctrl-C, or pressed it on a line.
var errStop = errors.New("stopped")

func (t *terminalView) line(ctx context.Context) (string, error) {
	for {
		line, err := t.edit(ctx, t.editor, "> ")
		if errors.Is(err, errStop) {
			if t.armed && line == "" {
				return "", errStop
			}
			t.armed = true
			t.screen.line(t.lang.Say("끝내려면 Ctrl-C를 한 번 더 눌러 주세요.", "Press Ctrl-C again to leave."))
			continue
		}
		t.armed = false
		if err != nil {
			return "", err
		}
		t.editor.remember(line)
		return line, nil
	}
}

// edit lets the person type one line. Ctrl-D on an empty one is io.EOF. The text
// comes in composed form (NFC): pasted names from macOS are not.
func (t *terminalView) edit(ctx context.Context, e *editor, prompt string) (string, error) {
	e.start(prompt)
	t.screen.show(e)
	defer t.screen.show(nil)
	for {
		k, err := t.keys.next(ctx)
		if err != nil {
			return "", err
		}
		text := e.text()
		switch {
		case k.code == keyEnter:
			return norm.NFC.String(text), nil
		case k.code == keyStop:
			return text, errStop
		case k.code == keyQuit && text == "":
			return "", io.EOF
		case k.code == keyClear:
			t.screen.clear()
		}
		t.screen.change(func() {
			for ok := true; ok; k, ok = t.keys.ahead() { // a paste is drawn once
				e.press(k)
			}
		})
	}
}

func (t *terminalView) request(string)    {}
func (t *terminalView) wait(what string)  { t.screen.wait(what) }
func (t *terminalView) idle()             { t.screen.rest() }
func (t *terminalView) stderr() io.Writer { return t.screen }
func (t *terminalView) end()              {}
func (t *terminalView) turned(Outcome)    { t.screen.line("") }

func (t *terminalView) text(part string) {
	t.idle()
	t.screen.print(clean(part))
}

func (t *terminalView) answered(text string) {
	t.idle()
	if text != "" && !strings.HasSuffix(text, "\n") {
		t.screen.print("\n")
	}
}

func (t *terminalView) note(text string) {
	t.screen.line(clean(text))
}

func (t *terminalView) problem(text string) {
	t.idle()
	t.screen.line("! " + clean(text))
}

func (t *terminalView) call(_, name string, arguments map[string]any) {
	t.idle()
	t.screen.line("→ " + name + " " + compact(arguments))
	t.wait(name)
}

func (t *terminalView) result(_, _ string, r result) {
	t.idle()
	t.screen.line(mark(r) + " " + shown(r))
}

func (t *terminalView) login(page string) { t.screen.line(loginLine(t.lang, clean(page))) }

func (t *terminalView) question(message string) {
	t.idle()
	t.keys.forget()
	t.screen.line("\n? " + strings.ReplaceAll(clean(message), "\n", "\n  "))
}

func (t *terminalView) ask(ctx context.Context, title string, labels []string) (string, error) {
	prompt := oneLine(title, 60)
	for i, label := range labels {
		t.screen.line(fmt.Sprintf("  %d) %s", i+1, oneLine(label, 60)))
	}
	if len(labels) > 0 {
		prompt += t.lang.Sayf(" [번호 1-%d]", " [1-%d]", len(labels))
	}
	return t.edit(ctx, &t.asking, prompt+" ")
}

func (t *terminalView) onInterrupt(first, later func()) func() {
	var times atomic.Int32
	t.keys.onStop(func() {
		if times.Add(1) == 1 {
			first()
		} else {
			later()
		}
	})
	return func() {
		t.keys.onStop(nil)
		t.armed = times.Load() > 0
	}
}
