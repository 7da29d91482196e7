package viewer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// Every link ever sent needs exactly these bytes.
func TestDictionaryNeverChanges(t *testing.T) {
	const want = "83511cd5d09949ed1bfd9d056cd00bf6476c7b5e1de7bf46d862942541e92676"
	sum := sha256.Sum256([]byte(dictionary))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("dictionary of format %s has hash %s, want %s: links already sent would be unreadable", Version, got, want)
	}
	if len(dictionary) > windowSize {
		t.Errorf("dictionary has %d bytes, DEFLATE looks back %d", len(dictionary), windowSize)
	}
	if strings.ContainsAny(dictionary, "\r\x00") {
		t.Error("dictionary holds CR or NUL, which HTML does not carry through")
	}
}

// A payload made when the format was fixed still opens.
func TestDecodeFirstLink(t *testing.T) {
	const payload = "XZ0xDQAACMO0oAGXYIAPA5y44kECCWEPIranTfrP4XqHpUYHCQAYGIZexu683WQAL3ZX-w"
	got, err := Decode(payload)
	if want := "안녕하세요, 지민님! 내일 오후 3시에 봬요. 😊"; err != nil || got != want {
		t.Errorf("Decode = %q, %v; want %q", got, err, want)
	}
}

func sampleTexts(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/texts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample texts: %v", err)
	}
	texts := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(f), ".txt")] = string(b)
	}
	return texts
}

func firstRunes(s string, n int) string {
	return string([]rune(s)[:n])
}

// The dictionary was not made from these texts; "summary" and "trip" were
// written after it was finished.
func TestFifteenHundredKoreanCharactersFitALink(t *testing.T) {
	const prefix = "https://example.github.io/talk"
	if len(prefix) != 30 {
		t.Fatalf("prefix has %d characters", len(prefix))
	}
	for name, text := range sampleTexts(t) {
		link, fits, err := FragmentURL(prefix, firstRunes(text, 1500))
		if err != nil || !fits {
			t.Errorf("%s: %d characters of link, fits %v, %v", name, len(link), fits, err)
		}
		t.Logf("%-8s 1500 characters -> %d", name, len(link))
	}
}

func TestEncodeDecode(t *testing.T) {
	noise := make([]rune, 3000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = rune(0xAC00 + random.IntN(11172))
	}
	cases := map[string]string{
		"one letter":         "a",
		"one byte repeated":  strings.Repeat("a", 5000),
		"syllable repeated":  strings.Repeat("가", 4000),
		"emoji":              "👨‍👩‍👧‍👦🇰🇷👋🏻" + strings.Repeat("😀😅", 200),
		"byte order mark":    "\ufeff안녕",
		"line ends":          "가\r\n나\r다\n",
		"NUL and controls":   "a\x00b\x01\u202e",
		"noise":              string(noise),
		"dictionary itself":  dictionary[len(dictionary)-6000:],
		"dictionary start":   dictionary[:6000],
		"as long as allowed": strings.Repeat("가나다 ", maxDecoded/10),
		"just squeezed":      strings.Repeat("가나 ", maxSqueeze/7+1)[:maxSqueeze-1] + "a",
	}
	for name, text := range sampleTexts(t) {
		cases[name] = text
	}
	for name, text := range cases {
		text = strings.ToValidUTF8(text, "")
		t.Run(name, func(t *testing.T) {
			payload, err := Encode(text)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Trim(payload, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
				t.Error("payload holds characters that are not base64url")
			}
			if got, err := Decode(payload); err != nil || got != text {
				t.Errorf("Decode: %v, same %v", err, got == text)
			}
		})
	}
}

func TestSqueezeBeatsFlate(t *testing.T) {
	for name, text := range sampleTexts(t) {
		plain := len(deflate(text))
		if own := len(squeeze(text)); own*100 > plain*97 {
			t.Errorf("%s: %d bytes, compress/flate makes %d", name, own, plain)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "invalid UTF-8": "가\xff", "too long": strings.Repeat("a", maxDecoded+1),
	} {
		if _, err := Encode(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Encode(strings.Repeat("a", maxDecoded+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	payload, err := Encode("내일 오후 두 시에 만나요. 장소는 그대로예요.")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	withCheck := func(raw []byte, text string) string {
		return encode(appendCheck(raw, text))
	}
	bomb := strings.Repeat("a", maxDecoded+1)
	cases := map[string]string{
		"nothing":         "",
		"padding":         payload + "=",
		"line break":      payload[:8] + "\n" + payload[8:],
		"plain base64":    "+/" + payload,
		"trailing byte":   encode(append(bytes.Clone(packed), 0)),
		"no check":        encode(packed[:len(packed)-checkSize]),
		"invalid UTF-8":   withCheck(deflate("\xff\xfe"), "\xff\xfe"),
		"empty text":      withCheck(deflate(""), ""),
		"unfolds too far": withCheck(deflate(bomb), bomb),
		"too long":        strings.Repeat("A", maxPayload+1),
		"mark of page 0":  payload + ".0.2",
		"mark beyond":     payload + ".3.2",
		"mark with sign":  payload + ".+1.2",
		"mark with zero":  payload + ".01.2",
		"half a mark":     payload + ".1",
		"empty mark":      payload + ".",
		"three numbers":   payload + ".1.2.3",
		"too many pages":  payload + ".1.100",
	}
	for i := 1; i < len(payload); i++ {
		cases[fmt.Sprintf("cut at %d", i)] = payload[:i]
	}
	for i := range packed {
		altered := bytes.Clone(packed)
		altered[i] ^= 0x10
		cases[fmt.Sprintf("altered at %d", i)] = encode(altered)
	}
	for name, p := range cases {
		if text, err := Decode(p); !errors.Is(err, ErrDamaged) || text != "" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if text, err := Decode(payload + ".1.2"); err != nil || text == "" {
		t.Errorf("page mark: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{"a", "안녕하세요! 반갑습니다.", strings.Repeat("가나다", 100)} {
		payload, err := Encode(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
		f.Add(payload + ".1.2")
		f.Add(payload[:len(payload)/2])
	}
	f.Fuzz(func(t *testing.T, s string) {
		if text, err := Decode(s); err == nil {
			if text == "" || len(text) > maxDecoded || !utf8.ValidString(text) {
				t.Errorf("accepted a text of %d bytes", len(text))
			}
		}
		// Any text comes back as it was.
		if s == "" || !utf8.ValidString(s) {
			return
		}
		payload, err := Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Decode(payload); err != nil || back != s {
			t.Errorf("round trip: %v", err)
		}
	})
}
