package charset

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"
)

const letter = "KAKAO_LANG=ko\r\n# 홍길동의 설정: 뷁 똠방각하, 3시!\r\n"

func encoded(t testing.TB, c Charset, text string) []byte {
	t.Helper()
	raw, err := c.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTextComesBack(t *testing.T) {
	for name, c := range map[string]Charset{"UTF-8": {}, "UTF-8 with a mark": marked[0], "UTF-16LE": marked[1], "UTF-16BE": marked[2], "code page 949": {cp949: true}} {
		text, found, err := Decode(encoded(t, c, letter))
		if err != nil || text != letter || found != c {
			t.Errorf("%s: %q, %+v, %v", name, text, found, err)
		}
	}
	if text, _, err := Decode([]byte("\xc8\xab\xb1\xe6\xb5\xbf")); err != nil || text != "홍길동" { // most of it would pass for UTF-8
		t.Errorf("a short name: %q, %v", text, err)
	}
	if _, err := (Charset{cp949: true}).Encode("😀"); err == nil {
		t.Error("code page 949 has an emoji")
	}
}

// What is no text in any of them is not taken for Hangul: most bytes mean some.
func TestDecodeRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"UTF-8, cut":        "안녕하세요"[:7],
		"UTF-8, cut, short": "안"[:2],
		"UTF-8, damaged":    "회의는 3\xff시예요",
		"Latin-1":           "caf\xe9 r\xe9sum\xe9",
		"Latin-1, German":   "\xc4\xd6\xdc \xe4\xf6\xfc\xdf",
		"Shift JIS":         "\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd",
		"binary":            "\x89PNG\r\n\x1a\n\x00",
		"half UTF-16":       "\xff\xfea",
	} {
		if text, c, err := Decode([]byte(raw)); !errors.Is(err, ErrUnknown) || text != "" {
			t.Errorf("%s: %q, %+v, %v", name, text, c, err)
		}
	}
}

func TestIsLost(t *testing.T) {
	for text, want := range map[string]bool{
		"?? 3?? ??!":          true, // 회의 3시에 봐요!
		"???":                 true,
		"meeting ??? at 3":    true,
		"\"???\" (??)":        true,
		"":                    false,
		" \r\n":               false,
		"Really?? Yes! (3?)":  false,
		"a ? b : c":           false,
		"회의 ???":              false,
		"https://a.b/c?d=e&f": false,
	} {
		if got := IsLost(text); got != want {
			t.Errorf("IsLost(%q) = %v", text, got)
		}
	}
}

// A text goes back to the very bytes it was read from, or is refused.
func FuzzDecode(f *testing.F) {
	for _, raw := range []string{"", "{}", "\xef\xbb\xbf{}", "\xff\xfe{\x00}\x00", "\xfe\xff\x00{\x00}", "\xff\xfe\x00\xd8", "\xff\xfe{", "\xff", "a\x00b", "\xef\xbb\xbf\xef\xbb\xbf", "\xff\xfe\x3d\xd8\x00\xde", "\xfe\xff\xff\xfd", "\xc8\xab\xb1\xe6\xb5\xbf"} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, e, err := Decode(raw)
		if err != nil {
			if text != "" || !errors.Is(err, ErrUnknown) {
				t.Errorf("text %q, error %v", text, err)
			}
			return
		}
		if back := encoded(t, e, text); !bytes.Equal(back, raw) || !utf8.ValidString(text) {
			t.Errorf("%q comes back as %q", raw, back)
		}
		if e.cp949 {
			return
		}
		if again, e2, err := Decode(encoded(t, e, text+"é😀")); err != nil || again != text+"é😀" || e2 != e {
			t.Errorf("%q with more: %q, %v", text, again, err)
		}
	})
}
