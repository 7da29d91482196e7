package tools

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// steady is a login that is always there.
type steady struct{}

func (steady) Token(context.Context, auth.Request) (string, error)   { return "t", nil }
func (steady) Account() string                                       { return "1" }
func (steady) Current(context.Context) (*auth.Record, error)         { return nil, auth.ErrLoginNeeded }
func (steady) Consented() time.Time                                  { return time.Time{} }
func (steady) Rejected(string)                                       {}
func (steady) Withdrawn(context.Context, string, []string)           {}
func (steady) Disconnected(ctx context.Context, access string) error { return nil }
func (steady) NotShown()                                             {}

func BenchmarkSearch10000(b *testing.B) {
	w := loggedIn(b)
	w.kakao.Fill(10_000)
	if _, err := w.m.friends.all(b.Context(), Nobody{}); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	w.m.now = func() time.Time { return now } // the list stays fresh
	for _, q := range []string{"김지민", "지", "ㅎㄱㄷ", "홍기", "없는이름"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.m.Search(b.Context(), SearchRequest{Query: q, Limit: 10}, Nobody{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkIndexSize10000(b *testing.B) {
	w := loggedIn(b)
	w.kakao.Fill(10_000)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		if _, err := w.m.friends.all(b.Context(), Nobody{}); err != nil {
			b.Fatal(err)
		}
		w.kakao.ResetRequests()
		full := heap()
		w.m.friends = newDirectory(w.m)
		b.ReportMetric(float64(full-heap())/1e6, "index-MB")
	}
}

func BenchmarkFirstLoad100Pages(b *testing.B) {
	w := loggedIn(b)
	w.kakao.Fill(10_000 - 25)
	w.fault(sandbox.Faults{Latency: 50 * time.Millisecond})
	for b.Loop() {
		w.m.friends.drop()
		if _, err := w.m.friends.all(b.Context(), Nobody{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSend compares a send with the bare request it makes.
func BenchmarkSend(b *testing.B) {
	kakaoServer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)          //nolint:errcheck // only to be polite
		w.Write([]byte(`{"result_code":0}`)) //nolint:errcheck // as above
	}))
	defer kakaoServer.Close()
	httpClient := kakao.NewHTTPClient()
	m := New(Config{Session: steady{}, Kakao: &kakao.Client{BaseURL: kakaoServer.URL, HTTP: httpClient}, Home: b.TempDir(), Confirm: ConfirmNever})
	bare := func() time.Duration {
		start := time.Now()
		res, err := httpClient.Post(kakaoServer.URL+"/v2/api/talk/memo/default/send", "application/x-www-form-urlencoded", strings.NewReader("template_object=%7B%7D"))
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, res.Body) //nolint:errcheck // loopback
		res.Body.Close()
		return time.Since(start)
	}
	n := 0
	send := func() time.Duration {
		n++
		r := SendRequest{ToMe: true, Content: Content{Message: fmt.Sprint("메시지 ", n)}}
		start := time.Now()
		if out, err := m.Send(b.Context(), r, Nobody{}); err != nil || out.Status != StatusSent {
			b.Fatalf("%+v %v", out, err)
		}
		return time.Since(start)
	}
	bare()
	send()
	var ours, theirs time.Duration
	b.ReportAllocs()
	for b.Loop() {
		theirs += bare()
		ours += send()
	}
	b.ReportMetric(float64((ours-theirs).Microseconds())/float64(b.N), "own-µs/op")
	b.ReportMetric(float64(theirs.Microseconds())/float64(b.N), "bare-µs/op")
}
