package auth

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// zeros is a body without end; read counts what was taken.
type zeros struct{ read *atomic.Int64 }

// giveUp keeps a failing test from using up the memory it measures.
const giveUp = 64 << 20

func (z zeros) Read(p []byte) (int, error) {
	if z.read.Add(int64(len(p))) > giveUp {
		return 0, io.EOF
	}
	clear(p)
	return len(p), nil
}

// TestEndlessAnswersOfTheLoginHost: however much it sends, little is read.
func TestEndlessAnswersOfTheLoginHost(t *testing.T) {
	kakao := newForger()
	now := time.Now().Unix()
	raw := kakao.token(map[string]any{"alg": "RS256", "kid": "k1"}, map[string]any{"iss": issuer, "aud": "our-key", "sub": "1", "exp": now + 60}, kakao.rs256)
	for name, ask := range map[string]func(*Session) error{
		"keys": func(s *Session) error { _, err := s.verify(t.Context(), raw, "", s.signingKeys); return err },
		"exchange": func(s *Session) error {
			_, err := s.exchange(t.Context(), ForMe, s.RedirectURI(ForMe), "code", "verifier")
			return err
		},
		"refresh": func(s *Session) error { _, err := s.requestRefresh(t.Context(), "refresh"); return err },
	} {
		var read atomic.Int64
		err := ask(atIssuer(func(r *http.Request) (*http.Response, error) { return response(r, zeros{&read}), nil }))
		if err == nil || read.Load() > 2<<20 {
			t.Errorf("%s: %d bytes were read, then: %.100v", name, read.Load(), err)
		}
	}
}

// drip gives a byte a second for ever, until nobody wants it any more.
type drip struct{ r *http.Request }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		p[0] = ' '
		return 1, nil
	case <-d.r.Context().Done():
		return 0, d.r.Context().Err()
	}
}

// TestSlowLoginHost: neither a byte a second nor silence holds a login or a
// refresh longer than its time.
func TestSlowLoginHost(t *testing.T) {
	kakao := newForger()
	raw := kakao.token(map[string]any{"alg": "RS256", "kid": "k1"}, map[string]any{"iss": issuer, "aud": "our-key", "sub": "1", "exp": 1 << 40}, kakao.rs256)
	slow := map[string]roundTrip{
		"a byte a second": func(r *http.Request) (*http.Response, error) { return response(r, drip{r}), nil },
		"silence":         func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
	}
	for name, host := range slow {
		synctest.Test(t, func(t *testing.T) {
			s := atIssuer(host)
			for what, c := range map[string]struct {
				ask   func() error
				limit time.Duration
			}{
				"exchange": {func() error {
					_, err := s.exchange(t.Context(), ForMe, s.RedirectURI(ForMe), "code", "verifier")
					return err
				}, kakaoTimeout},
				"refresh": {func() error { _, err := s.requestRefresh(t.Context(), "refresh"); return err }, kakaoTimeout},
				"keys":    {func() error { _, err := s.verify(t.Context(), raw, "", s.signingKeys); return err }, keyTries*kakaoTimeout + keyTries*keyPause},
			} {
				began := time.Now()
				err := c.ask()
				if took := time.Since(began); err == nil || took > c.limit {
					t.Errorf("%s at %s: %v after %v, at most %v", name, what, err, took, c.limit)
				}
			}
		})
	}
}

// TestRedirectOfTheLoginHost: a 307 would post code, refresh token and client
// secret again, to wherever it points.
func TestRedirectOfTheLoginHost(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		host := httptest.NewServer(http.RedirectHandler(other.URL+"/oauth/token", status))
		s := New(Config{ClientID: "our-key", AuthURL: host.URL, CallbackURL: "http://localhost:17654"})
		_, exchanged := s.exchange(t.Context(), ForMe, s.RedirectURI(ForMe), "code", "verifier")
		_, refreshed := s.requestRefresh(t.Context(), "refresh")
		_, verified := s.verify(t.Context(), newForger().token(map[string]any{"alg": "RS256"}, map[string]any{"iss": host.URL, "aud": "our-key", "exp": 1 << 40}, newForger().rs256), "", s.signingKeys)
		if exchanged == nil || refreshed == nil || verified == nil {
			t.Errorf("%d: %v, %v, %v", status, exchanged, refreshed, verified)
		}
		host.Close()
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the redirects' target got %d requests", n)
	}
}
