package pages

import (
	"bytes"
	"flag"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/viewer"
)

var update = flag.Bool("update", false, "write the pictures into the READMEs' folder")

// picture takes a screenshot at phone size once a script in the page is true.
func picture(t *testing.T, link, ready string) []byte {
	t.Helper()
	ctx := phone(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(link)); err != nil {
		t.Fatalf("browser: %v", err)
	}
	script := `(async () => { for (let i = 0; i < 200 && !(` + ready + `); i++) await new Promise(r => setTimeout(r, 50)); return Boolean(` + ready + `); })()`
	if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise)); err != nil || !ok {
		t.Fatalf("the page is not ready: %v", err)
	}
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	if img, err := png.Decode(bytes.NewReader(shot)); err != nil || img.Bounds().Dx() != 390 {
		t.Fatalf("not a picture at phone size: %v", err)
	}
	return shot
}

// TestReadmePictures makes the README's pictures from the real pages; with
// -update it writes them.
func TestReadmePictures(t *testing.T) {
	t.Parallel()
	s := e2etest.Start(t, e2etest.BareEnv(t, e2etest.Browser(t)...), "serve", "--sandbox")
	s.Initialize(nil)
	var rooms string
	for _, call := range [][2]string{
		{"send_message_to_me", `{"message":"오늘 할 일\n1. 치과 예약 확인 🦷\n2. 발표 자료 보내기"}`},
		{"send_message", `{"to":["이지민"],"message":"주말에 등산 갈까요? ⛰️"}`},
		{"send_message", `{"to":["홍길동"],"message":"길동님, 내일 오후 3시 회의 괜찮으세요?"}`},
		{"send_message_to_me", `{"message":"배포가 끝났어요. 자세한 내용은 버튼을 눌러 주세요.","link":"https://example.com/release","button":"변경 내용"}`},
	} {
		r := s.CallTool(call[0], call[1])
		if r.IsError {
			t.Fatal(r.Text())
		}
		rooms, _ = r.Structured["chat_rooms"].(string)
	}
	dir := t.TempDir()
	if err := viewer.Export(dir, false); err != nil {
		t.Fatal(err)
	}
	host := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(host.Close)
	const text = "안녕하세요, 여러분! 다음 주 워크숍을 안내해 드려요.\n\n📅 11월 27일(금) 오후 2시\n📍 3층 대회의실\n\n" +
		"1부에서는 올해 한 일을 돌아보고, 팀마다 10분씩 발표해요. 자료는 수요일까지 https://example.com/docs 에 올려 주세요.\n\n" +
		"2부에서는 내년에 꼭 하고 싶은 일을 함께 골라요. 미리 한두 가지씩 생각해 오시면 좋아요. 끝난 뒤에는 근처에서 저녁을 먹을 예정이니, 못 드시는 음식이 있으면 미리 알려 주세요.\n\n" +
		"참석이 어려운 분은 목요일 오전까지 답장 부탁드려요. 그럼 금요일에 만나요! 😊"
	links, err := viewer.Pages{URL: host.URL + "/"}.Links(text, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, shot := range map[string][]byte{
		"rooms.png":   picture(t, rooms, `document.querySelectorAll(".entry").length >= 3`),
		"message.png": picture(t, links[0], `!document.getElementById("paper").hidden`),
	} {
		if *update {
			if err := os.WriteFile(filepath.Join(e2etest.Root(t), ".github", "pictures", name), shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
