package stdio

import (
	"bytes"
	"strings"
	"testing"
)

// Keys that differ from the protocol's by their case only are refused with the request's
// id, wherever mcp-go would obey them.
func TestKeysInOtherLetters(t *testing.T) {
	const good = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"NAME":1,"Method":2},"_meta":{"progressToken":1},"inputResponses":{"ID":{"action":"accept","content":{"ACTION":1}}},"requestState":"x"}}`
	tries := 0
	for _, key := range []string{"jsonrpc", "id", "method", "params", "name", "arguments", "_meta", "inputResponses", "action", "requestState"} {
		quoted := `"` + key + `"`
		for _, odd := range []string{strings.ToUpper(key), strings.ToUpper(key[:1]) + key[1:], key[:len(key)-1] + strings.ToUpper(key[len(key)-1:]), strings.Replace(key, "s", "ſ", 1)} {
			if odd == key {
				continue
			}
			for _, line := range []string{
				strings.Replace(good, quoted, `"`+odd+`"`, 1),
				strings.Replace(good, quoted, `"`+odd+`":null,`+quoted, 1), // beside the right one
			} {
				tries++
				tr := New(discard())
				var stdout bytes.Buffer
				tr.out.open(&stdout, "internal", func() {})
				if handedOn := tr.sort([]byte(line)); handedOn != nil || !strings.Contains(stdout.String(), `"id":7,"error":{"code":-32600`) || len(tr.calls.byID) != 0 {
					t.Errorf("%s\nhanded on %s\nanswered %s", line, handedOn, stdout.String())
				}
			}
		}
	}
	if tries < 40 {
		t.Errorf("only %d tries", tries)
	}
	tr := New(discard())
	var stdout bytes.Buffer
	tr.out.open(&stdout, "internal", func() {})
	if handedOn := tr.sort([]byte(good)); handedOn == nil || stdout.Len() > 0 {
		t.Errorf("the right letters: %s", stdout.String())
	}
	for _, line := range []string{`{"jsonrpc":"2.0","METHOD":"notifications/cancelled","params":{"requestId":7}}`, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"REQUESTID":7}}`} {
		if tr.sort([]byte(line)) != nil || tr.calls.byKey["7"] == nil {
			t.Errorf("obeyed: %s", line)
		}
	}
	// An id that another call has answers to that one only.
	if tr.sort([]byte(strings.Replace(good, "name", "NAME", 1))); !strings.Contains(stdout.String(), `"id":null`) || tr.calls.byKey["7"] == nil {
		t.Errorf("beside a call with its id: %s", stdout.String())
	}
}
