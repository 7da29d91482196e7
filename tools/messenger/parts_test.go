package messenger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

const friendSends = "/v1/api/talk/friends/message"

func longCall() string { return `{"to":["홍길동"],"message":"` + sandboxtest.Letters(900) + `"}` }

// wantParts checks that exactly the parts 1 to n of 5 arrived, in order.
func (w *world) wantParts(n int) {
	w.T.Helper()
	list := w.Arrived()
	if len(list) != n {
		w.T.Errorf("%d parts arrived, want %d: %q", len(list), n, list)
	}
	for i, d := range list {
		if !strings.Contains(d, fmt.Sprintf(": (%d/5)\n", i+1)) {
			w.T.Errorf("delivery %d is %q", i+1, d)
		}
	}
}

func TestPartsResumeWhereTheyStopped(t *testing.T) {
	t.Parallel()
	for stop := 1; stop <= 5; stop++ {
		t.Run(strconv.Itoa(stop), func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t)
			w.Fault(sandbox.Faults{FailPath: friendSends, FailNth: stop, FailStatus: 400, FailBody: `{"code":-532,"msg":"x"}`})
			a := w.call(toolSend, longCall())
			if stop == 1 {
				w.want(a, StatusNotSent, "quota_sender", problem.Later)
			} else {
				w.want(a, StatusPartlySent, "quota_sender", problem.Later)
				if !strings.Contains(a.Text, fmt.Sprintf("5개 중 %d개까지 전달됐어요", stop-1)) {
					t.Errorf("it does not tell how much arrived: %s", a.Text)
				}
			}
			w.wantParts(stop - 1)
			w.restart()
			w.want(w.call(toolSend, longCall()), StatusSent, "", "")
			w.wantParts(5)
			w.want(w.call(toolSend, longCall()), StatusAlreadySent, "", "")
			w.wantParts(5)
		})
	}
}

// TestPartlySentIsSaidNaturally: to oneself, nobody is spoken of by name.
func TestPartlySentIsSaidNaturally(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		lang                   wording.Lang
		tool, args, path, want string
	}{
		{"me, partly", "ko", toolToMe, sandboxtest.Letters(900), "/v2/api/talk/memo", "나와의 채팅으로 일부만 보냈어요. 6개 중 1개까지 전달됐어요. 오늘 "},
		{"me, partly, English", "en", toolToMe, sandboxtest.Letters(900), "/v2/api/talk/memo", "Only part of the message reached your own chat: 1 of 6 parts were delivered. You have "},
		{"friend, partly", "ko", toolSend, sandboxtest.Letters(900), friendSends, "홍길동님에게 일부만 보냈어요. 5개 중 1개까지 전달됐어요. 오늘 "},
		{"friend, partly, English", "en", toolSend, sandboxtest.Letters(900), friendSends, "Only part of the message reached 홍길동: 1 of 5 parts were delivered. You have "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, func(cfg *Config) { cfg.Lang = c.lang })
			w.Fault(sandbox.Faults{FailPath: c.path, FailNth: 2, FailStatus: 400, FailBody: `{"code":-532,"msg":"x"}`})
			to := ""
			if c.tool == toolSend {
				to = `"to":["홍길동"],`
			}
			a := w.call(c.tool, `{`+to+`"message":"`+c.args+`"}`)
			if !strings.HasPrefix(a.Text, c.want) || strings.Contains(a.Text, "나님") || strings.Contains(a.Text, "님님") {
				t.Errorf("got %q, want %q", a.Text, c.want)
			}
		})
	}
}

func TestPartWithUnknownOutcomeStopsTheRest(t *testing.T) {
	w := loggedIn(t)
	w.Fault(sandbox.Faults{FailPath: friendSends, FailNth: 3, Cut: "after"})
	for range 2 {
		a := w.call(toolSend, longCall())
		w.want(a, StatusUnknown, "unknown_outcome", problem.No)
		if !strings.Contains(a.str("summary"), "알 수 없어요") || !strings.Contains(fmt.Sprint(a.Result["failed"]), "5개 중 2개까지 전달됐어요") {
			t.Errorf("got %s %v", a.Text, a.Result["failed"])
		}
		w.wantParts(3)
	}
	w.want(w.call(toolSend, `{"to":["홍길동"],"resend":true,"message":"`+sandboxtest.Letters(900)+`"}`), StatusSent, "", "")
	if n := len(w.Arrived()); n != 8 {
		t.Errorf("%d deliveries after resend, want 8", n)
	}
}

func TestPartsOnlyForWhoLacksThem(t *testing.T) {
	w := loggedIn(t)
	w.want(w.call(toolSend, longCall()), StatusSent, "", "")
	both := `{"to":["홍길동","정서연"],"message":"` + sandboxtest.Letters(900) + `"}`
	w.want(w.call(toolSend, both), StatusSent, "", "")
	count := map[string]int{}
	for _, d := range w.Arrived() {
		name, _, _ := strings.Cut(d, ":")
		count[name]++
	}
	if count["홍길동"] != 5 || count["정서연"] != 5 {
		t.Errorf("got %v, want 5 each", count)
	}
}

