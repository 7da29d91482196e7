package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

var updateReadme = flag.Bool("update-readme", false, "write the settings table into the READMEs")

func settingsTable(lang wording.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- settings -->\n%s\n| --- | --- | --- |\n", lang.Say("| 이름 | 기본값 | 뜻 |", "| name | default | meaning |"))
	for _, id := range config.All() {
		preset := "–"
		if text := id.Default(lang); text != "" {
			preset = text
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", id, preset, id.Meaning(lang))
	}
	return b.String() + "<!-- /settings -->"
}

// TestReadmeSettings holds the tables of both READMEs to the program's settings.
func TestReadmeSettings(t *testing.T) {
	for lang, file := range map[wording.Lang]string{wording.Korean: "../../README.md", wording.English: "../../README.en.md"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		from, to := strings.Index(text, "<!-- settings -->"), strings.Index(text, "<!-- /settings -->")
		if from < 0 || to < from {
			t.Fatalf("%s has no settings table", file)
		}
		to += len("<!-- /settings -->")
		want := settingsTable(lang)
		if text[from:to] == want {
			continue
		}
		if !*updateReadme {
			t.Errorf("%s: the settings table is not the program's; run go test ./cmd/kakaotalk-mcp -run TestReadmeSettings -update-readme", file)
			continue
		}
		if err := os.WriteFile(file, []byte(text[:from]+want+text[to:]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range config.All() {
		if id.Name() == "" || id.Meaning(wording.Korean) == "" || id.Meaning(wording.English) == "" {
			t.Errorf("%s is not described", id)
		}
	}
}

// TestReadmeScreens holds what the READMEs show of setup to what a terminal
// shows; … stands for anything.
func TestReadmeScreens(t *testing.T) {
	for lang, file := range map[string]string{"ko": "../../README.md", "en": "../../README.en.md"} {
		t.Run(lang, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(string(raw), "<!-- screen -->\n```\n")
			want, _, closed := strings.Cut(rest, "```\n<!-- /screen -->")
			if !found || !closed {
				t.Fatalf("%s shows no screen", file)
			}
			w := newWorld(t)
			w.env["KAKAO_LANG"], w.env["TMPDIR"] = lang, t.TempDir() // the program must not lie in it to be registered
			cursor(w)
			w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
			say := speaker(lang)
			x := w.open("setup")
			x.expect(say("번호", "Number"))
			x.press("1", keyEnter)
			x.expect(say("입력:", "Answer:"))
			x.press(w.app.Key, keyEnter)
			x.expect(say("입력(보이지 않아요):", "Answer (not shown):"))
			x.press(w.app.Secret, keyEnter)
			x.expect("5. ", say("번호", "Number"))
			w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.app.RedirectURIs })
			x.press("1", keyEnter)
			x.expect("Cursor", say("없음):", "none):"))
			x.press("1", keyEnter)
			x.exit(0)
			screen := x.seen
			for line := range strings.Lines(want) {
				line, _, _ = strings.Cut(strings.Replace(line, "http://localhost:17654", w.env["KAKAO_CALLBACK_URL"], 1), "…")
				_, after, found := strings.Cut(screen, squeezed(line))
				if !found {
					t.Fatalf("%s shows %q, which the screen has not (or earlier):\n%s", file, line, x.tail())
				}
				screen = after
			}
		})
	}
}
