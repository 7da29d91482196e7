package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Of config.env only the one line changes, byte for byte.
func TestConfigKeepsOtherBytes(t *testing.T) {
	const bom = "\ufeff"
	for _, tt := range []struct{ name, before, after string }{
		{"new file", "", configHeader + "KAKAO_LANG=en\n"},
		{"appended", "# mine\nA=1\n", "# mine\nA=1\nKAKAO_LANG=en\n"},
		{"no end of line", "A=1", "A=1\nKAKAO_LANG=en\n"},
		{"replaced in place", "A=1\nKAKAO_LANG=ko\n\n# end", "A=1\nKAKAO_LANG=en\n\n# end"},
		{"CRLF appended", "A=1\r\nB='x # y'\r\n", "A=1\r\nB='x # y'\r\nKAKAO_LANG=en\r\n"},
		{"CRLF replaced", "KAKAO_LANG=ko\r\nA=1\r\n", "KAKAO_LANG=en\r\nA=1\r\n"},
		{"BOM before it", bom + "KAKAO_LANG=ko\r\nA=1", bom + "KAKAO_LANG=en\r\nA=1"},
		{"BOM appended", bom + "A=1\r\n", bom + "A=1\r\nKAKAO_LANG=en\r\n"},
		{"export", "  export KAKAO_LANG = ko\n", "  export KAKAO_LANG=en\n"},
		{"comment is no setting", "# KAKAO_LANG=ko\n", "# KAKAO_LANG=ko\nKAKAO_LANG=en\n"},
		{"longer name is another", "KAKAO_LANG_X=ko\n", "KAKAO_LANG_X=ko\nKAKAO_LANG=en\n"},
		{"right already", "KAKAO_LANG=en", "KAKAO_LANG=en"},
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
			if err := editConfig(home, "KAKAO_LANG", "en"); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(path)
			if err != nil || string(raw) != tt.after {
				t.Errorf("%v\n%q, want\n%q", err, raw, tt.after)
			}
			s, err := loadSettings(surroundings{userHome: t.TempDir(), environ: []string{"KAKAOTALK_MCP_HOME=" + home}}, "")
			if err != nil || s.get("KAKAO_LANG") != "en" {
				t.Errorf("read back: %q, %v", s.get("KAKAO_LANG"), err)
			}
		})
	}
}

// What old projects wrote is taken over; samples nobody filled in are not.
func TestSetupImport(t *testing.T) {
	const key, secret = "0123456789abcdef0123456789abcdef", "Abcdefghijklmnopqrstuvwxyz012345"
	for _, tt := range []struct{ name, env, wantKey, wantSecret string }{
		{"original", "KAKAO_CLIENT_ID=" + key + "\nKAKAO_CLIENT_SECRET=" + secret + "\nBASE_URL=https://x.ngrok-free.app\n", key, secret},
		{"quotes, comments, export, BOM, CRLF", "\ufeff# 카카오\r\nexport KAKAO_CLIENT_ID=\"" + key + "\" # REST\r\nKAKAO_CLIENT_SECRET='" + secret + "'\r\n", key, secret},
		{"other name", "KAKAO_REST_API_KEY = " + key + "\n", key, ""},
		{"sample secret", "KAKAO_CLIENT_ID=" + key + "\nKAKAO_CLIENT_SECRET=T2kp....\n", key, ""},
		{"placeholder then value", "KAKAO_CLIENT_ID=${KEY}\nREST_API_KEY=" + key + "\n", key, ""},
		{"samples only", "KAKAO_CLIENT_ID=your_rest_api_key\nKAKAO_CLIENT_SECRET=<secret>\nCLOVA_API_KEY=여기에 입력\n", "", ""},
		{"broken", "KAKAO_CLIENT_ID='" + secret + "\n=\n", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), ".env")
			if err := os.WriteFile(file, []byte(tt.env), 0o600); err != nil {
				t.Fatal(err)
			}
			null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer null.Close()
			s := &setup{app: &app{say: speaker("ko"), sys: surroundings{stderr: null, stdin: null}, settings: settings{home: t.TempDir(), values: map[string]value{}}},
				in: setupOptions{importFile: file}}
			err = s.takeOver(t.Context())
			if s.in.clientID != tt.wantKey || s.secret != tt.wantSecret || (err == nil) != (tt.wantKey != "") {
				t.Errorf("key %q, secret %q, error %v", s.in.clientID, s.secret, err)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error quotes the file: %v", err)
			}
			if left := files(t, s.settings.home); len(left) > 0 {
				t.Errorf("written: %v", left)
			}
		})
	}
}

func TestClipboardPrograms(t *testing.T) {
	with := func(names ...string) func(string) bool {
		return func(name string) bool { return contains(names, name) }
	}
	for _, tt := range []struct {
		system string
		set    func(string) bool
		want   string
	}{
		{"darwin", with(), "pbcopy"}, {"windows", with(), "clip.exe"}, {"linux", with(), ""},
		{"linux", with("DISPLAY"), "xclip xsel"}, {"linux", with("DISPLAY", "WAYLAND_DISPLAY"), "wl-copy xclip xsel"}, {"linux", with("WSL_DISTRO_NAME"), "clip.exe"},
	} {
		var got []string
		for _, words := range clipboardPrograms(tt.system, tt.set) {
			got = append(got, words[0])
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.system, got, tt.want)
		}
	}
}
