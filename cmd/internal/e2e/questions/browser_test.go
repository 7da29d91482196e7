package questions

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color/palette"
	"image/png"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/auth/ground/chromiumtest"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
)

// tab is what a person looks at.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func eval[T any](b tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return v
}

func (b tab) look(width, height int64, dark bool) {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do(chromedp.EmulateViewport(width, height))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// read waits until the buttons can be pressed.
func (b tab) read() {
	b.t.Helper()
	eval[bool](b, `Promise.all(document.getAnimations().map((a) => a.finished)).then(() => true)`)
}

// focus returns what the focus is on. A browser sets it when it draws, just before
// these frames.
func (b tab) focus() string {
	b.t.Helper()
	return eval[string](b, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.activeElement.value ?? "nothing"))))`)
}

// fits checks the page's width and what axe-core says of it.
func (b tab) fits(name string, width int64) {
	b.t.Helper()
	if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > width {
		b.t.Errorf("%s is %d pixels wide, the screen %d", name, wide, width)
	}
	for _, v := range chromiumtest.Violations(b.t, b.ctx) {
		b.t.Errorf("%s: %s", name, v)
	}
}

// chart is a picture of 320 × 900 pixels.
func chart() []byte {
	img := image.NewPaletted(image.Rect(0, 0, 320, 900), palette.Plan9)
	for y := range 900 {
		for x := range 320 {
			img.SetColorIndex(x, y, uint8(x/20*(y/60)))
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // to memory
	return b.Bytes()
}

// full is a question with everything in it.
func full(l wording.Lang) ask.Question {
	return ask.Question{Key: "full", Lang: l, Title: l.Say("카카오톡 메시지를 보낼까요?", "Send this KakaoTalk message?"), Program: "Claude Code",
		To:     []ask.Person{{UUID: "a", Name: "팀장님", Profile: "홍길동"}, {UUID: "b", Name: strings.Repeat("가나다라", 5)}},
		Word:   "김지민",
		Choose: []ask.Person{{UUID: "u1", Name: "김지민", Detail: l.Say("즐겨찾기, uuid …0001", "favourite, uuid …0001")}, {UUID: "u2", Name: "김지민", Detail: "uuid …0002"}},
		Remark: l.Say("이름이 같은 친구가 또 있어요.", "There is another friend of this name."), Travels: l.Say("2개로 나눠 보내요.", "It goes in 2 parts."),
		File:    ask.File{Name: "/home/kim/charts/" + strings.Repeat("매출", 20) + ".png", Type: "image/png", Data: chart()},
		Message: "내일 3시에 2층에서 봬요.\n" + strings.Repeat("아주긴낱말", 30), Pictures: []string{"https://pictures.example/" + strings.Repeat("p", 120) + ".png"},
		Buttons: []ask.Button{{Label: "메뉴 보기", URL: "https://menu.example/?q=" + strings.Repeat("long", 40)}},
		Answers: []ask.Choice{{Verdict: ask.Once, Label: l.Say("이번만 보내기", "Send once")}, {Verdict: ask.Always, Label: l.Say("이 친구들에게는 항상 보내기", "Always send to these friends")}, {Verdict: ask.Cancel, Label: l.Say("취소", "Cancel")}}}
}

// TestChromiumPressesEachAnswer: a person with a real browser, at the size of a
// telephone and of a desktop, light and dark, in both languages.
func TestChromiumPressesEachAnswer(t *testing.T) {
	t.Parallel()
	b := tab{t, chromiumtest.Tab(t)}
	verdicts := []ask.Verdict{ask.Once, ask.Always, ask.Cancel}
	i := 0
	for _, l := range []wording.Lang{wording.Korean, wording.English} {
		for _, size := range [][2]int64{{390, 844}, {1280, 800}} {
			for _, dark := range []bool{false, true} {
				verdict := verdicts[i%3]
				i++
				name := fmt.Sprintf("%s-%d-dark-%v", l, size[0], dark)
				v := newPerson(t)
				end := v.ask(t.Context(), full(l))
				b.look(size[0], size[1], dark)
				b.do(chromedp.Navigate(<-v.opened), chromedp.WaitVisible(chromedp.CSS(`form`)))
				if focus := b.focus(); focus != "cancel" {
					t.Errorf("%s: the focus is on %q", name, focus)
				}
				if top := eval[float64](b, `document.querySelector("h2").getBoundingClientRect().top`); top < 0 {
					t.Errorf("%s: the question is out of sight: %v", name, top)
				}
				if wide := eval[float64](b, `document.querySelector("img.file").decode().then(() => document.querySelector("img.file").naturalWidth)`); wide != 320 {
					t.Errorf("%s: the picture is %v wide", name, wide)
				}
				b.fits(name, size[0])
				chromiumtest.Picture(t, b.ctx, name)
				b.read()
				if verdict != ask.Cancel {
					b.do(chromedp.Click(chromedp.CSS(`button[value="` + string(verdict) + `"]`))) // nobody is chosen yet
					if eval[bool](b, `document.querySelector("input[name=to]").validity.valid`) || len(end) != 0 {
						t.Errorf("%s: it went without a choice", name)
					}
					b.do(chromedp.Click(chromedp.CSS(`input[value="u2"]`)))
				}
				b.do(chromedp.Click(chromedp.CSS(`button[value="`+string(verdict)+`"]`)), chromedp.WaitVisible(chromedp.CSS(`.done`)))
				got := <-end
				if got.err != nil || got.a.Verdict != verdict || (got.a.To == "u2") != (verdict != ask.Cancel) {
					t.Errorf("%s: %+v", name, got)
				}
				if text := eval[string](b, `document.querySelector("main").innerText`); !strings.Contains(text, "보냈어요: "+string(verdict)) {
					t.Errorf("%s: after the press: %s", name, text)
				}
				b.fits(name+"-done", size[0])
				chromiumtest.Picture(t, b.ctx, name+"-done")
				v.d.Close()
			}
		}
	}
}

// TestChromiumDoubleClick: its second click meets the next question, which stays open
// and can be answered once it could be read.
func TestChromiumDoubleClick(t *testing.T) {
	b := tab{t, chromiumtest.Tab(t)}
	for _, button := range []ask.Verdict{ask.Once, ask.Always} {
		for _, gap := range []time.Duration{60 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s-%s", button, gap), func(t *testing.T) {
				b.t = t
				v := newPerson(t)
				first, second := short(), short()
				second.Key = "second"
				end := v.ask(t.Context(), first)
				address := <-v.opened
				b.do(chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS(`form`)))
				endSecond := v.ask(t.Context(), second)
				for list := []string(nil); len(list) < 2; { // it joins the page that is open
					list = v.ids(address)
				}
				b.read()
				at := eval[[2]float64](b, `(() => { const r = document.querySelector('button[value="`+string(button)+`"]').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`)
				b.do(chromedp.MouseClickXY(at[0], at[1]), chromedp.Sleep(gap), chromedp.MouseClickXY(at[0], at[1], chromedp.ClickCount(2)))
				if got := <-end; got.err != nil || got.a.Verdict != button {
					t.Errorf("the first: %+v", got)
				}
				b.do(chromedp.WaitVisible(chromedp.CSS(`.done`)))
				if status := eval[int64](b, `performance.getEntriesByType("navigation")[0].responseStatus`); status == http.StatusTooManyRequests {
					t.Error("the page itself did not stop the second click")
				}
				b.read()
				if open := eval[int64](b, `document.querySelectorAll("form").length`); open != 1 {
					t.Fatalf("%d questions are open", open)
				}
				b.do(chromedp.Click(chromedp.CSS(`button[value="cancel"]`)), chromedp.WaitNotPresent(chromedp.CSS(`form`)))
				if got := <-endSecond; got.err != nil || got.a.Verdict != ask.Cancel {
					t.Errorf("the second, cancelled in the end: %+v", got)
				}
			})
		}
	}
}

// TestChromiumOnlyByKeyboard: Enter on the page as it opens presses cancel; a long
// message can be scrolled and the buttons reached with the Tab key.
func TestChromiumOnlyByKeyboard(t *testing.T) {
	t.Parallel()
	b := tab{t, chromiumtest.Tab(t)}
	v := newPerson(t)
	q := short()
	q.Message = strings.Repeat("긴 메시지의 한 줄\n", 200)
	end := v.ask(t.Context(), q)
	b.look(390, 844, false)
	b.do(chromedp.Navigate(<-v.opened), chromedp.WaitVisible(chromedp.CSS(`form`)))
	chromiumtest.Picture(t, b.ctx, "long")
	if top := eval[float64](b, `document.querySelector("h2").getBoundingClientRect().top`); top < 0 {
		t.Errorf("the question is out of sight: %v", top)
	}
	b.focus()
	b.do(chromedp.KeyEvent("\r"), chromedp.WaitVisible(chromedp.CSS(`.done`)))
	if got := <-end; got.err != nil || got.a.Verdict != ask.Cancel {
		t.Errorf("got %+v", got)
	}
}

// TestChromiumKeepsOthersOut: a page of another port can neither read, frame nor
// press it.
func TestChromiumKeepsOthersOut(t *testing.T) {
	t.Parallel()
	b := tab{t, chromiumtest.Tab(t)}
	v := newPerson(t)
	ctx, cancel := context.WithCancel(t.Context())
	end := v.ask(ctx, short())
	address := <-v.opened
	id := v.ids(address)[0]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><title>evil</title><iframe src="%[1]s"></iframe>
			<form method="post" action="%[1]s"><input name="id" value="%[2]s"><button name="answer" value="once">win a prize</button></form>`, address, id)
	})}
	go server.Serve(listener) //nolint:errcheck // Close ends it
	defer server.Close()
	b.do(chromedp.Navigate("http://"+listener.Addr().String()), chromedp.WaitVisible(chromedp.CSS(`button`)))
	if read := eval[string](b, `fetch("`+address+`").then(r => r.text()).catch(e => "kept out")`); read != "kept out" {
		t.Errorf("another port read %s", read)
	}
	eval[bool](b, `fetch("`+address+`", {method: "POST", mode: "no-cors", body: new URLSearchParams({id: "`+id+`", answer: "once"})}).then(() => true, () => true)`)
	if inside := eval[string](b, `(() => { try { return document.querySelector("iframe").contentDocument.body.innerText } catch (e) { return "" } })()`); strings.Contains(inside, "홍길동") {
		t.Errorf("another port framed %s", inside)
	}
	b.do(chromedp.Click(chromedp.CSS(`button`)), chromedp.WaitNotPresent(chromedp.CSS(`iframe`)), chromedp.WaitVisible(chromedp.CSS(`body`)))
	if text := eval[string](b, `document.body.innerText`); !strings.Contains(text, "403") {
		t.Errorf("another port pressed it: %s", text)
	}
	cancel()
	if got := <-end; got.err == nil {
		t.Errorf("a foreign press counted: %+v", got)
	}
}
