package stdio

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each input is followed by a ping; want lists the answers before the ping's, as id and text.
func TestInputOfAllKinds(t *testing.T) {
	const parseError, invalid = "null -32700", "null -32600"
	echo := func(id, text string) string { return callLine(id, "echo", `{"text":"`+text+`"}`) }
	for name, tc := range map[string]struct {
		in   string
		want []string
	}{
		"blank lines":           {"\n\r\n \t\n", nil},
		"byte order mark":       {"\ufeff" + echo("1", "a"), []string{"1 a"}},
		"CRLF":                  {strings.TrimSpace(echo("1", "a")) + "\r\n", []string{"1 a"}},
		"broken JSON":           {`{"jsonrpc":"2.0","id":1,` + "\n", []string{parseError}},
		"text":                  {"hello\n", []string{parseError}},
		"two objects":           {strings.TrimSpace(pingLine("1")) + pingLine("2"), []string{parseError}},
		"batch":                 {"[" + strings.TrimSpace(pingLine("1")) + "]\n", []string{parseError}},
		"method not a string":   {`{"jsonrpc":"2.0","id":1,"method":5}` + "\n", []string{parseError}},
		"wrong version":         {`{"jsonrpc":"1.0","id":1,"method":"ping"}` + "\n", []string{"1 -32600"}},
		"no version":            {`{"id":1,"method":"ping"}` + "\n", []string{"1 -32600"}},
		"unknown method":        {`{"jsonrpc":"2.0","id":1,"method":"nope"}` + "\n", []string{"1 -32601"}},
		"no method":             {`{"jsonrpc":"2.0","id":1}` + "\n", []string{"1 -32601"}},
		"request with a result": {`{"jsonrpc":"2.0","id":1,"method":"nope","result":{}}` + "\n", []string{"1 -32601"}},
		"params of wrong type":  {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}` + "\n", []string{"1 -32600"}},
		"unknown tool":          {callLine("1", "nope", "{}"), []string{"1 -32602"}},
		"unknown notification":  {`{"jsonrpc":"2.0","method":"notifications/nope"}` + "\n", nil},
		"stray error":           {`{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}` + "\n", nil},
		"stray result":          {`{"jsonrpc":"2.0","id":7,"result":{}}` + "\n", nil},
		"stray null result":     {`{"jsonrpc":"2.0","id":7,"result":null}` + "\n", nil},
		"null id":               {strings.Replace(echo("1", "a"), `"id":1`, `"id":null`, 1), nil},
		"object id":             {pingLine(`{"a":1}`), []string{invalid}},
		"array id":              {pingLine(`[1]`), []string{invalid}},
		"boolean id":            {pingLine(`true`), []string{invalid}},
		"long id":               {pingLine(`"` + strings.Repeat("x", maxID) + `"`), []string{invalid}},
		"big number id":         {echo("9007199254740993", "a"), []string{"9007199254740993 a"}},
		"odd ids":               {echo(`"#1"`, "a"), []string{`"#1" a`}},
		"escaped id":            {echo(`"\u0061,\"b\\"`, "a"), []string{`"\u0061,\"b\\" a`}},
		"invalid UTF-8":         {echo("1", "\xff"), []string{"1 -32700"}},
		"invalid UTF-8 in id":   {pingLine("\"\xff\""), []string{parseError}},
		"keys in odd case":      {`{"JSONRPC":"2.0","Id":1,"METHOD":"nope"}` + "\n", []string{"1 -32600"}},
		"cancel of nothing":     {cancelLine("5") + cancelLine("{}") + `{"jsonrpc":"2.0","method":"notifications/cancelled"}` + "\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			c.send(tc.in)
			var got []string
			for range tc.want { // answers come in any order, so the ping waits its turn
				r, ok := c.next()
				if !ok {
					t.Fatal("the server ended")
				}
				got = append(got, string(r.ID)+" "+r.text())
			}
			c.send(pingLine(`"end"`))
			_, before := c.await(`"end"`)
			rest, code, _ := c.finish()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if len(before)+len(rest) > 0 || code != 0 {
				t.Errorf("also %+v %+v, exit code %d", before, rest, code)
			}
		})
	}
}

func TestLongLines(t *testing.T) {
	c := start(t)
	text := strings.Repeat("가", 1<<19) // 1.5 MiB
	c.send(callLine("1", "length", `{"text":"`+text+`"}`))
	if r, _ := c.await("1"); r.text() != fmt.Sprint(len(text)) {
		t.Errorf("long line answered %q", r.text())
	}
	c.send(callLine("2", "count", `{"text":"`+strings.Repeat("x", 5<<20)+`"}`) + pingLine("3"))
	_, before := c.await("3")
	if len(before) != 1 || string(before[0].ID) != "null" || before[0].text() != "-32600" {
		t.Errorf("5 MiB line answered %.200v", before)
	}
	c.finish()
	if got := c.sideEffects(); got != nil {
		t.Errorf("5 MiB line was carried out")
	}
}

// The second call of an id that is in progress is refused and the first one unharmed.
func TestDuplicateID(t *testing.T) {
	c := start(t)
	c.send(callLine("1", "block", "{}"))
	c.awaitBegun(1)
	c.send(callLine("1.0", "count", `{"text":"second"}`))
	if r, _ := c.next(); string(r.ID) != "null" || r.text() != "-32600" {
		t.Errorf("duplicate answered %+v", r)
	}
	c.send(releaseLine)
	if r, _ := c.await("1"); r.text() != "released" {
		t.Errorf("first call answered %q", r.text())
	}
	c.send(callLine("1", "echo", `{"text":"later"}`))
	if r, _ := c.await("1"); r.text() != "later" {
		t.Errorf("id used again after its answer: %q", r.text())
	}
	c.finish()
	if got := c.sideEffects(); got != nil {
		t.Errorf("carried out: %v", got)
	}
}

// However many calls block, pings, cancels and other requests get through.
func TestManyBlockedCalls(t *testing.T) {
	c := start(t)
	var all strings.Builder
	for i := range maxToolCalls + 1 {
		all.WriteString(callLine(fmt.Sprint(i), "block", "{}"))
	}
	c.send(all.String() + pingLine(`"ping"`))
	_, before := c.await(`"ping"`)
	begun, busy := 0, 0
	for _, r := range before {
		switch {
		case r.Params.Message == "begun":
			begun++
		case string(r.ID) == fmt.Sprint(maxToolCalls) && r.text() == fmt.Sprint(codeBusy):
			busy++
		default:
			t.Errorf("unexpected %+v", r)
		}
	}
	if busy != 1 {
		t.Errorf("%d calls refused, want 1", busy)
	}
	c.awaitBegun(workers - begun)
	c.send(cancelLine("3"))
	c.awaitBegun(1) // a queued call takes the place of the cancelled one
	c.send(releaseLine)
	rest, _, _ := c.finish()
	answered := 0
	for _, r := range rest {
		if r.text() == "released" {
			answered++
		}
	}
	if answered != maxToolCalls-1 {
		t.Errorf("%d calls answered, want %d", answered, maxToolCalls-1)
	}
}

func TestFormOnLegacy(t *testing.T) {
	for _, tool := range []string{"ask", "askRounds"} {
		t.Run(tool, func(t *testing.T) {
			c := start(t)
			c.send(initializeLine)
			c.await(`"init"`)
			c.send(callLine("1", tool, "{}"))
			question, _ := c.next()
			if question.Method != "elicitation/create" {
				t.Fatalf("got %+v", question)
			}
			answer := fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":{"action":"decline"}}`+"\n", question.ID)
			c.send(answer)
			if r, _ := c.await("1"); !strings.HasPrefix(r.text(), "decline") {
				t.Errorf("call answered %q", r.text())
			}
			late := fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"error":{"code":1,"message":"late"}}`+"\n", question.ID)
			c.send(answer + late + pingLine("2"))
			if _, before := c.await("2"); len(before) > 0 {
				t.Errorf("late answers caused %+v", before)
			}
		})
	}
}

// An answer that comes after its call was cancelled must not be answered, least of all under
// the id of another call: our ids and the client's are drawn from the same numbers.
func TestFormAnswerAfterCancel(t *testing.T) {
	c := start(t)
	c.send(initializeLine)
	c.await(`"init"`)
	c.send(callLine("8", "ask", "{}"))
	question, _ := c.next()
	c.send(callLine(string(question.ID), "block", "{}"))
	c.awaitBegun(1)
	c.send(cancelLine("8") + fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"error":{"code":1,"message":"late"}}`+"\n", question.ID) + releaseLine)
	if r, before := c.await(string(question.ID)); r.text() != "released" || len(before) > 0 {
		t.Errorf("other call answered %q, before it %+v", r.text(), before)
	}
	if rest, _, _ := c.finish(); len(rest) > 0 {
		t.Errorf("unexpected %+v", rest)
	}
}

