// Command assemble turns what goreleaser left in dist/ into the files of a
// release: the archives, a bundle for Claude Desktop per target, the entry for
// the MCP registry, both installers with the repository's name in them, and
// checksums.txt over them all.
//
// It imports the standard library only, and starts the packer of bundles that
// it is given.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// repositoryName is OWNER/NAME as GitHub allows it.
var repositoryName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`)

// release is what all files of one release share.
type release struct {
	dist, out  string // folders
	repository string // OWNER/NAME
	version    string // without v
	notices    string // file
	packer     []string
}

// artifact is one entry of goreleaser's artifacts.json.
type artifact struct {
	Name, Path, Type string
	Goos, Goarch     string
}

func main() {
	var r release
	flag.StringVar(&r.dist, "dist", "dist", "goreleaser's `folder`")
	flag.StringVar(&r.out, "o", "dist/release", "`folder` to write; it must not exist")
	flag.StringVar(&r.repository, "repository", "", "OWNER/NAME on GitHub")
	flag.StringVar(&r.notices, "notices", ".release/out/THIRD_PARTY_NOTICES.txt", "`file` with the licences of what is linked in")
	packer := flag.String("mcpb", ".release/node_modules/.bin/mcpb", "`command` that validates and packs bundles")
	flag.Parse()
	r.packer = strings.Fields(*packer)
	if err := r.assemble(); err != nil {
		fmt.Fprintln(os.Stderr, "assemble:", err)
		os.Exit(1)
	}
}

func (r *release) assemble() error {
	if !repositoryName.MatchString(r.repository) {
		return fmt.Errorf("-repository %q is not OWNER/NAME", r.repository)
	}
	var about struct{ Version string }
	var built []artifact
	if err := errors.Join(readJSON(filepath.Join(r.dist, "metadata.json"), &about), readJSON(filepath.Join(r.dist, "artifacts.json"), &built)); err != nil {
		return err
	}
	r.version = about.Version
	if err := os.Mkdir(r.out, 0o755); err != nil {
		return err
	}
	var bundles []string
	for _, a := range built {
		var err error
		switch a.Type {
		case "Archive":
			err = copyFile(a.Path, filepath.Join(r.out, a.Name), 0o644)
		case "Binary", "Universal Binary":
			var name string
			name, err = r.bundle(a)
			bundles = append(bundles, name)
		}
		if err != nil {
			return err
		}
	}
	if len(bundles) == 0 {
		return fmt.Errorf("no programs in %s", r.dist)
	}
	slices.Sort(bundles) // goreleaser lists them as they were ready
	if err := r.registryEntry(bundles); err != nil {
		return err
	}
	if err := errors.Join(r.installer("install.sh", "REPO=''"), r.installer(".release/install.ps1", "$Repo = ''")); err != nil {
		return err
	}
	return r.checksums()
}

// installer copies a script and writes the repository's name into it.
func (r *release) installer(path, empty string) error {
	script, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if bytes.Count(script, []byte("\n"+empty+"\n")) != 1 {
		return fmt.Errorf("%s has no line %q to fill in", path, empty)
	}
	text := strings.Replace(string(script), "\n"+empty+"\n", "\n"+strings.Replace(empty, "''", "'"+r.repository+"'", 1)+"\n", 1)
	text = strings.ReplaceAll(text, "github.com/OWNER/NAME/releases/latest", "github.com/"+r.repository+"/releases/latest")
	if filepath.Ext(path) == ".ps1" {
		text = escapeNonASCII(text)
	}
	return os.WriteFile(filepath.Join(r.out, filepath.Base(path)), []byte(text), 0o755)
}

// escapeNonASCII writes the texts of install.ps1 as \u escapes, which it undoes: what
// Windows PowerShell downloads or reads without a BOM is taken for Latin-1.
func escapeNonASCII(text string) string {
	var out strings.Builder
	for _, c := range text {
		if c < utf8.RuneSelf {
			out.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.String()
}

// checksums lists every file in the form that sha256sum -c reads.
func (r *release) checksums() error {
	files, err := os.ReadDir(r.out) // sorted by name
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, f := range files {
		sum, err := fileSum(filepath.Join(r.out, f.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "%s  %s\n", sum, f.Name())
	}
	return os.WriteFile(filepath.Join(r.out, "checksums.txt"), []byte(list.String()), 0o644)
}

func fileSum(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(data)), nil
}

func copyFile(from, to string, mode os.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, mode)
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, value any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
