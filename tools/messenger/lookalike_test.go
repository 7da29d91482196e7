package messenger

import (
	"fmt"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestLookalikesAreMarked wherever people are told apart: the question, the list, the
// candidates, in both halves of a result.
func TestLookalikesAreMarked(t *testing.T) {
	const mark = "비슷하게 생긴 다른 글자: К(키릴 문자)"
	w := loggedIn(t, asking)
	w.Friend("Kim")
	w.Friend("Кim")
	p := answering(ask.Cancel)
	w.asked(p, toolSend, `{"to":["Кim"],"message":"안녕"}`)
	w.asked(p, toolSend, `{"to":["Kim"],"message":"안녕"}`)
	if q := p.questions(); !strings.Contains(q[0], `"Кim" [`+mark+`]`) || strings.Contains(q[1], mark) {
		t.Errorf("asked %q", q)
	}
	found := w.call(toolSearch, `{"query":"im"}`)
	if rows := found.Text; strings.Count(rows, mark) != 1 || strings.Count(fmt.Sprint(found.Result), mark) != 1 {
		t.Errorf("found %s\n%v", rows, found.Result)
	}
	unclear := w.call(toolSend, `{"to":["Кi"],"message":"안녕"}`)
	if unclear.str("status") != StatusNotSent || !strings.Contains(unclear.Text, mark) || !strings.Contains(fmt.Sprint(unclear.Result), mark) {
		t.Errorf("candidates: %s\n%v", unclear.Text, unclear.Result)
	}
	w.alias("민수", w.UUID("Кim"))
	w.asked(p, toolSend, `{"to":["민수"],"message":"안녕"}`)
	if q := p.questions()[2]; !strings.Contains(q, `"민수" (프로필 이름 "Кim") [`+mark+`]`) {
		t.Errorf("by alias: %q", q)
	}
	own, err := w.m.Aliases()
	if err != nil || len(own) != 1 {
		t.Fatal(own, err)
	}
	w.m.AddProfiles(own, []kakao.Friend{{UUID: own[0].UUID, Nickname: "Кim"}})
	if own[0].Profile != "Кim" || own[0].Lookalikes != mark {
		t.Errorf("the user's own list: %+v", own)
	}
	w.Kakao.UpdatePerson(w.ID("Кim"), func(p *sandbox.Person) { p.MessagesOff = true })
	w.restart()
	closed := w.call(toolSearch, `{"query":"im"}`)
	if !strings.Contains(closed.Text, mark+", 메시지를 받을 수 없음: 프로필 비공개") || !strings.Contains(fmt.Sprint(closed.Result), mark) {
		t.Errorf("of a closed profile: %s\n%v", closed.Text, closed.Result)
	}
}
