package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

const uploads = "/v2/api/talk/message/image/upload"

// drawn is a picture of its own for every shade.
func drawn(t testing.TB, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 20, 10))
	img.SetGray(3, 3, color.Gray{shade})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// album is a folder with a picture in it.
func album(t testing.TB) (dir, path string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "my chart.png")
	keep(t, path, drawn(t, 1))
	return dir, path
}

func keep(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// uploaded counts the uploads that reached Kakao.
func (w *world) uploaded() (n int) {
	for _, r := range w.Kakao.Requests() {
		if r.Path == uploads {
			n++
		}
	}
	return n
}

// wary looks what has happened when it is asked.
type wary struct {
	*person
	w *world
}

func (h wary) Ask(ctx context.Context, q ask.Question) (ask.Answer, error) {
	if n := h.w.uploaded(); n != 0 {
		h.w.T.Errorf("%d uploads before the person agreed", n)
	}
	return h.person.Ask(ctx, q)
}

func withImage(path, more string) string {
	return fmt.Sprintf(`{"message":"이번 달 매출이에요","image":%q%s}`, path, more)
}

// TestPictureIsAskedAbout: what each setting asks about, and that nothing is uploaded
// before the person agreed, or when they did not.
func TestPictureIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		confirm             Confirm
		folder              bool
		me, friend, trusted bool // are asked about
	}{
		{ConfirmFriends, false, true, true, true},
		{ConfirmFriends, true, false, true, false},
		{ConfirmAlways, false, true, true, true},
		{ConfirmAlways, true, true, true, true},
		{ConfirmClient, false, true, true, true},
		{ConfirmClient, true, false, true, false},
		{ConfirmNever, true, false, false, false},
	} {
		dir, path := album(t)
		for to, asked := range map[string]bool{"": c.me, `,"to":["홍길동"]`: c.friend, `,"to":["정서연"]`: c.trusted} {
			for _, verdict := range []ask.Verdict{ask.Once, ask.Cancel} {
				w := loggedIn(t, func(cfg *Config) {
					if cfg.Confirm = c.confirm; c.folder {
						cfg.ImageDir = dir
					}
				})
				if err := w.m.approve(Receiver{Name: "정서연", UUID: w.UUID("정서연")}); err != nil {
					t.Fatal(err)
				}
				p, tool := answering(verdict), toolSend
				if to == "" {
					tool = toolToMe
				}
				a := w.asked(wary{p, w}, tool, withImage(path, to))
				want := 1
				if asked && verdict == ask.Cancel {
					want = 0
				}
				if (len(p.asked) == 1) != asked || len(w.Arrived()) != want || w.uploaded() != want || a.IsError != (want == 0) {
					t.Errorf("%s, folder %v, %s %s: asked %d times, %d arrived, %d uploads: %s", c.confirm, c.folder, to, verdict, len(p.asked), len(w.Arrived()), w.uploaded(), a.Text)
				}
				for _, q := range p.asked {
					if text := q.Text(); !strings.Contains(text, "\n이 컴퓨터의 사진: "+path+"\n") || !strings.Contains(text, "카카오의 공개 주소에 올려서 보내요") || strings.Contains(text, "kakaocdn") {
						t.Errorf("the question: %s", text)
					}
					if !bytes.Equal(q.File.Data, nil) {
						t.Error("the form got the picture itself")
					}
				}
			}
		}
	}
}

// TestPictureWhereNobodyCanSeeIt: a setting or a client that leaves nobody to ask does
// not let one go that no folder allows.
func TestPictureWhereNobodyCanSeeIt(t *testing.T) {
	_, path := album(t)
	for confirm, reason := range map[Confirm]string{ConfirmFriends: "cannot_ask", ConfirmAlways: "cannot_ask", ConfirmClient: "cannot_ask", ConfirmNever: "picture_unasked"} {
		for _, call := range []string{toolToMe + withImage(path, ""), toolSend + withImage(path, `,"to":["홍길동"]`)} {
			w := loggedIn(t, func(c *Config) { c.Confirm = confirm })
			tool, args, _ := strings.Cut(call, "{")
			a := w.call(tool, "{"+args)
			if a.str("reason") != reason || len(w.Arrived()) != 0 || w.uploaded() != 0 {
				t.Errorf("%s: %s", confirm, a.Text)
			}
		}
	}
}

