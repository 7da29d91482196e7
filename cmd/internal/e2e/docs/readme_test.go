package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestReadmesNameTheConsoleInTheReadersLanguage: in English every menu and consent
// item has its English name, with the Korean beside it or, later on the page, alone.
func TestReadmesNameTheConsoleInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	en := wording.English
	known := []string{devconsole.Required(en), devconsole.InUse(en), devconsole.Create(en)}
	for _, m := range []devconsole.Menu{devconsole.Key, devconsole.Redirect, devconsole.Secret, devconsole.Login, devconsole.OIDC, devconsole.Consent,
		devconsole.WebDomain, devconsole.Members, devconsole.Permission, devconsole.Templates, devconsole.RESTTest} {
		known = append(known, m.Name(en))
	}
	for _, id := range []string{"talk_message", "friends", "profile_nickname", "talk_calendar"} {
		known = append(known, devconsole.Item(en, id))
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) }) // the longest first
	korean := regexp.MustCompile(`\[\p{Hangul}[^\]]*\][^(]`)
	for _, page := range readmes(t) {
		if !strings.HasSuffix(page, ".en.md") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), page))
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for _, name := range known {
			text = strings.ReplaceAll(text, name, "")
		}
		for _, name := range korean.FindAllString(text, -1) {
			t.Errorf("%s: %s is not named in English, or not as everywhere else", page, name)
		}
	}
}

// TestReadmesAreShort: whoever looks for what this is finds it.
func TestReadmesAreShort(t *testing.T) {
	t.Parallel()
	const most = 150
	for _, page := range readmes(t) {
		raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), page))
		if n := strings.Count(string(raw), "\n"); n > most || err != nil {
			t.Errorf("%s has %d lines (%v), more than %d", page, n, err, most)
		}
	}
}

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
