package login

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// TestDebugLog: who asks for the log at its most talkative finds in the file what
// happened, step by step, and nothing that is secret or anybody's: no token, code,
// key, uuid, name or text.
func TestDebugLog(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	path := filepath.Join(t.TempDir(), "log")
	h.Env = append(h.Env, "KAKAO_LOG_LEVEL=debug", "KAKAO_LOG_FILE="+path, "KAKAO_CONFIRM=never")
	written := func() string {
		t.Helper()
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	inOrder := func(text string, lines ...string) {
		t.Helper()
		for _, want := range lines {
			_, rest, found := strings.Cut(text, want)
			if !found {
				t.Fatalf("%q is not in, or not in order:\n%s", want, written())
			}
			text = rest
		}
	}
	s := h.Servers(1)[0]
	if text := written(); text != "" {
		t.Errorf("said without anything to say:\n%s", text)
	}
	if r := s.CallTool(e2etest.ToolToMe, `{"message":"`+e2etest.Canary+`"}`); r.IsError {
		t.Fatal(r.Text())
	}
	inOrder(written(), `msg="login page open" scopes="[openid talk_message]"`)                                 // a quick person has been there already
	for _, path := range []string{"method=POST path=/oauth/token", "method=GET path=/.well-known/jwks.json"} { // both at once
		inOrder(written(),
			`msg="request to Kakao" `+path+" ms=", "status=200",
			`msg="login saved" scopes="[`, "store=file", `msg="login page over" outcome=done`,
			"method=POST path=/v2/api/talk/memo/default/send ms=", "status=200",
			"msg=message status=sent", "delivery=text parts=1 receivers=1")
	}

	h.Kakao.ExpireAccessTokens()
	before := len(written())
	if r := s.CallTool(e2etest.ToolSend, `{"to":["홍길동"],"message":"`+e2etest.Canary+`"}`); r.IsError {
		t.Fatal(r.Text())
	}
	inOrder(written()[before:], `msg="login page open" scopes="[openid friends talk_message]"`, "path=/v1/api/talk/friends ms=", "msg=message status=sent")
	h.Kakao.ExpireAccessTokens()
	before = len(written())
	if r := s.CallTool(e2etest.ToolToMe, `{"message":"`+e2etest.Canary+` 2"}`); r.IsError {
		t.Fatal(r.Text())
	}
	inOrder(written()[before:], "status=401", "path=/oauth/token", `msg="token renewed" "login prolonged"=`, "status=200", "status=sent")
	h.Kakao.SetFaults(sandbox.Faults{FailPath: "/v2/api/talk/memo/default/send", Cut: "before", FailCount: 1})
	before = len(written())
	s.CallTool(e2etest.ToolToMe, `{"message":"`+e2etest.Canary+` 3"}`)
	inOrder(written()[before:], `path=/v2/api/talk/memo/default/send ms=`, "err=", "msg=message status=unknown reason=unknown_outcome")
	s.End()

	text, app := written(), h.Kakao.App()
	for _, what := range append(e2etest.Private.Find([]byte(text)), leaktest.New(app.Key, app.Secret).Find([]byte(text))...) {
		t.Errorf("the log holds %s", what)
	}
	for _, what := range []string{"?", "code=", "state=", "홍길동", h.Kakao.Owner().Nickname} {
		if strings.Contains(text, what) {
			t.Errorf("the log holds %s:\n%s", what, text)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the file is for everybody: %v, %v", info, err)
	}
}
