package viewer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site", "talk")
	for range 2 { // a second export replaces the first
		if err := Export(dir, false); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if read("index.html") != string(messagePage(false).html) || read("404.html") != string(messagePage(false).html) || read(".nojekyll") != "" {
		t.Error("files differ from the page")
	}
	headers := read("_headers")
	for _, want := range []string{"/*\n", "frame-ancestors 'none'", "script-src 'sha256-", "X-Robots-Tag: noindex", "Referrer-Policy: no-referrer"} {
		if !strings.Contains(headers, want) {
			t.Errorf("_headers without %q", want)
		}
	}
	if strings.Contains(headers, "connect-src") {
		t.Error("the static page may connect")
	}
	for line := range strings.Lines(headers) {
		if len(line) > 2000 {
			t.Errorf("a line of _headers has %d characters, Cloudflare takes 2,000", len(line))
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 4 {
		t.Errorf("%d files", len(files))
	}
}

func TestExportSparesForeignFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "404.html")
	if err := os.WriteFile(path, []byte("<h1>mine</h1>"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Export(dir, false)
	if foreign, ok := errors.AsType[*ForeignFileError](err); !ok || foreign.Name != "404.html" {
		t.Errorf("foreign file: %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files after a refusal", len(files))
	}
	if err := Export(dir, true); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); string(b) != string(messagePage(false).html) {
		t.Error("force did not replace the file")
	}
}