func TestTwoCallsAtOnce(t *testing.T) {
	t.Parallel()
	for _, args := range []string{`{"to":["홍길동"],"message":"안녕"}`, longCall()} {
		w := loggedIn(t)
		w.call(toolSearch, `{}`)
		w.Fault(sandbox.Faults{Latency: 20 * time.Millisecond})
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				a, err := w.try(t.Context(), Nobody{}, toolSend, args)
				if err != nil || a.IsError {
					t.Errorf("got %v %s", err, a.Text)
				}
			})
		}
		calls.Wait()
		if n := len(w.Arrived()); args != longCall() && n != 1 {
			t.Errorf("%d deliveries, want 1", n)
		}
		if args == longCall() {
			w.wantParts(5)
		}
	}
}

func TestCancelledBetweenParts(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.call(toolSearch, `{"query":"홍길동"}`)
	ctx, cancel := context.WithCancel(t.Context())
	w.Fault(sandbox.Faults{Latency: 50 * time.Millisecond})
	done := make(chan answer)
	go func() {
		a, _ := w.try(ctx, Nobody{}, toolSend, longCall())
		done <- a
	}()
	for len(w.Arrived()) < 2 {
		if t.Context().Err() != nil {
			t.Fatal("nothing arrives")
		}
		time.Sleep(time.Millisecond) // the sandbox is another party: there is no signal to wait for
	}
	cancel()
	a := <-done
	if a.str("status") != StatusPartlySent || a.str("reason") != "cancelled" {
		t.Errorf("got %s", a.Text)
	}
	n := len(w.Arrived())
	if n >= 5 {
		t.Errorf("%d parts after the cancel", n)
	}
	w.Fault(sandbox.Faults{})
	w.want(w.call(toolSend, longCall()), StatusSent, "", "")
	w.wantParts(5)
}

func TestCancelledBeforeSending(t *testing.T) {
	w := loggedIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, err := w.m.Send(ctx, SendRequest{ToMe: true, Content: compose.Content{Message: "안녕"}}, Nobody{})
	if err != nil || out.Status != StatusNotSent || out.Reason != "cancelled" || !strings.Contains(out.Summary, "메시지를 보내지 않았어요") {
		t.Errorf("got %+v %v", out, err)
	}
	w.want(w.call(toolToMe, `{"message":"안녕"}`), StatusSent, "", "")
	w.WantArrived("me: 안녕")
}

// TestRepeatAfterItsWindow: what counts is the age of the newest part.
func TestRepeatAfterItsWindow(t *testing.T) {
	now := time.Now()
	sent := func(ages ...time.Duration) (list []journal.Status) {
		for _, age := range ages {
			if age == 0 {
				list = append(list, journal.Status{})
				continue
			}
			list = append(list, journal.Status{State: journal.Sent, At: now.Add(-age)})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		states []journal.Status
		got    int
	}{
		{"just sent", sent(time.Second), 1},
		{"long ago", sent(windowFriends + time.Second), 0},
		{"the first part is older than the window", sent(windowFriends+time.Second, windowFriends-time.Second, 0), 2},
		{"all parts are older", sent(windowFriends+3*time.Second, windowFriends+time.Second), 0},
	} {
		f := fate{have: make([]bool, len(c.states))}
		f.remember(c.states, now.Add(-windowFriends), false)
		if f.got() != c.got || f.open() != (c.got < len(c.states)) {
			t.Errorf("%s: %d parts count as sent, want %d", c.name, f.got(), c.got)
		}
	}
	if me, friends := (&sending{r: SendRequest{ToMe: true}}).window(), (&sending{}).window(); me != 2*time.Minute || friends != 10*time.Minute {
		t.Errorf("windows %v %v", me, friends)
	}
}

func TestTypedCommandIsHeldBackOnlyByAnUnknownOutcome(t *testing.T) {
	w := loggedIn(t, typed)
	send := func(resend bool) SendResult {
		t.Helper()
		out, err := w.m.Send(t.Context(), SendRequest{ToMe: true, Resend: resend, Content: compose.Content{Message: "안녕"}}, Nobody{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for range 2 {
		if out := send(false); out.Status != StatusSent {
			t.Errorf("a repeated command was held back: %+v", out)
		}
	}
	w.Fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", Cut: "before"})
	if out := send(false); out.Status != StatusUnknown || !strings.Contains(out.NextStep, "--resend") {
		t.Errorf("got %+v", out)
	}
	if out := send(false); out.Status != StatusUnknown {
		t.Errorf("an unknown outcome did not hold it back: %+v", out)
	}
	if out := send(true); out.Status != StatusSent {
		t.Errorf("--resend: %+v", out)
	}
	w.WantArrived("me: 안녕", "me: 안녕", "me: 안녕")
}
