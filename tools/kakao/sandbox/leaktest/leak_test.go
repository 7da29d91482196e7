package leaktest_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

const (
	token  = "SandboxSecret+/=?ABCD"
	letter = "비밀 쪽지😀 그리고 더"
)

// Every way of writing is found whatever stands around it, and not without it.
func TestFind(t *testing.T) {
	scanner := leaktest.New(token, letter)
	quoted := func(s string) string { raw, _ := json.Marshal(s); return string(raw) }
	ascii := `\ube44\ubc00 \ucabd\uc9c0\uD83D\ude00 \uadf8\ub9ac\uace0 \ub354`
	var decoded string
	if err := json.Unmarshal([]byte(`"`+ascii+`"`), &decoded); err != nil || decoded != letter {
		t.Fatalf("%q: %v", decoded, err)
	}
	for name, write := range map[string]func(string) string{
		"plain": func(s string) string { return s }, "upper case": strings.ToUpper, "lower case": strings.ToLower,
		"query": url.QueryEscape, "path": url.PathEscape, "JSON": quoted,
		"hex": func(s string) string { return hex.EncodeToString([]byte(s)) },
		"HEX": func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"JSON escapes": func(s string) string {
			return strings.ReplaceAll(s, letter, ascii)
		},
		"base64":               func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64url":            func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"base64 in an address": func(s string) string { return "data:" + base64.URLEncoding.EncodeToString([]byte(s)) + "&x" },
	} {
		for _, secret := range []string{token, letter} {
			for _, before := range []string{"", "x", "xy", "xyz", "가\xff\xfe"} {
				for _, after := range []string{"", "z", "\xff\x00", "나나"} {
					if found := scanner.Find([]byte("[" + write(before+secret+after) + "]")); len(found) != 1 {
						t.Errorf("%s of %q + %q + %q: found %q", name, before, secret, after, found)
					}
				}
			}
			cut := []rune(secret)
			if found := scanner.Find([]byte(write(string(cut[:len(cut)-1]) + "-" + string(cut[1:])))); len(found) != 0 {
				t.Errorf("%s of something else: found %q", name, found)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"store/login": token, "home/log": "level=DEBUG token=" + token, "home/" + url.PathEscape(letter): "", "home/clean": "nothing",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, seen, err := leaktest.New(token, letter).Files(dir, func(name string) bool { return name == "store" })
	if err != nil || seen != 3 {
		t.Errorf("%d files were read: %v", seen, err)
	}
	var names []string
	for _, f := range found {
		name, _, _ := strings.Cut(f, ": ")
		names = append(names, name)
	}
	if want := []string{"home/" + url.PathEscape(letter), "home/log"}; !slices.Equal(names, want) {
		t.Errorf("found %q", found)
	}
}

func TestShortSecrets(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a secret that is found by chance was taken")
		}
	}()
	leaktest.New("sk-12345")
}
