package chat

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/auth/ground/wording"
)

// maxFields bounds a form, and maxChoices the choices of one question.
const maxFields, maxChoices = 10, 30

// errNobody: there is no terminal whose person could answer.
var errNobody = errors.New("nobody can be asked here")

// forms shows the server's questions to the person. Without a clear answer the
// server hears a refusal: nothing is ever agreed to in the person's place.
type forms struct {
	view view
	lang wording.Lang

	busy sync.Mutex // held while a question is on the screen
	mu   sync.Mutex
	call context.Context // of the running tool call, else nil: a question ends with it
}

// during lets questions be asked, until the returned function is called. It
// waits for the last one to be off the screen.
func (f *forms) during(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	f.mu.Lock()
	f.call = ctx
	f.mu.Unlock()
	return func() {
		cancel()
		f.mu.Lock()
		f.call = nil
		f.mu.Unlock()
		f.busy.Lock()
		defer f.busy.Unlock()
	}
}

func (f *forms) running() context.Context {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.call
}

// progress shows what the server says about the running call.
func (f *forms) progress(text string) {
	if f.running() != nil {
		f.view.wait(text)
	}
}

// Elicit implements client.ElicitationHandler.
func (f *forms) Elicit(ctx context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	if r.Params.Mode != "" && r.Params.Mode != mcp.ElicitationModeForm {
		return nil, errors.New("only forms can be shown")
	}
	f.busy.Lock()
	defer f.busy.Unlock()
	call := f.running()
	if call == nil {
		return answered(mcp.ElicitationResponseActionCancel, nil), nil // no call, no question
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(call, cancel)()

	fields, err := fieldsOf(r.Params.RequestedSchema, f.lang)
	if err != nil {
		return nil, err
	}
	f.view.question(r.Params.Message)
	defer f.view.wait(f.lang.Say("처리하고 있어요", "Working"))
	values := map[string]any{}
	for _, field := range fields {
		value, err := f.ask(ctx, field)
		switch {
		case errors.Is(err, errNobody):
			f.view.problem(f.lang.Say("여기에는 답할 터미널이 없어요. 브라우저에 확인 페이지가 열리면 거기에서 답해 주세요.",
				"There is no terminal here to answer on. If a confirmation page opens in the browser, please answer there."))
			return answered(mcp.ElicitationResponseActionDecline, nil), nil
		case ctx.Err() != nil:
			return answered(mcp.ElicitationResponseActionCancel, nil), nil
		case err != nil:
			return answered(mcp.ElicitationResponseActionDecline, nil), nil
		}
		values[field.name] = value
	}
	return answered(mcp.ElicitationResponseActionAccept, values), nil
}

func answered(action mcp.ElicitationResponseAction, values map[string]any) *mcp.ElicitationResult {
	r := &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: action}}
	if values != nil {
		r.Content = values
	}
	return r
}

// field is one question of a form.
type field struct {
	name, title string
	kind        string // of JSON Schema
	labels      []string
	values      []any // what the labels stand for; none: free text
}

// fieldsOf reads the flat object schema of a form, required fields first.
func fieldsOf(schema any, lang wording.Lang) ([]field, error) {
	object, _ := schema.(map[string]any)
	properties, _ := object["properties"].(map[string]any)
	if len(properties) == 0 || len(properties) > maxFields {
		return nil, errors.New("the form cannot be shown")
	}
	required, _ := object["required"].([]any)
	names := slices.Sorted(maps.Keys(properties))
	isRequired := func(name string) bool { return slices.Contains(required, any(name)) }
	first := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !isRequired(name) })
	names = append(first, slices.DeleteFunc(names, isRequired)...)
	var list []field
	for _, name := range names {
		p, _ := properties[name].(map[string]any)
		f := field{name: name, title: name}
		f.kind, _ = p["type"].(string)
		if title, _ := p["title"].(string); title != "" {
			f.title = title
		}
		enum, _ := p["enum"].([]any)
		titled, _ := p["oneOf"].([]any)
		for _, v := range enum {
			f.labels, f.values = append(f.labels, fmt.Sprint(v)), append(f.values, v)
		}
		for _, v := range titled {
			choice, _ := v.(map[string]any)
			f.labels, f.values = append(f.labels, fmt.Sprint(choice["title"])), append(f.values, choice["const"])
		}
		if f.kind == "boolean" {
			f.labels, f.values = []string{lang.Say("예", "Yes"), lang.Say("아니요", "No")}, []any{true, false}
		}
		if len(f.values) > maxChoices {
			return nil, errors.New("the form cannot be shown")
		}
		list = append(list, f)
	}
	return list, nil
}

// maxMistakes is how often one question is put again after an unusable answer.
const maxMistakes = 5

// ask puts one question until there is a usable answer.
func (f *forms) ask(ctx context.Context, q field) (any, error) {
	for range maxMistakes {
		text, err := f.view.ask(ctx, q.title, q.labels)
		if err != nil {
			return nil, err
		}
		text = strings.TrimSpace(text)
		switch {
		case text == "": // Enter alone chooses nothing
		case len(q.values) > 0:
			if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(q.values) {
				return q.values[n-1], nil
			}
			if i := slices.Index(q.labels, text); i >= 0 {
				return q.values[i], nil
			}
		case q.kind == "integer":
			if n, err := strconv.Atoi(text); err == nil {
				return n, nil
			}
		case q.kind == "number":
			if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) { // JSON has neither
				return n, nil
			}
		default:
			return text, nil
		}
	}
	return nil, errors.New("no usable answer")
}
