package config

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
)

// TestConfigReadsBack: whatever is written is what the settings reader finds.
func TestConfigReadsBack(t *testing.T) {
	for _, text := range []string{
		"plain", "", "two words", `C:\temp\new`, `C:\Users\O'Brien\n`, "a#b", "a # b", "$HOME", "it's $5", `say "hi"`, `'quoted'`, `"quoted"`, "a=b",
		"한글 값", "back`tick", `ends with \`, `it's \`, `it's "both"`, "https://example.com/?a=b&c=d",
	} {
		home := t.TempDir()
		if err := edit(home, Confirm, "old"); err != nil {
			t.Fatal(err)
		}
		if err := edit(home, Confirm, text); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		file, err := readSettings(filepath.Join(home, "config.env"))
		if err != nil || file.Values["KAKAO_CONFIRM"] != text {
			t.Errorf("%q: %v, read from\n%s", text, err, file.text)
		}
	}
}

// utf16 is text as PowerShell's > stores it.
func utf16(text string) string {
	raw := []byte("\xff\xfe")
	for _, r := range text { // none needs two
		raw = binary.LittleEndian.AppendUint16(raw, uint16(r))
	}
	return string(raw)
}

// What keeps a settings file from being saved is said in its reader's language.
func TestConfigNotSaved(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // not everybody may make links there
	}
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone"), home); err != nil {
		t.Fatal(err)
	}
	err := edit(home, Confirm, "always")
	if got, want := worded(err, wording.Korean).Error(), "설정 파일을 저장하지 못했어요: 이미 있어요: "+home; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := worded(err, wording.English).Error(); !strings.HasPrefix(got, "settings file not saved: ") {
		t.Error(got)
	}
}

// Of config.env only the one line changes, byte for byte.
func TestConfigKeepsOtherBytes(t *testing.T) {
	const bom = "\ufeff"
	for _, tt := range []struct{ name, before, after string }{
		{"new file", "", fileHeader + "KAKAO_LANG=en\n"},
		{"appended", "# mine\nA=1\n", "# mine\nA=1\nKAKAO_LANG=en\n"},
		{"no end of line", "A=1", "A=1\nKAKAO_LANG=en\n"},
		{"replaced in place", "A=1\nKAKAO_LANG=ko\n\n# end", "A=1\nKAKAO_LANG=en\n\n# end"},
		{"CRLF appended", "A=1\r\nB='x # y'\r\n", "A=1\r\nB='x # y'\r\nKAKAO_LANG=en\r\n"},
		{"CRLF replaced", "KAKAO_LANG=ko\r\nA=1\r\n", "KAKAO_LANG=en\r\nA=1\r\n"},
		{"BOM before it", bom + "KAKAO_LANG=ko\r\nA=1", bom + "KAKAO_LANG=en\r\nA=1"},
		{"BOM appended", bom + "A=1\r\n", bom + "A=1\r\nKAKAO_LANG=en\r\n"},
		{"UTF-16, as PowerShell writes", utf16("A=1\r\n# 말\r\nKAKAO_LANG=ko\r\n"), utf16("A=1\r\n# 말\r\nKAKAO_LANG=en\r\n")},
		{"code page 949", "# \xc8\xab\xb1\xe6\xb5\xbf\r\n", "# \xc8\xab\xb1\xe6\xb5\xbf\r\nKAKAO_LANG=en\r\n"},
		{"export", "  export KAKAO_LANG = ko\n", "  export KAKAO_LANG=en\n"},
		{"comment is no setting", "# KAKAO_LANG=ko\n", "# KAKAO_LANG=ko\nKAKAO_LANG=en\n"},
		{"longer name is another", "KAKAO_LANG_X=ko\n", "KAKAO_LANG_X=ko\nKAKAO_LANG=en\n"},
		{"twice", "KAKAO_LANG=a\nKAKAO_LANG=b\n", "KAKAO_LANG=en\nKAKAO_LANG=en\n"},
		{"right already", "KAKAO_LANG=en", "KAKAO_LANG=en"},
		{"comment behind it", "A=1\nKAKAO_LANG = ko # why\nB=2\n", "A=1\nKAKAO_LANG=en # why\nB=2\n"},
		{"within a quoted value", "A='1\nKAKAO_LANG=ko\n'\n", "A='1\nKAKAO_LANG=ko\n'\nKAKAO_LANG=en\n"},
		{"a quoted value of two lines", "KAKAO_LANG='k\no'\nB=1", "KAKAO_LANG=en\nB=1"},
		{"a comment in the place of a value", "KAKAO_LANG= # ko or en\n", "KAKAO_LANG=en # ko or en\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := filepath.Join(t.TempDir(), "home")
			path := filepath.Join(home, "config.env")
			if tt.before != "" {
				if err := os.Mkdir(home, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(tt.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := edit(home, Lang, "en"); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(path)
			if err != nil || string(raw) != tt.after {
				t.Errorf("%v\n%q, want\n%q", err, raw, tt.after)
			}
			if list, _ := os.ReadDir(home); len(list) != 1 {
				t.Errorf("left behind: %v", list)
			}
			s, err := load(home)
			if err != nil || s.Text(Lang) != "en" || s.Lang != wording.English {
				t.Errorf("read back: %q, %v", s.Text(Lang), err)
			}
		})
	}
}

func TestConfigMakesItPrivate(t *testing.T) {
	home := filepath.Join(t.TempDir(), "new")
	if err := edit(home, ClientID, "x"); err != nil {
		t.Fatal(err)
	}
	inKorean := func(err error) bool {
		return strings.HasPrefix(worded(err, wording.Korean).Error(), "KAKAO_CLIENT_ID 값")
	}
	if err := edit(home, ClientID, "two\nlines"); err == nil || strings.Contains(err.Error(), "two") || !inKorean(err) {
		t.Errorf("a line break is taken: %v", err)
	}
	before, err := os.ReadFile(filepath.Join(home, "config.env"))
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(home, ClientID, "a${B}"); err == nil || !inKorean(err) {
		t.Errorf("a value that cannot be read back is written: %v", err)
	}
	if after, err := os.ReadFile(filepath.Join(home, "config.env")); err != nil || string(after) != string(before) {
		t.Errorf("a refused value changed the file: %s (%v)", after, err)
	}
	for path, want := range map[string]os.FileMode{home: 0o700, filepath.Join(home, "config.env"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s: mode %o, want %o", filepath.Base(path), got, want)
		}
	}
}