// TestPictureArrives: what the file held when the person was asked is what is sent, at
// the address that Kakao gave it, and the result tells once what became of it.
func TestPictureArrives(t *testing.T) {
	_, path := album(t)
	w := loggedIn(t, asking)
	p := answering(ask.Once)
	a := w.asked(wary{p, w}, toolSend, withImage(path, `,"to":["홍길동"],"title":"매출"`))
	w.want(a, StatusSent, "", "")
	kept := w.Kakao.Pictures()
	if len(kept) != 1 || !bytes.Equal(kept[0].Data, drawn(t, 1)) {
		t.Fatalf("%d pictures", len(kept))
	}
	content, _ := w.Kakao.Deliveries()[0].Template["content"].(map[string]any)
	link, _ := content["link"].(map[string]any)
	address := "https://" + kept[0].URL
	if content["image_url"] != address || link["web_url"] != address || link["mobile_web_url"] != address || content["title"] != "매출" {
		t.Errorf("arrived %v", content)
	}
	const note = "카카오의 공개 주소에 한동안 남아요"
	if strings.Contains(a.Text, "[웹 도메인]") || strings.Count(a.Text, note) != 1 || strings.Count(a.str("summary"), note) != 1 {
		t.Errorf("told: %s", a.Text)
	}
	// The same picture again costs no upload and is not told about twice.
	w.restart()
	a = w.asked(p, toolSend, withImage(path, `,"to":["정서연"],"link":"https://example.com/chart"`))
	w.want(a, StatusSent, "", "")
	if w.uploaded() != 1 || strings.Contains(a.Text, note) {
		t.Errorf("%d uploads: %s", w.uploaded(), a.Text)
	}
	content, _ = w.Kakao.Deliveries()[1].Template["content"].(map[string]any)
	if link, _ := content["link"].(map[string]any); content["image_url"] != address || link["web_url"] != "https://example.com/chart" {
		t.Errorf("arrived %v", content)
	}
}

// TestSamePictureIsNeverSentTwice: what counts is what it shows, not its name.
func TestSamePictureIsNeverSentTwice(t *testing.T) {
	dir, path := album(t)
	w := loggedIn(t, func(c *Config) { c.ImageDir = dir })
	copied := filepath.Join(dir, "copy.png")
	keep(t, copied, drawn(t, 1))
	w.want(w.call(toolToMe, withImage(path, "")), StatusSent, "", "")
	w.want(w.call(toolToMe, withImage(path, "")), StatusAlreadySent, "", "")
	w.want(w.call(toolToMe, withImage(copied, "")), StatusAlreadySent, "", "")
	keep(t, path, drawn(t, 2))
	w.want(w.call(toolToMe, withImage(path, "")), StatusSent, "", "")
	w.want(w.call(toolToMe, withImage(path, "")), StatusAlreadySent, "", "")
	w.want(w.call(toolToMe, withImage(path, `,"resend":true`)), StatusSent, "", "")
	if len(w.Arrived()) != 3 || w.uploaded() != 2 {
		t.Errorf("%d arrived, %d uploads", len(w.Arrived()), w.uploaded())
	}
}

// TestAgreementIsForOnePicture: what was swapped in after the person agreed is another
// picture.
func TestAgreementIsForOnePicture(t *testing.T) {
	_, path := album(t)
	w := loggedIn(t, asking)
	w.Kakao.SetFaults(sandbox.Faults{FailPath: uploads, FailStatus: 500, FailCount: -1})
	p := answering(ask.Once)
	w.want(w.asked(p, toolToMe, withImage(path, "")), StatusNotSent, "upload_failed", problem.Later)
	w.Kakao.SetFaults(sandbox.Faults{})
	keep(t, path, drawn(t, 2))
	w.want(w.asked(answering(ask.Cancel), toolToMe, withImage(path, "")), StatusNotSent, "declined", problem.AfterUser)
	keep(t, path, drawn(t, 1))
	w.want(w.asked(p, toolToMe, withImage(path, "")), StatusSent, "", "")
	if len(p.asked) != 1 {
		t.Errorf("asked %d times about one picture", len(p.asked))
	}
}

