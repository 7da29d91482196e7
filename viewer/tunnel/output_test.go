package tunnel

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHostsInOutput(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"1: https://abcdefghijklmnopqrstuvwxyz.srv.us/", []string{"abcdefghijklmnopqrstuvwxyz.srv.us"}},
		{"\x1b[34mHTTPS\x1b[0m: \x1b[1;32mhttps://talk\x1b[0m.example.com\x1b[0m", []string{"talk.example.com"}},
		{"|  https://a-b.trycloudflare.com                    |", []string{"a-b.trycloudflare.com"}},
		{`{"lvl":"info","url":"https://Name.ngrok-free.dev"}`, []string{"name.ngrok-free.dev"}},
		{"Connect: https://id.asse.devtunnels.ms:8080, https://id-8080.asse.devtunnels.ms",
			[]string{"id.asse.devtunnels.ms:8080", "id-8080.asse.devtunnels.ms"}},
		{"\x1b]8;;https://hidden.example\x07https://shown.example.\x1b]8;;\x1b\\", []string{"shown.example"}},
		{"https://a.example:443/path?x=1#y", []string{"a.example"}},
		{"https://user@a.example https://a.example@b.example", nil},
		{"http://a.example https:// https://한글.example https://. https://-a ssh://a", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, httpsHosts(stripANSI(tt.line))); diff != "" {
			t.Errorf("%q: %s", tt.line, diff)
		}
	}
}

func TestAnnouncement(t *testing.T) {
	const want = "talk.example.com"
	domains := foreignTo(Spec{Kind: Exec})
	tests := []struct {
		name    string
		output  []string
		err     string // "" is success
		address bool
	}{
		{"right", []string{"see https://docs.example.org\n", "https://talk.example.com\n"}, "", false},
		{"wrong", []string{"https://a.trycloudflare.com\nRegistered tunnel connection\n"}, "", true},
		{"wrong, then right", []string{"https://id-80-inspect.asse.devtunnels.ms\n", "https://talk.example.com\n"}, "", false},
		{"named, no address", []string{"https://developers.cloudflare.com\n", "INF Registered tunnel connection connIndex=0\n"}, "", false},
		{"silence", []string{"starting\n", "https://www.cloudflare.com/terms\n"}, "no address", false},
		{"unfinished line", []string{"https://talk.example.com"}, "no address", false},
		{"in pieces", []string{"\x1b[3", "2mhttps://talk.exam", "ple.com\x1b[0m\r"}, "", false},
		{"after a huge line", []string{strings.Repeat("x", 3*maxLine), "\nhttps://talk.example.com\n"}, "", false},
		{"after too much", []string{strings.Repeat("x\n", maxOutput), "https://talk.example.com\n"}, "no address", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAnnouncement(want, domains)
				a.ready = readyMark
				s := newLineScanner(a)
				var program sync.WaitGroup
				defer program.Wait()
				program.Go(func() {
					for _, part := range tt.output {
						_, _ = io.WriteString(s, part)
						time.Sleep(time.Second)
					}
				})
				err := a.wait(t.Context(), 30*time.Second, 2*time.Second, nil)
				var address *AddressError
				if errors.As(err, &address) != tt.address {
					t.Fatalf("error %v", err)
				}
				if tt.address {
					return
				}
				if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
			})
		})
	}
}

func FuzzURL(f *testing.F) {
	f.Add("\x1b[1mhttps://talk.example.com\x1b[0m", 3)
	f.Add("\x1b]8;;x\x07https://TALK.example.com:443/\x1b\\", 9)
	f.Fuzz(func(t *testing.T, line string, cut int) {
		clean := stripANSI(line)
		for _, host := range httpsHosts(clean) {
			name, _, _ := strings.Cut(host, ":")
			if !plainHost(name) || host != normalHost(host) || !strings.Contains(strings.ToLower(clean), host) {
				t.Errorf("%q: host %q", line, host)
			}
		}
		// How output is cut into writes does not matter.
		whole, parts := newAnnouncement("talk.example.com", never), newAnnouncement("talk.example.com", never)
		_, _ = io.WriteString(newLineScanner(whole), line+"\n")
		s := newLineScanner(parts)
		cut = min(max(cut, 0), len(line))
		for _, p := range []string{line[:cut], line[cut:], "\n"} {
			if n, err := io.WriteString(s, p); n != len(p) || err != nil {
				t.Fatal("short write")
			}
		}
		if closed(whole.seen) != closed(parts.seen) {
			t.Errorf("%q cut at %d is read differently", line, cut)
		}
	})
}

func never(string) bool { return false }

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
