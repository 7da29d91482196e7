package login

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

func expectLogins(h *e2etest.Computer, tabs, tokens int) {
	h.Helper()
	if got := len(h.Opened()); got != tabs {
		h.Errorf("%d browser tabs, want %d", got, tabs)
	}
	if got := h.TokenRequests(); got != tokens {
		h.Errorf("%d token requests, want %d", got, tokens)
	}
}

func TestTenProcesses(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	h.Kakao.SetFaults(sandbox.Faults{Latency: 100 * time.Millisecond})
	servers := h.Servers(10)
	took := h.SendAll(servers, "first use")
	expectLogins(h, 1, 1)
	t.Logf("first use: tenth message delivered after %v, %d tab, %d token request", took.Round(time.Millisecond), len(h.Opened()), h.TokenRequests())

	h.Kakao.ExpireAccessTokens()
	took = h.SendAll(servers, "expired")
	expectLogins(h, 1, 2)
	t.Logf("expired: tenth message delivered after %v, %d more token request", took.Round(time.Millisecond), h.TokenRequests()-1)
}

func TestKilledInTheMiddleOfARefresh(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	servers := h.Servers(3)
	h.SendAll(servers, "before")
	h.Kakao.ExpireAccessTokens()
	path := filepath.Join(h.Home, "refresh.lock")
	lock, err := private.Acquire(t.Context(), path, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	before := len(h.Kakao.Requests())
	servers[0].Request("tools/call", e2etest.SendCall("never delivered"))
	e2etest.WaitUntil(h, "the token is refused", func() bool { return len(h.Kakao.Requests()) > before })
	h.Kakao.SetFaults(sandbox.Faults{Latency: e2etest.Patience})
	lock.Release()
	e2etest.WaitUntil(h, "the refresh is at Kakao", func() bool { return h.Kakao.Held() == 1 })
	servers[0].Kill()
	e2etest.WaitUntil(h, "nobody waits for it", func() bool { return h.Kakao.Held() == 0 })
	h.Kakao.SetFaults(sandbox.Faults{})
	h.SendAll(servers[1:], "after")
	expectLogins(h, 1, 2)
}

// The answer has arrived, and the process dies at some moment around the saving.
func TestKilledInTheMiddleOfSaving(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	survivor := h.Servers(1)
	h.SendAll(survivor, "before")
	saved := 0
	for round := range 6 {
		victim := h.Servers(1)[0]
		h.SendAll([]*e2etest.Server{victim}, fmt.Sprint("round ", round)) // reads the saved login
		h.Kakao.ExpireAccessTokens()
		before := h.TokenRequests()
		victim.Request("tools/call", e2etest.SendCall(fmt.Sprint("in between ", round)))
		e2etest.WaitUntil(h, "the refresh", func() bool { return h.TokenRequests() > before })
		if round > 0 { // each time a little later
			<-time.After(time.Duration(round-1) * 400 * time.Microsecond)
		}
		victim.Kill()
		h.SendAll(survivor, fmt.Sprint("after round ", round))
		switch h.TokenRequests() - before {
		case 1:
			saved++ // the victim's token was taken over
		case 2:
		default:
			t.Errorf("%d token requests in a round", h.TokenRequests()-before)
		}
	}
	if len(h.Opened()) != 1 {
		t.Errorf("%d tabs: a login was lost", len(h.Opened()))
	}
	t.Logf("killed after saving in %d of 6 rounds", saved)
}
