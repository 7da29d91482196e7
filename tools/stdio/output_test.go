package stdio

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestOutputSorts(t *testing.T) {
	const id, clientID = `"#1"`, `"mine"`
	for name, tc := range map[string]struct{ line, want string }{
		"answer": {`{"jsonrpc":"2.0","id":` + id + `,"result":{}}`, `{"jsonrpc":"2.0","id":` + clientID + `,"result":{}}`},
		"question": {`{"jsonrpc":"2.0","id":` + id + `,"result":{"content":[],"inputRequests":{"a":{}}}}`,
			`{"jsonrpc":"2.0","id":` + clientID + `,"result":{"inputRequests":{"a":{}}}}`},
		"text of an answer": {`{"jsonrpc":"2.0","id":` + id + `,"result":{"content":[{"text":"\"content\":[],\"inputRequests\":"}]}}`,
			`{"jsonrpc":"2.0","id":` + clientID + `,"result":{"content":[{"text":"\"content\":[],\"inputRequests\":"}]}}`},
		"notification":       {`{"jsonrpc":"2.0","method":"x"}`, `{"jsonrpc":"2.0","method":"x"}`},
		"error without id":   {`{"jsonrpc":"2.0","id":null,"error":{}}`, `{"jsonrpc":"2.0","id":null,"error":{}}`},
		"our request":        {`{"jsonrpc":"2.0","id":1,"method":"x"}`, `{"jsonrpc":"2.0","id":1,"method":"x"}`},
		"answer to nobody":   {`{"jsonrpc":"2.0","id":1,"error":{}}`, ""},
		"unknown call":       {`{"jsonrpc":"2.0","id":"#0","result":{}}`, ""},
		"only the beginning": {`{"jsonrpc":"2.0","id":`, `{"jsonrpc":"2.0","id":`},
	} {
		t.Run(name, func(t *testing.T) {
			tr, stdout := New(discard()), &strings.Builder{}
			tr.out.open(stdout, "internal", func() {})
			if _, err := tr.calls.begin(&message{ID: json.RawMessage(clientID), Method: "ping"}); err != nil {
				t.Fatal(err)
			}
			line := tc.line + "\n"
			if n, err := tr.out.Write([]byte(line)); n != len(line) || err != nil {
				t.Errorf("wrote %d, %v", n, err)
			}
			want := tc.want
			if want != "" {
				want += "\n"
			}
			if stdout.String() != want {
				t.Errorf("got %q, want %q", stdout.String(), want)
			}
		})
	}
}

// A broken stdout is tried once, ends Serve once and is reported by close.
func TestBrokenStdoutStops(t *testing.T) {
	broken := errors.New("broken")
	out, writes, stops := newOutput(newCalls()), 0, 0
	out.open(writerFunc(func([]byte) (int, error) { writes++; return 0, broken }), "", func() { stops++ })
	out.refuse(nil, -1, "one")
	out.refuse(nil, -1, "two")
	if writes != 1 || stops != 1 || !errors.Is(out.close(), broken) {
		t.Errorf("%d writes, %d stops, closed with %v", writes, stops, out.close())
	}
}

func TestProgressGrows(t *testing.T) {
	out, stdout := newOutput(newCalls()), &strings.Builder{}
	out.open(stdout, "", func() {})
	c := &call{}
	for _, value := range []float64{2, 2, math.NaN(), 1, 9.5} {
		out.progress(c, "t", value, "")
	}
	var got []float64
	for line := range strings.Lines(stdout.String()) {
		var r reply
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Method != "notifications/progress" || r.Params.Token != "t" {
			t.Errorf("line %q, %v", line, err)
		}
		got = append(got, r.Params.Progress)
	}
	if want := []float64{2, 3, 4, 9.5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
