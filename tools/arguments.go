package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/tools/picture"
)

// anyID is more than any id of a template.
const anyID = 1 << 62

// maxShown is how many characters of an unknown argument's name are repeated.
const maxShown = 40

// arguments are a call's arguments before they are trusted. A null, an empty object and
// an empty array count as left out: models write them for optional arguments.
type arguments struct {
	lang   wording.Lang
	values map[string]json.RawMessage
	err    error // the first thing wrong
}

func readArguments(lang wording.Lang, r mcp.CallToolRequest, known ...string) *arguments {
	a := &arguments{lang: lang}
	raw := []byte(r.Params.RawArguments)
	if len(raw) == 0 && r.Params.Arguments != nil { // in-process callers
		raw, _ = json.Marshal(r.Params.Arguments)
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return a
	}
	if json.Unmarshal(raw, &a.values) != nil {
		a.fail(lang.Say("인자가 JSON 객체가 아니에요.", "The arguments are not a JSON object."), lang.Say("인자를 JSON 객체로 넣어 다시 요청해 주세요.", "Call again with a JSON object."))
		return a
	}
	for _, name := range slices.Sorted(maps.Keys(a.values)) {
		if !slices.Contains(known, name) {
			a.fail(fmt.Sprintf(lang.Say("없는 인자예요: %q.", "Unknown argument: %q."), bubble.Clean(name, maxShown)),
				fmt.Sprintf(lang.Say("다음 인자만 넣어 다시 요청해 주세요: %s", "Call again with these arguments only: %s"), strings.Join(known, ", ")))
			return a
		}
		switch string(a.values[name]) {
		case "null", "{}", "[]":
			delete(a.values, name)
		}
	}
	return a
}

func (a *arguments) fail(what, next string) {
	if a.err == nil {
		a.err = messenger.BadInput("bad_arguments", what, next)
	}
}

// wrong is fail for an argument that is not what it should be.
func (a *arguments) wrong(name, should string) {
	a.fail(fmt.Sprintf(a.lang.Say("%s 값이 올바르지 않아요.", "Invalid value for %s."), name),
		fmt.Sprintf(a.lang.Say("%s에 다음 값을 넣어 다시 요청해 주세요: %s", "Call again with a valid %s: %s."), name, should))
}

// decode reads one argument into v; want names the expected type for people.
func (a *arguments) decode(name string, v any, wantKo, wantEn string) {
	raw, ok := a.values[name]
	if !ok || a.err != nil {
		return
	}
	if json.Unmarshal(raw, v) != nil {
		a.wrong(name, a.lang.Say(wantKo, wantEn))
	}
}

func (a *arguments) text(name string) (s string) {
	a.decode(name, &s, "문자열", "a string")
	return s
}

// filled returns an argument that is not meant to be text. Clients that know only
// text send the JSON of it, and models fill in empties for what they leave out.
func (a *arguments) filled(name string) (raw json.RawMessage, given bool) {
	raw, given = a.values[name]
	if !given || a.err != nil {
		return nil, false
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if raw = json.RawMessage(strings.TrimSpace(text)); !json.Valid(raw) {
			if lower := bytes.ToLower(raw); json.Valid(lower) { // True
				raw = lower
			}
		}
	}
	switch string(raw) {
	case "", "{}", "[]", "null", `""`:
		return nil, false
	}
	return raw, true
}

func (a *arguments) flag(name string) (b bool) {
	if raw, given := a.filled(name); given && json.Unmarshal(raw, &b) != nil {
		a.wrong(name, a.lang.Say("true 또는 false", "true or false"))
	}
	return b
}

// hollow reports an object that says nothing: each of its values is an empty filler.
func (a *arguments) hollow(name string) bool {
	raw, given := a.filled(name)
	var values map[string]json.RawMessage
	if !given || json.Unmarshal(raw, &values) != nil {
		return false
	}
	for _, v := range values {
		if !slices.Contains([]string{`""`, "null", "{}", "[]"}, string(v)) {
			return false
		}
	}
	return true
}

