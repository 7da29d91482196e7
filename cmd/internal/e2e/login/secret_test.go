package login

import (
	"os"
	"path/filepath"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestSecretStaysWithItsServer: the client secret that setup saved goes to the
// login server it was entered for. A setting that names another one, by mistake or
// by somebody's advice, does not get it.
func TestSecretStaysWithItsServer(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(c.App.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Unset("KAKAO_CLIENT_SECRET")
	c.Expect(e2etest.ExitOK, "", "setup", "--for", "me", "--clients", "none", "--client-secret-file", secret)
	c.Expect(e2etest.ExitOK, "", "send", "me", "안녕")

	other, settings := e2etest.NewKakao(t)
	c.Set("KAKAO_AUTH_URL", e2etest.Variable(settings, "KAKAO_AUTH_URL"))
	c.Set("KAKAO_CLIENT_ID", c.App.Key)
	callback := c.Get("KAKAO_CALLBACK_URL")
	app := c.App
	app.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	other.UpdateApp(func(a *sandbox.App) { *a = app })
	c.Run("login")
	asked := 0
	for _, r := range other.Requests() {
		if r.Path == "/oauth/token" {
			asked++
			if r.Form.Has("client_secret") {
				t.Error("another login server got the client secret")
			}
		}
	}
	if asked == 0 {
		t.Error("the other server was never asked for a token")
	}
}
