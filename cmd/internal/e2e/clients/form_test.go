//go:build linux

package clients

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// TestCopilotForm: Copilot shows the question in its own form, and no page opens.
// Claude Code's form is in the README's pictures.
func TestCopilotForm(t *testing.T) {
	t.Parallel()
	s, program := sit(t, driverOf(t, "copilot")), installed(t)
	s.LogIn("--friends")
	s.register(program)
	model := modeltest.Start(t,
		modeltest.Turn{Tool: e2etest.ToolSend, Arguments: `{"to":["홍길동"],"message":"` + toFriend + `"}`},
		modeltest.Turn{Say: "이제 됐어요"})
	env, _ := s.driver.prepare(t, s.User, model.URL)
	maps.Copy(s.env, env)
	work := filepath.Join(s.User, "work")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	trusted, err := json.Marshal(map[string]any{"trusted_folders": []string{work}})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(s.User, ".copilot", "config.json"), string(trusted))
	x := openScreen(t, s.environ(), work, filepath.Join(s.bin, "copilot"), "--allow-all-tools", "--disable-builtin-mcps")
	x.await("❯")
	x.tmux("send-keys", "-l", "go")
	x.await("❯ go")
	x.tmux("send-keys", "Enter")
	x.await("❯ 이번만 보내기")
	if got := e2etest.Delivered(s.Kakao); len(got) > 0 {
		t.Errorf("delivered before anybody agreed: %q", got)
	}
	x.press("Enter", "❯ 이번만 보내기", "이제 됐어요")
	if diff := cmp.Diff([]string{toFriend}, e2etest.Delivered(s.Kakao)); diff != "" {
		t.Errorf("delivered (- wanted, + arrived):\n%s", diff)
	}
	if pages := s.Questions(); len(pages) > 0 {
		t.Errorf("a page opened beside the form: %d", len(pages))
	}
	x.quit()
	gone(t, program)
}
