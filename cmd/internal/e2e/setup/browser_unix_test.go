//go:build !windows

package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// A browser that goes on after the login, as one does that was not running, brings no
// word about the login into the questions that follow.
func TestSetupWithABrowserThatStays(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	cursor(w)
	closed := t.TempDir()
	w.Set("BROWSER", script(t, fmt.Sprintf("'%[1]s' \"$@\"; while [ -d '%[2]s' ] && [ ! -e '%[2]s/now' ]; do :; done; : >'%[2]s/too'", e2etest.Self(t), closed)))
	x := w.Open("setup", "--for", "me")
	x.Expect("1. 앱 만들기", "입력:")
	x.Press(w.App.Key, e2etest.Enter)
	x.Expect("2. 클라이언트 시크릿", "입력(보이지 않아요):")
	x.Press(w.App.Secret, e2etest.Enter)
	x.Expect("톡캘린더 알림도", "번호")
	x.Press(e2etest.Enter)
	x.Expect("모두 설정했나요?", "나중에 하기")
	x.Press("1", e2etest.Enter)
	x.Expect("✔ 로그인했어요", "메시지를 보냈어요", "어떤 AI 클라이언트에")
	if err := os.WriteFile(filepath.Join(closed, "now"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e2etest.WaitUntil(t, "the end of the browser", func() bool { _, err := os.Stat(filepath.Join(closed, "too")); return err == nil })
	x.Press("9", e2etest.Enter) // none of them
	x.Expect("1에서 1 사이의 번호")
	x.Press("1", e2etest.Enter)
	x.Expect("✔ 설정이 끝났어요")
	x.Exit(0)
	if _, after, _ := strings.Cut(x.Seen(), e2etest.Squeezed("✔ 로그인했어요")); strings.Contains(after, "KOE") {
		t.Error("the questions after the login speak of its errors")
	}
}
