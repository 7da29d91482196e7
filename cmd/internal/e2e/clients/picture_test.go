//go:build linux

package clients

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

var update = flag.Bool("update", false, "write the pictures of the README")

// TestConversation plays the README's picture: a person asks Claude Code in a
// terminal to write to a friend, sees who gets what, and agrees. With -update the
// screen is drawn as it is.
func TestConversation(t *testing.T) {
	t.Parallel()
	claude := driverOf(t, "claude-code")
	s := sit(t, claude)
	s.LogIn("--friends")
	program := installed(t)
	s.register(program)
	model := modeltest.Start(t,
		modeltest.Turn{Tool: "ToolSearch", Arguments: `{"query":"select:mcp__kakaotalk__send_message"}`},
		modeltest.Turn{Tool: "send_message", Arguments: `{"to":["홍길동"],"message":"내일 3시에 강남역에서 봐요!"}`},
		modeltest.Turn{Say: "홍길동님에게 보냈어요: “내일 3시에 강남역에서 봐요!”"})
	env, _ := claude.prepare(t, s.User, model.URL)
	for name, value := range env {
		s.env[name] = value
	}
	work := filepath.Join(s.User, "work")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	greeted(t, filepath.Join(s.User, ".claude.json"), work, env["ANTHROPIC_API_KEY"])

	writeFile(t, filepath.Join(s.User, ".claude", "settings.json"), `{"prefersReducedMotion":true}`)
	x := openScreen(t, s.environ(), work, filepath.Join(s.bin, "claude"), "--allowedTools", "mcp__kakaotalk")
	x.await("❯")
	x.tmux("send-keys", "-l", "홍길동에게 내일 3시에 강남역에서 보자고 카톡 보내 줘")
	x.tmux("send-keys", "Enter")
	x.await("이번만 보내기") // the choice is made already
	question := x.tmux("capture-pane", "-e", "-p")
	for _, words := range []string{"requests your input", `받는 사람: "홍길동"`, "내용: 내일 3시에 강남역에서 봐요!"} {
		if !strings.Contains(x.tmux("capture-pane", "-p"), words) {
			t.Errorf("the person does not see %q", words)
		}
	}
	if len(e2etest.Delivered(s.Kakao)) != 0 {
		t.Error("it was sent before anybody agreed")
	}
	x.press("Down", "❯ ✔", "❯ Accept")
	x.press("Enter", "❯ Accept", "“내일 3시에 강남역에서 봐요!”")
	answer := x.tmux("capture-pane", "-e", "-p")
	if got := e2etest.Delivered(s.Kakao); len(got) != 1 || got[0] != "내일 3시에 강남역에서 봐요!" {
		t.Errorf("delivered %q", got)
	}
	x.quit()
	gone(t, program)
	if !*update {
		return
	}
	for name, shot := range map[string][]byte{"question.png": photograph(t, question), "conversation.png": photograph(t, answer)} {
		if err := os.WriteFile(filepath.Join(e2etest.Root(t), ".github", "pictures", name), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func driverOf(t *testing.T, id string) *driver {
	t.Helper()
	for _, d := range drivers {
		if d.id == id {
			return d
		}
	}
	t.Fatalf("no driver for %s", id)
	return nil
}

// greeted makes Claude Code believe that its first questions were answered: theme,
// key, and whether the folder is trusted.
func greeted(t *testing.T, path, work, key string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	file["hasCompletedOnboarding"], file["theme"], file["numStartups"] = true, "dark", 5
	file["projects"] = map[string]any{work: map[string]any{"hasTrustDialogAccepted": true}}
	file["customApiKeyResponses"] = map[string]any{"approved": []string{key}, "rejected": []string{}}
	if raw, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, string(raw))
}

// photograph draws a screen with its colours.
func photograph(t *testing.T, text string) []byte {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		e2etest.Missing(t, "chromium")
	}
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	defer cancel()
	tab, stop := chromedp.NewContext(allocator)
	defer stop()
	page := `<meta charset="utf-8"><body style="margin:0;background:#16181d"><pre id="s" style="display:inline-block;margin:0;padding:14px 18px;color:#d8dce3;font:15px/1.35 'Noto Sans Mono CJK KR',monospace">` + painted(text) + `</pre>`
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1000, 800), chromedp.Navigate("data:text/html;charset=utf-8,"+url.PathEscape(page))); err != nil {
		t.Fatalf("browser: %v", err)
	}
	shot, err := chromedp.Run(tab, chromedp.Screenshot(chromedp.CSS("#s")))
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	if img, err := png.Decode(bytes.NewReader(shot)); err != nil || img.Bounds().Dx() < 400 {
		t.Fatalf("not a picture: %v", err)
	}
	return shot
}

// painted turns a screen of tmux, less what the client says of itself (behind ▎ and ⏵)
// and runs of blank lines, into HTML.
func painted(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		plain := strings.TrimSpace(sgr.ReplaceAllString(line, ""))
		if strings.HasPrefix(plain, "▎") || strings.HasPrefix(plain, "⏵") || plain == "" && len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
			continue
		}
		lines = append(lines, line)
	}
	var b strings.Builder
	var style string
	for text = strings.TrimRight(strings.Join(lines, ""), " \n"); text != ""; {
		before, after, found := strings.Cut(text, "\x1b[")
		if before != "" {
			fmt.Fprintf(&b, `<span style="%s">%s</span>`, style, html.EscapeString(before))
		}
		if !found {
			break
		}
		codes, rest, _ := strings.Cut(after, "m")
		style, text = styled(style, codes), rest
	}
	return b.String()
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// styled follows one SGR sequence (ECMA-48 8.3.117) as far as it is used here.
func styled(style, codes string) string {
	list := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == ':' })
	if len(list) == 0 {
		return ""
	}
	for i := 0; i < len(list); i++ {
		switch n, _ := strconv.Atoi(list[i]); {
		case n == 0:
			style = ""
		case n == 1:
			style += "font-weight:bold;"
		case n == 2:
			style += "opacity:.65;"
		case n == 22:
			style += "font-weight:normal;opacity:1;"
		case n == 39:
			style += "color:inherit;"
		case n == 49:
			style += "background:none;"
		case n >= 30 && n <= 37 || n >= 90 && n <= 97:
			style += "color:" + colours[n%10] + ";"
		case (n == 38 || n == 48) && i+4 < len(list) && list[i+1] == "2":
			style += map[int]string{38: "color", 48: "background"}[n] + ":rgb(" + strings.Join(list[i+2:i+5], ",") + ");"
			i += 4
		case (n == 38 || n == 48) && i+2 < len(list) && list[i+1] == "5":
			style += map[int]string{38: "color", 48: "background"}[n] + ":" + palette(list[i+2]) + ";"
			i += 2
		}
	}
	return style
}

var colours = [...]string{"#7f848e", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#dcdfe4"}

// palette is a colour of xterm's 256.
func palette(index string) string {
	n, _ := strconv.Atoi(index)
	switch {
	case n < 16:
		return colours[n%8]
	case n >= 232:
		return fmt.Sprintf("rgb(%[1]d,%[1]d,%[1]d)", 8+10*(n-232))
	}
	n -= 16
	level := func(v int) int { return []int{0, 95, 135, 175, 215, 255}[v] }
	return fmt.Sprintf("rgb(%d,%d,%d)", level(n/36), level(n/6%6), level(n%6))
}
