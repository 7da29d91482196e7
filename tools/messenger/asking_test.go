package messenger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/aliases"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestEveryWayOfAsking is the promise that nothing is sent which nobody agreed to,
// by every way of asking, whatever the person does, to whomever it goes.
func TestEveryWayOfAsking(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"form", "unseen", "page", "none"} {
		for _, does := range []string{"once", "always", "cancel", "silence", "late", "closed"} {
			for _, to := range []string{"friend", "several", "oneself"} {
				if does == "always" && to == "oneself" {
					continue // is not offered
				}
				t.Run(way+" "+does+" "+to, func(t *testing.T) {
					t.Parallel()
					playAsking(t, way, does, to)
				})
			}
		}
	}
}

func playAsking(t *testing.T, way, does, to string) {
	r := reader{t, make(chan string, 5)}
	asked := make(chan struct{})
	put := sync.OnceFunc(func() { close(asked) })
	desk := ask.NewDesk(nil, nil)
	if way == "unseen" || way == "page" {
		desk = ask.NewDesk(func(address string) error { defer put(); return r.open(address) }, nil)
	}
	t.Cleanup(desk.Close)
	over := make(chan struct{})
	w := loggedIn(t, func(c *Config) {
		c.Confirm, c.Desk = ConfirmFriends, desk
		if to == "oneself" {
			c.Confirm = ConfirmAlways
		}
	})
	tool, args := toolSend, `{"to":["홍길동"],"message":"안녕"}`
	switch to {
	case "several":
		w.Friend("김지민")
		args = `{"to":["김지민"],"message":"안녕"}`
	case "oneself":
		tool, args = toolToMe, `{"message":"안녕"}`
	}
	onPage := way == "unseen" || way == "page"
	var h Human = Nobody{}
	switch way {
	case "form":
		h = &formed{does: does, put: put, over: over}
	case "unseen":
		h = &formed{does: "unseen"}
	}
	ctx := t.Context()
	if does == "silence" || does == "late" || does == "closed" && onPage {
		ctx = patience{ctx, asked} // the call waits no longer than for the question to be put
	}
	pressed := make(chan string, 1)
	if onPage && (does == "once" || does == "always" || does == "cancel") {
		go func() { pressed <- r.press(<-r.opened, does) }()
	}
	a, err := w.try(ctx, h, tool, args)
	if err != nil {
		t.Fatal(err)
	}
	reason := map[string]string{"once": "", "always": "", "cancel": "declined", "silence": "unanswered", "late": "unanswered", "closed": "unanswered"}[does]
	switch {
	case way == "none" && to == "several":
		reason = "ambiguous_name"
	case way == "none":
		reason = "cannot_ask"
	case way == "form" && does == "closed":
		reason = "declined"
	}
	if a.str("reason") != reason || a.IsError != (reason != "") {
		t.Fatalf("reason %q, want %q: %s", a.str("reason"), reason, a.Text)
	}
	for _, bypass := range []string{"allow", "KAKAO_", "never", "터미널", "friends "} {
		if reason != "" && strings.Contains(a.Text, bypass) {
			t.Errorf("the text names %q: %s", bypass, a.Text)
		}
	}
	want := 0
	if reason == "" {
		want = 1
	}
	if n := len(w.Arrived()); n != want {
		t.Fatalf("%d messages arrived, want %d", n, want)
	}
	if onPage && len(pressed) == 0 && (does == "once" || does == "always" || does == "cancel") {
		page := <-pressed
		if said := map[string]string{"cancel": "취소해서 메시지를 보내지 않았어요"}[does]; !strings.Contains(page, said) || does != "cancel" && !strings.Contains(page, "보냈어요") {
			t.Errorf("the page after the press: %s", page)
		}
	}
	switch {
	case does == "late" && way != "none":
		close(over)
		if onPage {
			if page := r.press(<-r.opened, "once"); !strings.Contains(page, "10분 안에") {
				t.Errorf("the page after a late press: %s", page)
			}
		}
		deadline, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for a, err = w.try(deadline, h, tool, args); a.str("reason") == "confirmation_open" && deadline.Err() == nil; a, err = w.try(deadline, h, tool, args) {
		}
		if err != nil || a.str("status") != StatusSent || len(w.Arrived()) != 1 {
			t.Errorf("the same again after a late yes: %v %s", err, a.Text)
		}
	case does == "always" && reason == "":
		a := w.asked(Nobody{}, toolSend, fmt.Sprintf(`{"uuid":%q,"message":"다시"}`, uuidOf(t, w)))
		w.want(a, StatusSent, "", "")
	}
	// Whatever happened: the same again sends nothing that was sent.
	before := w.Arrived()
	again, cancelAgain := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancelAgain()
	a, err = w.try(again, &formed{does: "cancel"}, tool, args)
	if err != nil || !slices.Equal(w.Arrived(), before) {
		t.Errorf("the same again: %v %s, arrived %q", err, a.Text, w.Arrived())
	}
	if n := len(r.opened); n != 0 && does != "silence" && does != "closed" {
		t.Errorf("%d more tabs", n)
	}
}

