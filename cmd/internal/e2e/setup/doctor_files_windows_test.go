package setup

import (
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// Outside the user's folder Windows keeps nobody out: no file there is said to be
// for the user alone.
func TestHomeOutsideTheUserFolder(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "en")
	c.LogIn()
	for home, private := range map[string]bool{c.Home: true, t.TempDir(): false} {
		c.Set("KAKAOTALK_MCP_HOME", home)
		c.LogIn()
		found, status := doctor(c), c.Expect(0, "", "status")
		if f := found["home"]; (f.Status == pass) != private || strings.Contains(f.Hint, "icacls") == private {
			t.Errorf("%s: %+v", home, f)
		}
		for _, text := range []string{found["token-store"].Hint, status} {
			if strings.Contains(text, "only you can read") != private {
				t.Errorf("%s: %s", home, text)
			}
		}
	}
}
