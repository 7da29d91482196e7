package sandbox_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

func TestStartTwice(t *testing.T) {
	s := sandbox.New()
	first, err := s.Start()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := s.Start(); err == nil {
		second.Close()
		t.Error("two servers at a time")
	}
	for range 2 {
		if err := first.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	again, err := s.Start()
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestHandlersWithoutStart(t *testing.T) {
	s := sandbox.New()
	auth := httptest.NewServer(s.AuthHandler())
	defer auth.Close()
	w := &world{Sandbox: s, t: t}
	_, doc := w.read(http.Get(auth.URL + "/.well-known/openid-configuration"))
	if doc["issuer"] != auth.URL || doc["token_endpoint"] != auth.URL+"/oauth/token" {
		t.Errorf("discovery: %v", doc)
	}
}

func TestDiscovery(t *testing.T) {
	w := start(t)
	_, got := w.read(http.Get(w.srv.AuthURL + "/.well-known/openid-configuration"))
	expected := object{
		"issuer": w.srv.AuthURL, "authorization_endpoint": w.srv.AuthURL + "/oauth/authorize",
		"token_endpoint": w.srv.AuthURL + "/oauth/token", "userinfo_endpoint": w.srv.APIURL + "/v1/oidc/userinfo",
		"jwks_uri":                              w.srv.AuthURL + "/.well-known/jwks.json",
		"token_endpoint_auth_methods_supported": []any{"client_secret_post"}, "subject_types_supported": []any{"public"},
		"id_token_signing_alg_values_supported": []any{"RS256"}, "request_uri_parameter_supported": false,
		"response_types_supported": []any{"code"}, "response_modes_supported": []any{"query"},
		"grant_types_supported":            []any{"authorization_code", "refresh_token"},
		"code_challenge_methods_supported": []any{"S256"},
		"claims_supported":                 []any{"iss", "aud", "sub", "auth_time", "exp", "iat", "nonce", "nickname", "picture", "email"},
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// events opens the event stream of the rooms page and waits for its first event.
func events(t *testing.T, srv *sandbox.Server) (*http.Response, *bufio.Scanner) {
	t.Helper()
	resp, err := http.Get(srv.RoomsURL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != "data: hello" {
		t.Fatalf("first line %q", lines.Text())
	}
	return resp, lines
}

func TestEventsTellOfMessages(t *testing.T) {
	w := start(t)
	token := w.full("")
	resp, lines := events(t, w.srv)
	defer resp.Body.Close()
	w.memo(t.Context(), token)
	for lines.Scan() {
		if lines.Text() == "data: changed" {
			return
		}
	}
	t.Error("the stream ended without an event")
}

func TestCloseEndsEventStreams(t *testing.T) {
	s := sandbox.New()
	srv, err := s.Start()
	if err != nil {
		t.Fatal(err)
	}
	resp, lines := events(t, srv)
	defer resp.Body.Close()
	begin := time.Now()
	if err := srv.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	for lines.Scan() {
		if lines.Text() != "" {
			t.Errorf("line after Close: %q", lines.Text())
		}
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("Close took %v with an open stream", took)
	}
}

func TestConcurrentUse(t *testing.T) {
	w := start(t)
	token := w.full("")
	form := url.Values{"template_object": {textTemplate(t, "hi")}}.Encode()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.srv.APIURL+memoPath, strings.NewReader(form))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				w.SetFaults(sandbox.Faults{})
				w.Advance(time.Millisecond)
				w.People()
				w.Requests()
			}
		})
	}
	all.Wait()
	if n := len(w.Deliveries()); n != 160 {
		t.Errorf("%d messages arrived, want 160", n)
	}
}
