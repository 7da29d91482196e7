package auth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// inviting is a world whose owner has made one invitation.
func inviting(t *testing.T) (w *world, s *Session, redirect, page string) {
	t.Helper()
	w = newWorld(t)
	s = w.session()
	redirect = s.RedirectURI(ForFriends)
	page, err := s.Invite(t.Context(), redirect)
	if err != nil {
		t.Fatal(err)
	}
	return w, s, redirect, page
}

// guest walks an invitation's page to its end and returns the callback's query,
// as the friend would read it from the address bar.
func (w *world) guest(page string, v *sandbox.Visitor) url.Values {
	w.Helper()
	u, err := url.Parse(w.callback)
	if err != nil {
		w.Fatal(err)
	}
	l, err := net.Listen("tcp", u.Host)
	if err != nil {
		w.Fatal(err)
	}
	ended := make(chan url.Values, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ended <- r.URL.Query() })}
	go server.Serve(l) //nolint:errcheck // Close ends it
	defer server.Close()
	if _, err := v.Visit(w.Context(), page); err != nil {
		w.Fatal(err)
	}
	return <-ended
}

func newGuest(w *world, name string) *sandbox.Visitor {
	id := w.kakao.AddPerson(sandbox.Person{Nickname: name, TalkUser: true})
	w.kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, id) })
	return &sandbox.Visitor{Person: name}
}

func TestInvite(t *testing.T) {
	w, s, redirect, page := inviting(t)
	q := w.guest(page, newGuest(w, "새친구"))
	// Another process of the same home completes it.
	guest, err := w.session().AcceptInvite(t.Context(), redirect, q)
	if err != nil || len(guest.Missing) != 0 {
		t.Fatalf("got %+v, %v", guest, err)
	}
	if _, err := s.load(t.Context()); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("a record is stored after an invitation: %v", err)
	}
	if s.Account() != "" {
		t.Error("the guest became the owner")
	}
	if _, err := s.AcceptInvite(t.Context(), redirect, q); err == nil {
		t.Error("the same callback was accepted twice")
	}
}

func TestInvitePartlyAgreed(t *testing.T) {
	w, s, redirect, page := inviting(t)
	v := newGuest(w, "반만동의")
	v.Untick = []string{"talk_message"}
	guest, err := s.AcceptInvite(t.Context(), redirect, w.guest(page, v))
	if err != nil || len(guest.Missing) != 1 || guest.Missing[0] != "talk_message" {
		t.Errorf("got %+v, %v", guest, err)
	}
	if p := s.GuestPage(guest, err); p.Status == 200 {
		t.Error("the page thanks somebody who is not connected")
	}
}

// TestInviteDuringAnOutage: a new link would not help, and so none is asked for.
func TestInviteDuringAnOutage(t *testing.T) {
	w, s, redirect, page := inviting(t)
	q := w.guest(page, newGuest(w, "새친구"))
	w.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 503})
	guest, err := s.AcceptInvite(t.Context(), redirect, q)
	if p := s.GuestPage(guest, err); p.Status == 200 || reason(err) != "kakao_unavailable" || strings.Contains(p.Body[0], "새 링크") || !strings.Contains(p.Body[0], "잠시 후 링크를 다시") {
		t.Errorf("%v: %q", err, p.Body)
	}
	q.Set("state", "i.")
	guest, err = s.AcceptInvite(t.Context(), redirect, q)
	if p := s.GuestPage(guest, err); p.Status == 200 || !strings.Contains(p.Body[0], "새 링크") {
		t.Errorf("%v: %q", err, p.Body)
	}
}

// TestInviteOfTheOwner: the owner's own account is nobody new, and the page says
// so. The owner's login is untouched.
func TestInviteOfTheOwner(t *testing.T) {
	w, s, redirect, page := inviting(t)
	before := w.mustToken(s, ForMe)
	guest, err := s.AcceptInvite(t.Context(), redirect, w.guest(page, &sandbox.Visitor{}))
	if err != nil || !guest.Self {
		t.Fatalf("got %+v, %v", guest, err)
	}
	if p := s.GuestPage(guest, err); p.Status == 200 || strings.Contains(p.Title, "고마워요") {
		t.Errorf("the page thanks for nothing: %+v", p)
	}
	if rec, err := s.load(t.Context()); err != nil || rec.Access != before {
		t.Errorf("the owner's login changed: %v", err)
	}
	guest, err = s.AcceptInvite(t.Context(), redirect, w.guest(page, newGuest(w, "새친구")))
	if err != nil || guest.Self {
		t.Errorf("the friend: %+v, %v", guest, err)
	}
}

