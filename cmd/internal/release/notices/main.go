// Command notices writes the licences of everything that is linked into the
// program: Go itself and each module, as found in the module cache. A module
// without a licence file is an error, since it may not be distributed.
//
// It imports the standard library only.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
)

// systems are those of the release; some modules are linked on one only.
var systems = []string{"linux", "darwin", "windows"}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

func main() {
	out := flag.String("o", "", "`file` to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	if out == "" {
		return errors.New("-o is needed")
	}
	modules := map[string]string{} // "path version" to folder
	for _, goos := range systems {
		if err := linked(goos, modules); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	fmt.Fprintln(&text, "kakaotalk-mcp contains the following software.")
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		if err := appendLicences(&text, name, modules[name]); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, text.Bytes(), 0o644)
}

// linked adds the modules that the program contains on one system.
func linked(goos string, modules map[string]string) error {
	cmd := exec.Command("go", "list", "-deps", "-json=Standard,Module", "./cmd/kakaotalk-mcp")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	listing, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("listing packages: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(listing)); ; {
		var p struct {
			Standard bool
			Module   *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("reading the list of packages: %w", err)
		}
		if p.Module != nil && !p.Module.Main {
			modules[p.Module.Path+" "+p.Module.Version] = p.Module.Dir
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("finding Go: %w", err)
	}
	modules["The Go standard library"] = string(bytes.TrimSpace(root))
	return nil
}

func appendLicences(text *bytes.Buffer, name, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	found := false
	for _, e := range entries {
		if !e.Type().IsRegular() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(text, "\n%s\n%s: %s\n\n%s\n", bytes.Repeat([]byte("="), 78), name, e.Name(), bytes.TrimSpace(data))
		found = true
	}
	if !found {
		return fmt.Errorf("%s has no licence file", name)
	}
	return nil
}
