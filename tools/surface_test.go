package tools

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/messenger"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the snapshots anew")

func (w *world) toolList() string {
	w.T.Helper()
	raw, err := json.Marshal(w.srv.HandleMessage(w.T.Context(), json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)))
	if err != nil {
		w.T.Fatal(err)
	}
	return string(raw)
}

func TestToolListSnapshot(t *testing.T) {
	got := newWorld(t).toolList()
	if english := newWorld(t, func(c *messenger.Config) { c.Lang = "en" }).toolList(); english != got {
		t.Error("the list depends on the language")
	}
	newest, err := json.Marshal(newWorld(t).srv.HandleMessage(t.Context(), json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+modern("{}", "")[1:]+`}}`)))
	if err != nil {
		t.Fatal(err)
	}
	for era, list := range map[string]string{"legacy": got, "modern": string(newest)} {
		t.Logf("tools/list, %s: %d bytes", era, len(list))
		if len(list) >= 5200 { // in every conversation's context; the limit is 6,000
			t.Errorf("tools/list, %s: %d bytes", era, len(list))
		}
	}
	var pretty any
	if err := json.Unmarshal([]byte(got), &pretty); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(pretty, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/tools.json"
	if *update {
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), string(text)+"\n"); diff != "" {
		t.Error(diff)
	}
}

// TestReminderTool: the fourth tool is there only where the user wants it, the list
// stays short with it, and without it is the same as ever.
func TestReminderTool(t *testing.T) {
	w := newWorld(t)
	without := w.toolList()
	w.remind()
	with := w.toolList()
	if strings.Contains(without, toolRemind) || !strings.Contains(with, `"name":"`+toolRemind+`"`) || strings.Count(with, `"inputSchema"`) != 4 {
		t.Errorf("without: %s\nwith: %s", without, with)
	}
	newest := w.rpcText("tools/list", "{"+modern("{}", "")[1:]+"}")
	for era, list := range map[string]string{"legacy": with, "modern": newest} {
		t.Logf("tools/list with reminders, %s: %d bytes", era, len(list))
		if len(list) >= 5900 {
			t.Errorf("tools/list with reminders, %s: %d bytes", era, len(list))
		}
	}
	w.cfg.ReadOnly = true
	w.restart()
	w.remind()
	if list := w.toolList(); strings.Contains(list, toolRemind) || strings.Contains(w.surface(), toolRemind) {
		t.Errorf("read-only: %s", list)
	}
}

func TestReadOnlyHidesSending(t *testing.T) {
	w := loggedIn(t, func(c *messenger.Config) { c.ReadOnly = true })
	if list := w.toolList(); strings.Contains(list, `"send_message`) || !strings.Contains(list, toolSearch) {
		t.Errorf("tools: %s", list)
	}
	out, err := w.m.Send(t.Context(), messenger.SendRequest{ToMe: true, Content: compose.Content{Message: "안녕"}}, messenger.Nobody{})
	if err != nil || out.Reason != "read_only" || len(w.Arrived()) != 0 {
		t.Errorf("got %v %v %v", out, err, w.Arrived())
	}
}

