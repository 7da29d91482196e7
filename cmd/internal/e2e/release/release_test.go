package release

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// A stand-in for the official packer of bundles: it zips, in its own order and
// with its own clock, as that does.
var _ = e2etest.Child("mcpb", func() int {
	if os.Args[1] == "pack" {
		if err := packZip(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
})

func packZip(dir, to string) error {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	return errors.Join(w.AddFS(os.DirFS(dir)), w.Close(), os.WriteFile(to, out.Bytes(), 0o644))
}

func readJSONFile(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// releaseBuild builds the module in dir as a release does.
func releaseBuild(t *testing.T, dir, out string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.stamp=v9.8.7", "-o", out, "./cmd/kakaotalk-mcp")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// TestBuildsAreReproducible: a release shows its version, and where its source lay does
// not show in it.
func TestBuildsAreReproducible(t *testing.T) {
	t.Parallel()
	root, copied := e2etest.Root(t), filepath.Join(t.TempDir(), "b", "one deeper")
	for _, part := range []string{"auth", "cmd", "tools", "viewer"} {
		if err := os.CopyFS(filepath.Join(copied, part), os.DirFS(filepath.Join(root, part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, file))
		if err := errors.Join(err, os.WriteFile(filepath.Join(copied, file), data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	var sums []string
	for _, dir := range []string{root, copied} {
		out := filepath.Join(t.TempDir(), e2etest.ExeName("kakaotalk-mcp"))
		releaseBuild(t, dir, out)
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(filepath.ToSlash(dir))) {
			t.Error("the program contains the path of its source")
		}
		sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(data)))
		if dir == root {
			showsStamp(t, out)
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds differ: %q", sums)
	}
}

func showsStamp(t *testing.T, program string) {
	t.Helper()
	text, err := exec.Command(program, "version").Output()
	want := fmt.Sprintf("kakaotalk-mcp v9.8.7 (%s, %s/%s)\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if err != nil || string(text) != want {
		t.Errorf("version: %q, %v; want %q", text, err, want)
	}
	text, err = exec.Command(program, "version", "--json").Output()
	var got struct{ Version string }
	if jsonErr := json.Unmarshal(text, &got); err != nil || jsonErr != nil || got.Version != "v9.8.7" {
		t.Errorf("version --json: %q, %v", text, err)
	}
}

// assembled runs the release step on stand-ins of what goreleaser leaves.
func assembled(t *testing.T, repository string) (string, error) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("releases are made on Linux")
	}
	dir := t.TempDir()
	type artifact struct {
		Name   string `json:"name"`
		Path   string `json:"path"`
		Goos   string `json:"goos"`
		Goarch string `json:"goarch"`
		Type   string `json:"type"`
	}
	var artifacts []artifact
	add := func(name, goos, goarch, kind string) {
		path := filepath.Join(dir, goos+goarch, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(goos+goarch), 0o755)); err != nil {
			t.Fatal(err)
		}
		artifacts = append(artifacts, artifact{name, path, goos, goarch, kind})
	}
	add("kakaotalk-mcp.exe", "windows", "amd64", "Binary")
	add("kakaotalk-mcp", "darwin", "all", "Universal Binary")
	add("kakaotalk-mcp", "linux", "arm64", "Binary")
	add("kakaotalk-mcp_linux_arm64.tar.gz", "linux", "arm64", "Archive")
	list, err := json.Marshal(artifacts)
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "artifacts.json"), list, 0o644),
		os.WriteFile(filepath.Join(dir, "metadata.json"), []byte(`{"version":"1.2.3"}`), 0o644),
		os.WriteFile(filepath.Join(dir, "THIRD_PARTY_NOTICES.txt"), []byte("notices"), 0o644)); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "release")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/internal/release/assemble", "-dist", dir, "-o", out,
		"-notices", filepath.Join(dir, "THIRD_PARTY_NOTICES.txt"), "-mcpb", self, "-repository", repository)
	cmd.Dir = e2etest.Root(t)
	cmd.Env = append(os.Environ(), e2etest.ChildEnv+"=mcpb")
	if text, err := cmd.CombinedOutput(); err != nil {
		return string(text), err
	}
	return out, nil
}

func TestAssembleNeedsRepository(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "name", "a/b/c", "a/b'; rm -rf ~"} {
		if text, err := assembled(t, name); err == nil || !strings.Contains(text, "is not OWNER/NAME") {
			t.Errorf("%q: %v\n%s", name, err, text)
		}
	}
}

