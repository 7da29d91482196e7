package messenger

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

func (w *world) rename(from, to string) {
	w.Kakao.UpdatePerson(w.ID(from), func(p *sandbox.Person) { p.Nickname = to })
	w.restart() // nothing in memory: what counts is written down
}

// TestApprovedFriendTakesAName: "always send" was said of a friend under a name. Under
// another one, which may be somebody else's, that friend is asked about again.
func TestApprovedFriendTakesAName(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	p := answering(ask.Always)
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	w.want(w.asked(p, toolSend, `{"to":["홍길동님"],"message":"둘"}`), StatusSent, "", "")
	if len(p.asked) != 1 {
		t.Fatalf("asked %d times", len(p.asked))
	}
	uuid := w.UUID("홍길동")
	w.rename("홍길동", "엄마")
	no := answering(ask.Cancel)
	w.want(w.asked(no, toolSend, `{"to":["엄마"],"message":"비밀번호는 1234"}`), StatusNotSent, "declined", "after_user")
	if len(no.asked) != 1 || !strings.Contains(no.asked[0].Text(), "전에 허용했을 때의 이름: \"홍길동\"") {
		t.Errorf("asked %d times: %s", len(no.asked), no.questions())
	}
	// The uuid comes from a search for the name.
	for _, args := range []string{`{"uuid":"` + uuid + `","message":"셋"}`, `{"to":["` + uuid + `"],"message":"셋"}`} {
		w.want(w.asked(no, toolSend, args), StatusNotSent, "declined", "after_user")
	}
	// By the user's own word it is the one who was approved.
	w.alias("길동", uuid)
	w.want(w.asked(no, toolSend, `{"to":["길동"],"message":"넷"}`), StatusSent, "", "")
	// Approved anew, it is the new name that counts.
	w.want(w.asked(p, toolSend, `{"to":["엄마"],"message":"다섯"}`), StatusSent, "", "")
	w.want(w.asked(no, toolSend, `{"to":["엄마"],"message":"여섯"}`), StatusSent, "", "")
	if len(no.asked) != 3 || len(p.asked) != 2 {
		t.Errorf("asked %d and %d times", len(no.asked), len(p.asked))
	}
}

