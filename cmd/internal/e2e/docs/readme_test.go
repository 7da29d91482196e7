package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestReadmeScreens holds what the READMEs show of setup to what a terminal
// shows; … stands for anything.
func TestReadmeScreens(t *testing.T) {
	t.Parallel()
	for lang, file := range map[string]string{"ko": "auth/README.md", "en": "auth/README.en.md"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), file))
			if err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(string(raw), "<!-- screen -->\n```\n")
			want, _, closed := strings.Cut(rest, "```\n<!-- /screen -->")
			if !found || !closed {
				t.Fatalf("%s shows no screen", file)
			}
			w := e2etest.NewFreshComputer(t)
			w.Set("KAKAO_LANG", lang)
			if err := os.Mkdir(filepath.Join(w.User, ".cursor"), 0o700); err != nil { // Cursor is there
				t.Fatal(err)
			}
			w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
			say := func(ko, en string) string { return map[string]string{"ko": ko, "en": en}[lang] }
			x := w.Open("setup")
			x.Expect(say("번호 입력", "Enter a number"))
			x.Press("1", e2etest.Enter)
			x.Expect(say("입력:", "Answer:"))
			x.Press(w.App.Key, e2etest.Enter)
			x.Expect(say("입력(보이지 않아요):", "Answer (not shown):"))
			x.Press(w.App.Secret, e2etest.Enter)
			x.Expect(say("톡캘린더", "calendar"), say("번호 입력", "Enter a number"))
			x.Press(e2etest.Enter)
			x.Expect("5. ", say("번호 입력", "Enter a number"))
			w.Kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.App.RedirectURIs })
			x.Press("1", e2etest.Enter)
			x.Expect("Cursor", say("없음):", "none:"))
			x.Press("1", e2etest.Enter)
			x.Exit(0)
			screen := x.Seen()
			for line := range strings.Lines(want) {
				line, _, _ = strings.Cut(strings.Replace(line, "http://localhost:17654", w.Get("KAKAO_CALLBACK_URL"), 1), "…")
				_, after, found := strings.Cut(screen, e2etest.Squeezed(line))
				if !found {
					t.Fatalf("%s shows %q, which the screen has not (or earlier):\n%s", file, line, x.Raw())
				}
				screen = after
			}
		})
	}
}
