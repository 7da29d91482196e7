package kakao

import "testing"

func TestUnitLen(t *testing.T) {
	tests := []struct {
		s    string
		want int
	}{
		{"", 0}, {"abc", 3}, {"한글", 2}, {"😀", 2}, {"👨‍👩‍👧", 8}, {"e\u0301", 2}, {"\xff", 1}, {"𝒳", 2}, {"\uFFFF", 1}, {"\U00010000", 2},
	}
	for _, tt := range tests {
		if got := UnitLen(tt.s); got != tt.want {
			t.Errorf("UnitLen(%q) = %d, want %d", tt.s, got, tt.want)
		}
	}
}

func TestBlank(t *testing.T) {
	for _, s := range []string{"", " \t\n", "\u3000\u00a0", "\u200b\u200d\ufeff", "\x00\x1b", "ㅤ", "\u2800", "\ufe0f"} {
		if !blank(s) {
			t.Errorf("blank(%q) = false", s)
		}
	}
	for _, s := range []string{".", "가", "ㅋ", "😀", " a "} {
		if blank(s) {
			t.Errorf("blank(%q) = true", s)
		}
	}
}
