package tools

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
	"kakaotalk-mcp/tools/messenger"
)

func asking(c *messenger.Config) { c.Confirm = messenger.ConfirmFriends }

const (
	accept  = mcp.ElicitationResponseActionAccept
	decline = mcp.ElicitationResponseActionDecline
	cancel  = mcp.ElicitationResponseActionCancel
)

func TestConfirmAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		person *person
		reason string
	}{
		{"once", answering(accept, "이번만 보내기"), ""},
		{"once, by its short name", answering(accept, "once"), ""},
		{"cancel button", answering(accept, "취소"), "declined"},
		{"another word", answering(accept, "yes"), "declined"},
		{"decline", answering(decline, ""), "declined"},
		{"closed", answering(cancel, ""), "declined"},
		{"an odd action", answering("maybe", "이번만 보내기"), "declined"},
		{"an error", &person{answer: func(context.Context, string) (*mcp.ElicitationResult, error) { return nil, errors.New("no") }}, "cannot_ask"},
		{"declined unseen", &person{answer: func(context.Context, string) (*mcp.ElicitationResult, error) {
			return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: decline}}, nil
		}}, "cannot_ask"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, asking)
			a := w.asked(c.person, toolSend, `{"to":["홍길동"],"message":"저녁 먹자"}`)
			if c.reason == "" {
				w.want(a, messenger.StatusSent, "", "")
				w.WantArrived("홍길동: 저녁 먹자")
				return
			}
			w.want(a, messenger.StatusNotSent, c.reason, problem.AfterUser)
			if strings.Contains(a.text(), "allow") || strings.Contains(a.text(), "KAKAO_") {
				t.Errorf("the refusal names a way around the person: %s", a.text())
			}
			w.WantArrived()
		})
	}
}

// asksAbout stands before the message.
const asksAbout = "카카오톡 메시지를 보낼까요?\n받는 사람: \"홍길동\"\n내용: "

// TestQuestionsThatClaudeCodeCuts: it shows three lines of a form and no way to the
// rest, so the page is where a longer question is read.
func TestQuestionsThatClaudeCodeCuts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		client, args string
		page         bool
	}{
		{"claude-code", `{"to":["홍길동"],"message":"저녁 먹자"}`, false},
		{"claude-code", `{"to":["홍길동"],"message":"저녁 먹자\n7시"}`, true},
		{"claude-code", `{"to":["홍길동","이지민"],"message":"저녁 먹자"}`, true},
		{"claude-code", `{"to":["홍길동"],"message":"` + sandboxtest.Letters(100) + `"}`, true},
		{"another", `{"to":["홍길동","이지민"],"message":"` + sandboxtest.Letters(100) + `"}`, false},
	} {
		for _, browser := range []bool{true, false} {
			var opened atomic.Int32
			ctx, cancel := context.WithCancel(t.Context())
			w := loggedIn(t, asking, func(cfg *messenger.Config) {
				if browser {
					cfg.Desk = ask.NewDesk(func(string) error { opened.Add(1); cancel(); return nil }, nil)
				}
			})
			p := answering(accept, "이번만 보내기")
			p.client = c.client
			w.callIn(w.srv.WithContext(ctx, p), toolSend, c.args, "") // ends when the page opens: nobody presses anything there
			cancel()
			if page := c.page && browser; page != (opened.Load() == 1) || page != (len(p.questions()) == 0) || page != (len(w.Arrived()) == 0) {
				t.Errorf("%s, browser %v, %s: opened %d times, %d forms, arrived %q", c.client, browser, c.args, opened.Load(), len(p.questions()), w.Arrived())
			}
		}
	}
}

