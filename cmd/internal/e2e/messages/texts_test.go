package messages

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/viewer"
)

// testdata reads a file of viewer's tests.
func testdata(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(e2etest.Root(t), "viewer", "testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func unmarshal[T any](t *testing.T, name string) (v T) {
	t.Helper()
	if err := json.Unmarshal(testdata(t, name), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// sample is the beginning of a text, n characters.
func sample(t *testing.T, name string, n int) string {
	t.Helper()
	return string([]rune(string(testdata(t, "texts/"+name+".txt")))[:n])
}

// longText is n characters of many texts.
func longText(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	for b.Len() < 4*n {
		for _, name := range []string{"letter", "notice", "minutes", "chat", "review", "recipe"} {
			b.Write(testdata(t, "texts/"+name+".txt"))
			b.WriteString("\n\n")
		}
	}
	return string([]rune(b.String())[:n])
}

// link opens text on a page, however long it gets.
func link(t *testing.T, page, text string) string {
	t.Helper()
	fragment, err := viewer.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return page + "#" + fragment
}
