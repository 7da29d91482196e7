package messenger

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// sketch draws a plan: one line for each bubble.
func sketch(p compose.Plan) []string {
	out := []string{}
	for _, b := range p.Bubbles {
		switch t := b.Template.(type) {
		case kakao.Text:
			line := "text " + t.Text
			if t.Link.WebURL != "" {
				line += " [" + t.ButtonTitle + "](" + t.Link.WebURL + ")"
			}
			out = append(out, line)
		case kakao.Feed:
			out = append(out, "feed "+t.Content.Title+" | "+t.Content.Description+" | "+t.Content.ImageURL+" ["+t.ButtonTitle+"]("+t.Content.Link.WebURL+")")
		default:
			out = append(out, "other")
		}
	}
	if p.DeadLink {
		out = append(out, "dead")
	}
	if p.LinkInText {
		out = append(out, "link in text")
	}
	if p.DeadPhoto {
		out = append(out, "dead photo")
	}
	return out
}

func TestCompose(t *testing.T) {
	const good, foreign, img = "https://example.com/a", "https://other.example/a", "https://img.example.com/a.png"
	long := "https://other.example/" + strings.Repeat("x", 300)
	m := New(Config{Lang: "ko", Home: t.TempDir(), LinkHosts: []string{"HTTPS://Example.com:443/"}})
	text := sandboxtest.Letters(300)
	for _, c := range []struct {
		name    string
		content compose.Content
		want    []string
	}{
		{"text", compose.Content{Message: "안녕"}, []string{"text 안녕"}},
		{"registered link", compose.Content{Message: "안녕", Link: good, Button: "열기"}, []string{"text 안녕 [열기](" + good + ")"}},
		{"default port", compose.Content{Message: "안녕", Link: "https://EXAMPLE.com:443/a"}, []string{"text 안녕 [](https://EXAMPLE.com:443/a)"}},
		{"other port", compose.Content{Message: "안녕", Link: "https://example.com:8443/a"}, []string{"text 안녕\nhttps://example.com:8443/a", "link in text"}},
		{"other scheme", compose.Content{Message: "안녕", Link: "http://example.com/a"}, []string{"text 안녕\nhttp://example.com/a", "link in text"}},
		{"foreign link", compose.Content{Message: "안녕", Link: foreign, Button: "열기"}, []string{"text 안녕\n" + foreign, "link in text"}},
		{"foreign link, there already", compose.Content{Message: "보세요 " + foreign, Link: foreign}, []string{"text 보세요 " + foreign, "link in text"}},
		{"foreign link that begins another", compose.Content{Message: "보세요 " + foreign + "bc", Link: foreign}, []string{"text 보세요 " + foreign + "bc\n" + foreign, "link in text"}},
		{"foreign link that fits nowhere", compose.Content{Message: "안녕", Link: long, Button: "열기"}, []string{"text 안녕 [열기](" + long + ")", "dead"}},
		{"title only beside text", compose.Content{Message: "내용", Title: "제목"}, []string{"text 제목\n\n내용"}},
		{"title and foreign link", compose.Content{Message: "내용", Title: "제목", Link: foreign}, []string{"text 제목\n\n내용\n" + foreign, "link in text"}},
		{"title and registered link", compose.Content{Message: "내용", Title: "제목", Link: good, Button: "열기"}, []string{"feed 제목 | 내용 |  [열기](" + good + ")"}},
		{"image without link", compose.Content{Message: "내용", Image: img}, []string{"feed  | 내용 | " + img + " [](" + img + ")", "dead photo"}},
		{"image of a registered host", compose.Content{Message: "내용", Image: good}, []string{"feed  | 내용 | " + good + " [](" + good + ")"}},
		{"image and registered link", compose.Content{Message: "내용", Image: img, Link: good}, []string{"feed  | 내용 | " + img + " [](" + good + ")"}},
		{"image and foreign link", compose.Content{Message: "내용", Image: img, Link: foreign, Button: "열기"}, []string{"feed  |  | " + img + " [](" + img + ")", "text 내용\n" + foreign, "link in text", "dead photo"}},
		{"image and long text", compose.Content{Message: text, Image: img, Title: "제목"}, []string{"feed 제목 |  | " + img + " [](" + img + ")", "parts"}},
		{"template and text", compose.Content{Message: "내용", Template: []byte(`{"object_type":"text","text":"t","link":{"web_url":"` + foreign + `"}}`)}, []string{"text 내용", "text t [](" + foreign + ")", "dead"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := m.maker.Compose(t.Context(), c.content, true)
			if err != nil {
				t.Fatal(err)
			}
			got := sketch(p)
			if i := len(c.want) - 1; c.want[i] == "parts" {
				if p.DeadPhoto != strings.Contains(c.name, "image") {
					t.Errorf("dead photo: %v", p.DeadPhoto)
				}
				got, c.want = got[:i], c.want[:i]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			for _, b := range p.Bubbles {
				if err := b.Template.Validate(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestComposeRefuses(t *testing.T) {
	m := New(Config{Lang: "en", Home: t.TempDir()})
	many := map[string]string{"A": strings.Repeat("x", 32<<10)}
	for _, c := range []struct {
		name    string
		content compose.Content
		reason  string
		says    string
	}{
		{"empty", compose.Content{}, "empty_message", ""},
		{"control characters only", compose.Content{Message: "\x00\x01\u202e"}, "empty_message", ""},
		{"invalid UTF-8", compose.Content{Message: "a\xffb"}, "broken_text", ""},
		{"replacement character", compose.Content{Message: "a\ufffdb"}, "broken_text", ""},
		{"half a megabyte", compose.Content{Message: strings.Repeat("가", 200_000)}, "too_long", ""},
		{"too long", compose.Content{Message: sandboxtest.Letters(1200)}, "too_long", ""},
		{"too long beside a template", compose.Content{Message: sandboxtest.Letters(900), TemplateID: 3}, "too_long", ""},
		{"both templates", compose.Content{Template: []byte(`{}`), TemplateID: 3}, "bad_content", ""},
		{"template and link", compose.Content{TemplateID: 3, Link: "https://a.example"}, "bad_content", ""},
		{"args without template", compose.Content{Message: "a", TemplateArgs: map[string]string{"A": "b"}}, "bad_content", ""},
		{"long args", compose.Content{TemplateID: 3, TemplateArgs: many}, "too_long", ""},
		{"broken args", compose.Content{TemplateID: 3, TemplateArgs: map[string]string{"A": "\xff"}}, "broken_text", ""},
		{"button without link", compose.Content{Message: "a", Button: "b"}, "bad_content", ""},
		{"button of two lines", compose.Content{Message: "a", Link: "https://a.example", Button: "b\nc"}, "bad_content", "button"},
		{"blank title", compose.Content{Message: "a", Title: "\u200b"}, "bad_content", "title"},
		{"long title", compose.Content{Message: "a", Title: strings.Repeat("가", 60)}, "bad_content", "title"},
		{"ftp", compose.Content{Message: "a", Link: "ftp://a.example"}, "bad_link", ""},
		{"userinfo", compose.Content{Message: "a", Link: "https://kakao.com@evil.example"}, "bad_link", ""},
		{"loopback image", compose.Content{Message: "a", Image: "http://127.0.0.1/a.png"}, "bad_content", "image_url"},
		{"template path", compose.Content{Template: []byte(`{"object_type":"list","header_title":"h","contents":[{"title":"a","link":{"web_url":"https://a.example"}},{"title":"b","link":{"web_url":"x"}}]}`)}, "bad_content", "contents[1].link.web_url"},
		{"unknown field", compose.Content{Template: []byte(`{"object_type":"text","text":"a","link":{},"colour":"red"}`)}, "bad_content", "colour"},
		{"unknown template", compose.Content{Template: []byte(`{"object_type":"poem"}`)}, "bad_content", "object_type"},
		{"only its kind", compose.Content{Template: []byte(`{"object_type":"feed","content":null}`)}, "bad_content", "nothing but"}, // what mcp-use 1.7.1 leaves of any
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := m.maker.Compose(t.Context(), c.content, true)
			if err == nil {
				t.Fatal("it was taken")
			}
			r := m.Refusal(err)
			if r.Reason != c.reason || r.Retry != "no" || !strings.Contains(r.What, c.says) {
				t.Errorf("got %s (%s): %s", r.Reason, r.Retry, r.What)
			}
		})
	}
}

// TestVariablesAreNamed: mcp-use 1.7.1 drops the variables that the schema does not
// name. Who gave them reads which ones arrived.
func TestVariablesAreNamed(t *testing.T) {
	w := loggedIn(t)
	for args, told := range map[string]string{
		`{"template_id":7}`:                                              " 템플릿 변수 없이 보냈어요.",
		`{"template_id":8,"template_args":{}}`:                           " 템플릿 변수 없이 보냈어요.",
		`{"template_id":9,"template_args":{"NAME":"x","A\nB\u202e":""}}`: " 넣은 템플릿 변수: A B, NAME.",
		`{"message":"a"}`:                                                "",
	} {
		a := w.call(toolToMe, args)
		w.want(a, StatusSent, "", "")
		if _, more, _ := strings.Cut(a.str("summary"), "알림은 오지 않아요."); more != told {
			t.Errorf("%s: %q", args, more)
		}
	}
}

func TestDigestIgnoresHowATemplateWasWritten(t *testing.T) {
	a := compose.Content{Template: []byte(`{"object_type":"text","text":"a","link":{}}`)}
	b := compose.Content{Template: []byte(`{ "link":{}, "text":"a", "object_type":"text" }`)}
	if a.Digest() != b.Digest() {
		t.Error("the order of fields makes another message")
	}
	x, y := compose.Content{TemplateID: 1 << 53}, compose.Content{TemplateID: 1<<53 + 1}
	if x.Digest() == y.Digest() || a.Digest() == (compose.Content{Message: "a"}).Digest() {
		t.Error("two messages have one digest")
	}
}

// TestWrappedErrorsAreWorded: no error of a call reaches the model as it is.
func TestWrappedErrorsAreWorded(t *testing.T) {
	m := New(Config{Lang: "en", Home: t.TempDir()})
	r := m.Refusal(errors.New("dial tcp: token=abc"))
	if strings.Contains(r.Error(), "abc") || r.Reason != "kakao_unavailable" {
		t.Errorf("got %+v", r)
	}
}

// TestDeadPhotoIsTold: a picture without a link leads to its own address, which
// KakaoTalk hardly ever opens: the answer says so instead of hiding a dead button.
func TestDeadPhotoIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		image string
		lang  wording.Lang
		dead  bool
		says  string
	}{
		"unregistered":         {"https://cdn.unregistered.io/p.png", "ko", true, "이미지 도메인이 [앱] > [제품 링크 관리] > [웹 도메인]에 등록되어 있지 않으면"},
		"unregistered English": {"https://cdn.unregistered.io/p.png", "en", true, "If the image's domain is not registered under [App] > [Product Link] > [Web Domain]"},
		"registered":           {"https://example.com/p.png", "ko", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loggedIn(t, func(cfg *Config) { cfg.Lang = c.lang })
			for _, tool := range []string{toolToMe, toolSend} {
				to := ""
				if tool == toolSend {
					to = `"to":["홍길동"],`
				}
				a := w.call(tool, `{`+to+`"message":"pic","image":"`+c.image+`"}`)
				w.want(a, StatusSent, "", "")
				if told := a.Result["link_may_be_dead"] == true; told != c.dead || !strings.Contains(a.Text, c.says) || strings.Contains(a.Text, "[자세히 보기]") != c.dead {
					t.Errorf("%s: link_may_be_dead %v: %s", tool, told, a.Text)
				}
			}
			for _, d := range w.Kakao.Deliveries() {
				if len(d.Buttons) != 1 || c.dead && !d.Buttons[0].Dead {
					t.Errorf("buttons %+v", d.Buttons)
				}
			}
		})
	}
}
