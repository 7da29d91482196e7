package clients

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
)

// The table in both READMEs is made here; -update writes it.
func TestReadmes(t *testing.T) {
	const start, end = "<!-- clients -->\n", "<!-- /clients -->"
	for lang, name := range map[wording.Lang]string{wording.Korean: "README.md", wording.English: "README.en.md"} {
		path := filepath.Join("..", "..", "..", name)
		text := strings.ReplaceAll(read(t, path), "\r\n", "\n")
		head, rest, _ := strings.Cut(text, start)
		got, tail, found := strings.Cut(rest, end)
		if !found {
			t.Fatalf("%s has no place for the table", name)
		}
		want := Table(lang)
		if got != want && !*update {
			t.Errorf("%s: the table is not that of the clients; run go test ./cmd/internal/clients -run TestReadmes -update", name)
		} else if got != want {
			if err := os.WriteFile(path, []byte(head+start+want+end+tail), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range All(nowhere("linux", lang)) {
			if c.asks[0] == "" || c.asks[1] == "" || c.lacks[0] == "" || c.lacks[1] == "" || c.note[0] == "" || c.note[1] == "" {
				t.Errorf("%s says nothing about what it asks, cannot show, or what to do then", c.ID)
			}
		}
	}
}
