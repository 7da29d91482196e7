package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/messenger"
)

// maxShown is how many characters of an unknown argument's name are repeated.
const maxShown = 40

// arguments are a call's arguments before they are trusted. A null counts as
// left out: models write it for optional arguments.
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
		a.fail(lang.Say("인자가 JSON 객체가 아니에요.", "The arguments are no JSON object."), lang.Say("인자를 JSON 객체로 넣어 다시 요청해 주세요.", "Call again with a JSON object."))
		return a
	}
	for _, name := range sortedKeys(a.values) {
		if !slices.Contains(known, name) {
			a.fail(fmt.Sprintf(lang.Say("없는 인자예요: '%s'.", "There is no argument %q."), bubble.Clean(name, maxShown)),
				fmt.Sprintf(lang.Say("쓸 수 있는 인자만 넣어 다시 요청해 주세요: %s", "Call again with known arguments only: %s"), strings.Join(known, ", ")))
			return a
		}
		if bytes.Equal(bytes.TrimSpace(a.values[name]), []byte("null")) {
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
	a.fail(fmt.Sprintf(a.lang.Say("%s의 값이 맞지 않아요.", "The value of %s does not fit."), name),
		fmt.Sprintf(a.lang.Say("%s에 다음 값을 넣어 다시 요청해 주세요: %s", "Call again; %s must be %s."), name, should))
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

func (a *arguments) flag(name string) (b bool) {
	a.decode(name, &b, "true 또는 false", "true or false")
	return b
}

// number reads an integer between least and most, or other when it is left out.
func (a *arguments) number(name string, least, most, other int64) int64 {
	raw, ok := a.values[name]
	if !ok || a.err != nil {
		return other
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(raw)), 10, 64)
	if f, ferr := strconv.ParseFloat(string(raw), 64); err != nil && ferr == nil && f == float64(int64(f)) {
		n, err = int64(f), nil // 10.0 is an integer in JSON
	}
	if err != nil || n < least || n > most {
		bounds := fmt.Sprintf(a.lang.Say("%d 이상의 정수", "an integer of at least %d"), least)
		if most < 1<<62 {
			bounds = fmt.Sprintf(a.lang.Say("%d에서 %d 사이의 정수", "an integer from %d to %d"), least, most)
		}
		a.wrong(name, bounds)
	}
	return n
}

// names reads an array of strings; a lone string counts as one.
func (a *arguments) names(name string) (list []string) {
	var one string
	if raw, ok := a.values[name]; ok && json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	a.decode(name, &list, "이름의 배열", "an array of names")
	return list
}

// strings reads an object of strings. Go's decoder would take null for "".
func (a *arguments) strings(name string) map[string]string {
	const wantKo, wantEn = "값이 모두 문자열인 객체", "an object of strings"
	var given map[string]*string
	a.decode(name, &given, wantKo, wantEn)
	if given == nil {
		return nil
	}
	out := make(map[string]string, len(given))
	for k, v := range given {
		if v == nil {
			a.wrong(name, a.lang.Say(wantKo, wantEn))
			return nil
		}
		out[k] = *v
	}
	return out
}

// object reads a JSON object as it was written. Clients that cannot express an
// open object send its JSON text.
func (a *arguments) object(name string) json.RawMessage {
	raw, ok := a.values[name]
	if !ok || a.err != nil {
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		a.wrong(name, a.lang.Say("JSON 객체", "a JSON object"))
		return nil
	}
	return raw
}

func (a *arguments) content() messenger.Content {
	c := messenger.Content{
		Message: a.text("message"), Link: strings.TrimSpace(a.text("link")), Button: a.text("button"),
		Image: strings.TrimSpace(a.text("image")), Title: a.text("title"),
		TemplateID: a.number("template_id", 1, 1<<62, 0),
	}
	c.TemplateArgs = a.strings("template_args")
	c.Template = a.object("template")
	if _, ok := a.values["message"]; !ok && c.Template == nil && c.TemplateID == 0 {
		a.fail(a.lang.Say("message가 없어요.", "message is missing."), a.lang.Say("message에 보낼 글을 넣어 다시 요청해 주세요.", "Call again with the text in message."))
	}
	return c
}

func sortedKeys(m map[string]json.RawMessage) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
