package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// TestDebugLog: who asks for the log at its most talkative finds in the file what
// happened, step by step, and nothing that is secret or anybody's: no token, code,
// key, uuid, name or text.
func TestDebugLog(t *testing.T) {
	h := newHousehold(t, true)
	path := filepath.Join(t.TempDir(), "log")
	h.env = append(h.env, "KAKAO_LOG_LEVEL=debug", "KAKAO_LOG_FILE="+path, "KAKAO_CONFIRM=never")
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
	s := h.servers(1)[0]
	if text := written(); text != "" {
		t.Errorf("said without anything to say:\n%s", text)
	}
	if r := s.callTool(toolToMe, `{"message":"`+canary+`"}`); r.IsError {
		t.Fatal(r.text())
	}
	inOrder(written(),
		`msg="login page open" scopes="[openid talk_message]"`,
		`msg="request to Kakao" method=POST path=/oauth/token ms=`, "status=200",
		"path=/.well-known/jwks.json",
		`msg="login saved" scopes="[`, "store=file", `msg="login page over" outcome=done`,
		"method=POST path=/v2/api/talk/memo/default/send ms=", "status=200",
		"msg=message status=sent", "delivery=text parts=1 receivers=1")

	h.kakao.ExpireAccessTokens()
	before := len(written())
	if r := s.callTool(toolSend, `{"to":["홍길동"],"message":"`+canary+`"}`); r.IsError {
		t.Fatal(r.text())
	}
	inOrder(written()[before:], `msg="login page open" scopes="[openid friends talk_message]"`, "path=/v1/api/talk/friends ms=", "msg=message status=sent")
	h.kakao.ExpireAccessTokens()
	before = len(written())
	if r := s.callTool(toolToMe, `{"message":"`+canary+` 2"}`); r.IsError {
		t.Fatal(r.text())
	}
	inOrder(written()[before:], "status=401", "path=/oauth/token", `msg="token renewed" "login prolonged"=`, "status=200", "status=sent")
	h.kakao.SetFaults(sandbox.Faults{FailPath: "/v2/api/talk/memo/default/send", Cut: "before", FailCount: 1})
	before = len(written())
	s.callTool(toolToMe, `{"message":"`+canary+` 3"}`)
	inOrder(written()[before:], `path=/v2/api/talk/memo/default/send ms=`, "err=", "msg=message status=unknown reason=unknown_outcome")
	s.end()

	text, app := written(), h.kakao.App()
	for _, what := range append(private.Find([]byte(text)), leaktest.New(app.Key, app.Secret).Find([]byte(text))...) {
		t.Errorf("the log holds %s", what)
	}
	for _, what := range []string{"?", "code=", "state=", "홍길동", h.kakao.Owner().Nickname} {
		if strings.Contains(text, what) {
			t.Errorf("the log holds %s:\n%s", what, text)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the file is for everybody: %v, %v", info, err)
	}
}
