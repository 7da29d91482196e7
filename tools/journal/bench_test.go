package journal

import (
	"runtime"
	"testing"
	"time"
)

func BenchmarkFirstLook(b *testing.B) {
	dir := home(b)
	j := Open(dir, time.Now)
	for i := range keepRecords / 2 {
		send(b, j, []Item{{"1", Me, "x", i}}, Delivered)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	j = Open(dir, time.Now)
	look(b, j, items("a"))
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		look(b, Open(dir, time.Now), items("a"))
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "index-bytes")
	runtime.KeepAlive(j)
}

func BenchmarkRewrite(b *testing.B) {
	j := Open(home(b), time.Now)
	err := j.write(b.Context(), func(k key) (records []record, err error) {
		for i := range keepRecords {
			records = append(records, k.mark(Item{"1", "a", "x", i}).record(kindSent, j.now().UnixNano()))
		}
		return records, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := j.rewriteForTest(b); err != nil {
			b.Fatal(err)
		}
	}
}
