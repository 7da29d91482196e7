package loopback

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPageHeaders(t *testing.T) {
	var nonces []string
	for range 2 {
		w := httptest.NewRecorder()
		Page{Status: 200, Lang: "ko", Title: "로그인했어요", Body: []string{"이 탭은 닫아도 돼요."}}.Write(w)
		nonce := regexp.MustCompile(`<style nonce="([^"]{20,})">`).FindStringSubmatch(w.Body.String())
		if nonce == nil {
			t.Fatalf("no nonce:\n%s", w.Body)
		}
		nonces = append(nonces, nonce[1])
		want := map[string][]string{
			"Cache-Control":           {"no-store"},
			"Content-Security-Policy": {"default-src 'none'; style-src 'nonce-" + nonce[1] + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
			"Content-Type":            {"text/html; charset=utf-8"},
			"Referrer-Policy":         {"no-referrer"},
			"X-Content-Type-Options":  {"nosniff"},
			"X-Robots-Tag":            {"noindex"},
		}
		if diff := cmp.Diff(want, map[string][]string(w.Header())); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
		for _, part := range []string{`<html lang="ko">`, "<h1>로그인했어요</h1>", "<p>이 탭은 닫아도 돼요.</p>", `<link rel="icon" href="data:,">`} {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s is missing", part)
			}
		}
	}
	if nonces[0] == nonces[1] {
		t.Error("the nonce repeats")
	}
}

func TestPageIsSelfContained(t *testing.T) {
	if found := regexp.MustCompile(`(?i)(src|href)="[^"]*//|url\(|@import|<script| on[a-z]+=| style="`).FindString(pageHTML); found != "" {
		t.Errorf("the page contains %s", found)
	}
}

func TestPageShowsTextAsText(t *testing.T) {
	const hostile = `"><script>alert(1)</script>{{.Nonce}}</style>`
	w := httptest.NewRecorder()
	Page{Lang: hostile, Title: hostile, Body: []string{hostile}}.Write(w)
	if strings.Contains(w.Body.String(), "<script") || strings.Count(w.Body.String(), "</style>") != 1 {
		t.Errorf("markup came through:\n%s", w.Body)
	}
}

func TestPageStatus(t *testing.T) {
	tests := []struct {
		page Page
		want int
	}{
		{Page{Status: 200}, 200}, {Page{}, 400}, {Page{Status: 503}, 503},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		test.page.Write(w)
		if w.Code != test.want {
			t.Errorf("%+v: %d, want %d", test.page, w.Code, test.want)
		}
	}
}