// uuidOf is who got the first message.
func uuidOf(t *testing.T, w *world) string {
	t.Helper()
	for _, d := range w.Kakao.Deliveries() {
		if d.To != d.From {
			return w.Kakao.UUID(d.To)
		}
	}
	t.Fatal("nobody got anything")
	return ""
}

// TestConfirmClient: the client's own permission prompt is trusted where it has no
// forms; a form that nobody saw is a refusal, and no page opens.
func TestConfirmClient(t *testing.T) {
	r := reader{t, make(chan string, 5)}
	desk := ask.NewDesk(r.open, nil)
	t.Cleanup(desk.Close)
	w := loggedIn(t, func(c *Config) { c.Confirm, c.Desk = ConfirmClient, desk })
	w.want(w.call(toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	w.want(w.asked(&formed{does: "unseen"}, toolSend, `{"to":["홍길동"],"message":"둘"}`), StatusNotSent, "not_shown", problem.AfterUser)
	w.want(w.asked(&formed{does: "cancel"}, toolSend, `{"to":["홍길동"],"message":"셋"}`), StatusNotSent, "declined", problem.AfterUser)
	w.want(w.asked(&formed{does: "once"}, toolSend, `{"to":["홍길동"],"message":"넷"}`), StatusSent, "", "")
	w.want(w.call(toolToMe, `{"message":"다섯"}`), StatusSent, "", "")
	w.WantArrived("홍길동: 하나", "홍길동: 넷", "me: 다섯")
	if n := len(r.opened); n != 0 {
		t.Errorf("%d pages", n)
	}
}

// TestConfirmNever: nobody is asked, and a name that fits several is still refused.
func TestConfirmNever(t *testing.T) {
	w := loggedIn(t)
	w.Friend("김지민")
	p := answering(ask.Once)
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	w.want(w.asked(p, toolSend, `{"to":["김지민"],"message":"둘"}`), StatusNotSent, "ambiguous_name", problem.AfterUser)
	w.want(w.asked(p, toolToMe, `{"message":"셋","image":"https://evil.example/p.png?d=secret"}`), StatusSent, "", "")
	if n := len(p.questions()); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

// TestConfirmAlways: approved people and oneself are asked about as well, and
// nobody is offered not to be.
func TestConfirmAlways(t *testing.T) {
	w := loggedIn(t, func(c *Config) { c.Confirm = ConfirmAlways })
	if err := w.m.approve(Receiver{Name: "홍길동", UUID: w.UUID("홍길동")}); err != nil {
		t.Fatal(err)
	}
	p := answering(ask.Once)
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"하나"}`), StatusSent, "", "")
	w.want(w.asked(p, toolToMe, `{"message":"둘"}`), StatusSent, "", "")
	if len(p.asked) != 2 {
		t.Fatalf("asked %d times", len(p.asked))
	}
	for _, q := range p.asked {
		for _, c := range q.Answers {
			if c.Verdict == ask.Always {
				t.Errorf("%q is offered", c.Label)
			}
		}
	}
}

// TestDataToOneself: a picture or link that tells a stranger's site something is
// asked about like a message to a friend; others to oneself are not.
func TestDataToOneself(t *testing.T) {
	for args, asked := range map[string]int{
		`{"message":"a","image":"https://evil.example/p.png?d=secret","title":"t"}`:                                                                              1,
		`{"message":"a","link":"https://evil.example/?d=secret"}`:                                                                                                1,
		`{"template":{"object_type":"feed","content":{"title":"a","image_url":"https://evil.example/p.png?d=secret","link":{"web_url":"https://example.com"}}}}`: 1,
		`{"template_id":7,"template_args":{"IMG":"https://evil.example/p.png?d=secret"}}`:                                                                        1,
		`{"template_id":7,"template_args":{"IMG":"//evil.example/p.png?d=secret"}}`:                                                                              1,
		`{"template_id":7,"template_args":{"PATH":" p.png?d=secret "}}`:                                                                                          1,
		`{"template_id":7,"template_args":{"QUERY":"?secret"}}`:                                                                                                  1,
		`{"template_id":7,"template_args":{"TEXT":"왜? 그냥","MORE":"괜찮아?","URL":"https://example.com/?d=mine"}}`:                                                   0,
		`{"message":"a","image":"https://pictures.example/p.png","title":"t"}`:                                                                                   0,
		`{"message":"a","link":"https://example.com/?d=mine"}`:                                                                                                   0,
		`{"message":"see https://evil.example/?d=secret"}`:                                                                                                       0,
	} {
		w := loggedIn(t, asking)
		p := answering(ask.Cancel)
		w.asked(p, toolToMe, args)
		if n := len(p.asked); n != asked || len(w.Arrived()) != 1-asked {
			t.Errorf("%s: asked %d times, %d arrived", args, n, len(w.Arrived()))
		}
		if asked == 1 && !strings.Contains(p.questions()[0], "다른 사이트로 전달될 수 있어요: ") || asked == 1 && !strings.Contains(p.questions()[0], "secret\n") {
			t.Errorf("%s: %s", args, p.questions()[0])
		}
	}
}

// TestNameChangesAfterALateYes: who has the name when the call comes again is not whom
// the person agreed to a moment ago, and they are told so. After that it is an answer
// like any other.
func TestNameChangesAfterALateYes(t *testing.T) {
	t.Parallel()
	const remark = "조금 전에 이 이름으로 동의한 친구가 아니에요: 홍길동님"
	for name, c := range map[string]struct {
		verdict string
		several bool // friends of this name, one of whom was chosen
		told    bool
	}{"another friend": {"once", false, true}, "always": {"always", false, true}, "the one not chosen": {"once", true, true}, "no agreement": {"cancel", false, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, put := reader{t, make(chan string, 5)}, make(chan struct{})
			desk := ask.NewDesk(func(address string) error { defer close(put); return r.open(address) }, nil)
			t.Cleanup(desk.Close)
			w := loggedIn(t, func(c *Config) { c.Confirm, c.Desk = ConfirmFriends, desk })
			meant, other := w.ID("홍길동"), w.ID("정서연")
			rename := func(id int64, name string) {
				w.Kakao.UpdatePerson(id, func(p *sandbox.Person) { p.Nickname = name })
			}
			if c.several {
				rename(other, "홍길동")
			}
			const args = `{"to":["홍길동"],"message":"안녕"}`
			if a, err := w.try(patience{t.Context(), put}, Nobody{}, toolSend, args); err != nil || a.str("reason") != "unanswered" {
				t.Fatalf("%v %s", err, a.Text)
			}
			r.press(<-r.opened, c.verdict)
			if c.several && desk.Agreed()[0].UUID == w.Kakao.UUID(other) {
				meant, other = other, meant
			}
			rename(meant, "옛이름")
			rename(other, "홍길동")
			w.restart()
			no := answering(ask.Cancel)
			w.want(w.asked(no, toolSend, args), StatusNotSent, "declined", "after_user")
			if text := no.questions()[0]; strings.Contains(text, remark) != c.told {
				t.Errorf("asked: %s", text)
			}
			w.asked(no, toolSend, `{"to":["김지민"],"message":"안녕"}`)
			if text := no.questions()[1]; strings.Contains(text, "조금 전") {
				t.Errorf("asked about another: %s", text)
			}
			w.WantArrived()
		})
	}
}

// TestTwins: of two friends of one name the question says that there are two and
// which one is meant.
func TestTwins(t *testing.T) {
	w := loggedIn(t, asking)
	second := w.Friend("김지민")
	uuid := w.Kakao.UUID(second)
	p := answering(ask.Once)
	w.want(w.asked(p, toolSend, fmt.Sprintf(`{"uuid":%q,"message":"하나"}`, uuid)), StatusSent, "", "")
	w.asked(p, toolSend, fmt.Sprintf(`{"uuid":%q,"message":"둘"}`, uuid))
	w.asked(p, toolSend, `{"to":["홍길동"],"message":"셋"}`)
	q := p.questions()
	if !strings.Contains(q[0], "이름이 같은 친구가 또 있어요") || !strings.Contains(q[0], uuid[len(uuid)-4:]) || strings.Contains(q[0], "보낸 적") {
		t.Errorf("asked %q", q[0])
	}
	if !strings.Contains(q[1], "보낸 적 있음") {
		t.Errorf("asked again %q", q[1])
	}
	if strings.Contains(q[2], "또 있어요") {
		t.Errorf("asked %q", q[2])
	}
}

// TestChosenOnce: who was chosen for a name is not asked about again for the same
// message, and is for another one.
func TestChosenOnce(t *testing.T) {
	w := loggedIn(t, asking)
	w.Friend("김지민")
	p := &person{verdict: ask.Once, choose: 2}
	args := `{"to":["김지민","홍길동"],"message":"안녕"}`
	w.want(w.asked(p, toolSend, args), StatusSent, "", "")
	w.want(w.asked(p, toolSend, args), StatusAlreadySent, "", "")
	if len(p.asked) != 1 || len(p.asked[0].Choose) != 2 || len(p.asked[0].To) != 1 {
		t.Errorf("asked %d times: %q", len(p.asked), p.questions())
	}
	w.asked(p, toolSend, `{"to":["김지민"],"message":"다른 말"}`)
	if len(p.asked) != 2 {
		t.Errorf("another message was asked about %d times", len(p.asked)-1)
	}
	w.WantArrived("홍길동: 안녕", "김지민: 안녕", "김지민: 다른 말")
}

// TestAliasIsShownWithItsPerson: also the first time, when no list is in memory.
func TestAliasIsShownWithItsPerson(t *testing.T) {
	w := loggedIn(t, asking)
	w.alias("팀장님", "홍길동")
	w.restart()
	p := answering(ask.Once)
	w.want(w.asked(p, toolSend, `{"to":["팀장님"],"message":"안녕"}`), StatusSent, "", "")
	if q := p.questions(); !strings.Contains(q[0], `"팀장님" (프로필 이름 "홍길동")`) {
		t.Errorf("asked %q", q[0])
	}
}

// TestTheWordThatWasSaidIsShown: whatever other words the user has for a friend.
func TestTheWordThatWasSaidIsShown(t *testing.T) {
	w := loggedIn(t, asking)
	for _, alias := range []string{"가족", "엄마", "부장", "부장님"} {
		w.alias(alias, "홍길동")
	}
	p := answering(ask.Cancel)
	uuid := w.UUID("홍길동")
	for said, shown := range map[string]string{"엄마": "엄마", "가족": "가족", "엄마님": "엄마", "@엄마": "엄마", "부장": "부장", "부장님": "부장님", "홍길동": "가족", uuid: "가족"} {
		w.asked(p, toolSend, fmt.Sprintf(`{"to":[%q],"message":"안녕 %s"}`, said, said))
		if got := p.asked[len(p.asked)-1].To[0].Label("ko"); got != fmt.Sprintf(`"%s" (프로필 이름 "홍길동")`, shown) {
			t.Errorf("%s: %s", said, got)
		}
	}
	if _, err := w.m.AllowFriend(t.Context(), "엄마", p); err == nil || p.asked[len(p.asked)-1].To[0].Name != "엄마" {
		t.Errorf("allowing: %v, %q", err, p.questions())
	}
	// One word for two people: a file edited by hand.
	file := fmt.Sprintf(`{"v":1,"aliases":{"가족":%q,"아빠":%[1]q,"아버지":%[2]q,"아빠 님":%[2]q}}`, uuid, w.UUID("정서연"))
	if err := os.WriteFile(filepath.Join(w.Home, aliases.FileName), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	w.asked(p, toolSend, `{"to":["아빠"],"message":"안녕"}`)
	if c := p.asked[len(p.asked)-1].Choose; len(c) != 2 || c[0].Name+c[1].Name != "아빠아빠 님" {
		t.Errorf("to choose: %+v", c)
	}
}

// TestAgreementOutlivesAFault: what the person agreed to is not asked again when
// nothing went out.
func TestAgreementOutlivesAFault(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	w.call(toolSearch, `{}`)
	usual := w.cfg.Kakao.HTTP.Transport
	w.cfg.Kakao.HTTP.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, refusedConnection() })
	p := answering(ask.Once)
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"안녕"}`), StatusNotSent, "offline", problem.Yes)
	w.cfg.Kakao.HTTP.Transport = usual
	w.want(w.asked(p, toolSend, `{"to":["홍길동"],"message":"안녕"}`), StatusSent, "", "")
	if len(p.asked) != 1 {
		t.Errorf("asked %d times", len(p.asked))
	}
}

