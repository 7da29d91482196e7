package journal

import (
	"fmt"
	"runtime"
	"testing"
)

func BenchmarkBeginFinish(b *testing.B) {
	for _, n := range []int{0, maxRecords} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := home(b)
			j := Open(dir)
			for range n / 200 {
				list := make([]Item, 100)
				for i := range list {
					list[i] = Item{"1", Me, fmt.Sprint(j.records), i}
				}
				send(b, j, list, make([]Outcome, len(list))...)
			}
			i := 0
			for b.Loop() {
				i++
				c, err := j.Begin(b.Context(), []Item{{"1", "a", "x", i}}, window, false)
				if err != nil {
					b.Fatal(err)
				}
				if err := j.Finish(b.Context(), c, []Outcome{Delivered}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFirstLook(b *testing.B) {
	dir := home(b)
	j := Open(dir)
	for i := range keepRecords / 2 {
		send(b, j, []Item{{"1", Me, "x", i}}, Delivered)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	j = Open(dir)
	look(b, j, items("a"))
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		look(b, Open(dir), items("a"))
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "index-bytes")
	runtime.KeepAlive(j)
}

func BenchmarkRewrite(b *testing.B) {
	j := Open(home(b))
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
