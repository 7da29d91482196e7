package stdio

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// strictLines fails the test when a write is not exactly one line of bounded length.
type strictLines struct {
	t     testing.TB
	count int
}

func (s *strictLines) Write(line []byte) (int, error) {
	s.count++
	if bytes.IndexByte(line, '\n') != len(line)-1 {
		s.t.Errorf("not one line: %.200q", line)
	}
	if len(line) > maxLine+128 {
		s.t.Errorf("line of %d bytes", len(line))
	}
	return len(line), nil
}

func FuzzPump(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "\ufeff{}\r\n", "[1]", `"x"`, "{\"id\":1,\n", callLine("1", "echo", `{"text":"\n\u0000"}`), cancelLine("1"),
		pingLine(`"a"`) + pingLine(`"\u0061"`) + cancelLine(`"a"`), pingLine("-0") + pingLine("0") + pingLine("1e5"),
		`{"jsonrpc":"2.0","id":1,"result":{}}`, "{\"id\":1,\"method\":\"\xff\"}\n", `{"jsonrpc":{"a":1},"id":"#2","method":"subscriptions/listen"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		tr := New(discard())
		handedOn, stdout := &strictLines{t: t}, &strictLines{t: t}
		tr.out.open(stdout, "internal", func() {})
		if err := tr.pump(bytes.NewReader(in), handedOn); err != nil {
			t.Errorf("pump: %v", err)
		}
		if got, most := handedOn.count+stdout.count, bytes.Count(in, []byte("\n"))+1; got > most {
			t.Errorf("%d lines from %d", got, most)
		}
		if len(tr.calls.byID) > handedOn.count {
			t.Errorf("%d calls from %d lines handed on", len(tr.calls.byID), handedOn.count)
		}
		select {
		case <-tr.EOF():
		default:
			t.Error("EOF is not signalled")
		}
	})
}

// endless gives n bytes without a newline.
func endless(n int64) io.Reader { return io.LimitReader(repeated('x'), n) }

type repeated byte

func (r repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

func TestOverlongLineIsNotKept(t *testing.T) {
	tr := New(discard())
	stdout := &strictLines{t: t}
	tr.out.open(stdout, "internal", func() {})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := tr.pump(endless(64<<20), io.Discard); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// A buffer that grows by a quarter at a time has been allocated about five times over.
	if got := after.TotalAlloc - before.TotalAlloc; got > 8*maxLine {
		t.Errorf("%d MiB allocated for a skipped line", got>>20)
	}
	if stdout.count != 1 {
		t.Errorf("%d answers", stdout.count)
	}
}

func TestLineLimitIsExact(t *testing.T) {
	for _, tc := range []struct {
		length  int
		tooLong bool
	}{{maxLine - 1, false}, {maxLine, true}} { // the newline counts
		in := newLines(strings.NewReader(strings.Repeat("x", tc.length) + "\nnext\n"))
		line, tooLong, err := in.next()
		if tooLong != tc.tooLong || err != nil || !tooLong && len(line) != tc.length {
			t.Errorf("%d bytes: tooLong %v, %d bytes, %v", tc.length, tooLong, len(line), err)
		}
		if line, tooLong, err := in.next(); string(line) != "next" || tooLong || err != nil {
			t.Errorf("then %q %v %v", line, tooLong, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Calls cancelled in the same write are marked before mcp-go gets the first of them.
func TestCancelIsSeenBeforeItsCall(t *testing.T) {
	tr := New(discard())
	calls, marked := 0, 0
	next := writerFunc(func(line []byte) (int, error) {
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Error(err)
		}
		if m.hasID() {
			calls++
			if tr.calls.find(string(m.ID)).cancelled.Load() {
				marked++
			}
		}
		return len(line), nil
	})
	in := strings.Repeat(callLine("1", "count", "{}")+cancelLine("1"), 20)
	if err := tr.pump(strings.NewReader(in), next); err != nil {
		t.Fatal(err)
	}
	if calls != 20 || marked != 20 {
		t.Errorf("%d of %d calls were marked in time, want 20 of 20", marked, calls)
	}
}

func TestReadErrorIsReported(t *testing.T) {
	broken := errors.New("broken")
	in := io.MultiReader(strings.NewReader(pingLine("1")+`{"jsonrpc"`), iotest.ErrReader(broken))
	handedOn := &strictLines{t: t}
	tr := New(discard())
	if err := tr.pump(in, handedOn); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if handedOn.count != 2 {
		t.Errorf("%d lines handed on", handedOn.count)
	}
}

func TestPumpEndsWhenServeHasEnded(t *testing.T) {
	read, write := io.Pipe()
	read.Close()
	if err := New(discard()).pump(strings.NewReader(pingLine("1")), write); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestCanonicalID(t *testing.T) {
	for raw, want := range map[string]string{
		`1`: `1`, `1.0`: `1`, `10e-1`: `1`, `"1"`: `"1"`, `"\u0061"`: `"a"`, `-0`: `0`, `-0.0`: `0`, `0.5`: `0.5`,
		`9007199254740993`: `9007199254740993`, `""`: `""`, `true`: ``, `{}`: ``, `[1]`: ``, `null`: ``, ``: ``, `1e999`: ``,
	} {
		got, err := canonicalID([]byte(raw))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", raw, got, err)
		}
	}
}

func BenchmarkPump(b *testing.B) {
	for name, text := range map[string]string{"short": "안녕", "1MiB": strings.Repeat("x", 1<<20)} {
		line := []byte(callLine("1", "send_message_to_me", `{"message":"`+text+`"}`))
		b.Run(name, func(b *testing.B) {
			tr := New(discard())
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				tr.sort(line[:len(line)-1])
				tr.calls.release(tr.calls.take(tr.calls.byKey["1"].id))
			}
		})
	}
}
