package loopback

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/componenttest"
	"kakaotalk-mcp/auth/ground/porttest"
)

const testState = "k3QyVn0c2mYw1pXo8RzB7A"

var testPages = Pages{
	Lang:        "en",
	AlreadyUsed: []string{"This login was finished before."},
	InProgress:  Text{Title: "In progress", Body: []string{"Please wait."}},
	WrongState:  Text{Title: "Not this login", Body: []string{"Start again."}},
	NotFound:    Text{Title: "Nothing here"},
}

func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func needIPv6(t *testing.T) {
	t.Helper()
	if !hasIPv6() {
		componenttest.Missing(t, "IPv6")
	}
}

func base(name, port string) string { return "http://" + net.JoinHostPort(name, port) }

func succeed(context.Context, url.Values) Page { return success() }

func success() Page {
	return Page{Status: 200, Lang: "en", Title: "Logged in", Body: []string{"You can close this tab."}}
}

// start listens on localhost with cfg's gaps filled and closes at the end.
func start(t *testing.T, cfg Config) (l *Listener, origin string) {
	t.Helper()
	origin = base("localhost", porttest.Closed(t))
	cfg.Base, cfg.State, cfg.Pages = origin, testState, testPages
	if cfg.Paths == nil {
		cfg.Paths = []string{"/auth/callback"}
	}
	if cfg.Complete == nil {
		cfg.Complete = succeed
	}
	l, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return l, origin
}

type answer struct {
	Status int
	Header http.Header
	Body   string
}

func get(t *testing.T, address string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, req)
}

// send sends a request on a connection of its own. It may run outside the test's
// goroutine: a failure is an answer without status.
func send(t *testing.T, req *http.Request) answer {
	t.Helper()
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       20 * time.Second,
	}
	res, err := client.Do(req)
	if err != nil {
		t.Error(err)
		return answer{}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}