// number reads an integer between least and most, or other when it is left out; so
// is a 0 where no such number can be meant.
func (a *arguments) number(name string, least, most, other int64) int64 {
	raw, given := a.filled(name)
	if !given {
		return other
	}
	n, err := integer(raw)
	if err == nil && n == 0 && least > 0 {
		return other
	}
	switch {
	case err == nil && n >= least && n <= most:
	case most == anyID:
		a.wrong(name, fmt.Sprintf(a.lang.Say("%d 이상의 정수", "an integer of at least %d"), least))
	default:
		a.wrong(name, fmt.Sprintf(a.lang.Say("%d에서 %d 사이의 정수", "an integer from %d to %d"), least, most))
		if r, ok := errors.AsType[*messenger.Refusal](a.err); ok {
			r.Retry = problem.Yes // with a number in between it works
		}
	}
	return n
}

// integer reads a number without a fraction, however it is written: 10.0 is an integer
// in JSON.
func integer(raw []byte) (int64, error) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if f, ferr := strconv.ParseFloat(string(raw), 64); err != nil && ferr == nil && f == float64(int64(f)) {
		return int64(f), nil
	}
	return n, err
}

// numbers reads an array of integers; a lone one counts as one. Nil is nothing.
func (a *arguments) numbers(name string) (list []int) {
	raw, given := a.filled(name)
	if !given {
		return nil
	}
	var loose []json.RawMessage
	if json.Unmarshal(raw, &loose) != nil {
		loose = []json.RawMessage{raw}
	}
	for _, one := range loose {
		n, err := integer(bytes.Trim(one, `"`))
		if err != nil {
			a.wrong(name, a.lang.Say("정수 또는 정수의 배열", "an integer or an array of them"))
			return nil
		}
		list = append(list, int(n))
	}
	return list
}

// names reads an array of strings; a lone string counts as one.
func (a *arguments) names(name string) (list []string) {
	raw, given := a.values[name]
	if !given || a.err != nil {
		return nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		if list = []string{one}; strings.HasPrefix(strings.TrimSpace(one), "[") {
			_ = json.Unmarshal([]byte(one), &list) // else it is a name that begins so
		}
	} else {
		a.decode(name, &list, "이름의 배열", "an array of names")
	}
	if !slices.ContainsFunc(list, func(s string) bool { return s != "" }) {
		return nil
	}
	return list
}

// called is a name without the @ before it.
func called(word string) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(word), "@"))
}

// strings reads an object of strings. Go's decoder would take null for "".
func (a *arguments) strings(name string) map[string]string {
	raw, isGiven := a.filled(name)
	if !isGiven {
		return nil
	}
	var given map[string]*string
	wrong := json.Unmarshal(raw, &given) != nil
	out := make(map[string]string, len(given))
	for k, v := range given {
		if wrong = wrong || v == nil; !wrong {
			out[k] = *v
		}
	}
	if wrong {
		a.wrong(name, a.lang.Say("값이 모두 문자열인 객체", "an object of strings"))
		return nil
	}
	return out
}

// object reads a JSON object as it was written.
func (a *arguments) object(name string) json.RawMessage {
	raw, given := a.filled(name)
	if !given {
		return nil
	}
	if raw = bytes.TrimSpace(raw); raw[0] != '{' {
		a.wrong(name, a.lang.Say("JSON 객체", "a JSON object"))
		return nil
	}
	return raw
}

// link reads an address; one blank in it is a slip.
func (a *arguments) link(name string) string {
	link := strings.TrimSpace(a.text(name))
	if strings.Count(link, " ") != 1 {
		return link
	}
	if before, after, ok := strings.Cut(link, ":// "); ok {
		return before + "://" + after
	}
	return strings.Replace(link, " ", "%20", 1)
}

// image reads the address of a picture, or the path of one on this computer, which is
// what it says.
func (a *arguments) image() string {
	if path := strings.TrimSpace(a.text("image")); picture.IsPath(path) {
		return path
	}
	return a.link("image")
}

func (a *arguments) content() compose.Content {
	c := compose.Content{
		Message: a.text("message"), Link: a.link("link"), Button: a.text("button"),
		Image: a.image(), Title: a.text("title"),
		TemplateID: a.number("template_id", 1, anyID, 0),
	}
	if a.hollow("template") {
		delete(a.values, "template")
	}
	if c.TemplateID == 0 && a.hollow("template_args") { // with a template, an empty text is a value
		delete(a.values, "template_args")
	}
	c.TemplateArgs = a.strings("template_args")
	c.Template = a.object("template")
	if _, ok := a.values["message"]; !ok && c.Template == nil && c.TemplateID == 0 {
		a.fail(a.lang.Say("message가 없어요.", "message is missing."), a.lang.Say("message에 보낼 내용을 넣어 다시 요청해 주세요.", "Call again with the text in message."))
	}
	return c
}
