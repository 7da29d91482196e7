package viewer

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkServe reads 1,000 stored messages over loopback, 2,500 requests a
// second from ever new visitors, while another sends 200 a second alone.
func BenchmarkServe(b *testing.B) {
	s, err := NewStore(filepath.Join(b.TempDir(), "messages"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	text := firstRunes(sampleTexts(b)["letter"], 1500)
	ids := make([]string, 1000)
	for i := range ids {
		ids[i], _ = mustPut(b, s, text, 0)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: NewHandler(s, HandlerConfig{Host: l.Addr().String(), Forwarded: true})}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	defer func() { server.Close(); <-served }()

	const readers = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers + 1}}
	defer client.CloseIdleConnections()
	ask := func(id, visitor string) (int, error) {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+l.Addr().String()+"/message/"+id+"/data", nil)
		if err != nil {
			return 0, err
		}
		r.Header.Set("X-Forwarded-For", visitor)
		response, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return response.StatusCode, err
	}

	stop, abuser := make(chan struct{}), make(chan struct{})
	refused, sent := 0, 0
	go func() {
		defer close(abuser)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				sent++
				if status, err := ask(ids[0], "203.0.113.1"); err == nil && status == http.StatusTooManyRequests {
					refused++
				}
			}
		}
	}()

	var mu sync.Mutex
	var times []time.Duration
	var group sync.WaitGroup
	const pause = time.Second / 2500
	b.ResetTimer()
	begin := time.Now()
	for n := range readers {
		group.Go(func() {
			var own []time.Duration
			for i := n; i < b.N; i += readers {
				// Late requests count from when they should have left.
				start := begin.Add(time.Duration(i) * pause)
				time.Sleep(time.Until(start))
				visitor := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
				if status, err := ask(ids[i%len(ids)], visitor); err != nil || status != http.StatusOK {
					b.Errorf("request %d: %d, %v", i, status, err)
					return
				}
				own = append(own, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, own...)
		})
	}
	group.Wait()
	b.StopTimer()
	close(stop)
	<-abuser
	slices.Sort(times)
	if len(times) > 0 {
		b.ReportMetric(float64(len(times))/b.Elapsed().Seconds(), "req/s")
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
	}
	if sent > 0 {
		b.ReportMetric(100*float64(refused)/float64(sent), "%-abuser-refused")
	}
}
