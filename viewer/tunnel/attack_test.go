package tunnel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestSlowVisitors: a hundred visitors who send a byte a second or read nothing
// are cut off in time, and the others are served beside them.
func TestSlowVisitors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := strings.Repeat("x", 64<<10)
		tun := &Tunnel{cfg: Config{Log: slog.New(slog.DiscardHandler), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err == nil {
				_, _ = io.WriteString(w, page)
			}
		})}}
		in := newVisitorQueue()
		s := tun.serve(in)
		dial := func() net.Conn {
			ours, theirs := net.Pipe()
			in.conns <- theirs
			return ours
		}
		began := time.Now()
		// slow sends text a byte a second and tells when the server had enough.
		slow := func(conn net.Conn, text string, limit time.Duration) {
			go io.Copy(io.Discard, conn) //nolint:errcheck // ends with the connection
			for i := 0; ; i++ {
				if _, err := io.WriteString(conn, text[min(i, len(text)-1):][:1]); err != nil {
					break
				}
				time.Sleep(time.Second)
			}
			if took := time.Since(began); took > limit {
				t.Errorf("%.10q: cut off after %v, at most %v", text, took, limit)
			}
		}
		var visitors sync.WaitGroup
		for range 50 {
			header, body, idle, deaf := dial(), dial(), dial(), dial()
			visitors.Go(func() { slow(header, "GET / HTTP/1.1\r\nX: yyyy", headerTime+time.Second) })
			visitors.Go(func() {
				go io.WriteString(body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n") //nolint:errcheck // seen below
				time.Sleep(time.Second)
				slow(body, "z", readTime+2*time.Second)
			})
			visitors.Go(func() {
				if _, err := idle.Read(make([]byte, 1)); err != io.EOF || time.Since(began) > readTime {
					t.Errorf("a silent visitor: %v after %v", err, time.Since(began))
				}
			})
			visitors.Go(func() {
				io.WriteString(deaf, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				time.Sleep(answerTime + time.Second)
				if got, _ := io.ReadAll(deaf); len(got) > 0 {
					t.Errorf("a deaf visitor still gets %d bytes", len(got))
				}
			})
		}
		honest := dial()
		go io.WriteString(honest, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") //nolint:errcheck // seen below
		res, err := http.ReadResponse(bufio.NewReader(honest), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(res.Body); err != nil || string(got) != page || time.Since(began) > time.Second {
			t.Errorf("an honest visitor gets %d bytes, %v after %v", len(got), err, time.Since(began))
		}
		honest.Close()
		wordy := dial()
		go fmt.Fprintf(wordy, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", headerSize+8<<10)) //nolint:errcheck // seen below
		if res, err := http.ReadResponse(bufio.NewReader(wordy), nil); err != nil || res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("too many headers: %v, %v", res, err)
		}
		wordy.Close()
		visitors.Wait()
		s.stop()
	})
}

// TestVisitorsStayOutOfTheLog: what visitors send, their addresses included, is
// nothing for a log, so no line can be forged in one either.
func TestVisitorsStayOutOfTheLog(t *testing.T) {
	var log bytes.Buffer
	tun := &Tunnel{cfg: Config{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic("secret of the panic\nlevel=ERROR forged") })}}
	in := newVisitorQueue()
	s := tun.serve(in)
	for _, request := range []string{
		"GET /message?secret=1 HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n",
		"GET /secret\x1b[31m\nlevel=ERROR forged HTTP/9\r\n\r\n", "\x16\x03\x01secret\r\n\r\n", "GET /a;secret?b;c HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		ours, theirs := net.Pipe()
		in.conns <- theirs
		_ = ours.SetDeadline(time.Now().Add(5 * time.Second))
		go io.WriteString(ours, request) //nolint:errcheck // a refused request is not read to its end
		_, _ = io.ReadAll(ours)
		ours.Close()
	}
	s.stop()
	got := log.String()
	if !strings.Contains(got, "public request failed") {
		t.Errorf("the failures are not noted at all: %q", got)
	}
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "time=") || strings.Contains(line, "secret") || strings.Contains(line, "forged") || strings.Contains(line, "203.0.113.9") {
			t.Errorf("log line %q", line)
		}
	}
}

// TestServerThatLiesAboutItsName: text made to look like our name is not our
// name, however the server or program writes it.
func TestServerThatLiesAboutItsName(t *testing.T) {
	const want = "talk.example.com"
	judge := func(output string) error {
		a := newAnnouncement(want, func(string) bool { return true })
		scanner := newLineScanner(a)
		if _, err := io.WriteString(scanner, output+"\n"); err != nil {
			t.Fatal(err)
		}
		over := make(chan struct{})
		close(over)
		select {
		case <-a.seen:
			return nil
		default:
			return a.wait(t.Context(), time.Hour, time.Hour, over)
		}
	}
	for _, honest := range []string{"https://talk.example.com", "ready: HTTPS://Talk.Example.COM:443/ ok", "\x1b[32mhttps://talk.\x1b[1mexample.com\x1b[0m"} {
		if err := judge(honest); err != nil {
			t.Errorf("%q: %v", honest, err)
		}
	}
	for _, lie := range []string{
		"https://talk.example.com@evil.example/", "https://talk.example.com:x@evil.example", "https://evil.example/https://talk.example.com",
		"https://evil.example?https://talk.example.com", "https://evil.example#https://talk.example.com", "https://talk.example.com.evil.example",
		"https://evil.example\\talk.example.com", "https://talk.example.com:8443", "http://talk.example.com", "talk.example.com",
		"https://t\u0430lk.example.com", "https://talk\u3002example\u3002com", "https://talk.example.c\u200bom", "https://xn--tlk-5cd.example.com",
		"https://talk.example.com%2eevil.example", "https:///talk.example.com", "ftp+https:/talk.example.com", "https://[talk.example.com]",
		"https://talk.example.com\x00.evil.example", strings.Repeat("x", maxLine) + "https://talk.example.com",
	} {
		err := judge(lie)
		if err == nil {
			t.Errorf("%.80q was taken for https://%s", lie, want)
		}
		var wrong *AddressError
		if errors.As(err, &wrong) && strings.ContainsFunc(wrong.Got, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("the error repeats %q", wrong.Got)
		}
	}
}
