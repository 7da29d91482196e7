package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color/palette"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// drawChart makes a chart of 12 bars, 480 × 320 pixels.
func drawChart(t testing.TB, path string) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 480, 320), palette.WebSafe)
	for x := range 480 {
		for y := range 320 {
			img.SetColorIndex(x, y, 215)
			if bar := x / 40; x%40 < 28 && y > 300-bar*bar*2-20 && y < 300 {
				img.SetColorIndex(x, y, uint8(bar*3+20))
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asked waits for the n-th confirmation page that the browser was given.
func asked(t testing.TB, c *e2etest.Computer, n int) (page string) {
	t.Helper()
	e2etest.WaitUntil(t, "the confirmation page", func() bool {
		var pages []string
		for _, tab := range c.Opened() {
			address, err := os.ReadFile(tab)
			at, bad := url.Parse(string(address))
			if err == nil && bad == nil && at.RawQuery == "" && strings.Count(at.Path, "/") == 1 && len(at.Path) > 20 {
				pages = append(pages, string(address))
			}
		}
		if len(pages) == n {
			page = pages[n-1]
		}
		return page != ""
	})
	return page
}

// shown waits for a picture in a tab and returns its width and height.
func shown(t testing.TB, tab context.Context, selector string) (size [2]int) {
	t.Helper()
	script := fmt.Sprintf(`(async () => { let p; for (let i = 0; i < 400 && !(p = document.querySelector(%q)); i++) await new Promise(r => setTimeout(r, 50));
		await p.decode(); return JSON.stringify([p.naturalWidth, p.naturalHeight]); })()`, selector)
	text, err := chromedp.Run(tab, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("the picture %s: %v", selector, err)
	}
	if err := json.Unmarshal([]byte(text), &size); err != nil {
		t.Fatal(err)
	}
	return size
}

// shoot keeps what is to be seen for who runs the test with -artifacts.
func shoot(t testing.TB, tab context.Context, name string) {
	t.Helper()
	shot, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), shot, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestAgentSendsItsChart: an assistant draws a chart and sends it to a friend. The
// person sees the very picture on the page, at the size of a phone, nothing has been
// uploaded by then, and once they agree it stands in the chat room.
func TestAgentSendsItsChart(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.LogIn("--friends")
	path := filepath.Join(c.User, "charts", "매출 2026-11.png")
	var chart []byte
	k := e2etest.StartModel(t, func(_ *e2etest.Model, r clovatest.Request) clovatest.Reply {
		if result := e2etest.ToolJSON(r.Last()); result != nil {
			return clovatest.Reply{Text: fmt.Sprint(result["status"], ": ", result["summary"])}
		}
		chart = drawChart(t, path)
		return e2etest.ChatCall(e2etest.ToolSend, e2etest.JSON(t, map[string]any{"to": []string{"홍길동"}, "title": "11월 매출", "message": "이번 달 매출", "image": path}))
	})
	tab := phone(t)
	env := append(c.Env, "CHAT_BASE_URL="+k.URL, "CHAT_API_KEY="+clovatest.Key, "KAKAO_LANG=ko", e2etest.Pressing("-"))
	type end struct {
		out, errs string
		code      int
	}
	ended := make(chan end, 1)
	go func() {
		var e end
		e.out, e.errs, e.code = e2etest.Run(t, env, "", "chat", "길동이에게 이번 달 매출 차트를 보내줘")
		ended <- e
	}()
	if err := chromedp.Do(tab, chromedp.Navigate(asked(t, c, 1)), chromedp.WaitVisible(chromedp.CSS(`form`))); err != nil {
		t.Fatal(err)
	}
	if size := shown(t, tab, "img.file"); size != [2]int{480, 320} {
		t.Errorf("the page shows a picture of %v", size)
	}
	text, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if err != nil || !strings.Contains(text, "이 컴퓨터의 사진: "+path) || !strings.Contains(text, `"홍길동"`) || !strings.Contains(text, "이번 달 매출") {
		t.Errorf("the page says %v %s", err, text)
	}
	shoot(t, tab, "question")
	if n := len(c.Kakao.Pictures()); n != 0 {
		t.Errorf("%d pictures were uploaded before the person agreed", n)
	}
	if err := chromedp.Do(tab, chromedp.Click(chromedp.CSS(`button[value="once"]`)), chromedp.WaitVisible(chromedp.CSS(`.done`))); err != nil {
		t.Fatal(err)
	}
	shoot(t, tab, "answered")
	if e := <-ended; e.code != 0 || !strings.HasPrefix(e.out, "sent: ") || strings.Count(e.out, "한동안 남아요") != 1 {
		t.Errorf("exit %d, %s\n%s", e.code, e.out, e.errs)
	}
	kept := c.Kakao.Pictures()
	if len(kept) != 1 || !bytes.Equal(kept[0].Data, chart) || len(c.Kakao.Deliveries()) != 1 {
		t.Fatalf("%d pictures, %d messages", len(kept), len(c.Kakao.Deliveries()))
	}
	room := phone(t)
	if err := chromedp.Do(room, chromedp.Navigate(c.Get("KAKAO_API_URL")+"/rooms"), chromedp.WaitVisible(chromedp.CSS(`.entry`))); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(room, chromedp.Evaluate[bool](`[...document.querySelectorAll(".entry")].find(e => e.textContent.includes("홍길동")).click(), true`)); err != nil {
		t.Fatal(err)
	}
	if size := shown(t, room, "img.picture"); size != [2]int{480, 320} {
		t.Errorf("the chat room shows a picture of %v", size)
	}
	shoot(t, room, "room")

	// The same picture, by hand: nothing is uploaded again.
	out, errs, code := e2etest.Run(t, append(c.Env, "KAKAO_LANG=ko"), "", "send", "me", "나도 볼래", "--image", relative(path))
	if code != 0 || len(c.Kakao.Pictures()) != 1 || len(c.Kakao.Deliveries()) != 2 || strings.Contains(out, "한동안") {
		t.Errorf("exit %d, %d pictures: %s%s", code, len(c.Kakao.Pictures()), out, errs)
	}
}

// relative is a path as a shell completes it, from whatever folder.
func relative(path string) string {
	return strings.Repeat(".."+string(filepath.Separator), 50) + strings.TrimPrefix(path, filepath.VolumeName(path))[1:]
}

// TestKilledWhileAPictureIsAskedAbout: the server dies with the question open. Nothing
// has left the computer; the next one asks anew, and the message goes out once.
func TestKilledWhileAPictureIsAskedAbout(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.LogIn("--friends")
	path := filepath.Join(c.User, "chart.png")
	drawChart(t, path)
	call := map[string]any{"name": e2etest.ToolSend, "arguments": map[string]any{"to": []string{"홍길동"}, "message": "매출", "image": path}}
	first := e2etest.Start(t, append(c.Env, e2etest.Pressing("-")), "serve")
	first.Initialize(nil)
	first.Request("tools/call", call)
	asked(t, c, 1)
	first.Kill()
	if n := len(c.Kakao.Pictures()) + len(c.Kakao.Deliveries()); n != 0 {
		t.Fatalf("%d pictures and messages before anybody agreed", n)
	}
	second := e2etest.Start(t, append(c.Env, e2etest.Pressing("-")), "serve")
	second.Initialize(nil)
	id := second.Request("tools/call", call)
	page := asked(t, c, 2)
	if n := len(c.Kakao.Pictures()); n != 0 {
		t.Errorf("%d pictures before anybody agreed", n)
	}
	if said, ok, err := e2etest.Press(page, "once"); !ok || err != nil {
		t.Errorf("pressing: %v %s", err, said)
	}
	if r := second.Result(second.Await(id)); r.IsError || r.Structured["status"] != "sent" {
		t.Errorf("got %s", r.Text())
	}
	second.Kill()
	third := e2etest.Start(t, append(c.Env, e2etest.Pressing("-")), "serve")
	third.Initialize(nil)
	if r := third.Result(third.Await(third.Request("tools/call", call))); r.Structured["status"] != "already_sent" {
		t.Errorf("the same again: %s", r.Text())
	}
	if len(c.Kakao.Pictures()) != 1 || len(c.Kakao.Deliveries()) != 1 {
		t.Errorf("%d pictures, %d messages", len(c.Kakao.Pictures()), len(c.Kakao.Deliveries()))
	}
}
