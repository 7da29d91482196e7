package tools

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the snapshots anew")

func (w *world) toolList() string {
	w.t.Helper()
	raw, err := json.Marshal(w.srv.HandleMessage(w.t.Context(), json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

func TestToolListSnapshot(t *testing.T) {
	got := newWorld(t).toolList()
	if english := newWorld(t, func(c *Config) { c.Lang = "en" }).toolList(); english != got {
		t.Error("the list depends on the language")
	}
	newest, err := json.Marshal(newWorld(t).srv.HandleMessage(t.Context(), json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+modern("{}", "")[1:]+`}}`)))
	if err != nil {
		t.Fatal(err)
	}
	for era, list := range map[string]string{"legacy": got, "modern": string(newest)} {
		t.Logf("tools/list, %s: %d bytes", era, len(list))
		if len(list) >= 5900 { // the limit is 6,000; a longer id or version must not reach it
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

func TestReadOnlyHidesSending(t *testing.T) {
	w := loggedIn(t, func(c *Config) { c.ReadOnly = true })
	if list := w.toolList(); strings.Contains(list, `"send_message`) || !strings.Contains(list, toolSearch) {
		t.Errorf("tools: %s", list)
	}
	out, err := w.m.Send(t.Context(), SendRequest{ToMe: true, Content: Content{Message: "안녕"}}, Nobody{})
	if err != nil || out.Reason != "read_only" || len(w.arrived()) != 0 {
		t.Errorf("got %v %v %v", out, err, w.arrived())
	}
}

func TestInstructionsAreShort(t *testing.T) {
	if n := utf8.RuneCountInString(Instructions); n >= 700 {
		t.Errorf("%d characters, want under 700", n)
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
	}
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
