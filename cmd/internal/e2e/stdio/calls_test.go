package stdio

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// Rows 1 to 5: calls that wait, are cancelled, or tell how far they are.

const (
	// waitingCalls is how many calls may wait for people without blocking others.
	waitingCalls = 64
	// mostCalls is how many calls are taken at once; one more is refused.
	mostCalls = 1024
	codeBusy  = -32000
)

func TestWaitingCallsBlockNothing(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	s := loggedIn(t, e2etest.Elicitation["form"], settings)
	s.Write(lines(askingLine, 1001, 1000+waitingCalls))
	forms, others := questions(s, waitingCalls)
	if len(others) > 0 {
		t.Errorf("unexpected %s", others)
	}
	id := s.Request("tools/call", map[string]any{"name": e2etest.ToolSearch, "arguments": map[string]any{"query": "김"}})
	if m := s.Read(); string(m.ID) != strconv.Itoa(id) || m.Error != nil || strings.Contains(string(m.Result), `"isError":true`) {
		t.Errorf("the search was answered with %s", m)
	}
	for _, form := range forms {
		s.Write(answerLine(form, "Cancel"))
	}
	rest, code, _ := s.Drain()
	expectAnswers(t, rest, `"not_sent"`, slices.Collect(maps.Keys(forms))...)
	expectSent(t, kakao)
	if code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

// However many calls wait, pings, cancels and answers to forms get through.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	s := loggedIn(t, e2etest.Elicitation["form"], settings)
	s.Write(lines(askingLine, 10_001, 10_000+mostCalls))
	forms, others := questions(s, waitingCalls)
	if others = append(others, butForms(s)...); len(others) > 0 {
		t.Errorf("unexpected %s", others)
	}
	last := 10_000 + mostCalls
	refused := func() bool { // one more call
		last++
		s.Write(askingLine(strconv.Itoa(last)))
		others := butForms(s)
		if len(others) > 1 || len(others) == 1 && (string(others[0].ID) != strconv.Itoa(last) || others[0].Error == nil || others[0].Error.Code != codeBusy) {
			t.Fatalf("call %d brought %s", last, others)
		}
		return len(others) == 1
	}
	if !refused() {
		t.Error("the queue is not full")
	}
	running := slices.Collect(maps.Keys(forms))
	s.Write(cancelLine(running[0]))
	e2etest.WaitUntil(t, "room in place of the cancelled call", func() bool { return !refused() })
	if !refused() {
		t.Error("one cancel made room for two")
	}
	s.Write(answerLine(forms[running[1]], "Cancel"))
	for {
		if m := s.Read(); m.Method != "elicitation/create" {
			expectAnswers(t, []e2etest.Message{m}, `"not_sent"`, running[1])
			break
		}
	}
	s.Write(lines(cancelLine, 10_001, last))
	rest, code, _ := s.Drain()
	expectAnswers(t, withoutForms(rest), "")
	expectSent(t, kakao)
	if code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

// A cancelled call is answered by nothing at all, and a person's late yes to its
// question sends nothing.
func TestCancelledCallIsNotAnswered(t *testing.T) {
	t.Parallel()
	t.Run("person asked", func(t *testing.T) {
		t.Parallel()
		kakao, settings := e2etest.NewKakao(t)
		s := loggedIn(t, e2etest.Elicitation["form"], settings)
		s.Write(askingLine("1001") + askingLine("1002"))
		forms, _ := questions(s, 2)
		s.Write(cancelLine("1001") + answerLine(forms["1001"], "Send once") + answerLine(forms["1002"], "Send once"))
		rest, _, _ := s.Drain()
		expectAnswers(t, rest, `"sent"`, "1002")
		expectSent(t, kakao, "question 1002")
	})
	t.Run("message under way", func(t *testing.T) {
		t.Parallel()
		kakao, settings := e2etest.NewKakao(t)
		g, settings := newGate(t, settings)
		s := loggedIn(t, nil, settings)
		s.Write(toMeLine("1001"))
		<-g.held
		s.Write(cancelLine("1001"))
		if before := s.BeforePing(); len(before) > 0 {
			t.Errorf("unexpected %s", before)
		}
		g.open()
		// The same message again learns from the journal that the first call is through.
		s.Write(strings.Replace(toMeLine("1001"), "1001", "1002", 1))
		expectAnswers(t, []e2etest.Message{s.Read()}, `"already_sent"`, "1002")
		rest, _, _ := s.Drain()
		expectAnswers(t, rest, "")
		expectSent(t, kakao, "note 1001")
	})
}

// A call whose cancel comes with it, or before its turn, is not carried out.
func TestCancelBeforeTheCallBegins(t *testing.T) {
	t.Parallel()
	const calls, blocking = 20, 200 // more than can run at once
	for name, blocked := range map[string]int{"idle": 0, "busy": blocking} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kakao, settings := e2etest.NewKakao(t)
			s := loggedIn(t, e2etest.Elicitation["form"], settings)
			s.Write(lines(askingLine, 10_001, 10_000+blocked))
			questions(s, min(blocked, waitingCalls))
			if blocked == 0 {
				for id := 1001; id <= 1000+calls; id++ {
					s.Write(toMeLine(strconv.Itoa(id)) + cancelLine(strconv.Itoa(id)))
				}
			} else {
				s.Write(lines(toMeLine, 1001, 1000+calls))
				s.BeforePing() // they are in the queue
				s.Write(lines(cancelLine, 1001, 1000+calls))
			}
			s.Write(lines(cancelLine, 10_001, 10_000+blocked) + toMeLine("2001"))
			rest, code, _ := s.Drain()
			expectAnswers(t, withoutForms(rest), `"sent"`, "2001")
			expectSent(t, kakao, "note 2001")
			if code != e2etest.ExitOK {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// Calls that wait for a login say so before their results, never after them. They
// keep coming while the person logs in, so that for some the two are close.
func TestProgressBeforeResult(t *testing.T) {
	t.Parallel()
	kakao, settings := e2etest.NewKakao(t)
	s := e2etest.Start(t, e2etest.BareEnv(t, settings...))
	s.Initialize(e2etest.Elicitation["url"])
	enough, sent := make(chan struct{}), make(chan int, 1)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		n := 0
		defer func() { sent <- n }()
		for ; n < waitingCalls; n++ {
			id := strconv.Itoa(1001 + n)
			line := strings.Replace(toMeLine(id), `"params":{`, `"params":{"_meta":{"progressToken":`+id+`},`, 1)
			if _, err := io.WriteString(s.Stdin, line); err != nil {
				return // the program has ended: reading tells
			}
			select {
			case <-tick.C:
			case <-enough:
				n++
				return
			}
		}
	}()
	visited := make(chan error, 1)
	told, answered := map[string]int{}, map[string]bool{}
	see := func(m e2etest.Message) {
		var p struct {
			URL           string
			ProgressToken json.RawMessage
		}
		if m.Method != "" && json.Unmarshal(m.Params, &p) != nil {
			t.Fatalf("params of %s", m)
		}
		switch m.Method {
		case "elicitation/create":
			go func() {
				_, err := (&sandbox.Visitor{}).Visit(context.Background(), p.URL)
				visited <- err
			}()
		case "notifications/progress":
			if told[string(p.ProgressToken)]++; answered[string(p.ProgressToken)] {
				t.Errorf("progress of %s after its result", p.ProgressToken)
			}
		default:
			expectAnswers(t, []e2etest.Message{m}, `"sent"`, string(m.ID))
			answered[string(m.ID)] = true
		}
	}
	for len(answered) == 0 {
		see(s.Read())
	}
	close(enough)
	calls := <-sent
	for len(answered) < calls {
		see(s.Read())
	}
	if err := <-visited; err != nil {
		t.Error(err)
	}
	rest, _, _ := s.Drain()
	for _, m := range rest {
		see(m)
	}
	if len(told) == 0 || len(answered) != calls || len(kakao.Deliveries()) != calls {
		t.Errorf("progress of %d calls, %d of %d answered, %d delivered", len(told), len(answered), calls, len(kakao.Deliveries()))
	}
	t.Logf("%d of %d calls waited", len(told), calls)
}