func TestFormOnModern(t *testing.T) {
	c := start(t)
	c.send(modernLine("1", "tools/call", `,"name":"ask"`))
	if r, _ := c.await("1"); r.text() != "error: true" {
		t.Errorf("server-initiated request: handler saw %q", r.text())
	}
	c.send(modernLine("2", "tools/call", `,"name":"askRounds"`))
	r, _ := c.await("2")
	if r.Result == nil || r.Result.ResultType != "input_required" || r.Result.RequestState != "state-1" {
		t.Fatalf("first round answered %+v", r)
	}
	c.send(modernLine("3", "tools/call", `,"name":"askRounds","requestState":"state-1","inputResponses":{"confirm":{"action":"accept"}}`))
	if r, _ := c.await("3"); r.text() != "accept state-1" {
		t.Errorf("second round answered %q", r.text())
	}
}

// The id of a subscription also names its stream, even one that looks like an id of our own
// making, and an open stream does not hold up the end.
func TestSubscriptionKeepsItsID(t *testing.T) {
	const key = "io.modelcontextprotocol/subscriptionId"
	c := start(t)
	c.send(modernLine(`"#2"`, "subscriptions/listen", `,"notifications":{"toolsListChanged":true}`))
	if r, _ := c.next(); r.Method != "notifications/subscriptions/acknowledged" || r.Params.Meta[key] != "#2" {
		t.Errorf("got %+v", r)
	}
	c.send(callLine("1", "echo", `{"text":"a"}`))
	if r, _ := c.await("1"); r.text() != "a" {
		t.Errorf("call beside the stream: %+v", r)
	}
	rest, code, took := c.finish()
	if len(rest) != 1 || code != 0 || took >= drainTime {
		t.Errorf("%d lines, exit code %d after %v", len(rest), code, took)
	}
	for _, r := range rest {
		if string(r.ID) != `"#2"` || r.Result.Meta[key] != "#2" {
			t.Errorf("got %+v", r)
		}
	}
}
