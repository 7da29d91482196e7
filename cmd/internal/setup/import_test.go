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