func TestConfirmQuestionShowsEverything(t *testing.T) {
	w := loggedIn(t, asking, func(c *messenger.Config) { c.LinkHosts = []string{"https://example.com:443"} })
	p := answering(accept, "이번만 보내기")
	for _, c := range []struct{ args, shown string }{
		{`"message":"저녁 먹자","link":"https://example.com/a","button":"메뉴"`, asksAbout + "저녁 먹자\n[메뉴] https://example.com/a"},
		{`"message":"봐","link":"https://other.example/a"`, asksAbout + "봐\nhttps://other.example/a"},
		{`"message":"바다","title":"제주","image":"https://a.example.com/b.png"`, asksAbout + "제주\n바다\n[이미지] https://a.example.com/b.png"},
		{`"template_id":7,"template_args":{"B":"둘","A":"하나"}`, asksAbout + "템플릿 7번\nA: 하나\nB: 둘"},
		{`"template_id":7,"template_args":{}`, asksAbout + "템플릿 7번(변수 없음)"},
		{`"template":{"object_type":"text","text":"글","link":{"web_url":"https://example.com/x"},"buttons":[{"title":"누름","link":{"web_url":"https://example.com/y"}}]}`,
			asksAbout + "템플릿 text:\n글\nhttps://example.com/x\n누름\nhttps://example.com/y"},
	} {
		w.want(w.asked(p, toolSend, `{"to":["홍길동"],`+c.args+`}`), messenger.StatusSent, "", "")
		if q := p.questions(); q[len(q)-1] != c.shown {
			t.Errorf("asked %q, want %q", q[len(q)-1], c.shown)
		}
	}
	w.asked(p, toolSend, `{"to":["홍길동"],"message":"`+sandboxtest.Letters(500)+`"}`)
	if q := p.questions(); !strings.Contains(q[len(q)-1], "3개로") || !strings.Contains(q[len(q)-1], sandboxtest.Letters(500)) {
		t.Errorf("asked %q", q[len(q)-1])
	}
}

func TestConfirmAlwaysIsRememberedByUUID(t *testing.T) {
	w := loggedIn(t, asking)
	p := answering(accept, "이 친구에게는 항상 보내기")
	w.asked(p, toolSend, `{"to":["홍길동"],"message":"하나"}`)
	w.restart()
	w.asked(p, toolSend, `{"to":["홍길동"],"message":"둘"}`)
	if n := len(p.questions()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	w.asked(p, toolSend, `{"to":["정서연"],"message":"셋"}`)
	if n := len(p.questions()); n != 2 {
		t.Errorf("asked %d times, want again for another friend", n)
	}
	if _, err := w.m.RemoveApproval("홍길동"); err != nil {
		t.Fatal(err)
	}
	w.asked(p, toolSend, `{"to":["홍길동"],"message":"넷"}`)
	if n := len(p.questions()); n != 3 {
		t.Errorf("asked %d times after the approval was removed", n)
	}
}

func TestConfirmSettings(t *testing.T) {
	for _, c := range []struct {
		name    string
		setting messenger.Confirm
		forms   bool
		tool    string
		asked   int
		status  string
		reason  string
	}{
		{"friends, to me", messenger.ConfirmFriends, true, toolToMe, 0, messenger.StatusSent, ""},
		{"friends, without forms", messenger.ConfirmFriends, false, toolSend, 0, messenger.StatusNotSent, "cannot_ask"},
		{"client, without forms", messenger.ConfirmClient, false, toolSend, 0, messenger.StatusSent, ""},
		{"client, with forms", messenger.ConfirmClient, true, toolSend, 1, messenger.StatusSent, ""},
		{"always, to me", messenger.ConfirmAlways, true, toolToMe, 1, messenger.StatusSent, ""},
		{"always, without forms", messenger.ConfirmAlways, false, toolToMe, 0, messenger.StatusNotSent, "cannot_ask"},
		{"never", messenger.ConfirmNever, true, toolSend, 0, messenger.StatusSent, ""},
		{"unset", "", true, toolSend, 1, messenger.StatusSent, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, func(cfg *messenger.Config) { cfg.Confirm = c.setting })
			p := answering(accept, "이번만 보내기")
			args := `{"message":"안녕"}`
			if c.tool == toolSend {
				args = `{"message":"안녕","to":["홍길동"]}`
			}
			var a answer
			if c.forms {
				a = w.asked(p, c.tool, args)
			} else {
				a = w.call(c.tool, args)
			}
			if a.str("status") != c.status || a.str("reason") != c.reason || len(p.questions()) != c.asked {
				t.Errorf("got %s %s, asked %d times: %s", a.str("status"), a.str("reason"), len(p.questions()), a.text())
			}
		})
	}
}

