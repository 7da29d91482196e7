package clients

import (
	"fmt"
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
		want := table(lang)
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

// table is what people are told about the clients: name, file, what each asks by
// itself and what it cannot show, as a table in Markdown. A star marks those that
// the tests do not start.
func table(lang wording.Lang) string {
	var out strings.Builder
	out.WriteString(lang.Say("| 클라이언트 | 이름 | 설정 파일 | 직접 묻는 때 | 보여 주지 못해서 브라우저로 여는 것 |", "| client | name | file | asks on its own | cannot show; the browser does |"))
	out.WriteString("\n| --- | --- | --- | --- | --- |\n")
	elsewhere := All(nowhere("darwin", lang))
	for i, c := range All(nowhere("linux", lang)) {
		file, star := strings.Replace(filepath.ToSlash(c.file), nowhereHome, "~", 1), ""
		if c.file != elsewhere[i].file { // each system has its own folder for it
			file = "…/" + commonEnd(file, filepath.ToSlash(elsewhere[i].file))
		}
		if c.run == "" {
			star = " *"
		}
		fmt.Fprintf(&out, "| %s%s | `%s` | `%s` | %s | %s |\n", c.Title, star, c.ID, file, lang.Say(c.asks[0], c.asks[1]), lang.Say(c.lacks[0], c.lacks[1]))
	}
	out.WriteString(lang.Say("\n\\* 실행해 보지 못했고, 클라이언트의 문서를 보고 만들었어요.\n", "\n\\* Not tested; written from the client's documentation.\n"))
	return out.String()
}

// commonEnd is what two paths have in common at their ends.
func commonEnd(a, b string) string {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return strings.Join(as[len(as)-n:], "/")
}

const nowhereHome = "/nowhere"

// nowhere is a computer on which nothing is installed.
func nowhere(system string, lang wording.Lang) System {
	return System{OS: system, Home: nowhereHome, Lang: lang, Getenv: func(string) string { return "" }}
}