// TestUploadFaults: a picture that does not get to Kakao sends nothing, and what was
// agreed to goes out with the next call.
func TestUploadFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults sandbox.Faults
		reason string
	}{
		"too large":   {sandbox.Faults{FailStatus: 400, FailBody: `{"code":-602,"msg":""}`}, "image"},
		"too many":    {sandbox.Faults{FailStatus: 400, FailBody: `{"code":-606,"msg":""}`}, "image"},
		"format":      {sandbox.Faults{FailStatus: 400, FailBody: `{"code":-911,"msg":""}`}, "image"},
		"quota":       {sandbox.Faults{FailStatus: 400, FailBody: `{"code":-10,"msg":""}`}, "quota"},
		"-1":          {sandbox.Faults{FailStatus: 500}, "upload_failed"},
		"-2":          {sandbox.Faults{FailStatus: 400, FailBody: `{"code":-2,"msg":""}`}, "upload_failed"},
		"a gateway":   {sandbox.Faults{FailStatus: 502, FailBody: "<html>"}, "upload_failed"},
		"cut before":  {sandbox.Faults{Cut: "before"}, "upload_failed"},
		"cut after":   {sandbox.Faults{Cut: "after"}, "upload_failed"},
		"-401, again": {sandbox.Faults{FailStatus: 401, FailBody: `{"code":-401,"msg":"this access token does not exist"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, path := album(t)
			w := loggedIn(t, asking)
			w.call(toolSearch, `{}`)
			c.faults.FailPath = uploads
			w.Kakao.SetFaults(c.faults)
			p := answering(ask.Once)
			a := w.asked(p, toolSend, withImage(path, `,"to":["홍길동"]`))
			if a.str("reason") != c.reason || len(w.Arrived()) != 0 && c.reason != "" {
				t.Errorf("reason %q, want %q: %s", a.str("reason"), c.reason, a.Text)
			}
			w.Kakao.SetFaults(sandbox.Faults{})
			again := w.asked(p, toolSend, withImage(path, `,"to":["홍길동"]`))
			if again.IsError || len(p.asked) != 1 || len(w.Arrived()) != 1 {
				t.Errorf("again: asked %d times, %d arrived: %s", len(p.asked), len(w.Arrived()), again.Text)
			}
		})
	}
}

// TestUploadThatOutlastsTheCall: it goes on, and the same call again finds it.
func TestUploadThatOutlastsTheCall(t *testing.T) {
	dir, path := album(t)
	w := loggedIn(t, func(c *Config) { c.ImageDir = dir })
	usual, came, shut, ended := w.cfg.Kakao.HTTP.Transport, make(chan struct{}), make(chan struct{}), make(chan struct{})
	w.cfg.Kakao.HTTP.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != uploads {
			return usual.RoundTrip(r)
		}
		close(came)
		<-shut
		defer close(ended)
		return usual.RoundTrip(r)
	})
	a, err := w.try(patience{t.Context(), came}, Nobody{}, toolToMe, withImage(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	w.want(a, StatusNotSent, "uploading", problem.Yes)
	if !strings.Contains(a.Text, "한동안 남아요") {
		t.Errorf("told: %s", a.Text)
	}
	close(shut)
	<-ended
	w.want(w.call(toolToMe, withImage(path, "")), StatusSent, "", "")
	if w.uploaded() != 1 || len(w.Arrived()) != 1 {
		t.Errorf("%d uploads, %d arrived", w.uploaded(), len(w.Arrived()))
	}
}

// TestCancelledUpload: what the client takes back is not uploaded to the end.
func TestCancelledUpload(t *testing.T) {
	dir, path := album(t)
	w := loggedIn(t, func(c *Config) { c.ImageDir = dir })
	usual, came, gone := w.cfg.Kakao.HTTP.Transport, make(chan struct{}), make(chan struct{})
	w.cfg.Kakao.HTTP.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != uploads {
			return usual.RoundTrip(r)
		}
		close(came)
		<-r.Context().Done()
		close(gone)
		return nil, r.Context().Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-came; cancel() }()
	a, err := w.try(ctx, Nobody{}, toolToMe, withImage(path, ""))
	if err != nil || a.str("reason") != "cancelled" {
		t.Errorf("%v %s", err, a.Text)
	}
	<-gone
	w.WantArrived()
}

// TestPicturesThatAreRefused: one sentence for each, and nobody is asked.
func TestPicturesThatAreRefused(t *testing.T) {
	t.Parallel()
	dir, path := album(t)
	at := func(name string, data []byte) string {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		keep(t, full, data)
		return full
	}
	largest := append(drawn(t, 1), make([]byte, kakao.MaxImage-len(drawn(t, 1)))...)
	elsewhere, other := album(t)
	linked := filepath.Join(dir, "linked.png")
	if err := os.Link(other, linked); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ image, folder, says string }{
		{at("note.png", []byte("a secret")), "", "JPG, PNG, GIF, WebP 사진만"},
		{at("large.png", append(largest, 0)), "", "5,000,000바이트"},
		{at(".secret.png", drawn(t, 1)), "", "숨긴"},
		{at(".ssh/a.png", drawn(t, 1)), dir, "숨긴"},
		{filepath.Join(dir, "nothing.png"), "", "파일이 없어요"},
		{dir, "", "사진 파일이 아니에요"},
		{path, elsewhere, "KAKAO_IMAGE_DIR 폴더에 있는 사진이 아니에요"},
		{linked, dir, "하드 링크"},
		{path, filepath.Join(dir, "gone"), "폴더를 열 수 없어요"},
		{"my chart.png", dir, "전체 경로"},
		{"~/chart.png", "", "전체 경로"},
		{"file://" + path, "", "전체 경로"},
	} {
		for _, change := range []func(*Config){func(*Config) {}, typed} {
			w := loggedIn(t, asking, change, func(cfg *Config) { cfg.ImageDir = c.folder })
			p := answering(ask.Once)
			a := w.asked(p, toolToMe, withImage(c.image, ""))
			if a.str("reason") != "bad_image" || !strings.Contains(a.Text, c.says) || len(p.asked) != 0 || w.uploaded() != 0 {
				t.Errorf("%s: asked %d times: %s", c.image, len(p.asked), a.Text)
			}
			if elsewhere != "" && c.folder == elsewhere && strings.Contains(a.Text, elsewhere) {
				t.Errorf("the text leads there: %s", a.Text)
			}
		}
	}
	w := loggedIn(t, asking)
	w.want(w.asked(answering(ask.Once), toolToMe, withImage(at("largest.png", largest), "")), StatusSent, "", "")
}

// TestNameOfAPictureCannotPaint: a file's name stays one line of the question.
func TestNameOfAPictureCannotPaint(t *testing.T) {
	dir, _ := album(t)
	path := filepath.Join(dir, "a\n받는 사람: \"엄마\"\u202e.png")
	if os.WriteFile(path, drawn(t, 1), 0o600) != nil {
		return // no such name on this system
	}
	w := loggedIn(t, asking)
	p := answering(ask.Cancel)
	w.asked(p, toolToMe, withImage(path, ""))
	if q := p.questions(); len(q) != 1 || !strings.Contains(q[0], "a�받는 사람: \"엄마\"�.png\n") {
		t.Errorf("asked %q", q)
	}
}

// TestKilledWhileUploading: the same call again sends the message once, and uploads
// only what nobody knows to be there.
func TestKilledWhileUploading(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before  bool
		path    string
		uploads int // at most
		status  string
	}{
		"before the upload":  {true, "/upload", 2, StatusSent},
		"after the upload":   {false, "/upload", 2, StatusSent},
		"before the message": {true, "/send", 1, StatusUnknown},
		"after the message":  {false, "/send", 1, StatusUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, path := album(t)
			s := newShared(t)
			s.job.ImageDir, s.cfg.ImageDir = dir, dir
			s.restart()
			s.gate.path = c.path
			r := SendRequest{To: []string{"홍길동"}, Content: compose.Content{Message: "매출", Image: path}}
			release := s.gate.hold(c.before)
			cmd, _ := s.start(r)
			s.held()
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			release()
			s.m.settle = 100 * time.Millisecond
			out, err := s.m.Send(t.Context(), r, Nobody{})
			if err != nil || out.Status != c.status || s.uploaded() < 1 || s.uploaded() > c.uploads {
				t.Errorf("%d uploads: %+v %v", s.uploaded(), out, err)
			}
			if n := len(s.Arrived()); n > 1 || n == 0 && c.status == StatusSent {
				t.Errorf("%d arrived", n)
			}
		})
	}
}

// TestPictureWithALongText: the picture goes first, and a repeat sends only the rest.
func TestPictureWithALongText(t *testing.T) {
	dir, path := album(t)
	w := loggedIn(t, func(c *Config) { c.ImageDir = dir })
	args := fmt.Sprintf(`{"to":["홍길동"],"title":"매출","message":%q,"image":%q}`, sandboxtest.Letters(500), path)
	w.Kakao.SetFaults(sandbox.Faults{FailPath: "/v1/api/talk/friends/message", FailNth: 2, FailStatus: 400, FailBody: `{"code":-10,"msg":""}`})
	w.want(w.call(toolSend, args), StatusPartlySent, "quota", problem.Later)
	w.Kakao.SetFaults(sandbox.Faults{})
	w.want(w.call(toolSend, args), StatusSent, "", "")
	got := w.Arrived()
	if len(got) < 3 || got[0] != "홍길동: 매출" || w.uploaded() != 1 {
		t.Errorf("%d uploads, arrived %q", w.uploaded(), got)
	}
	for _, d := range w.Kakao.Deliveries() {
		if raw, _ := json.Marshal(d.Template); bytes.Contains(raw, []byte(compose.PictureAddress)) {
			t.Errorf("arrived %s", raw)
		}
	}
}
