package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// platforms are a bundle's names of systems. A manifest cannot choose by CPU:
// hence one bundle per target, and a universal one for macOS.
var platforms = map[string]string{"darwin": "darwin", "windows": "win32", "linux": "linux"}

// bundle packs one program for Claude Desktop and returns the file's name.
func (r *release) bundle(a artifact) (string, error) {
	platform, ok := platforms[a.Goos]
	if !ok {
		return "", fmt.Errorf("no bundle platform for %s", a.Goos)
	}
	name := fmt.Sprintf("kakaotalk-mcp-%s-%s.mcpb", a.Goos, a.Goarch)
	if a.Goos == "darwin" {
		name = "kakaotalk-mcp-darwin.mcpb"
	}
	dir, err := os.MkdirTemp("", "bundle-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program := "server/" + filepath.Base(a.Path)
	if err := r.fillBundle(dir, a.Path, program, platform); err != nil {
		return "", err
	}
	if err := r.pack("validate", filepath.Join(dir, "manifest.json")); err != nil {
		return "", err
	}
	if err := r.pack("pack", dir, filepath.Join(r.out, name)); err != nil {
		return "", err
	}
	return name, dropTimes(filepath.Join(r.out, name))
}

func (r *release) fillBundle(dir, from, program, platform string) error {
	var manifest map[string]any
	if err := readJSON(".release/manifest.json", &manifest); err != nil {
		return err
	}
	server, _ := manifest["server"].(map[string]any)
	start, ok := server["mcp_config"].(map[string]any)
	if !ok {
		return errors.New("manifest.json has no server.mcp_config")
	}
	manifest["version"] = r.version
	manifest["compatibility"] = map[string]any{"platforms": []string{platform}}
	server["entry_point"] = program
	start["command"] = "${__dirname}/" + program
	if err := writeJSON(filepath.Join(dir, "manifest.json"), manifest); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, "server"), 0o755); err != nil {
		return err
	}
	if err := copyFile(from, filepath.Join(dir, program), 0o755); err != nil {
		return err
	}
	for _, f := range []string{"LICENSE", r.notices, ".release/icon.png"} {
		if err := copyFile(f, filepath.Join(dir, filepath.Base(f)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (r *release) pack(args ...string) error {
	command := append(append([]string{}, r.packer...), args...)
	if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", args[0], err, out)
	}
	return nil
}

// dropTimes gives everything in a zip archive the oldest time that the format
// has. The packer writes its own clock there, and two builds would differ.
func dropTimes(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	old, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range old.File {
		h := f.FileHeader
		h.Modified, h.Extra = time.Time{}, nil
		//lint:ignore SA1019 a raw header is written from these fields, not from Modified
		h.ModifiedDate, h.ModifiedTime = 1<<5|1, 0 // 1 January 1980
		if err := copyRaw(w, &h, f); err != nil {
			return fmt.Errorf("rewriting %s: %w", path, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("rewriting %s: %w", path, err)
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

func copyRaw(w *zip.Writer, h *zip.FileHeader, f *zip.File) error {
	from, err := f.OpenRaw()
	if err != nil {
		return err
	}
	to, err := w.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return err
}

// registryEntry writes server.json: one package per bundle.
func (r *release) registryEntry(bundles []string) error {
	var entry map[string]any
	if err := readJSON(".release/server.json", &entry); err != nil {
		return err
	}
	list, _ := entry["packages"].([]any)
	if len(list) != 1 {
		return errors.New("server.json needs exactly one package as the pattern")
	}
	pattern, _ := list[0].(map[string]any)
	var packages []any
	for _, name := range bundles {
		sum, err := fileSum(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		p := maps.Clone(pattern)
		p["identifier"] = fmt.Sprintf("https://github.com/%s/releases/download/v%s/%s", r.repository, r.version, name)
		p["fileSha256"] = sum
		packages = append(packages, p)
	}
	owner, _, _ := strings.Cut(r.repository, "/")
	entry["name"] = "io.github." + owner + "/kakaotalk-mcp"
	entry["version"] = r.version
	entry["repository"] = map[string]any{"url": "https://github.com/" + r.repository, "source": "github"}
	entry["packages"] = packages
	return writeJSON(filepath.Join(r.out, "server.json"), entry)
}
