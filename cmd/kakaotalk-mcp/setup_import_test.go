package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