// surface is all that a client is told without calling a tool, the list of tools
// aside.
func (w *world) surface() string {
	text := w.rpcText("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}`)
	for _, method := range []string{"resources/list", "resources/templates/list", "prompts/list"} {
		text += w.rpcText(method, `{}`)
	}
	return text + w.rpcText("resources/read", `{"uri":"kakao://templates"}`)
}

var hangulLetter = regexp.MustCompile(`\p{Hangul}`)

// TestSurfaceFollowsTheLanguage: everything but the list of tools does.
func TestSurfaceFollowsTheLanguage(t *testing.T) {
	english := newWorld(t, func(c *messenger.Config) { c.Lang = "en" }).surface()
	if got := hangulLetter.FindString(strings.NewReplacer("서울시", "").Replace(english)); got != "" {
		t.Errorf("Korean in the English texts: %s", english)
	}
	korean := newWorld(t).surface()
	for _, sentence := range []string{"KakaoTalk for the user", "KakaoTalk friends", "Messages sent to friends", "The Kakao account", "Guide to", "One KakaoTalk friend", "Give a whole object"} {
		if !strings.Contains(english, sentence) || strings.Contains(korean, sentence) {
			t.Errorf("%q: English %v, Korean %v", sentence, strings.Contains(english, sentence), strings.Contains(korean, sentence))
		}
	}
	for _, sentence := range []string{"이 컴퓨터 사용자의 카카오톡이에요", "친구의 이름과 uuid", "알려진 한도", "로그인한 카카오계정", "인자에 넣는 객체", "친구 한 명", "객체 전체를"} {
		if !strings.Contains(korean, sentence) {
			t.Errorf("no %q in %s", sentence, korean)
		}
	}
}

// TestGuidesAreOne: both languages teach the same objects.
func TestGuidesAreOne(t *testing.T) {
	code := func(text string) (found []string) {
		for i, part := range strings.Split(text, "`") {
			if i%2 == 1 {
				found = append(found, part)
			}
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	if diff := cmp.Diff(code(guideEn), code(guideKo)); diff != "" {
		t.Error(diff)
	}
}

func TestInstructionsAreShort(t *testing.T) {
	for _, lang := range []wording.Lang{"ko", "en"} {
		for _, readOnly := range []bool{false, true} {
			text := instructions(messenger.New(messenger.Config{Lang: lang, ReadOnly: readOnly}), true)
			if n := utf8.RuneCountInString(text); n >= 700 || len(text) > 2000 {
				t.Errorf("%s: %d characters, %d bytes, want under 700 and 2 KB", lang, n, len(text))
			}
		}
	}
}

// TestReadOnlyIsSaid: nothing tells the model to use a tool that is hidden.
func TestReadOnlyIsSaid(t *testing.T) {
	for _, lang := range []wording.Lang{"ko", "en"} {
		w := newWorld(t, func(c *messenger.Config) { c.Lang, c.ReadOnly = lang, true })
		if text := w.surface(); strings.Contains(text, toolSend) || !strings.Contains(text, "KAKAO_READ_ONLY") || !strings.Contains(text, toolSearch) {
			t.Errorf("%s: %s", lang, text)
		}
		if text := w.rpcText("prompts/get", `{"name":"send_me_a_summary"}`); strings.Contains(text, toolSend) {
			t.Errorf("%s: %s", lang, text)
		}
	}
}

// TestSchemasArePlain keeps to what every model's API takes.
func TestSchemasArePlain(t *testing.T) {
	for _, tool := range []struct {
		name    string
		in, out json.RawMessage
		hints   [4]*bool
		want    [4]bool // read-only, destructive, idempotent, open world
	}{
		{toolToMe, toMeTool().RawInputSchema, toMeTool().RawOutputSchema, hints(toMeTool().Annotations), [4]bool{false, false, false, true}},
		{toolSend, sendTool().RawInputSchema, sendTool().RawOutputSchema, hints(sendTool().Annotations), [4]bool{false, true, false, true}},
		{toolRemind, remindTool().RawInputSchema, remindTool().RawOutputSchema, hints(remindTool().Annotations), [4]bool{false, false, false, true}},
		{toolSearch, searchTool().RawInputSchema, searchTool().RawOutputSchema, hints(searchTool().Annotations), [4]bool{true, false, true, true}},
	} {
		for i, h := range tool.hints {
			if h == nil || *h != tool.want[i] {
				t.Errorf("%s: hint %d is %v, want %v", tool.name, i, h, tool.want[i])
			}
		}
		for _, raw := range []json.RawMessage{tool.in, tool.out} {
			compile(raw)
			var schema map[string]any
			if err := json.Unmarshal(raw, &schema); err != nil {
				t.Fatal(err)
			}
			checkPlain(t, tool.name, schema)
		}
		for name, p := range properties(t, tool.in) {
			if _, said := p["additionalProperties"]; p["type"] == "object" && !said {
				t.Errorf("%s.%s does not say what else it takes: nothing, for mcp-use 1.34.6 (npm)", tool.name, name)
			}
		}
	}
}

func properties(t *testing.T, schema json.RawMessage) map[string]map[string]any {
	t.Helper()
	var s struct{ Properties map[string]map[string]any }
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	return s.Properties
}

func checkPlain(t *testing.T, path string, schema map[string]any) {
	t.Helper()
	for _, word := range []string{"oneOf", "anyOf", "allOf", "not", "if", "$ref", "$defs", "const", "patternProperties"} {
		if _, ok := schema[word]; ok {
			t.Errorf("%s has %s", path, word)
		}
	}
	kind, ok := schema["type"].(string)
	if !ok || !slices.Contains([]string{"object", "array", "string", "integer", "boolean"}, kind) {
		t.Errorf("%s: type %v", path, schema["type"])
	}
	properties, _ := schema["properties"].(map[string]any)
	if kind == "object" && len(properties) == 0 {
		t.Errorf("%s: an object without properties", path)
	}
	for name, p := range properties {
		checkPlain(t, path+"."+name, p.(map[string]any))
	}
	items, ok := schema["items"].(map[string]any)
	if kind == "array" && !ok {
		t.Errorf("%s: an array of anything", path)
	}
	if ok {
		checkPlain(t, path+"[]", items)
	}
}

// TestInputSchemaTakesWhatTheHandlersTake holds both sides together.
func TestInputSchemaTakesWhatTheHandlersTake(t *testing.T) {
	schema := compile(sendTool().RawInputSchema)
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{`{"to":["a"],"uuid":"b","message":"c","link":"https://a.b","button":"d","image":"https://a.b/c.png","title":"t","resend":true}`, true},
		{`{"to":["a"],"template":{"object_type":"list","header_title":"t","contents":[{"title":"a"}],"buttons":[]}}`, true},
		{`{"to":["a"],"template_id":3,"template_args":{"USER":"x","THU":"y"}}`, true},
		{`{"to":["a"],"template_id":3,"template_args":{"USER":3}}`, false},
		{`{"to":["a","b","c","d","e","f"],"message":"c"}`, false},
		{`{"to":["a"],"message":"c","name":"x"}`, false},
	} {
		var v any
		if err := json.Unmarshal([]byte(c.text), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}
