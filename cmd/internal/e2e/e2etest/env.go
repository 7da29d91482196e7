package e2etest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/viewer/tunnel"
)

// BareEnv is all that the poorest client passes on, with a home folder of the
// test's own.
func BareEnv(t testing.TB, more ...string) []string {
	t.Helper()
	home := t.TempDir()
	t.Cleanup(func() { EndKeeper(t, filepath.Join(home, ".kakaotalk-mcp")) })
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "TMPDIR=" + home, "TMP=" + home, "TEMP=" + home}
	if root := os.Getenv("SYSTEMROOT"); root != "" {
		env = append(env, "SYSTEMROOT="+root)
	}
	if runtime.GOOS != "linux" { // which opens none without a display
		env = append(env, "BROWSER="+NoBrowser)
	}
	if len(raceFlags) > 0 {
		env = append(env, "GORACE=atexit_sleep_ms=0") // otherwise every program sleeps a second when it ends
	}
	return append(env, more...)
}

// Variable is a variable's value in env, "" without one.
func Variable(env []string, name string) string {
	for _, entry := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// NewKakao starts a sandbox of the test's own and returns it with the settings that
// lead a program there.
func NewKakao(t testing.TB) (*sandbox.Sandbox, []string) {
	t.Helper()
	kakao := sandbox.New()
	at, err := kakao.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	callback := "http://localhost:" + porttest.Closed(t)
	kakao.UpdateApp(func(a *sandbox.App) {
		a.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	app := kakao.App()
	return kakao, []string{"KAKAO_CLIENT_ID=" + app.Key, "KAKAO_CLIENT_SECRET=" + app.Secret, "KAKAO_TOKEN_STORE=file",
		"KAKAO_CALLBACK_URL=" + callback, "KAKAO_AUTH_URL=" + at.AuthURL, "KAKAO_API_URL=" + at.APIURL}
}

// Messages counts the requests that would send something.
func Messages(kakao *sandbox.Sandbox) (n int) {
	for _, r := range kakao.Requests() {
		if strings.Contains(r.Path, "/message/") || strings.Contains(r.Path, "/memo/") {
			n++
		}
	}
	return n
}

// Delivered are the texts that arrived, the oldest first.
func Delivered(kakao *sandbox.Sandbox) []string {
	list := []string{}
	for _, d := range kakao.Deliveries() {
		list = append(list, d.Text)
	}
	return list
}

// UUID returns the uuid of the friend with this nickname.
func UUID(t testing.TB, kakao *sandbox.Sandbox, nickname string) string {
	t.Helper()
	for _, p := range kakao.People() {
		if p.Nickname == nickname {
			return kakao.UUID(p.ID)
		}
	}
	t.Fatalf("nobody is called %s", nickname)
	return ""
}

// TunnelUp reports whether a program with this home holds a tunnel that is up.
func TunnelUp(home string) bool {
	state, err := tunnel.ReadState(home)
	return err == nil && state.Up
}

// Prose is readable Korean of n characters.
func Prose(n int) string {
	var b strings.Builder
	for i := 1; len([]rune(b.String())) < n; i++ {
		b.WriteString("오늘 회의에서 정한 내용을 정리해 드려요. 다음 주 월요일까지 초안을 공유하고, 수요일 오후에 함께 검토하기로 했어요.\n")
		if i%7 == 0 {
			b.WriteString("장소는 3층 회의실이고, 발표 자료는 https://example.com/docs 에 있어요. 궁금한 점은 언제든 물어봐 주세요 😊\n\n")
		}
	}
	return strings.TrimSpace(string([]rune(b.String())[:n]))
}
