//go:build linux

package clients

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// buildTime bounds install.sh, which compiles where the build cache is empty.
const buildTime = 3 * time.Minute

// newcomer is somebody with a new account on a computer with Go and Claude Code.
// The only network is this computer.
type newcomer struct {
	t     *testing.T
	home  string
	clone string
	env   map[string]string

	mu      sync.Mutex
	models  int      // requests to the model's address
	outside []string // what programs wanted from elsewhere
}

func newNewcomer(t *testing.T) *newcomer {
	t.Helper()
	claude := clientPrograms(t, "claude")
	n := &newcomer{t: t, home: t.TempDir()}
	n.clone = filepath.Join(n.home, "kakaotalk-mcp")
	server := httptest.NewServer(http.HandlerFunc(n.answer))
	t.Cleanup(server.Close)

	tools := t.TempDir() // Go and node wherever they are installed here, and nothing that lies beside them
	for _, name := range []string{"go", "node", "git"} {
		path, err := exec.LookPath(name)
		if err != nil {
			e2etest.Missing(t, name)
		}
		if err := os.Symlink(path, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	n.env = map[string]string{
		"HOME": n.home, "PATH": strings.Join([]string{tools, claude, "/usr/bin", "/bin"}, ":"), "SHELL": "/bin/sh", "LANG": "ko_KR.UTF-8",
		"TMPDIR":  t.TempDir(), // beside the home: a program in the folder for temporary files is not registered
		"BROWSER": e2etest.Self(t), e2etest.ChildEnv: "browser",
		// Modules and compiled packages that this computer has are not fetched and
		// compiled again; what is not there must not be fetched now.
		"GOMODCACHE": goVariable(t, "GOMODCACHE"), "GOCACHE": goVariable(t, "GOCACHE"), "GOPROXY": "off",
		"HTTPS_PROXY": server.URL, "HTTP_PROXY": server.URL, "NO_PROXY": "127.0.0.1,localhost,::1",
		"ANTHROPIC_BASE_URL": server.URL, "ANTHROPIC_API_KEY": "not-a-key",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1",
		// Claude Code waits for servers before it says which tools there are.
		"MCP_CONNECTION_NONBLOCKING": "false", "MCP_TIMEOUT": "60000", "MCP_CONNECT_TIMEOUT_MS": "60000",
	}
	return n
}

func goVariable(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// answer refuses every question to the model. As a proxy it is only asked for
// other computers.
func (n *newcomer) answer(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.Method == http.MethodConnect || r.URL.IsAbs() {
		n.outside = append(n.outside, r.Method+" "+r.Host)
		http.Error(w, "no network", http.StatusBadGateway)
		return
	}
	n.models++
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, `{"type":"error","error":{"type":"invalid_request_error","message":"no model here"}}`)
}

func (n *newcomer) environ() []string {
	var list []string
	for name, value := range n.env {
		list = append(list, name+"="+value)
	}
	return list
}

// shell runs a command line as typed, in a folder.
func (n *newcomer) shell(limit time.Duration, dir, line string) (stdout, stderr string, err error) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), limit)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", line)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = n.environ(), dir, &out, &errs, time.Second
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// types runs a command line that has to succeed and returns all that it prints.
func (n *newcomer) types(limit time.Duration, dir, line string) string {
	n.t.Helper()
	out, errs, err := n.shell(limit, dir, line)
	if err != nil {
		n.t.Fatalf("%s: %v\n%s%s", line, err, out, errs)
	}
	return out + errs
}

// says fails unless the text has every word.
func (n *newcomer) says(text string, words ...string) {
	n.t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			n.t.Errorf("%q is not in:\n%s", word, text)
		}
	}
}

