package chat

import (
	"strings"
	"testing"
)

// TestOneLineCutsNoCommand: half of a command or an address misleads who pastes it.
func TestOneLineCutsNoCommand(t *testing.T) {
	for _, test := range []struct {
		in, want string
		n        int
	}{
		{"짧은 글", "짧은 글", 20},
		{"하나 둘 셋 넷", "하나 둘 셋…", 7},
		{"run `kakaotalk-mcp friends` now", "run…", 20},
		{"run `a b` now and then", "run `a b` now…", 15},
		{"see https://example.com/a/b for more", "see…", 20},
		{"see https://a.example for more", "see https://a.example…", 23},
	} {
		if got := oneLine(test.in, test.n); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}

// TestErrorsAreShownWhole: what to do stands at their end.
func TestErrorsAreShownWhole(t *testing.T) {
	text := strings.Repeat("이유가 아주 길어요. ", 20) + "\n`kakaotalk-mcp login`을 실행해 주세요."
	if got := shown(result{text: text, isError: true}); len([]rune(got)) < len([]rune(text)) {
		t.Errorf("cut: %q", got)
	}
	login := result{text: "로그인이 필요해요.\n로그인 주소: https://x.example/a?b\n끝", isError: true, structured: map[string]any{"login_url": "https://x.example/a?b"}}
	if got, want := shown(login), "로그인이 필요해요.\n  끝"; got != want {
		t.Errorf("%q, want %q: the page is told by itself", got, want)
	}
	if got := shown(result{text: text}); len([]rune(got)) > maxShown {
		t.Errorf("not cut: %q", got)
	}
}