// TestApprovedFriendIsRenamedBehindAnAlias: the user's own word is for who was approved,
// a uuid may come from a search for the name that they took.
func TestApprovedFriendIsRenamedBehindAnAlias(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{true, false} {
		w := loggedIn(t, asking)
		uuid := w.UUID("홍길동")
		if first {
			w.alias("길동", uuid)
		}
		w.want(w.asked(answering(ask.Always), toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
		w.alias("길동", uuid)
		no := answering(ask.Cancel)
		w.want(w.asked(no, toolSend, `{"uuid":"`+uuid+`","message":"둘"}`), StatusSent, "", "")
		w.rename("홍길동", "박대표")
		for _, args := range []string{`{"uuid":"` + uuid + `","message":"셋"}`, `{"to":["` + uuid + `"],"message":"셋"}`, `{"to":["박대표"],"message":"셋"}`} {
			w.want(w.asked(no, toolSend, args), StatusNotSent, "declined", "after_user")
		}
		w.want(w.asked(no, toolSend, `{"to":["길동"],"message":"넷"}`), StatusSent, "", "")
		if len(no.asked) != 3 {
			t.Errorf("alias first: %v, asked %d times", first, len(no.asked))
		}
	}
}

// TestApprovedFriendWithALongName: what is kept of the name at the time is all of it,
// not what a line shows.
func TestApprovedFriendWithALongName(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	const old, taken = "한빛초등학교 3학년 2반 학부모 대표 김민수", "한빛초등학교 3학년 2반 학부모 대표 이영희"
	w.rename("홍길동", old)
	p := answering(ask.Always)
	w.want(w.asked(p, toolSend, `{"to":["`+old+`"],"message":"하나"}`), StatusSent, "", "")
	w.want(w.asked(p, toolSend, `{"to":["`+old+`"],"message":"둘"}`), StatusSent, "", "")
	w.rename(old, taken)
	no := answering(ask.Cancel)
	for _, args := range []string{`{"to":["` + taken + `"],"message":"셋"}`, `{"uuid":"` + w.UUID(taken) + `","message":"셋"}`} {
		w.want(w.asked(no, toolSend, args), StatusNotSent, "declined", "after_user")
	}
	if len(p.asked) != 1 || len(no.asked) != 2 {
		t.Errorf("asked %d and %d times", len(p.asked), len(no.asked))
	}
	if list, err := w.m.Approved(); err != nil || len(list) != 1 || len([]rune(list[0].Name)) > nameMax {
		t.Errorf("%v, %v", list, err)
	}
}

// TestApprovedFriendIsRenamedUnderARunningServer: a list that is a minute old does not say
// what a friend is called now, and a uuid may come from a newer one.
func TestApprovedFriendIsRenamedUnderARunningServer(t *testing.T) {
	t.Parallel()
	for _, search := range []string{"", `{}`, `{"limit":1,"offset":1}`} {
		var ahead atomic.Int64
		w := loggedIn(t, asking, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
		uuid, other := w.UUID("홍길동"), w.UUID("정서연")
		w.want(w.asked(answering(ask.Always), toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
		w.want(w.asked(answering(ask.Once), toolSend, `{"to":["정서연"],"message":"하나"}`), StatusSent, "", "")
		ahead.Add(int64(friendsFresh))
		no := answering(ask.Cancel)
		w.want(w.asked(no, toolSend, `{"uuid":"`+uuid+`","message":"둘"}`), StatusSent, "", "")
		for from, to := range map[string]string{"홍길동": "엄마", "정서연": "아빠"} {
			w.Kakao.UpdatePerson(w.ID(from), func(p *sandbox.Person) { p.Nickname = to })
		}
		ahead.Add(int64(friendsFresh))
		if search != "" {
			w.call(toolSearch, search)
		}
		for _, args := range []string{`{"uuid":"` + uuid + `","message":"셋"}`, `{"to":["` + uuid + `"],"message":"셋"}`} {
			w.want(w.asked(no, toolSend, args), StatusNotSent, "declined", "after_user")
		}
		if len(no.asked) != 2 {
			t.Errorf("asked %d times", len(no.asked))
		}
		ahead.Add(int64(friendsFresh))
		if a := w.asked(answering(ask.Once), toolSend, `{"uuid":"`+other+`","message":"넷"}`); !strings.Contains(a.Text, "아빠님에게 보냈어요") {
			t.Error(a.Text)
		}
	}
}

// TestApprovedFriendDropsTheirName: no name is another name, too.
func TestApprovedFriendDropsTheirName(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	uuid := w.UUID("홍길동")
	w.want(w.asked(answering(ask.Always), toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	w.rename("홍길동", "\u3164")
	p := answering(ask.Always)
	w.want(w.asked(p, toolSend, `{"uuid":"`+uuid+`","message":"둘"}`), StatusSent, "", "")
	w.want(w.asked(p, toolSend, `{"uuid":"`+uuid+`","message":"셋"}`), StatusSent, "", "")
	if len(p.asked) != 1 {
		t.Errorf("asked %d times", len(p.asked))
	}
}

// TestNameChangesWhileAsked: what the person allows is the name that they were shown.
func TestNameChangesWhileAsked(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	p := &renaming{person: answering(ask.Always), meanwhile: func() {
		w.Kakao.UpdatePerson(w.ID("홍길동"), func(p *sandbox.Person) { p.Nickname = "엄마" })
		w.m.friends.drop()
		w.call(toolSearch, `{"query":"엄마"}`)
	}}
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	no := answering(ask.Cancel)
	w.want(w.asked(no, toolSend, `{"to":["엄마"],"message":"둘"}`), StatusNotSent, "declined", "after_user")
	w.WantArrived("엄마: 하나")
}

// renaming is a person during whose answer something happens.
type renaming struct {
	*person
	meanwhile func()
}

func (r *renaming) Ask(ctx context.Context, q ask.Question) (ask.Answer, error) {
	r.meanwhile()
	return r.person.Ask(ctx, q)
}

// TestNameOfALabel: lists show an alias with the profile name behind it. Who is called
// like that does not become the one whom the list means.
func TestNameOfALabel(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.alias("엄마", "홍길동")
	w.want(w.call(toolSend, `{"to":["엄마 (홍길동)"],"message":"하나"}`), StatusSent, "", "")
	w.WantArrived("홍길동: 하나")
	w.Friend("엄마 (홍길동)")
	w.Friend("엄마(홍길동)님")
	w.restart()
	for _, word := range []string{"엄마 (홍길동)", "엄마(홍길동)", "엄마 (홍길동)님"} {
		a := w.call(toolSend, `{"to":["`+word+`"],"message":"둘"}`)
		w.want(a, StatusNotSent, "ambiguous_name", "after_user")
	}
	w.WantArrived("홍길동: 하나")
}

// TestAtBeforeAName: an @ is forgiven, and nobody becomes another by it.
func TestAtBeforeAName(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.want(w.call(toolSend, `{"to":["@홍길동님"],"message":"하나"}`), StatusSent, "", "")
	w.Friend("@홍길동")
	w.restart()
	for _, word := range []string{"@홍길동", "@ 홍길동", "@홍길동님"} {
		w.want(w.call(toolSend, `{"to":["`+word+`"],"message":"둘"}`), StatusNotSent, "ambiguous_name", "after_user")
	}
	w.want(w.call(toolSend, `{"to":["홍길동"],"message":"셋"}`), StatusSent, "", "")
	w.WantArrived("홍길동: 하나", "홍길동: 셋")
	w.cfg.Confirm = ConfirmFriends
	w.restart()
	no := answering(ask.Cancel)
	w.want(w.asked(no, toolSend, `{"to":["홍길동"],"message":"넷"}`), StatusNotSent, "declined", "after_user")
	if text := strings.Join(no.questions(), "\n"); !strings.Contains(text, `받는 사람: "홍길동" · `) || !strings.Contains(text, "이름이 같은 친구가 또 있어요") {
		t.Error(text)
	}
}

// TestNameThatMeantAnother: found in a search and called by uuid, somebody is asked
// about with the word that the last message to this name went to another friend.
func TestNameThatMeantAnother(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	p := answering(ask.Once)
	w.want(w.asked(p, toolSend, `{"to":["김지민"],"message":"하나"}`), StatusSent, "", "")
	w.rename("김지민", "옛이름")
	w.rename("이지민", "김지민")
	w.want(w.asked(p, toolSend, `{"uuid":"`+w.UUID("김지민")+`","message":"둘"}`), StatusSent, "", "")
	if text := p.asked[len(p.asked)-1].Text(); !strings.Contains(text, "전에 김지민님에게 보낸 메시지는 다른 친구가 받았어요.") {
		t.Errorf("asked: %s", text)
	}
}

// TestNameThatIsAUUID: who takes another friend's uuid for a name does not get what is
// meant for that friend, however the uuid is written.
func TestNameThatIsAUUID(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	uuid := w.UUID("홍길동")
	w.rename("정서연", uuid)
	for _, word := range []string{"@" + uuid, "@ " + uuid, uuid + "님", strings.ToUpper(uuid), strings.ToLower(uuid), uuid[:20] + " " + uuid[20:], "\u200b" + uuid} {
		w.want(w.call(toolSend, `{"to":["`+word+`"],"message":"하나"}`), StatusNotSent, "ambiguous_name", "after_user")
	}
	w.want(w.call(toolSend, `{"to":["`+uuid+`"],"message":"둘"}`), StatusSent, "", "")
	w.WantArrived("홍길동: 둘")
}

// TestNamesThatAreCut: two friends whose long names look the same where they end on the
// screen are told apart, and nobody is found by what the screen shows of another.
func TestNamesThatAreCut(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	const long = "회사 마케팅팀 팀장님 김지민 대리 서울지점"
	w.Friend(long + " 남쪽")
	w.Friend(long + " 북쪽")
	no := answering(ask.Cancel)
	w.want(w.asked(no, toolSend, `{"to":["`+long+` 남쪽","`+long+` 북쪽"],"message":"하나"}`), StatusNotSent, "declined", "after_user")
	for _, name := range []string{" 남쪽", " 북쪽"} {
		uuid := w.UUID(long + name)
		if text := strings.Join(no.questions(), "\n"); !strings.Contains(text, "uuid 끝자리 "+uuid[len(uuid)-4:]) || !strings.Contains(text, "이름이 같은 친구가 또 있어요") {
			t.Errorf("%s: %s", name, text)
		}
	}
	cut := bubble.Clean(long+" 남쪽", nameMax)
	w.want(w.asked(no, toolSend, `{"to":["`+cut+`"],"message":"둘"}`), StatusNotSent, "no_exact_name", "after_user")
	w.Friend(cut)
	w.restart()
	w.want(w.call(toolSend, `{"to":["`+cut+`"],"message":"둘"}`), StatusNotSent, "ambiguous_name", "after_user")
	w.WantArrived()
}

// TestRemarksSayWhom: of two recipients it is clear who had another name.
func TestRemarksSayWhom(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	w.want(w.asked(answering(ask.Always), toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	w.rename("홍길동", "엄마")
	no := answering(ask.Cancel)
	w.want(w.asked(no, toolSend, `{"to":["엄마","정서연"],"message":"둘"}`), StatusNotSent, "declined", "after_user")
	if text := strings.Join(no.questions(), "\n"); !strings.Contains(text, `받는 사람: "엄마" · 전에 허용했을 때의 이름: "홍길동"`) || strings.Contains(text, "이름이 같은 친구") {
		t.Error(text)
	}
}
