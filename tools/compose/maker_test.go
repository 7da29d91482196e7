package compose

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao"
)

// TestLinkHostTricks: only the exact registered origin counts as one that opens;
// a link to any other is shown in the text, where it can be read.
func TestLinkHostTricks(t *testing.T) {
	m := New(Config{LinkHosts: []string{"https://example.com", "http://example.com:8080"}})
	for link, opens := range map[string]bool{
		"https://example.com/a": true, "https://EXAMPLE.com:443": true, "http://example.com:8080/x#y": true,
		"https://example.com.evil.example": false, "https://evil.example/https://example.com": false, "https://evil.example#example.com": false, "https://example.com.": false,
		"https://www.example.com": false, "http://example.com": false, "https://example.com:8443": false, "https://example.com:08443": false, "http://example.com:8080.evil.example": false,
		"https://xn--exmple-cua.com": false, "https://ex\u00e4mple.com": false, "https://\u0435xample.com": false, "https://example\uff0ecom": false, "https://example\u3002com": false, "https://evil.example?.example.com": false,
	} {
		if got := m.opens(link); got != opens {
			t.Errorf("%s opens: %v", link, got)
		}
		p, err := m.Compose(t.Context(), Content{Message: "안녕", Link: link}, true)
		if err != nil {
			continue // refused altogether
		}
		b := p.Bubbles[0].Template.(kakao.Text)
		if opens != (b.Link.WebURL == link) || !opens && !strings.Contains(b.Text, link) {
			t.Errorf("%s: button %q, text %q", link, b.Link.WebURL, b.Text)
		}
	}
}

// TestManyLongTextsAtOnce: what fits no number of bubbles costs about its own size, and
// a few large messages at a time are worked on.
func TestManyLongTextsAtOnce(t *testing.T) {
	m := New(Config{})
	text := strings.Repeat("a b ", 97_500)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 25 {
		if _, err := m.Compose(t.Context(), Content{Message: text}, false); err == nil {
			t.Fatal("it fits")
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 2*25*uint64(len(text)) {
		t.Errorf("%d MB allocated for 25 texts of %d KB", got>>20, len(text)>>10)
	}
	for range maxBulky {
		m.bulk <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Compose(ctx, Content{Message: text}, false); !errors.Is(err, context.Canceled) {
		t.Errorf("one more than %d: %v", maxBulky, err)
	}
	if _, err := m.Compose(ctx, Content{Message: "짧은 글"}, false); err != nil {
		t.Errorf("a short one waits: %v", err)
	}
}
