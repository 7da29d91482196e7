package kakao

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
)

// TestInjectionStaysInTheBody: whatever is in a message, a link or a receiver,
// the request has the headers and the fields that every request has.
func TestInjectionStaysInTheBody(t *testing.T) {
	evil := "x\r\nX-Evil: 1\r\n\r\nPOST /v1/user/unlink HTTP/1.1\r\n&template_id=666&receiver_uuids=[\"them\"]\x00#?;%0d%0aX-Evil:1"
	message := Message{Template: Text{Text: evil, ButtonTitle: "열기"}}
	byID := Message{TemplateID: 7, TemplateArgs: map[string]string{evil: evil, "${a}": `"}],"object_type":"feed"`}}
	for name, call := range map[string]func(*Client) error{
		"text":      func(c *Client) error { return c.SendToMe(t.Context(), testToken, message) },
		"arguments": func(c *Client) error { return c.SendToMe(t.Context(), testToken, byID) },
		"receivers": func(c *Client) error {
			_, err := c.SendToFriends(t.Context(), testToken, []string{"u&template_id=1", `u"],"x":["`, "u\r\nX-Evil: 1"}, message)
			return err
		},
	} {
		requests := 0
		client := serving(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			for header := range r.Header {
				switch header {
				case "Authorization", "Content-Type", "Content-Length", "User-Agent", "Accept-Encoding":
				default:
					t.Errorf("%s: a header %s", name, header)
				}
			}
			if err := r.ParseForm(); err != nil || len(r.URL.RawQuery) > 0 {
				t.Errorf("%s: %v, query %q", name, err, r.URL.RawQuery)
			}
			for field, values := range r.PostForm {
				known := map[string]bool{"template_object": true, "template_id": name == "arguments", "template_args": true, "receiver_uuids": name == "receivers"}
				if !known[field] || len(values) != 1 || field != "template_id" && !json.Valid([]byte(values[0])) {
					t.Errorf("%s: field %s: %q", name, field, values)
				}
			}
			io.WriteString(w, `{"result_code":0}`)
		})
		if err := call(client); err != nil || requests != 1 {
			t.Errorf("%s: %d requests, %v", name, requests, err)
		}
	}
}

// TestLinksThatPretend: an address that people or programs could take for
// another one is refused before anything is sent.
func TestLinksThatPretend(t *testing.T) {
	client := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for _, link := range []string{
		"https://example.com\r\nX-Evil: 1", "https://example.com/\n", "https://example.com/\x00", "https://example.com@evil.example/", "https://example.com:443@evil.example/",
		"https://evil.example\\@example.com", "https:\\\\example.com", "https://example.com\u202e/gro.live", "https://exam\u200bple.com", "https://example.com\u2028/x",
		"//example.com", "javascript:alert(1)//https://example.com", "data:text/html,x", "https:example.com", "https://", "https://:80", "https://example.com:0", "https://example.com:99999",
		"https://exa mple.com", "https://example.com/a b", "https://ex\"ample.com", "https://<example>.com", "https://example.com%2eevil.example", "https://[::1", "HTTPS//example.com", "kakaotalk://web/open?url=https://example.com",
		"https://example.com/" + strings.Repeat("x", maxURL), "\xff",
	} {
		for place, message := range map[string]Message{
			"link":   {Template: Text{Text: "a", Link: Link{WebURL: link, MobileWebURL: link}}},
			"mobile": {Template: Text{Text: "a", Link: Link{MobileWebURL: link}}},
			"button": {Template: Text{Text: "a", Buttons: []Button{{Title: "b", Link: Link{WebURL: link}}}}},
			"image":  {Template: Feed{Content: Content{Title: "a", ImageURL: link, Link: Link{WebURL: "https://example.com"}}}},
		} {
			if err := client.SendToMe(t.Context(), testToken, message); err == nil {
				t.Errorf("%s took %.60q", place, link)
			}
		}
	}
}

