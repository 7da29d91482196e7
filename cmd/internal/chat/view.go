package chat

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"

	"kakaotalk-mcp/auth/ground/wording"
)

// view is where the conversation is shown and where requests come from.
type view interface {
	begin(model string, tools []string)
	line(ctx context.Context) (string, error) // the next request; io.EOF at the end
	request(text string)                      // a turn begins
	wait(what string)                         // something takes its time
	idle()
	text(part string)     // a piece of an answer, as it comes
	answered(text string) // the whole of it
	call(id, name string, arguments map[string]any)
	result(id, name string, r result)
	login(page string)
	question(message string)
	ask(ctx context.Context, title string, labels []string) (string, error) // errNobody without a person
	note(text string)
	problem(text string)
	turned(o Outcome)
	// onInterrupt says what Ctrl-C does until the returned function is called:
	// the first one, and every later one.
	onInterrupt(first, later func()) (end func())
	stderr() io.Writer // for the server's messages
	end()              // the person leaves
	close()
}

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

func newView(c Config) (view, error) {
	switch {
	case c.JSON:
		return &eventView{plainView: newPlainView(c), out: json.NewEncoder(c.Stdout)}, nil
	case isTerminal(c.Stdin) && isTerminal(c.Stdout):
		return newTerminalView(c)
	}
	return newPlainView(c), nil
}

// maxRequest bounds one request from a pipe, in bytes; a message to send is in it.
const maxRequest = 1 << 20

// plainView is for pipes and files: answers on stdout, all else on stderr, no
// questions. Each line of stdin is a request.
type plainView struct {
	lang     wording.Lang
	in       *bufio.Scanner
	out, err io.Writer
	mu       sync.Mutex // the server's messages come from elsewhere
	midLine  bool
}

func newPlainView(c Config) *plainView {
	in := bufio.NewScanner(c.Stdin)
	in.Buffer(nil, maxRequest)
	return &plainView{lang: c.Lang, in: in, out: c.Stdout, err: c.Stderr}
}

func (p *plainView) begin(string, []string)         {}
func (p *plainView) request(string)                 {}
func (p *plainView) wait(string)                    {}
func (p *plainView) idle()                          {}
func (p *plainView) turned(Outcome)                 {}
func (p *plainView) end()                           {}
func (p *plainView) close()                         {}
func (p *plainView) stderr() io.Writer              { return &cleanLines{w: p.err} }
func (p *plainView) onInterrupt(_, _ func()) func() { return func() {} } // the signal ends the program

func (p *plainView) line(context.Context) (string, error) {
	if !p.in.Scan() {
		if err := p.in.Err(); err != nil {
			return "", fmt.Errorf("reading the requests: %w", err)
		}
		return "", io.EOF
	}
	return strings.ToValidUTF8(p.in.Text(), "\ufffd"), nil
}

func (p *plainView) text(part string) {
	if part = clean(part); part != "" {
		fmt.Fprint(p.out, part)
		p.midLine = !strings.HasSuffix(part, "\n")
	}
}

func (p *plainView) answered(string) {
	if p.midLine {
		fmt.Fprintln(p.out)
		p.midLine = false
	}
}

func (p *plainView) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.err, clean(text))
}

func (p *plainView) problem(text string) {
	p.answered("")
	p.note(text)
}

func (p *plainView) call(_, name string, arguments map[string]any) {
	p.note("→ " + name + " " + compact(arguments))
}

func (p *plainView) result(_, _ string, r result) { p.note(mark(r) + " " + shown(r)) }

func (p *plainView) login(page string) { p.note(loginLine(p.lang, page)) }

func (p *plainView) question(message string) { p.note(message) }

func (p *plainView) ask(context.Context, string, []string) (string, error) { return "", errNobody }

// maxShown is how much of a tool call or result is shown, in characters.
const maxShown = 160

// compact is the arguments of a call on one line.
func compact(arguments map[string]any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(arguments) != nil {
		return ""
	}
	return oneLine(b.String(), maxShown)
}

// shown is the text of a result for people: of an error all, since it says what to
// do, but for the login page, which is told next; else its beginning.
func shown(r result) string {
	if r.isError {
		page := r.field("login_url")
		lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(clean(r.text)), "\n"), func(line string) bool { return page != "" && strings.Contains(line, page) })
		return strings.Join(lines, "\n  ")
	}
	return oneLine(r.text, maxShown)
}

func mark(r result) string {
	if r.isError {
		return "✗"
	}
	return "✓"
}

func loginLine(lang wording.Lang, page string) string {
	return lang.Say("카카오 로그인 주소: ", "Kakao login page: ") + page
}

// eventView prints one JSON object a line on stdout:
//
//	{"event":"ready","model":…,"tools":[…]}
//	{"event":"request","text":…}
//	{"event":"tool_call","id":…,"name":…,"arguments":{…}}
//	{"event":"tool_result","id":…,"name":…,"is_error":…,"result":…}
//	{"event":"login","url":…}
//	{"event":"question","message":…}         declined here, where nobody can answer
//	{"event":"answer","text":…}
//	{"event":"note","text":…}, {"event":"error","text":…}
//	{"event":"end","outcome":"done"|"failed"|"declined"|"login_needed"}
//
// request to end are of one turn. result is the structured result if the tool has one,
// else its text. More names may come.
type eventView struct {
	*plainView
	out *json.Encoder
}

func (e *eventView) emit(name string, fields map[string]any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.out.SetEscapeHTML(false)
	fields["event"] = name
	e.out.Encode(fields) //nolint:errcheck // a reader that went away is no reason to stop a send
}

func (e *eventView) begin(model string, tools []string) {
	e.emit("ready", map[string]any{"model": model, "tools": tools})
}

func (e *eventView) request(text string) { e.emit("request", map[string]any{"text": text}) }
func (e *eventView) text(string)         {}

func (e *eventView) answered(text string) {
	if text != "" {
		e.emit("answer", map[string]any{"text": text})
	}
}

func (e *eventView) call(id, name string, arguments map[string]any) {
	e.emit("tool_call", map[string]any{"id": id, "name": name, "arguments": arguments})
}

func (e *eventView) result(id, name string, r result) {
	var shown any = r.text
	if r.structured != nil {
		shown = r.structured
	}
	e.emit("tool_result", map[string]any{"id": id, "name": name, "is_error": r.isError, "result": shown})
}

func (e *eventView) login(page string)       { e.emit("login", map[string]any{"url": page}) }
func (e *eventView) question(message string) { e.emit("question", map[string]any{"message": message}) }
func (e *eventView) note(text string)        { e.emit("note", map[string]any{"text": text}) }
func (e *eventView) problem(text string)     { e.emit("error", map[string]any{"text": text}) }

func (e *eventView) turned(o Outcome) {
	name := map[Outcome]string{Done: "done", Failed: "failed", Declined: "declined", LoginNeeded: "login_needed"}[o]
	e.emit("end", map[string]any{"outcome": name})
}
