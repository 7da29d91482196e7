package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/config"
)

// What setup takes over from an old .env are single words without control
// characters, as keys are, or nothing; its errors quote nothing.
func FuzzImport(f *testing.F) {
	const key = "0123456789abcdef0123456789abcdef"
	for _, env := range []string{
		"KAKAO_CLIENT_ID=" + key + "\nKAKAO_CLIENT_SECRET=SE-CRET\nBASE_URL=https://x.ngrok-free.app\n", "\ufeffexport REST_API_KEY=\"" + key + "\" # REST\r\nCLIENT_SECRET='SE-CRET'\r\n",
		"KAKAO_CLIENT_ID=${KEY}\nREST_API_KEY=" + key, "KAKAO_CLIENT_SECRET=\"two\nlines\"\n", "KAKAO_CLIENT_SECRET=\"a\\nb\"\n", "KAKAO_CLIENT_SECRET='SE-CRET\n", "CLOVA_API_KEY='nv-\x1b[2J'\n",
		"KAKAO_CLIENT_ID=your_key\nKAKAO_CLIENT_SECRET=<SE-CRET>\nCLOVA_API_KEY=여기에 입력\n", "KAKAO_CLIENT_SECRET='a b'", "CLOVA_API_KEY=\"a\r\nb\"", "KAKAO_CLIENT_ID='\"'\"",
	} {
		f.Add([]byte(env))
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, env []byte) {
		home := t.TempDir()
		file := filepath.Join(home, ".env")
		if err := os.WriteFile(file, env, 0o600); err != nil {
			t.Fatal(err)
		}
		s := importer(filepath.Join(home, "home"), null, file)
		if err := s.takeOver(t.Context()); err != nil && strings.Contains(err.Error(), "SE-CRET") {
			t.Errorf("the error quotes the file: %v", err)
		}
		chat := ""
		written := filepath.Join(home, "home", "config.env")
		if _, err := os.Stat(written); err == nil {
			file, err := config.ReadFile(written, wording.English)
			if err != nil {
				t.Fatal(err)
			}
			if chat = file.Values["CLOVA_API_KEY"]; chat == "" {
				t.Errorf("written: %q", file.Values)
			}
		}
		for what, word := range map[string]string{"key": s.in.ClientID, "secret": s.secret, "chat key": chat} {
			if strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
				t.Errorf("%s taken over: %q", what, word)
			}
		}
	})
}