// A newcomer with nothing but Go and Claude Code clones, installs, rehearses and
// registers by what README and the program say, and Claude Code has the tools: no
// other step, no file edited by hand.
func TestFirstUse(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	root := e2etest.Root(t)
	if top, err := exec.Command("git", "-C", root, "rev-parse", "--show-toplevel").Output(); err != nil || strings.TrimSpace(string(top)) != root {
		e2etest.Missing(t, "git checkout")
	}
	n.types(clientTime, n.home, "git clone -q "+root+" kakaotalk-mcp")
	text := n.types(buildTime, n.clone, "./install.sh")
	bin := filepath.Join(n.home, ".local", "bin")
	program := filepath.Join(bin, "kakaotalk-mcp")
	n.says(text, "설치했어요: "+program, "export PATH='"+bin+"':\"$PATH\"", "'"+program+"' setup")
	n.env["PATH"] = bin + ":" + n.env["PATH"] // the line it told

	n.rehearses(program)

	text = n.types(clientTime, n.home, "kakaotalk-mcp install claude-code")
	n.says(text, "✔ Claude Code에 등록했어요: kakaotalk ", "아직 카카오 설정을 하지 않았어요", "kakaotalk-mcp install claude-code --sandbox`")
	n.says(n.types(clientTime, n.home, "kakaotalk-mcp install claude-code --sandbox"), "✔ Claude Code에 등록했어요: kakaotalk-sandbox ", "카카오계정은 필요 없어요")
	n.says(n.types(clientTime, n.home, "claude mcp list"),
		"kakaotalk: "+program+" serve - ✔ Connected", "kakaotalk-sandbox: "+program+" serve --sandbox - ✔ Connected")
	n.seesTools("kakaotalk", "kakaotalk-sandbox")

	for _, line := range []string{"kakaotalk-mcp uninstall claude-code", "kakaotalk-mcp uninstall claude-code --sandbox"} {
		n.says(n.types(clientTime, n.home, line), "✔ Claude Code에서 등록을 해제했어요")
	}
	n.seesTools()
	if raw, err := os.ReadFile(filepath.Join(n.home, ".claude.json")); err != nil || bytes.Contains(raw, []byte(program)) {
		t.Errorf("Claude Code's file still names the program: %v\n%s", err, raw)
	}
	if _, err := os.Stat(filepath.Join(n.home, ".kakaotalk-mcp")); err == nil {
		t.Error("a rehearsal made a settings folder")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.models == 0 || len(n.outside) > 0 {
		t.Errorf("%d requests to the model; to other computers: %q", n.models, n.outside)
	}
}

// rehearses goes through setup --sandbox by what the screen asks for.
func (n *newcomer) rehearses(program string) {
	n.t.Helper()
	x := e2etest.OpenTerminal(n.t, n.environ(), 80, program, "setup", "--sandbox")
	x.ShowsSecret = true
	x.Expect("연습이에요", "누구에게 보낼까요?", "(Enter만 누르면 1번):")
	x.Press(e2etest.Enter)
	x.Expect("연습용 키:")
	key := x.Word(32)
	x.Expect("입력:")
	x.Press(key, e2etest.Enter)
	x.Expect("연습용 시크릿:")
	secret := x.Word(32)
	x.Expect("입력(보이지 않아요):")
	x.Press(secret, e2etest.Enter)
	x.Expect("맞아요", "연습할까요?", "(Enter만 누르면 1번):")
	x.Press(e2etest.Enter)
	x.Expect("✔ 로그인했어요", "메시지를 보냈어요", "어떤 AI 클라이언트에 등록할까요?", "Claude Code", "없음):")
	x.Press("1", e2etest.Enter)
	x.Expect(`"kakaotalk-sandbox"`, program, "--sandbox", "Enter를 눌러 주세요.")
	x.Press(e2etest.Enter)
	x.Expect("✔ 연습이 끝났어요", "install --sandbox`")
	x.Exit(0)
}

// seesTools asks Claude Code which of its tools come from servers: ours, from
// these entries, and no others.
func (n *newcomer) seesTools(entries ...string) {
	n.t.Helper()
	// It fails for lack of a model; what it has is told first.
	out, errs, _ := n.shell(clientTime, n.home, "claude -p hi --output-format stream-json --verbose </dev/null")
	var first struct {
		Type, Subtype string
		Tools         []string
		Servers       []struct{ Name, Status string } `json:"mcp_servers"`
	}
	line, _ := bufio.NewReader(strings.NewReader(out)).ReadString('\n')
	if err := json.Unmarshal([]byte(line), &first); err != nil || first.Type != "system" || first.Subtype != "init" {
		n.t.Fatalf("Claude Code began with %q (%v)\n%s", line, err, errs)
	}
	var want, wantServers, servers []string
	for _, entry := range entries {
		wantServers = append(wantServers, entry+" connected")
		for _, tool := range []string{"search_kakao_friends", "send_message", "send_message_to_me"} {
			want = append(want, "mcp__"+entry+"__"+tool)
		}
	}
	for _, s := range first.Servers {
		servers = append(servers, s.Name+" "+s.Status)
	}
	tools := slices.DeleteFunc(first.Tools, func(name string) bool { return !strings.HasPrefix(name, "mcp__") })
	for _, list := range [][]string{want, wantServers, tools, servers} {
		slices.Sort(list)
	}
	if diff := cmp.Diff(append([]string{}, want...), append([]string{}, tools...)) + cmp.Diff(append([]string{}, wantServers...), append([]string{}, servers...)); diff != "" {
		n.t.Errorf("Claude Code's tools and servers (- wanted, + there):\n%s", diff)
	}
}
