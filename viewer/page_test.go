package viewer

import (
	"strings"
	"testing"
)

func TestPageIsOneSmallFile(t *testing.T) {
	html := string(messagePage(false).html)
	if own := len(html) - len(dictionary1) - len(dictionary2); own > 32<<10 {
		t.Errorf("page has %d bytes without its dictionaries", own)
	}
	for _, s := range []string{"src=", "@import", "url(", "{{", "connect-src"} {
		if strings.Contains(html, s) {
			t.Errorf("page contains %q", s)
		}
	}
	if n := strings.Count(html, "</script"); n != 1 {
		t.Errorf("%d script ends", n)
	}
	if !strings.Contains(string(messagePage(true).html), "connect-src 'self';") {
		t.Error("served page may not fetch its message")
	}
}

func longText(t *testing.T, n int) string {
	var b strings.Builder
	texts := sampleTexts(t)
	for b.Len() < 4*n {
		for _, name := range []string{"letter", "notice", "minutes", "chat", "review", "recipe"} {
			b.WriteString(texts[name] + "\n\n")
		}
	}
	return firstRunes(b.String(), n)
}
