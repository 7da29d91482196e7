package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// memo sends to oneself over a connection of its own and returns status, 0 when it was cut.
func (w *world) memo(ctx context.Context, token string) int {
	w.t.Helper()
	form := url.Values{"template_object": {textTemplate(w.t, "hi")}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.srv.APIURL+memoPath, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+token)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		faults   sandbox.Faults
		statuses []int // of four messages
		arrived  int
	}{
		"none":          {sandbox.Faults{}, []int{200, 200, 200, 200}, 4},
		"next one":      {sandbox.Faults{FailStatus: 500}, []int{500, 200, 200, 200}, 3},
		"second, twice": {sandbox.Faults{FailStatus: 503, FailNth: 2, FailCount: 2}, []int{200, 503, 503, 200}, 2},
		"for ever":      {sandbox.Faults{FailStatus: 429, FailNth: 3, FailCount: -1}, []int{200, 200, 429, 429}, 2},
		"other path":    {sandbox.Faults{FailStatus: 500, FailPath: "/v1/", FailCount: -1}, []int{200, 200, 200, 200}, 4},
		"this path":     {sandbox.Faults{FailStatus: 500, FailPath: "/v2/api/talk/memo"}, []int{500, 200, 200, 200}, 3},
		"after effect":  {sandbox.Faults{FailStatus: 500, FailAfter: true}, []int{500, 200, 200, 200}, 4},
		"cut before":    {sandbox.Faults{Cut: "before"}, []int{0, 200, 200, 200}, 3},
		"cut after":     {sandbox.Faults{Cut: "after", FailNth: 2}, []int{200, 0, 200, 200}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			token := w.full("")
			w.ResetRequests()
			w.SetFaults(c.faults)
			var got, recorded []int
			for range 4 {
				got = append(got, w.memo(t.Context(), token))
			}
			for _, r := range w.Requests() {
				recorded = append(recorded, r.Status)
			}
			if diff := cmp.Diff(c.statuses, got); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.statuses, recorded); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
			if n := len(w.Deliveries()); n != c.arrived {
				t.Errorf("%d messages arrived, want %d", n, c.arrived)
			}
		})
	}
}

func TestFaultOnTheAuthHost(t *testing.T) {
	w := start(t)
	code := w.code(&sandbox.Visitor{})
	w.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 502, FailBody: `{"error":"server_error"}`})
	status, body := w.token(code)
	if status != 502 || body["error"] != "server_error" {
		t.Errorf("got %d %v", status, body)
	}
	if status, _ := w.token(code); status != 200 {
		t.Errorf("the code was spent by a request that failed before: %d", status)
	}
}

func TestLatency(t *testing.T) {
	w := start(t)
	token := w.full("")
	w.SetFaults(sandbox.Faults{Latency: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if status := w.memo(ctx, token); status != 0 || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Errorf("answered with %d before the latency", status)
	}
	// Close, at the end of the test, must not wait for the delayed request.
}

func TestRequestRecord(t *testing.T) {
	w := start(t)
	w.get("nobody", "/v1/api/talk/friends?limit=3")
	got := w.Requests()
	for i := range got {
		got[i].At = time.Time{}
	}
	expected := []sandbox.Request{{
		Host: "api", Method: "GET", Path: "/v1/api/talk/friends", Query: url.Values{"limit": {"3"}}, Form: url.Values{}, Status: 401,
	}}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
