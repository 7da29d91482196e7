package auth

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
)

// answering is a login server that answers everything alike, without a network.
type answering struct {
	status int
	body   string
	asked  int
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked++
	return &http.Response{StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json;charset=utf-8"}}, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// fuzzSession is a Session whose login server is answers. The clock stands still.
func fuzzSession(tb testing.TB, answers http.RoundTripper) *Session {
	s := New(Config{ClientID: "key", AuthURL: "https://kauth.example", APIURL: "https://kapi.example", CallbackURL: "http://localhost:17654",
		Home: tb.TempDir(), Store: keychain.NewMemory(), Lang: "en", Command: "kakaotalk-mcp", Open: func(string) error { return nil }})
	s.http.Transport = answers
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s.now = func() time.Time { return now }
	return s
}

// isShowable: a name that can go onto a terminal and into a sentence.
func isShowable(name string) bool {
	return len(name) <= 4*maxName && !strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Bidi_Control, r)
	})
}

// Whatever the store holds is a login of this app with everything that makes it
// one, which can be written and read again, or it is none and the error says so
// without quoting it.
func FuzzRecord(f *testing.F) {
	const app = `"auth":"https://kauth.example","api":"https://kapi.example","client":"key"`
	f.Add([]byte(`{"v":1,` + app + `,"sub":"1","nick":"지민","at":"SECRET-a","at_exp":"2026-01-02T09:04:05+09:00","rt":"SECRET-r","rt_exp":"2026-03-02T03:04:05Z","scopes":["friends","talk_message"],"consented":"2026-01-02T03:04:05.123456789Z"}`))
	f.Add([]byte(`{"v":1,` + app + `,"rt":"SECRET","nick":"\u001b]0;x\u0007<&\u202e"}`))
	f.Add([]byte(`{"v":2,` + app + `,"rt":"SECRET"}`))
	f.Add([]byte(`{` + app + `,"rt":"SECRET","scopes":null,"at_exp":"9999-12-31T23:59:59-23:59"}`))
	f.Add([]byte(`{"v":1,"auth":"https://kauth.example","api":"https://other.example","client":"key","rt":"SECRET"}`))
	f.Add([]byte(`{"v":1,` + app + `,"rt":"SECRET`))
	f.Add([]byte(`{"v":1,` + app + `,"at":"SECRET","rt":""}`))
	f.Add([]byte(`{"v":"SECRET"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := fuzzSession(t, nil)
		if err := s.cfg.Store.Set(t.Context(), s.recordName(), raw); err != nil {
			return // no store holds that
		}
		rec, err := s.load(t.Context())
		if err != nil {
			if rec != nil || !errors.Is(err, keychain.ErrNotFound) && !errors.Is(err, errNewer) || strings.Contains(err.Error(), "SECRET") {
				t.Fatalf("record %v, error %v", rec, err)
			}
			return
		}
		if rec.Refresh == "" || rec.Format > recordFormat || rec.AuthURL != s.cfg.AuthURL || rec.APIURL != s.cfg.APIURL || rec.ClientID != s.cfg.ClientID {
			t.Errorf("taken for a login of this app: %#v", *rec)
		}
		if !isShowable(rec.Nickname) {
			t.Errorf("the name is shown as %q", rec.Nickname)
		}
		if text := fmt.Sprintf("%v %+v %s", rec, rec, rec.LogValue()); strings.Contains(text, rec.Refresh) && len(rec.Refresh) > 30 {
			t.Errorf("printed with its token: %s", text)
		}
		if err := s.save(t.Context(), rec); err != nil {
			if !errors.Is(err, keychain.ErrTooBig) { // escaped, it may take more room
				t.Fatal(err)
			}
			return
		}
		if again, err := s.load(t.Context()); err != nil || !cmp.Equal(rec, again) {
			t.Errorf("read again: %v\n%s", err, cmp.Diff(rec, again))
		}
	})
}

// What the token endpoint answers is tokens with times that can be stored, or a
// worded problem that repeats nothing of the answer.
func FuzzTokenAnswer(f *testing.F) {
	f.Add(200, `{"token_type":"bearer","access_token":"SE-CRET-a","expires_in":21599,"refresh_token":"SE-CRET-r","refresh_token_expires_in":5183999,"scope":"talk_message friends","id_token":"SE-CRET-i"}`)
	f.Add(200, `{"token_type":"bearer","access_token":"SE-CRET","expires_in":"-1","refresh_token_expires_in":1e300}`)
	f.Add(200, `{"access_token":"SE-CRET","expires_in":9223372036854775807,"refresh_token_expires_in":-9223372036854775808,"scope":", ,a,,b "}`)
	f.Add(200, `{"access_token":"","error":"SE-CRET"}`)
	f.Add(200, `{"access_token":7,"scope":["a"]}`)
	f.Add(200, `<html>SE-CRET</html>`)
	f.Add(400, `{"error":"invalid_grant","error_description":"SE-CRET","error_code":"KOE320"}`)
	f.Add(401, `{"error":"invalid_client","error_description":"SE-CRET","error_code":"KOE010"}`)
	f.Add(401, `{"error":"SE-CRET\u001b[2J","error_code":"KOE0\u001b]0;SE-CRET\u0007"}`)
	f.Add(400, `{"error":{"SE-CRET":1},"error_code":["KOE010"]}`)
	f.Add(307, ``)
	f.Add(503, `SE-CRET`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return // no HTTP answer
		}
		s := fuzzSession(t, &answering{status: status, body: body})
		asked := s.now()
		g, err := s.exchange(t.Context(), ForMe, s.RedirectURI(ForMe), "code", "verifier")
		if err != nil {
			_ = dead(err)
			var p *problem.Problem
			if !errors.As(s.tokenProblem(err), &p) || p.Reason == "" || p.What == "" || p.Next == "" {
				t.Fatalf("not worded: %v", err)
			}
			for _, text := range []string{p.What, p.Next, p.Error(), fmt.Sprint(p.Err)} {
				if strings.Contains(text, "SE-CRET") || strings.ContainsFunc(text, unicode.IsControl) {
					t.Errorf("%s repeats the answer: %q", p.Reason, text)
				}
			}
			return
		}
		if status/100 != 2 || g.access == "" {
			t.Errorf("status %d: an access token %q", status, g.access)
		}
		if life := g.accessExpiry.Sub(asked); life <= 0 || life > longestLife {
			t.Errorf("the access token lives for %v", life)
		}
		if life := g.refreshExpiry.Sub(asked); !g.refreshExpiry.IsZero() && (life <= 0 || life > longestLife) {
			t.Errorf("the refresh token lives for %v", life)
		}
		if slices.Contains(g.scopes, "") || !slices.IsSorted(g.scopes) {
			t.Errorf("consents %q", g.scopes)
		}
	})
}

// Of all states only the one of an invitation that was made here, for this app
// and not too long ago reaches Kakao.
func FuzzInvite(f *testing.F) {
	home := f.TempDir()
	server := &answering{status: 400, body: `{"error":"invalid_grant"}`}
	fresh := func() *Session {
		s := fuzzSession(f, server)
		s.cfg.Home = home
		return s
	}
	if err := os.WriteFile(fresh().cfg.Home+"/"+inviteFile, []byte(strings.Repeat("k", inviteKey)), 0o600); err != nil {
		f.Fatal(err)
	}
	s, key := fresh(), []byte(strings.Repeat("k", inviteKey))
	state := func(clientID string, expiry time.Time) string {
		other := fresh()
		other.cfg.ClientID = clientID
		return other.invitationOf(key, []byte("0123456789abcdef"), binary.BigEndian.AppendUint64(nil, uint64(expiry.Unix()))).state
	}
	good := state("key", s.now().Add(time.Hour))
	f.Add("code=c&state=" + good)
	f.Add("code=c&state=" + good + "&error=access_denied&error_description=age%1b%5b2J")
	f.Add("code=c&state=" + state("key", s.now().Add(-time.Second)))
	f.Add("code=c&state=" + state("other", s.now().Add(time.Hour)))
	f.Add("code=c&state=" + good[:len(good)-1] + "B")
	f.Add("code=c&state=" + good[2:])
	f.Add("code=c&state=i.")
	f.Add("state=x&state=" + good + "&code=c")
	f.Add("%")
	f.Fuzz(func(t *testing.T, query string) {
		q, _ := url.ParseQuery(query)
		clear(s.failures) // each input meets an invitation that is still open
		before := server.asked
		guest, err := s.AcceptInvite(context.Background(), "http://localhost:17654/friends/callback", q)
		var p *problem.Problem
		if err == nil || !errors.As(err, &p) || guest.Name != "" || strings.ContainsFunc(p.Error(), unicode.IsControl) {
			t.Fatalf("guest %v, error %v", guest, err)
		}
		if asked := server.asked > before; asked != (q.Get("state") == good && q.Get("error") == "") {
			t.Errorf("%q: asked Kakao: %v", query, asked)
		}
	})
}

// Whatever login.json and tab.json hold: a login that is written down reads back,
// and two calls within a minute never both put a page in front of the person.
func FuzzLoginFiles(f *testing.F) {
	tab := func(at string) []byte {
		return []byte(`{"at":"` + at + `","page":"` + pageDigest("https://a.example/") + `"}`)
	}
	login := []byte(`{"id":"a","url":"https://a.example/","port":17654,"path":"/auth/callback","pid":7,"started":"2026-01-02T03:04:00Z"}`)
	f.Add(login, tab("2026-01-02T03:04:00Z"))
	f.Add([]byte(`{"url":"https://b.example/","outcome":"declined"}`), tab("2026-01-02T03:00:00Z"))
	f.Add([]byte(`{"port":-1,"pid":1e400}`), tab("2036-01-02T03:04:00Z"))
	f.Add([]byte(`{"url":"`+strings.Repeat("x", maxPending)+`"}`), []byte(`{"at":"x"}`))
	f.Add(login, []byte(`{"login":"a","given_up":true,"waits":{"../x":"","tab.lock":"k",".tmp-held-1":"k"}}`))
	f.Add([]byte("{}"), []byte("null"))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, login, tab []byte) {
		s := fuzzSession(t, nil)
		write := func(name string, raw []byte) {
			if err := os.WriteFile(s.cfg.Home+"/"+name, raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(tabFile, tab)
		write(pendingFile, login)
		p := s.readPending()
		if len(p.URL) > maxPending {
			t.Errorf("an address of %d bytes", len(p.URL))
		}
		if s.Pending() != "" {
			t.Error("a login is under way without anybody who holds it")
		}
		ours := pendingLogin{ID: "a", URL: "https://a.example/"}
		first, second := s.join(t.Context(), ours, "", false), s.join(t.Context(), ours, "", false)
		if other := p.ID != "" && (p.ID != "a" || p.Outcome != ""); first.mine && (second.mine || other) {
			t.Errorf("shown twice (%v), or although another login is the one (%v)", second.mine, other)
		}
		first.leave(false)
		second.leave(true)
		third := s.join(t.Context(), ours, "", false)
		if third.login != "" && second.held != nil && !third.late {
			t.Error("not told that the second gave up")
		}
		third.leave(false)
		if err := s.writePending(p); err != nil {
			t.Fatal(err)
		}
		if again := s.readPending(); !cmp.Equal(p, again) && len(login) < maxPending/8 { // escaped, it may be too large
			t.Errorf("read again:\n%s", cmp.Diff(p, again))
		}
	})
}
