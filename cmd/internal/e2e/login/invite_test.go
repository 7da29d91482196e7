package login

import (
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestInviteWithPastedAddress: wrong addresses are told and asked for once more,
// until the friend's own one comes.
func TestInviteWithPastedAddress(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	guest := h.Guest("새친구")
	h.Expect(e2etest.ExitOK, "로그인했어요", "login")
	s := e2etest.Start(t, h.Env, "invite", "--paste")
	e2etest.WaitUntil(h, "the page", func() bool { return strings.Contains(s.Stderr.String(), "붙여 넣어 주세요:") })
	page := pageIn(s.Stderr.String())
	right := callbackOf(h, page, guest)
	wrong := []string{
		"hello", page, strings.Replace(right, "state=i.", "state=i.x", 1), strings.Replace(right, "code=", "code=x", 1), callback(h, page),
	}
	for i, line := range wrong {
		s.Send(line)
		e2etest.WaitUntil(h, "a refusal", func() bool { return strings.Count(s.Stderr.String(), "다시 붙여 넣어 주세요") == i+1 })
	}
	if said := s.Stderr.String(); !strings.Contains(said, "내 계정으로 로그인해서") || strings.Contains(said, "✔") {
		t.Errorf("what the owner's own address leads to:\n%s", said)
	}
	s.Send(right)
	if code := s.Exit(); code != e2etest.ExitOK || !strings.Contains(s.Stderr.String(), "✔ 연결됐어요") {
		t.Errorf("exit code %d:\n%s", code, s.Stderr)
	}

	for input, want := range map[string]int{"hello\n": 1, "hello": 1, "": 0} { // nothing more comes
		_, errs, code := e2etest.Run(t, append(h.Env, "KAKAO_LANG=en"), input, "invite", "--paste")
		if code != e2etest.ExitError || strings.Count(errs, "is not the address") != want || (want == 0) != strings.Contains(errs, "There was no input") {
			t.Errorf("%q: exit code %d:\n%s", input, code, errs)
		}
	}
}

// TestInviteOfOneself: whose account it was is said truthfully.
func TestInviteOfOneself(t *testing.T) {
	t.Parallel()
	h := e2etest.NewComputer(t)
	h.Guest("새친구")
	h.Expect(e2etest.ExitOK, "로그인했어요", "login")
	if out := h.Expect(e2etest.ExitError, "내 계정으로 로그인해서 새로 연결된 친구는 없어요", "invite", "--here"); strings.Contains(out, "연결됐어요") {
		t.Error(out)
	}
	h.Env = append(h.Env, e2etest.Person("새친구"))
	h.Expect(e2etest.ExitOK, "✔ 연결됐어요", "invite", "--here")
}
