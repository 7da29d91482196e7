package stdio

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// Rows 6 to 8, 11 and 13 to 15: the end of the input, and what is on its lines.

const helloLine = `{"jsonrpc":"2.0","id":1000,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}` + "\n"

// What a shell does with printf … | kakaotalk-mcp: all is answered, the last line
// without its newline too.
func TestEndOfInputAnswersAll(t *testing.T) {
	t.Parallel()
	_, settings := e2etest.NewKakao(t)
	known := loggedIn(t, nil, settings) // the login is on disk
	known.End()
	searchLine := func(id string) string { return callLine(id, e2etest.ToolSearch, `{"query":"김"}`) }
	for name, test := range map[string]struct {
		in   string
		last int
	}{
		"one line": {helloLine, 1000},
		"51 lines": {helloLine + lines(searchLine, 1001, 1050), 1050},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := e2etest.Start(t, known.Cmd.Env)
			s.T = t
			s.Write(strings.TrimSuffix(test.in, "\n"))
			rest, code, _ := s.Drain()
			var want []string
			for id := 1000; id <= test.last; id++ {
				want = append(want, strconv.Itoa(id))
			}
			expectAnswers(t, rest, "", want...)
			for _, m := range rest {
				if strings.Contains(string(m.Result), `"isError":true`) {
					t.Errorf("%s: %s", m.ID, m.Result)
				}
			}
			if code != e2etest.ExitOK {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// A message that Kakao keeps waiting is not given up, but the program does not
// outlive its input by more than the clients' two seconds for it.
func TestEndOfInputDuringSend(t *testing.T) {
	t.Parallel()
	for name, answersIn := range map[string]bool{"Kakao answers": true, "Kakao is silent": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			goneInTime(t, func() time.Duration { return endDuringSend(t, answersIn) })
		})
	}
}

func endDuringSend(t *testing.T, answersIn bool) (took time.Duration) {
	_, settings := e2etest.NewKakao(t)
	g, settings := newGate(t, settings)
	s := loggedIn(t, nil, settings)
	s.Write(toMeLine("1001"))
	<-g.held
	var want []string
	if answersIn {
		want = []string{"1001"}
		s.Stdin.Close()
		g.open()
	}
	rest, code, took := s.Drain()
	expectAnswers(t, rest, `"sent"`, want...)
	if code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
	return took
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	s := e2etest.Start(t, e2etest.BareEnv(t))
	refused := func(size int) (peak int) {
		s.Write(callLine("1001", e2etest.ToolToMe, `{"message":"`+strings.Repeat("x", size)+`"}`))
		before := s.BeforePing()
		if len(before) != 1 || string(before[0].ID) != "null" || before[0].Error == nil || before[0].Error.Code != -32600 {
			t.Errorf("a line of %d MiB is answered by %s", size>>20, before)
		}
		return peakMemory(t, s.Cmd.Process.Pid)
	}
	five := refused(5 << 20)
	if fifty := refused(50 << 20); fifty > 2*five {
		t.Errorf("a line of 5 MiB takes %d KiB, one of 50 MiB %d KiB", five, fifty)
	} else {
		t.Logf("at most %d KiB after 5 MiB, %d KiB after 50 MiB", five, fifty)
	}
}

// peakMemory is the most memory a process had so far, in KiB; 0 where nobody tells.
func peakMemory(t testing.TB, pid int) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(raw), "VmHWM:")
	var peak int
	if _, err := fmt.Sscan(after, &peak); err != nil || peak == 0 {
		t.Fatalf("no VmHWM: %v", err)
	}
	return peak
}

// Each is the first a process reads. want is what comes before the answer to the
// ping behind it, as id and error code.
func TestOddLines(t *testing.T) {
	t.Parallel()
	const ping, broken = `{"jsonrpc":"2.0","id":1001,"method":"ping"}`, "null -32700"
	for name, test := range map[string]struct {
		in   string
		want []string
	}{
		"blank lines":     {"\n\r\n \t\n", nil},
		"byte order mark": {"\ufeff" + ping + "\n", []string{"1001 0"}},
		"CRLF":            {ping + "\r\n", []string{"1001 0"}},
		"broken JSON":     {ping[:30] + "\n", []string{broken}},
		"text":            {"hello\n", []string{broken}},
		"two objects":     {ping + ping + "\n", []string{broken}},
		"batch":           {"[" + ping + "]\n", []string{broken}},
		"stray result":    {`{"jsonrpc":"2.0","id":7,"result":{}}` + "\n", nil},
		"stray error":     {`{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}` + "\n", nil},
		"beyond 2^53":     {strings.Replace(ping, "1001", "9007199254740993", 1) + "\n", []string{"9007199254740993 0"}},
		"beyond 2^64":     {strings.Replace(ping, "1001", "18446744073709551617", 1) + "\n", []string{"18446744073709551617 0"}},
		"id that is text": {strings.Replace(ping, "1001", `"1001"`, 1) + "\n", []string{`"1001" 0`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := e2etest.Start(t, e2etest.BareEnv(t))
			s.T = t
			s.Write(test.in)
			var got []string
			see := func(m e2etest.Message) {
				code := 0
				if m.Error != nil {
					code = m.Error.Code
				}
				got = append(got, string(m.ID)+" "+strconv.Itoa(code))
			}
			for range test.want { // answers come in any order, so the ping waits its turn
				see(s.Read())
			}
			for _, m := range s.BeforePing() {
				see(m)
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("answered %q, want %q", got, test.want)
			}
			if rest, code, _ := s.Drain(); len(rest) > 0 || code != e2etest.ExitOK {
				t.Errorf("then %s and exit code %d", rest, code)
			}
		})
	}
}

// 1 and "1" are two calls: cancelling one leaves the other alone.
func TestIDsThatLookAlike(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	s := loggedIn(t, e2etest.Elicitation["form"], settings)
	for _, ids := range [][2]string{{`1001`, `"1001"`}, {`"1002"`, `1002`}, {`9007199254740992`, `9007199254740993`}} {
		cancelled, kept := ids[0], ids[1]
		s.Write(askingLine(cancelled) + askingLine(kept))
		forms, _ := questions(s, 2)
		s.Write(cancelLine(cancelled))
		if before := s.BeforePing(); len(before) > 0 {
			t.Errorf("cancelling %s: %s", cancelled, before)
		}
		s.Write(answerLine(forms[kept], "Send once"))
		expectAnswers(t, []e2etest.Message{s.Read()}, `"sent"`, kept)
	}
	rest, _, _ := s.Drain()
	expectAnswers(t, rest, "")
	expectSent(t, kakao, "question '1001'", "question 1002", "question 9007199254740993")
}

// A client in a hurry writes its calls together with its initialize, or before it.
func TestCallsBeforeInitialize(t *testing.T) {
	t.Parallel()
	s := e2etest.Start(t, e2etest.BareEnv(t))
	s.Write(callLine("1001", e2etest.ToolSearch, "{}") + `{"jsonrpc":"2.0","id":1002,"method":"tools/list"}` + "\n" + helloLine)
	want := map[string]string{"1000": `"protocolVersion"`, "1001": `"structuredContent"`, "1002": `"tools"`}
	for range len(want) {
		m := s.Read()
		words, ok := want[string(m.ID)]
		if !ok || m.Error != nil || !strings.Contains(string(m.Result), words) {
			t.Errorf("answered %s", m)
		}
		delete(want, string(m.ID))
	}
	if rest, code, _ := s.Drain(); len(rest) > 0 || code != e2etest.ExitOK {
		t.Errorf("then %s and exit code %d", rest, code)
	}
}
