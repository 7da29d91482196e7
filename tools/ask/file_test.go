package ask

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// withFile asks about a picture.
func withFile(key string, data []byte) Question {
	q := question1()
	q.Key, q.File = key, File{Name: "/home/kim/<b>.png", Type: "image/png", Data: data}
	return q
}

// picture stands for one: nothing here looks inside.
var picture = []byte("\x89PNG\r\n\x1a\n\x00\xff<b>")

// TestPageShowsTheFile: exactly the bytes that would be sent, to this page only, as
// long as the question is open.
func TestPageShowsTheFile(t *testing.T) {
	v := newVisitor(t)
	end := v.ask(t.Context(), withFile("k", picture))
	address := <-v.opened
	_, body, h := v.get(address)
	id := ids(body)[0]
	if !strings.Contains(body, "이 컴퓨터의 사진: /home/kim/&lt;b&gt;.png") || !strings.Contains(h.Get("Content-Security-Policy"), "img-src 'self';") {
		t.Errorf("the page: %v %s", h, body)
	}
	status, got, h := v.get(address + "/" + id)
	if status != http.StatusOK || got != string(picture) || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" ||
		h.Get("Cross-Origin-Resource-Policy") != "same-origin" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture: %d, %d bytes, %v", status, len(got), h)
	}
	ask := func(method, address string, change func(*http.Request)) int {
		r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		res, err := v.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	same := func(*http.Request) {}
	for name, status := range map[string]int{
		"another id":     ask(http.MethodGet, address+"/"+newID(), same),
		"no id":          ask(http.MethodGet, address+"/", same),
		"below":          ask(http.MethodGet, address+"/"+id+"/", same),
		"a query":        ask(http.MethodGet, address+"/"+id+"?x", same),
		"without a page": ask(http.MethodGet, address[:strings.LastIndex(address, "/")]+"/"+id, same),
		"posted":         ask(http.MethodPost, address+"/"+id, same),
		"another host":   ask(http.MethodGet, address+"/"+id, func(r *http.Request) { r.Host = "localhost" }),
		"another site":   ask(http.MethodGet, address+"/"+id, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }),
	} {
		if status != http.StatusNotFound {
			t.Errorf("%s: status %d", name, status)
		}
	}
	v.post(address, press(id, Once), nil)
	if got := <-end; got.err != nil || got.a.Verdict != Once {
		t.Errorf("got %+v", got)
	}
	if status, _, _ := v.get(address + "/" + id); status != http.StatusNotFound {
		t.Errorf("after the press: status %d", status)
	}
	if _, body, _ := v.get(address); strings.Contains(body, "<img") {
		t.Errorf("after the press: %s", body)
	}
}

// TestFormNamesTheFile: the form gets its name, not its content, and nothing stays in
// memory once nobody can look at it.
func TestFormNamesTheFile(t *testing.T) {
	d := NewDesk(nil, nil)
	defer d.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := d.Ask(ctx, withFile("k", picture), Way{Form: func(ctx context.Context, q Question) (Answer, error) {
		if q.File.Data != nil || !strings.Contains(q.Text(), "\n이 컴퓨터의 사진: /home/kim/<b>.png\n내용: 안녕") {
			t.Errorf("the form: %d bytes, %s", len(q.File.Data), q.Text())
		}
		<-ctx.Done()
		return Answer{}, ctx.Err()
	}})
	if err == nil || d.open["k"] == nil || d.open["k"].File.Data != nil {
		t.Errorf("%v, open: %+v", err, d.open["k"])
	}
}

// TestPageMakesRoom: the page holds pictures up to its bound; the oldest question goes
// and is shown anew to whoever asks again.
func TestPageMakesRoom(t *testing.T) {
	v := newVisitor(t)
	quarter := bytes.Repeat([]byte{1}, maxFiles/4)
	var address string
	shown := func() (list []string) {
		v.d.mu.Lock()
		defer v.d.mu.Unlock()
		for _, q := range v.d.page.shown {
			list = append(list, q.Key)
		}
		return list
	}
	ask := func(key string, data []byte, want ...string) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		end := v.ask(ctx, withFile(key, data))
		if address == "" {
			address = <-v.opened
		}
		for _, body, _ := v.get(address); !strings.Contains(fmt.Sprint(shown()), key); _, body, _ = v.get(address) {
			if t.Context().Err() != nil {
				t.Fatal(body)
			}
		}
		cancel()
		<-end
		if got := fmt.Sprint(shown()); got != fmt.Sprint(want) {
			t.Errorf("shown %s, want %s", got, want)
		}
	}
	ask("one", quarter, "one")
	ask("two", quarter, "one", "two")
	ask("three", quarter, "one", "two", "three")
	ask("four", quarter, "one", "two", "three", "four")
	ask("five", []byte{1}, "two", "three", "four", "five")
	ask("one", quarter, "three", "four", "five", "one")
}
