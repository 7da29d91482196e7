package stdio

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A cancel written together with its call must hold, whether a worker is free or all are busy.
func TestCancelBeforeTheCallBegins(t *testing.T) {
	for name, blocked := range map[string]int{"idle workers": 0, "all workers busy": workers} {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			for i := range blocked {
				c.send(callLine(strconv.Itoa(1000+i), "block", "{}"))
			}
			c.awaitBegun(blocked)
			for i := range 20 {
				id := strconv.Itoa(i)
				c.send(callLine(id, "count", `{"text":"cancelled"}`) + cancelLine(id))
			}
			c.send(callLine("99", "count", `{"text":"kept"}`) + releaseLine)
			c.await("99")
			rest, code, _ := c.finish()
			for _, r := range rest {
				if id, _ := strconv.Atoi(string(r.ID)); id < 1000 {
					t.Errorf("answer to a cancelled call: %s", r.ID)
				}
			}
			if diff := cmp.Diff([]string{"kept"}, c.sideEffects()); diff != "" {
				t.Errorf("calls carried out (-want +got):\n%s", diff)
			}
			if code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// mcp-go knows no cancel for a call that waits for a worker; the mark has to hold it back.
func TestCancelWhileQueued(t *testing.T) {
	c := start(t)
	for i := range workers {
		c.send(callLine(strconv.Itoa(1000+i), "block", "{}"))
	}
	c.awaitBegun(workers)
	for i := range 20 {
		c.send(callLine(strconv.Itoa(i), "count", `{"text":"cancelled"}`))
	}
	c.send(pingLine(`"queued"`))
	c.await(`"queued"`)
	for i := range 20 {
		c.send(cancelLine(strconv.Itoa(i)))
	}
	c.send(callLine("99", "count", `{"text":"kept"}`) + releaseLine)
	rest, _, _ := c.finish()
	if len(rest) != workers+1 {
		t.Errorf("%d answers, want %d", len(rest), workers+1)
	}
	if diff := cmp.Diff([]string{"kept"}, c.sideEffects()); diff != "" {
		t.Errorf("calls carried out (-want +got):\n%s", diff)
	}
}

func TestCancelWhileRunning(t *testing.T) {
	c := start(t)
	c.send(callLine("1", "block", "{}") + callLine("2", "stubborn", `{"text":"two"}`) + callLine("3", "stubborn", `{"text":"three"}`))
	c.awaitBegun(3)
	c.send(cancelLine("1") + cancelLine("2") + cancelLine("77") + releaseLine)
	_, before := c.await("3")
	rest, _, _ := c.finish()
	for _, r := range append(before, rest...) {
		if string(r.ID) != "" || fmt.Sprint(r.Params.Token) != "3" {
			t.Errorf("line of a cancelled call: %+v", r)
		}
	}
	want := map[string]bool{"two true true true": true, "three false false false": true}
	for _, line := range c.sideEffects() {
		delete(want, line)
	}
	if len(want) > 0 {
		t.Errorf("handlers did not see %v but %v", want, c.sideEffects())
	}
}

func TestCancelReachesResources(t *testing.T) {
	c := start(t)
	c.send(`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"test://block"}}` + "\n")
	c.send(cancelLine("1") + pingLine("2"))
	if _, before := c.await("2"); len(before) > 0 {
		t.Errorf("unexpected %+v", before)
	}
	if rest, _, _ := c.finish(); len(rest) > 0 {
		t.Errorf("unexpected %+v", rest)
	}
}

// 1 and "1" are different requests; mcp-go alone cancels whichever came last.
func TestCancelTellsIDsApart(t *testing.T) {
	for cancelled, kept := range map[string]string{`1`: `"1"`, `"1"`: `1`} {
		t.Run(cancelled, func(t *testing.T) {
			c := start(t)
			c.send(callLine(`1`, "block", "{}") + callLine(`"1"`, "block", "{}"))
			c.awaitBegun(2)
			c.send(cancelLine(cancelled) + pingLine("2"))
			c.await("2")
			c.send(releaseLine)
			if r, before := c.await(kept); r.text() != "released" || len(before) > 0 {
				t.Errorf("other call answered %q, before it %+v", r.text(), before)
			}
			if rest, _, _ := c.finish(); len(rest) > 0 {
				t.Errorf("cancelled call answered: %+v", rest)
			}
		})
	}
}

// A cancelled id is free at once, and the old call's late answer is not taken for the new one's.
func TestCancelledIDCanBeUsedAgain(t *testing.T) {
	c := start(t)
	c.send(callLine("1", "stubborn", "{}"))
	c.awaitBegun(1)
	c.send(cancelLine("1") + callLine("1", "echo", `{"text":"second"}`))
	if r, _ := c.await("1"); r.text() != "second" {
		t.Errorf("got %q", r.text())
	}
	c.send(releaseLine)
	if rest, _, _ := c.finish(); len(rest) > 0 {
		t.Errorf("unexpected %+v", rest)
	}
}
