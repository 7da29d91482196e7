package viewer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ownMark is in every file of an export that has content: such a file may be
// replaced by a newer one.
const ownMark = "kakaotalk-mcp"

// ForeignFileError is returned by Export when dir holds a file of somebody else
// under one of its names. Nothing has been written then.
type ForeignFileError struct {
	Name string // of the file in dir
}

func (e *ForeignFileError) Error() string {
	return "exporting page: " + e.Name + ": file was not made by this program"
}

// Export writes the page for a static host into dir, which is made if missing:
// index.html; 404.html, the same page, so that a mistyped path still shows the
// message; _headers for Cloudflare Pages; .nojekyll for GitHub Pages. Files of
// an earlier export are replaced, foreign ones only with force.
func Export(dir string, force bool) error {
	page := messagePage(false)
	files := []struct {
		name    string
		content []byte
	}{
		{"index.html", page.html},
		{"404.html", page.html},
		{"_headers", headersFile(page.policy)},
		{".nojekyll", nil},
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		old, err := os.ReadFile(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil && !force:
			return fmt.Errorf("exporting page: %w", err)
		case !force && !bytes.Equal(old, f.content) && !bytes.Contains(old, []byte(ownMark)):
			return &ForeignFileError{f.name}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("exporting page: %w", err)
	}
	for _, f := range files {
		// For everybody to read, as web pages are.
		if err := os.WriteFile(filepath.Join(dir, f.name), f.content, 0o644); err != nil {
			return fmt.Errorf("exporting page: %w", err)
		}
	}
	return nil
}

// headersFile gives a static host the headers of the handler. The policy is in
// the page; here it adds what a meta element cannot say.
func headersFile(policy string) []byte {
	var b strings.Builder
	b.WriteString("# " + ownMark + "\n/*\n")
	fmt.Fprintf(&b, "  Content-Security-Policy: %s; %s\n", policy, notFramed)
	for _, line := range safeHeaders {
		fmt.Fprintf(&b, "  %s: %s\n", line[0], line[1])
	}
	b.WriteString("  Cache-Control: no-cache\n")
	return []byte(b.String())
}
