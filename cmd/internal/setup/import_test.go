package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/doctor"
)

// importer is a setup that takes over a file; what it says goes to null.
func importer(home string, null *os.File, file string) *setup {
	env := &cli.Env{Stdin: null, Stdout: null, Stderr: null, Vars: cli.Vars{"KAKAOTALK_MCP_HOME=" + home, "KAKAO_LANG=ko"}}
	o := app.NewOptions(env)
	settings, _ := o.Settings()
	return &setup{Doctor: &doctor.Doctor{App: &app.App{Env: env, Lang: settings.Lang, Settings: settings, Terminal: o.Terminal}}, o: o, in: Answers{ImportFile: file}}
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
		{"much that is not for us", "DEBUG\nSERVICE-NAME=x\n??? what\nKAKAO_CLIENT_ID=" + key + " # REST # key\n", key, ""},
		{"a comment in the place of a value", "CLOVA_API_KEY= #put-it-here\nKAKAO_CLIENT_ID=" + key + "\n", key, ""},
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
			home := t.TempDir()
			s := importer(home, null, file)
			err = s.takeOver(t.Context())
			if s.in.ClientID != tt.wantKey || s.secret != tt.wantSecret || (err == nil) != (tt.wantKey != "") {
				t.Errorf("key %q, secret %q, error %v", s.in.ClientID, s.secret, err)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error quotes the file: %v", err)
			}
			if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
				t.Errorf("written: %v, %v", left, err)
			}
		})
	}
}

// What was taken over and what was not is told by name, and no value.
func TestSetupImportTellsNames(t *testing.T) {
	const key, secret = "0123456789abcdef0123456789abcdef", "Abcdefghijklmnopqrstuvwxyz012345"
	dir := t.TempDir()
	file, said := filepath.Join(dir, ".env"), filepath.Join(dir, "said")
	text := "DEBUG=1\nKAKAO_CLIENT_ID=" + key + "\nKAKAO_CLIENT_SECRET=" + secret + "\nBASE_URL=https://x.ngrok-free.app\n? no\nSERVICE-NAME=hush\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(said)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := importer(filepath.Join(dir, "home"), out, file).takeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{": KAKAO_CLIENT_ID, KAKAO_CLIENT_SECRET", "BASE_URL", ": DEBUG, SERVICE-NAME", ": 5"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%q is not told in\n%s", want, raw)
		}
	}
	for _, value := range []string{key, secret, "hush", "ngrok-free"} {
		if strings.Contains(string(raw), value) {
			t.Errorf("the value %s is told", value)
		}
	}
}
