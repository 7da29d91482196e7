package messenger

import (
	"runtime"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

func BenchmarkIndexSize10000(b *testing.B) {
	w := loggedIn(b)
	w.Kakao.Fill(10_000)
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
		w.Kakao.ResetRequests()
		full := heap()
		w.m.friends = newFriendCache(w.m)
		b.ReportMetric(float64(full-heap())/1e6, "index-MB")
	}
}

func BenchmarkFirstLoad100Pages(b *testing.B) {
	w := loggedIn(b)
	w.Kakao.Fill(10_000 - 25)
	w.Fault(sandbox.Faults{Latency: 50 * time.Millisecond})
	for b.Loop() {
		w.m.friends.drop()
		if _, err := w.m.friends.all(b.Context(), Nobody{}); err != nil {
			b.Fatal(err)
		}
	}
}
