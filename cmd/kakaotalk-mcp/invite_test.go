package main

import (
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// guest is a person who may log in to the app and has not done so.
func (h *household) guest(name string) int64 {
	id := h.kakao.AddPerson(sandbox.Person{Nickname: name, TalkUser: true})
	h.kakao.UpdateApp(func(a *sandbox.App) { a.Members = append(a.Members, id) })
	return id
}

// TestInviteWithPastedAddress: wrong addresses are told and asked for once more,
// until the friend's own one comes.
func TestInviteWithPastedAddress(t *testing.T) {
	h := newHousehold(t, true)
	guest := h.guest("새친구")
	h.expect(exitOK, "로그인했어요", "login")
	s := startServer(t, h.env, "invite", "--paste")
	h.eventually("the page", func() bool { return strings.Contains(s.stderr.String(), "붙여 넣어 주세요:") })
	page := pageIn(s.stderr.String())
	right := h.callbackOf(page, guest)
	wrong := []string{
		"hello", page, strings.Replace(right, "state=i.", "state=i.x", 1), strings.Replace(right, "code=", "code=x", 1), h.callback(page),
	}
	for i, line := range wrong {
		s.send(line)
		h.eventually("a refusal", func() bool { return strings.Count(s.stderr.String(), "다시 붙여 넣어 주세요") == i+1 })
	}
	if said := s.stderr.String(); !strings.Contains(said, "내 계정으로 로그인해서") || strings.Contains(said, "✔") {
		t.Errorf("what the owner's own address leads to:\n%s", said)
	}
	s.send(right)
	if code := s.exit(); code != exitOK || !strings.Contains(s.stderr.String(), "✔ 연결됐어요") {
		t.Errorf("exit code %d:\n%s", code, s.stderr)
	}

	for input, want := range map[string]int{"hello\n": 1, "hello": 1, "": 0} { // nothing more comes
		_, errs, code := runToEnd(t, append(h.env, "KAKAO_LANG=en"), input, "invite", "--paste")
		if code != exitError || strings.Count(errs, "is not the address") != want || (want == 0) != strings.Contains(errs, "there was no answer") {
			t.Errorf("%q: exit code %d:\n%s", input, code, errs)
		}
	}
}

// TestInviteOfOneself: whose account it was is said truthfully.
func TestInviteOfOneself(t *testing.T) {
	h := newHousehold(t, true)
	h.guest("새친구")
	h.expect(exitOK, "로그인했어요", "login")
	if out := h.expect(exitError, "내 계정으로 로그인해서 새로 연결된 친구는 없어요", "invite", "--here"); strings.Contains(out, "연결됐어요") {
		t.Error(out)
	}
	h.env = append(h.env, personEnv+"=새친구")
	h.expect(exitOK, "✔ 연결됐어요", "invite", "--here")
}