// TestAssembled: the files of a release, the entry of the registry and the bundles.
func TestAssembled(t *testing.T) {
	t.Parallel()
	out, err := assembled(t, "me/some.mcp")
	if err != nil {
		t.Fatal(err, out)
	}
	for name, test := range map[string]func(t *testing.T, out string){"files": assembledFiles, "registry entry": registryEntry, "bundle": bundleContents} {
		t.Run(name, func(t *testing.T) { test(t, out) })
	}
}

func assembledFiles(t *testing.T, out string) {
	var names []string
	var sums strings.Builder
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
		data, err := os.ReadFile(filepath.Join(out, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() != "checksums.txt" {
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), e.Name())
		}
	}
	want := []string{"checksums.txt", "install.ps1", "install.sh", "kakaotalk-mcp-darwin.mcpb", "kakaotalk-mcp-linux-arm64.mcpb", "kakaotalk-mcp-windows-amd64.mcpb", "kakaotalk-mcp_linux_arm64.tar.gz", "server.json"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	wantContent(t, filepath.Join(out, "checksums.txt"), []byte(sums.String()))

	for file, lines := range map[string][]string{
		"install.sh":  {"\nREPO='me/some.mcp'\n", "https://github.com/me/some.mcp/releases/latest/download/install.sh | sh\n"},
		"install.ps1": {"\n$Repo = 'me/some.mcp'\n", "https://github.com/me/some.mcp/releases/latest/download/install.ps1 | iex\n"},
	} {
		data, err := os.ReadFile(filepath.Join(out, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(data), line) {
				t.Errorf("%s lacks %q", file, line)
			}
		}
		if i := bytes.IndexFunc(data, func(r rune) bool { return r > 0x7e }); file == "install.ps1" && i >= 0 {
			t.Errorf("%s is not ASCII at byte %d", file, i)
		}
	}
}

type registryPackage struct {
	RegistryType, Identifier, FileSha256 string
	Transport                            struct{ Type string }
	EnvironmentVariables                 []struct {
		Name, Description string
		IsSecret          bool
	}
}

// What the registry's schema of 2025-12-11 and the registry itself require.
func registryEntry(t *testing.T, out string) {
	var e struct {
		Schema                            string `json:"$schema"`
		Name, Title, Description, Version string
		Repository                        struct{ URL, Source string }
		Packages                          []registryPackage
	}
	readJSONFile(t, filepath.Join(out, "server.json"), &e)
	if e.Schema != "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json" ||
		e.Name != "io.github.me/kakaotalk-mcp" || !regexp.MustCompile(`^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$`).MatchString(e.Name) ||
		e.Version != "1.2.3" || e.Repository.URL != "https://github.com/me/some.mcp" || e.Repository.Source != "github" {
		t.Errorf("entry: %+v", e)
	}
	for text, limit := range map[string]int{e.Title: 100, e.Description: 100} {
		if n := len([]rune(text)); n == 0 || n > limit {
			t.Errorf("%q has %d characters, at most %d fit", text, n, limit)
		}
	}
	if len(e.Packages) != 3 {
		t.Errorf("%d packages", len(e.Packages))
	}
	if !slices.IsSortedFunc(e.Packages, func(a, b registryPackage) int { return strings.Compare(a.Identifier, b.Identifier) }) {
		t.Error("the packages' order depends on which was built first")
	}
	known := map[string]bool{} // what the program takes from the environment
	for _, set := range e2etest.NewComputer(t).Status(e2etest.ExitLogin).Settings {
		known[set.Name] = set.Origin == "environment"
	}
	for _, p := range e.Packages {
		file := regexp.MustCompile(`^https://github\.com/me/some\.mcp/releases/download/v1\.2\.3/(kakaotalk-mcp-[a-z0-9-]+\.mcpb)$`).FindStringSubmatch(p.Identifier)
		if p.RegistryType != "mcpb" || p.Transport.Type != "stdio" || file == nil {
			t.Fatalf("package: %+v", p)
		}
		data, err := os.ReadFile(filepath.Join(out, file[1]))
		if sum := fmt.Sprintf("%x", sha256.Sum256(data)); err != nil || p.FileSha256 != sum {
			t.Errorf("%s: %s, the file has %s, %v", file[1], p.FileSha256, sum, err)
		}
		for _, v := range p.EnvironmentVariables {
			if v.Description == "" || v.IsSecret != (v.Name == "KAKAO_CLIENT_SECRET") || !known[v.Name] {
				t.Errorf("variable: %+v", v)
			}
		}
	}
}