func TestAllowList(t *testing.T) {
	w := loggedIn(t, asking)
	if _, err := w.m.SetAlias(t.Context(), "길동이", "홍길동", messenger.Nobody{}); err != nil {
		t.Fatal(err)
	}
	w.cfg.Allow = []string{"길동이", w.UUID("정서연"), "강도윤"} // a nickname allows nobody
	w.restart()
	p := answering(decline, "")
	w.want(w.asked(p, toolSend, `{"to":["홍길동","정서연"],"message":"안녕"}`), messenger.StatusSent, "", "")
	w.want(w.asked(p, toolSend, `{"to":["정서연","강도윤"],"message":"안녕"}`), messenger.StatusNotSent, "not_allowed", problem.No)
	w.want(w.call(toolToMe, `{"message":"안녕"}`), messenger.StatusSent, "", "")
	command := w.cfg
	command.Typed = true
	out, err := messenger.New(command).Send(t.Context(), messenger.SendRequest{To: []string{"강도윤"}, Content: compose.Content{Message: "안녕"}}, messenger.Nobody{})
	if err != nil || out.Reason != "not_allowed" {
		t.Errorf("typed: %v %v", out.Reason, err)
	}
	if n := len(p.questions()); n != 0 {
		t.Errorf("asked %d times about allowed people", n)
	}
	w.WantArrived("홍길동: 안녕", "정서연: 안녕", "me: 안녕")
	// A damaged file allows nobody.
	if err := os.WriteFile(filepath.Join(w.Home, "friends.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.want(w.call(toolSend, `{"uuid":"`+w.UUID("홍길동")+`","message":"또"}`), messenger.StatusNotSent, "not_allowed", problem.No)
}

func TestLegacyClientThatNeverAnswers(t *testing.T) {
	w := loggedIn(t, asking)
	w.face.budget = shortBudget / 3
	silent := &person{answer: func(ctx context.Context, _ string) (*mcp.ElicitationResult, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	w.want(w.asked(silent, toolSend, `{"to":["홍길동"],"message":"안녕"}`), messenger.StatusNotSent, "unanswered", problem.AfterUser)
	w.WantArrived()
	w.want(w.asked(silent, toolSend, `{"to":["홍길동"],"message":"안녕"}`), messenger.StatusNotSent, "unanswered", problem.AfterUser)
	if n := len(silent.questions()); n != 1 {
		t.Errorf("%d forms for one question", n)
	}
}

func TestCancelledWhileAsking(t *testing.T) {
	w := loggedIn(t, asking)
	ctx, stop := context.WithCancel(t.Context())
	p := &person{answer: func(ctx context.Context, _ string) (*mcp.ElicitationResult, error) {
		stop()
		<-ctx.Done()
		return answering(accept, "이번만 보내기").answer(ctx, "") // too late
	}}
	a := w.callIn(w.srv.WithContext(ctx, p), toolSend, `{"to":["홍길동"],"message":"안녕"}`, "")
	w.want(a, messenger.StatusNotSent, "cancelled", problem.No)
	w.WantArrived()
	w.want(w.asked(answering(accept, "이번만 보내기"), toolSend, `{"to":["홍길동"],"message":"안녕"}`), messenger.StatusSent, "", "")
}

const forms = `{"elicitation":{}}`

func answerWith(a answer, choice string) string {
	return fmt.Sprintf(`,"requestState":%q,"inputResponses":{"confirm":{"action":"accept","content":{"answer":%q}}}`, a.State, choice)
}

func TestModernConfirm(t *testing.T) {
	w := loggedIn(t, asking)
	ask := func(tool, args, more string) answer { return w.callIn(t.Context(), tool, args, modern(forms, more)) }
	args := `{"to":["홍길동"],"message":"안녕"}`
	first := ask(toolSend, args, "")
	if first.Type != "input_required" || !strings.Contains(first.Asks["confirm"].Params.Message, `받는 사람: "홍길동"`) {
		t.Fatalf("no question: %+v", first)
	}
	again := func(name, tool, args, more string) {
		t.Helper()
		if a := ask(tool, args, more); a.Type != "input_required" {
			t.Errorf("%s was taken for an answer: %s", name, a.text())
		}
	}
	once := answerWith(first, "이번만 보내기")
	again("an answer without state", toolSend, args, `,"inputResponses":{"confirm":{"action":"accept","content":{"answer":"이번만 보내기"}}}`)
	again("an answer to another text", toolSend, `{"to":["홍길동"],"message":"돈 보내"}`, once)
	again("an answer for another friend", toolSend, `{"to":["정서연"],"message":"안녕"}`, once)
	again("a forged state", toolSend, args, strings.Replace(once, first.State[:6], "AAAAAA", 1))
	w.WantArrived()
	if a := ask(toolSend, args, once); a.str("status") != messenger.StatusSent {
		t.Errorf("the right answer: %s", a.text())
	}
	w.WantArrived("홍길동: 안녕")
	again("a replayed answer", toolSend, `{"to":["홍길동"],"message":"안녕","resend":true}`, once)
	second := ask(toolSend, `{"to":["홍길동"],"message":"안녕","resend":true}`, "")
	time.Sleep(tooFast) // as long as a person takes: the state tells when the question was put
	no := fmt.Sprintf(`,"requestState":%q,"inputResponses":{"confirm":{"action":"decline"}}`, second.State)
	w.want(ask(toolSend, `{"to":["홍길동"],"message":"안녕","resend":true}`, no), messenger.StatusNotSent, "declined", problem.AfterUser)
	w.WantArrived("홍길동: 안녕")
}

// TestModernAnswerIsForOnePerson: between question and answer the name goes to
// somebody else, so the same question means another person.
func TestModernAnswerIsForOnePerson(t *testing.T) {
	var ahead atomic.Int64
	w := loggedIn(t, asking, func(c *messenger.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	id := w.Friend("새친구")
	args := `{"to":["새친구"],"message":"비밀"}`
	first := w.callIn(t.Context(), toolSend, args, modern(forms, ""))
	w.Kakao.Befriend(w.Kakao.Owner().ID, id, sandbox.Friendship{Hidden: true})
	w.Friend("새친구")
	ahead.Store(int64(2 * time.Minute)) // the list in memory is old
	a := w.callIn(t.Context(), toolSend, args, modern(forms, answerWith(first, "이번만 보내기")))
	const changed = "방금 답한 확인과 달라진 것이 있어요"
	if q := a.Asks["confirm"].Params.Message; a.Type != "input_required" || !strings.Contains(q, changed) || strings.Contains(first.Asks["confirm"].Params.Message, changed) {
		t.Errorf("sent to another person, or asked in the same words: %s %s", a.text(), q)
	}
	w.WantArrived()
	if a = w.callIn(t.Context(), toolSend, args, modern(forms, answerWith(a, "이번만 보내기"))); a.str("status") != messenger.StatusSent {
		t.Errorf("after the second answer: %s", a.text())
	}
}

// TestModernPicture: the answer of a second round is for the picture that the first
// one asked about, whatever lies at its path by then.
func TestModernPicture(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "my chart.gif")
	draw := func(ending string) {
		if err := os.WriteFile(path, []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"+ending), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	draw("")
	w := loggedIn(t, asking)
	args := fmt.Sprintf(`{"message":"매출","image":%q}`, " "+path+" ")
	first := w.callIn(t.Context(), toolToMe, args, modern(forms, ""))
	if q := first.Asks["confirm"].Params.Message; first.Type != "input_required" || !strings.Contains(q, "이 컴퓨터의 사진: "+path) {
		t.Fatalf("got %s %s", first.Type, q)
	}
	draw("another")
	if a := w.callIn(t.Context(), toolToMe, args, modern(forms, answerWith(first, "이번만 보내기"))); a.Type != "input_required" {
		t.Errorf("another picture went: %s", a.text())
	}
	draw("")
	second := w.callIn(t.Context(), toolToMe, args, modern(forms, ""))
	if a := w.callIn(t.Context(), toolToMe, args, modern(forms, answerWith(second, "이번만 보내기"))); a.str("status") != messenger.StatusSent {
		t.Errorf("got %s %s", a.Type, a.text())
	}
	if pictures, arrived := len(w.Kakao.Pictures()), len(w.Arrived()); pictures != 1 || arrived != 1 {
		t.Errorf("%d uploads, %d arrived", pictures, arrived)
	}
}
