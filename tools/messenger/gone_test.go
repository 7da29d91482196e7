package messenger

import (
	"fmt"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// messagesSent is how many requests to send a message to friends left.
func (w *world) messagesSent() (n int) {
	for _, r := range w.Kakao.Requests() {
		if strings.HasPrefix(r.Path, friendSends) {
			n++
		}
	}
	return n
}

// TestFriendsWhoCannotBeReached: Kakao tells beforehand whose profile is not public.
func TestFriendsWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	found := w.call(toolSearch, `{"query":"고은채"}`)
	if !strings.Contains(found.Text, "메시지를 받을 수 없음") || !strings.Contains(fmt.Sprint(found.Result), "not_reachable:true") {
		t.Errorf("search: %s", found.Text)
	}
	a := w.call(toolSend, `{"to":["고은채"],"message":"안녕"}`)
	w.want(a, StatusNotSent, "profile_private", problem.AfterUser)
	if !strings.Contains(a.Text, "프로필을 공개해 달라고") || w.messagesSent() != 0 {
		t.Errorf("%d requests: %s", w.messagesSent(), a.Text)
	}
	w.want(w.call(toolSend, `{"to":["고은채","홍길동"],"message":"둘"}`), StatusPartlySent, "profile_private", problem.AfterUser)
	w.WantArrived("홍길동: 둘")
	// The profile is public meanwhile: an older list is not believed.
	w.Kakao.UpdatePerson(w.ID("고은채"), func(p *sandbox.Person) { p.MessagesOff = false })
	w.want(w.call(toolSend, `{"to":["고은채"],"message":"이제"}`), StatusSent, "", "")
}

// TestNobodyUnreachableIsAskedAbout: the person agrees to those who get it, and is
// told who does not.
func TestNobodyUnreachableIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	p := answering(ask.Always)
	w.want(w.asked(p, toolSend, `{"to":["고은채","홍길동"],"message":"둘"}`), StatusPartlySent, "profile_private", problem.AfterUser)
	if q := p.asked[0].Text(); !strings.Contains(q, "고은채님에게는 보내지 못해요") || len(p.asked[0].To) != 1 {
		t.Error(q)
	}
	if list, _ := w.m.Approved(); len(list) != 1 {
		t.Errorf("approved: %v", list)
	}
	w.want(w.asked(p, toolSend, `{"to":["고은채"],"message":"하나"}`), StatusNotSent, "profile_private", problem.AfterUser)
	if len(p.asked) != 1 {
		t.Errorf("asked %d times", len(p.asked))
	}
}

// TestAliasOfSomebodyGone: a uuid can change. Who has the name now is suggested, and
// never gets the message for it.
func TestAliasOfSomebodyGone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){"asked": asking, "not asked": func(*Config) {}} {
		for _, warm := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w := loggedIn(t, change)
				w.alias("홍길동", "홍길동")
				w.alias("동생", "정서연")
				if !warm {
					w.restart()
				}
				w.Kakao.ChangeUUID(w.ID("정서연"))
				now := w.Kakao.ChangeUUID(w.ID("홍길동"))
				p := answering(ask.Once)
				a := w.asked(p, toolSend, `{"to":["홍길동"],"message":"안녕"}`)
				w.want(a, StatusNotSent, "unknown_uuid", problem.AfterUser)
				if !strings.Contains(a.Text, now) || !strings.Contains(a.Text, "같은 사람인지") || !warm && len(p.asked) != 0 {
					t.Errorf("asked %d times: %s", len(p.asked), a.Text)
				}
				a = w.asked(p, toolSend, `{"to":["동생"],"message":"안녕"}`)
				w.want(a, StatusNotSent, "unknown_uuid", problem.No)
				if strings.Contains(a.Text, "uuid: ") {
					t.Errorf("suggested for another name: %s", a.Text)
				}
				w.WantArrived()
			})
		}
	}
}

// TestApprovalOfSomebodyGone: whoever has the name now is asked about, and why.
func TestApprovalOfSomebodyGone(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	p := answering(ask.Always)
	w.want(w.asked(p, toolSend, `{"uuid":"`+w.UUID("홍길동")+`","message":"하나"}`), StatusSent, "", "")
	w.Kakao.ChangeUUID(w.ID("홍길동"))
	w.restart()
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"둘"}`), StatusSent, "", "")
	if len(p.asked) != 2 || !strings.Contains(p.asked[1].Text(), "전에 허용한 홍길동님은 지금 친구 목록에 없어요") {
		t.Errorf("asked %d times: %s", len(p.asked), p.asked[len(p.asked)-1].Text())
	}
}

// TestSettingThatMeansSomebodyGone: the refusal says why KAKAO_ALLOW does not fit.
func TestSettingThatMeansSomebodyGone(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.alias("홍길동", "홍길동")
	w.cfg.Allow = []string{"홍길동"}
	w.restart()
	now := w.Kakao.ChangeUUID(w.ID("홍길동"))
	a := w.call(toolSend, `{"uuid":"`+now+`","message":"하나"}`)
	w.want(a, StatusNotSent, "not_allowed", problem.No)
	if !strings.Contains(a.Text, "uuid가 바뀌었을 수 있어요") {
		t.Error(a.Text)
	}
	count, gone, err := w.m.Written(w.m.friends.current().list)
	if count != 1 || len(gone) != 1 || gone[0].By != ByAlias || len(gone[0].Like) != 1 || err != nil {
		t.Errorf("%d %+v %v", count, gone, err)
	}
	w.WantArrived()
}