// TestApprovalsAreAPersons: whom a command allows, and an alias that KAKAO_ALLOW
// rests on, is asked about, whatever KAKAO_CONFIRM says; who cannot be asked changes
// nothing.
func TestApprovalsAreAPersons(t *testing.T) {
	for _, setting := range []Confirm{ConfirmFriends, ConfirmClient, ConfirmNever} {
		w := loggedIn(t, typed, func(c *Config) { c.Confirm, c.Allow = setting, []string{"엄마"} })
		for h, changed := range map[Human]bool{Nobody{}: false, answering(ask.Cancel): false, answering(ask.Once): false, answering(ask.Always): true} {
			_, aliasErr := w.m.SetAlias(t.Context(), "엄마", w.UUID("홍길동"), h)
			_, allowErr := w.m.AllowFriend(t.Context(), "정서연", h)
			approved, err := w.m.Approved()
			if err != nil || (len(approved) == 1) != changed || w.m.allows(w.UUID("홍길동")) != changed || (aliasErr == nil) != changed || (allowErr == nil) != changed {
				t.Errorf("%s, %T: approved %v, %v %v", setting, h, approved, aliasErr, allowErr)
			}
			if changed {
				_, err := w.m.RemoveAlias("엄마")
				_, also := w.m.RemoveApproval("정서연")
				if err := errors.Join(err, also); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := w.m.SetAlias(t.Context(), "동생", w.UUID("홍길동"), Nobody{}); err != nil {
			t.Errorf("an alias that allows nothing: %v", err)
		}
	}
}

// TestNewOwnerOfAnAlias inherits nothing that was approved for the old one.
func TestNewOwnerOfAnAlias(t *testing.T) {
	w := loggedIn(t, asking)
	w.alias("엄마", "홍길동")
	w.asked(answering(ask.Always), toolSend, `{"to":["엄마"],"message":"하나"}`)
	if _, err := w.m.RemoveAlias("엄마"); err != nil {
		t.Fatal(err)
	}
	w.alias("엄마", "정서연")
	p := answering(ask.Cancel)
	w.asked(p, toolSend, `{"to":["엄마"],"message":"둘"}`)
	if len(p.asked) != 1 {
		t.Errorf("asked %d times about the new owner", len(p.asked))
	}
	if _, err := w.m.RemoveApproval("홍길동"); err != nil {
		t.Errorf("the approval is not found by its name: %v", err)
	}
}