func bundleContents(t *testing.T, out string) {
	bundle, err := zip.OpenReader(filepath.Join(out, "kakaotalk-mcp-windows-amd64.mcpb"))
	if err != nil {
		t.Fatal(err)
	}
	defer bundle.Close()
	files := map[string][]byte{}
	for _, f := range bundle.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) || len(f.Extra) > 0 {
			t.Errorf("%s knows when it was packed", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(files["server/kakaotalk-mcp.exe"]); got != "windowsamd64" || string(files["THIRD_PARTY_NOTICES.txt"]) != "notices" || len(files["LICENSE"]) == 0 {
		t.Errorf("contents: %v", len(files))
	}
	icon, err := png.DecodeConfig(bytes.NewReader(files["icon.png"]))
	if err != nil || icon.Width != 512 || icon.Height != 512 {
		t.Errorf("icon: %+v, %v", icon, err)
	}
	var m struct {
		Manifest_version, Name, Version string
		Server                          struct {
			Type, Entry_point string
			Mcp_config        struct {
				Command string
				Args    []string
				Env     map[string]string
			}
		}
		Tools         []struct{ Name string }
		Compatibility struct{ Platforms []string }
		User_config   map[string]struct {
			Sensitive bool
			Default   *string
		}
	}
	if err := json.Unmarshal(files["manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	if m.Manifest_version != "0.3" || m.Version != "1.2.3" || m.Server.Type != "binary" || m.Server.Entry_point != "server/kakaotalk-mcp.exe" ||
		m.Server.Mcp_config.Command != "${__dirname}/server/kakaotalk-mcp.exe" || !slices.Equal(m.Compatibility.Platforms, []string{"win32"}) {
		t.Errorf("manifest: %+v", m)
	}
	for variable, value := range m.Server.Mcp_config.Env {
		id := strings.TrimSuffix(strings.TrimPrefix(value, "${user_config."), "}")
		// Without a default an empty field arrives as the placeholder's own text.
		if field, ok := m.User_config[id]; !ok || field.Default == nil || field.Sensitive != (variable == "KAKAO_CLIENT_SECRET") {
			t.Errorf("%s is %s: %+v", variable, value, field)
		}
	}
	var listed []string
	for _, tool := range m.Tools {
		listed = append(listed, tool.Name)
	}
	if diff := cmp.Diff(servedTools(t), listed, cmp.Transformer("sorted", func(s []string) []string { return slices.Sorted(slices.Values(s)) })); diff != "" {
		t.Errorf("tools (-served +in the manifest):\n%s", diff)
	}
}

// servedTools asks the program itself.
func servedTools(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), e2etest.Program(t), "serve")
	cmd.Env = append(os.Environ(), "KAKAOTALK_MCP_HOME="+t.TempDir(), "KAKAO_READ_ONLY=")
	in, err := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = cmd.Wait() }()
	fmt.Fprintln(in, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`)
	fmt.Fprintln(in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	fmt.Fprintln(in, `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var answer struct {
			ID     int
			Result struct{ Tools []struct{ Name string } }
		}
		if json.Unmarshal(lines.Bytes(), &answer) == nil && answer.ID == 2 {
			var tools []string
			for _, tool := range answer.Result.Tools {
				tools = append(tools, tool.Name)
			}
			return tools
		}
	}
	t.Fatal("the program lists no tools")
	return nil
}

// Actions are pinned by commit, may do as little as they need, and keep no token.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(e2etest.Root(t), ".github", "workflows", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, use := range regexp.MustCompile(`uses: (.*)`).FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(use[1]) {
				t.Errorf("%s: %s is not pinned", file, use[1])
			}
		}
		if n := strings.Count(text, "actions/checkout@"); n != strings.Count(text, "persist-credentials: false") {
			t.Errorf("%s: a checkout keeps its token", file)
		}
		if !regexp.MustCompile(`(?m)^permissions:( \{\}|\n  contents: read)$`).MatchString(text) {
			t.Errorf("%s: permissions are not given for the whole file", file)
		}
		if m := regexp.MustCompile(`run:.*\$\{\{`).FindString(text); m != "" || strings.Contains(text, "pull_request_target") {
			t.Errorf("%s: %q lets others write commands", file, m)
		}
	}
}

// The names that installers ask for are those that goreleaser gives.
func TestArchiveNames(t *testing.T) {
	for file, text := range map[string]string{
		".release/goreleaser.yaml": `name_template: "{{ .ProjectName }}_{{ .Os }}_{{ .Arch }}"`,
		"install.sh":               `'%s_linux_%s.tar.gz\n' "$NAME" "$arch"`,
		".release/install.ps1":     `'kakaotalk-mcp_windows_{0}.zip'`,
	} {
		data, err := os.ReadFile(filepath.Join(e2etest.Root(t), file))
		if err != nil || !strings.Contains(string(data), text) {
			t.Errorf("%s lacks %s: %v", file, text, err)
		}
	}
}
