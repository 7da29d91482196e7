package stdio

import (
	"fmt"
	"strings"
	"testing"
)

func TestHandlerFailuresShowNothing(t *testing.T) {
	c := start(t)
	for name, tc := range map[string]struct{ line, want string }{
		"panic":          {callLine("1", "panic", "{}"), "error: " + internalText},
		"Go error":       {callLine("1", "fail", "{}"), "error: " + internalText},
		"nil":            {callLine("1", "nothing", "{}"), "error: " + internalText},
		"resource panic": {`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"test://panic"}}` + "\n", "-32603"},
		"prompt panic":   {`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"panic"}}` + "\n", "-32603"},
		"completion panic": {`{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"panic"},` +
			`"argument":{"name":"a","value":"b"}}}` + "\n", "-32603"},
	} {
		t.Run(name, func(t *testing.T) {
			c.send(tc.line)
			r, _ := c.await("1")
			if r.text() != tc.want {
				t.Errorf("got %+v", r)
			}
			if r.Error != nil && r.Error.Message != internalText {
				t.Errorf("error text %q", r.Error.Message)
			}
		})
	}
	c.finish()
	if n := strings.Count(c.stderr.String(), secret); n < 5 {
		t.Errorf("the log names %d of 5 failures:\n%s", n, c.stderr.String())
	}
}

func TestHandlersChooseTheCode(t *testing.T) {
	c := start(t)
	for name, tc := range map[string]struct{ line, code, message string }{
		"resource": {`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"test://coded"}}` + "\n", "-32002", `wrapped: no "such" thing`},
		"prompt":   {`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"coded"}}` + "\n", "-32602", `no "such" thing`},
		"modern":   {modernLine("1", "prompts/get", `,"name":"coded"`), "-32602", `no "such" thing`},
		"none":     {`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"fail"}}` + "\n", "-32603", "no code"},
	} {
		t.Run(name, func(t *testing.T) {
			c.send(tc.line)
			r, _ := c.await("1")
			if r.text() != tc.code || r.Error == nil || r.Error.Message != tc.message {
				t.Errorf("got %+v %+v", r, r.Error)
			}
		})
	}
	c.finish()
}

func TestProgressBeforeResult(t *testing.T) {
	const calls, steps = 30, 5
	c := start(t)
	for i := range calls {
		c.send(callLine(fmt.Sprint(i), "progress", fmt.Sprintf(`{"count":%d}`, steps)))
	}
	rest, _, _ := c.finish()
	seen := make(map[string]int)
	for _, r := range rest {
		if r.Method == "" {
			if n := seen[string(r.ID)]; n != steps {
				t.Errorf("%d notifications before the result of %s", n, r.ID)
			}
			delete(seen, string(r.ID))
			continue
		}
		id := fmt.Sprint(r.Params.Token)
		seen[id]++
		if r.Params.Progress != float64(seen[id]) {
			t.Errorf("notification %d of call %s has progress %v", seen[id], id, r.Params.Progress)
		}
	}
	if len(rest) != calls*(steps+1) || len(seen) > 0 {
		t.Errorf("%d lines, progress after the result: %v", len(rest), seen)
	}
}

func TestProgressBurst(t *testing.T) {
	c := start(t)
	c.send(callLine("1", "progress", `{"count":1000}`))
	if _, before := c.await("1"); len(before) != 1000 {
		t.Errorf("%d of 1000 notifications", len(before))
	}
	c.send(strings.Replace(callLine("2", "progress", `{"count":3}`), `"_meta":{"progressToken":2}`, `"_meta":{}`, 1))
	if _, before := c.await("2"); len(before) > 0 {
		t.Errorf("progress without a token: %+v", before)
	}
}

func TestReadyOnModern(t *testing.T) {
	c := start(t)
	c.send(modernLine("1", "server/discover", ""))
	c.await("1")
	c.send(modernLine("2", "tools/list", ""))
	c.await("2")
	c.send(callLine("3", "isReady", "{}")) // a legacy call: it does not count
	if r, _ := c.await("3"); r.text() != "no" {
		t.Errorf("ready after discover and list: %q", r.text())
	}
	c.send(modernLine("4", "tools/call", `,"name":"awaitReady"`) + modernLine("5", "tools/call", `,"name":"awaitReady"`))
	for range 2 {
		if r, _ := c.next(); r.text() != "yes" {
			t.Errorf("got %+v", r)
		}
	}
}

func TestReadyOnLegacy(t *testing.T) {
	const initialized = `{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n"
	c := start(t)
	c.send(initializeLine)
	c.await(`"init"`)
	c.send(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}` + "\n" + callLine("2", "isReady", "{}"))
	if r, _ := c.await("2"); r.text() != "no" {
		t.Errorf("ready before initialized: %q", r.text())
	}
	c.send(initialized + initialized + callLine("3", "awaitReady", "{}"))
	if r, _ := c.await("3"); r.text() != "yes" {
		t.Errorf("got %+v", r)
	}
}
