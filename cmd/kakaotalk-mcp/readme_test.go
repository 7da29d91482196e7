package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/config"
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
	for lang, file := range map[wording.Lang]string{wording.Korean: "../README.md", wording.English: "../README.en.md"} {
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
