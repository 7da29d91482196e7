package figures

import (
	"fmt"
	"testing"

	"kakaotalk-mcp/viewer"
)

func bench(b *testing.B, do func()) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		do()
	}
}

// BenchmarkCall is our own time for one send, and for one of 1,000 at once.
func BenchmarkCall(b *testing.B) {
	call := caller(b)
	b.Run("1", func(b *testing.B) { bench(b, func() { call(1) }) })
	b.Run("1000", func(b *testing.B) {
		bench(b, func() { call(1000) })
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/call")
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, friends := range []int{100, 1000, 10_000} {
		search := searcher(b, friends)
		for _, query := range queries {
			b.Run(fmt.Sprintf("%d/%s", friends, query), func(b *testing.B) { bench(b, func() { search(query) }) })
		}
	}
}

func BenchmarkPage(b *testing.B) {
	text := koreanText(b)
	bench(b, func() { encodeOnce(b, text) })
}

func encodeOnce(t testing.TB, text string) {
	if _, err := viewer.Encode(text); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkJournal(b *testing.B) {
	for _, records := range []int{0, 10_000} {
		b.Run(fmt.Sprint(records), func(b *testing.B) { bench(b, journalist(b, records)) })
	}
}

func BenchmarkStore(b *testing.B) {
	for _, others := range []int{1, 100_000} {
		write, read := storing(b, others)
		b.Run(fmt.Sprintf("read/%d", others), func(b *testing.B) { bench(b, read) })
		b.Run(fmt.Sprintf("write/%d", others), func(b *testing.B) { bench(b, write) })
	}
}

func BenchmarkVisitors(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		read := visitors(b)
		b.StartTimer()
		read(3000)
	}
	b.ReportMetric(3000*float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