// TestInviteState: only a fresh state of this home's invitations is taken, before
// anything is sent to Kakao.
func TestInviteState(t *testing.T) {
	w, s, redirect, page := inviting(t)
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	good := u.Query().Get("state")
	altered := "i.A" + good[3:]
	if altered == good {
		altered = "i.B" + good[3:]
	}
	other := newWorld(t).session()
	foreign, err := other.Invite(t.Context(), redirect)
	if err != nil {
		t.Fatal(err)
	}
	fu, err := url.Parse(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ state, reason string }{
		"none":          {"", "invite_invalid"},
		"garbage":       {"i.%%%", "invite_invalid"},
		"cut off":       {good[:len(good)-2], "invite_invalid"},
		"altered":       {altered, "invite_invalid"},
		"no prefix":     {strings.TrimPrefix(good, "i."), "invite_invalid"},
		"another home":  {fu.Query().Get("state"), "invite_invalid"},
		"a login's own": {randomWord(), "invite_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.requests("/oauth/token")
			_, err := s.AcceptInvite(t.Context(), redirect, url.Values{"state": {c.state}, "code": {"x"}})
			var p *problem.Problem
			if !errors.As(err, &p) || p.Reason != c.reason {
				t.Errorf("got %v, want %s", err, c.reason)
			}
			if w.requests("/oauth/token") != before {
				t.Error("a token was asked for")
			}
		})
	}
	w.advance(25 * time.Hour)
	var p *problem.Problem
	if _, err := s.AcceptInvite(t.Context(), redirect, url.Values{"state": {good}, "code": {"x"}}); !errors.As(err, &p) || p.Reason != "invite_expired" {
		t.Errorf("after 25 hours: %v", err)
	}
}

func TestInviteHere(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	v := newGuest(w, "옆사람")
	ended := make(chan sandbox.Page, 1)
	guest, err := s.InviteHere(t.Context(), func(page string) error {
		go func() {
			p, _ := v.Visit(t.Context(), page)
			ended <- p
		}()
		return nil
	})
	if err != nil || len(guest.Missing) != 0 {
		t.Fatalf("got %+v, %v", guest, err)
	}
	if p := <-ended; p.Status != 200 || !strings.Contains(p.Body, "고마워요") {
		t.Errorf("the friend sees %d %.200s", p.Status, p.Body)
	}
	if _, err := s.load(t.Context()); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("a record is stored: %v", err)
	}
}

// TestInviteHereEnds: a page that nobody finishes does not keep the port for ever.
func TestInviteHereEnds(t *testing.T) {
	w := newWorld(t)
	s := w.session()
	s.lasts = 50 * time.Millisecond
	_, err := s.InviteHere(t.Context(), func(string) error { return nil })
	if reason(err) != "invite_expired" || errors.Is(err, ErrLoginNeeded) || !strings.Contains(err.Error(), s.RedirectURI(ForFriends)) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.lasts = attemptLife
	if _, err := s.InviteHere(ctx, func(string) error { cancel(); return nil }); !errors.Is(err, context.Canceled) { // the port is free
		t.Error(err)
	}
}

// TestInviteHereDuringALogin: the owner's own login has the port.
func TestInviteHereDuringALogin(t *testing.T) {
	w := newWorld(t)
	w.person(nil)
	s := w.session()
	_, _ = w.askUntilTab(s, ForMe)
	_, err := s.InviteHere(t.Context(), func(string) error { t.Error("a page was shown"); return nil })
	if reason(err) != "login_pending" || !strings.Contains(err.Error(), "`kakaotalk-mcp login`") {
		t.Error(err)
	}
}

// TestInviteKey: a key file that a killed process left empty is replaced, and ten
// first invitations at once share one key.
func TestInviteKey(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(filepath.Join(w.home, inviteFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	states := make(chan string, 10)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			s := w.session()
			page, err := s.Invite(t.Context(), s.RedirectURI(ForFriends))
			if err != nil {
				t.Error(err)
				return
			}
			u, err := url.Parse(page)
			if err != nil {
				t.Error(err)
				return
			}
			states <- u.Query().Get("state")
		})
	}
	all.Wait()
	close(states)
	s := w.session()
	for state := range states {
		if _, err := s.openInvite(t.Context(), state); err != nil {
			t.Errorf("an invitation is not recognised: %v", err)
		}
	}
}