// TestHostileFriendList: what cannot be a uuid or a picture's address is left
// out, and a list without end ends.
func TestHostileFriendList(t *testing.T) {
	evil := []string{"u\\nu", "\\u001b[31m", "\\u202eu", "u u", "가", "u\\u200b", "\\u0000", strings.Repeat("u", maxUUIDLen+1)}
	var elements []string
	for _, e := range evil {
		elements = append(elements, fmt.Sprintf(`{"uuid":"%s","profile_nickname":"a"}`, e))
	}
	for _, e := range []string{"javascript:alert(1)", "https://k.example/\\nx", "ignore all instructions", "https://k.example/" + strings.Repeat("x", maxURL), "https://a@evil.example/"} {
		elements = append(elements, fmt.Sprintf(`{"uuid":"good%d","profile_nickname":"%s","profile_thumbnail_image":"%s"}`, len(elements), strings.Repeat("가", maxNickname), e))
	}
	client, _ := answering(t, 200, `{"elements":[`+strings.Join(elements, ",")+`],"total_count":1}`)
	page, err := client.Friends(t.Context(), testToken, 0, 100)
	if err != nil || len(page.Friends) != 5 {
		t.Fatalf("%d friends, %v", len(page.Friends), err)
	}
	for _, f := range page.Friends {
		if f.Thumbnail != "" || len(f.Nickname) > maxNickname || strings.ContainsRune(f.Nickname, unicode.ReplacementChar) {
			t.Errorf("%s: picture %.40q, a nickname of %d bytes", f.UUID, f.Thumbnail, len(f.Nickname))
		}
	}
	flood := `{"elements":[` + strings.TrimSuffix(strings.Repeat(`{"uuid":"u"},`, 2_000), ",") + `],"total_count":9223372036854775807}`
	client, _ = answering(t, 200, flood)
	if page, err := client.Friends(t.Context(), testToken, 0, 7); err != nil || len(page.Friends) != 7 {
		t.Errorf("asked for 7: %d friends, %v", len(page.Friends), err)
	}
}

// inAPipe is a client whose Kakao is serve, on the test's own clock. end hangs up
// and waits for it.
func inAPipe(serve func(net.Conn)) (client *Client, end func()) {
	client = &Client{BaseURL: "http://kapi.test", HTTP: NewHTTPClient()}
	var serving sync.WaitGroup
	transportOf(client).Proxy = nil
	transportOf(client).DialContext = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		serving.Go(func() {
			defer theirs.Close()
			if r, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			serve(theirs)
		})
		return ours, nil
	}
	return client, func() { client.HTTP.CloseIdleConnections(); serving.Wait() }
}

// TestSlowKakao: a byte a second, in headers or body, holds a call no longer
// than its time.
func TestSlowKakao(t *testing.T) {
	for name, head := range map[string]string{"headers": "HTTP/1.1 200 OK\r\nX: ", "body": "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1xx": ""} {
		synctest.Test(t, func(t *testing.T) {
			client, end := inAPipe(func(c net.Conn) {
				io.WriteString(c, head)
				for piece := map[string]string{"chunks": "1\r\n \r\n", "1xx": "HTTP/1.1 103 Early Hints\r\n\r\n"}[name]; ; time.Sleep(time.Second) {
					if piece == "" {
						piece = "x"
					}
					if _, err := io.WriteString(c, piece); err != nil {
						return
					}
				}
			})
			began := time.Now()
			err := client.SendToMe(t.Context(), testToken, hello)
			if took := time.Since(began); err == nil || NotSent(err) || took > requestTimeout {
				t.Errorf("%s: %v after %v", name, err, took)
			}
			end()
		})
	}
}

// TestEndlessKakao: an answer without end is refused after a little memory.
func TestEndlessKakao(t *testing.T) {
	junk := strings.Repeat("x", 32<<10)
	for name, head := range map[string]string{
		"body":    "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"",
		"error":   "HTTP/1.1 400 Bad Request\r\n\r\n{\"a\":\"",
		"headers": "HTTP/1.1 200 OK\r\nX: ",
		"status":  "HTTP/1.1 ",
	} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			client, end := inAPipe(func(c net.Conn) {
				io.WriteString(c, head)
				for sent < 64<<20 {
					n, err := io.WriteString(c, junk)
					if sent += n; err != nil {
						return
					}
				}
			})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := client.SendToMe(t.Context(), testToken, hello)
			runtime.ReadMemStats(&after)
			end()
			if grown := after.TotalAlloc - before.TotalAlloc; err == nil || NotSent(err) || sent > 4*maxBody || grown > 16*maxBody {
				t.Errorf("%s: %d bytes taken, %d allocated, %v", name, sent, grown, err)
			}
		})
	}
}
