package kakao

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	jpegHead = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	pngHead  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	gifHead  = "GIF89a"
	webpHead = "RIFF\x00\x00\x00\x00WEBPVP8 "
)

const uploaded = `{"infos":{"original":{"url":"https://k.kakaocdn.net/dn/a/img.png","content_type":"image/png","length":7,"width":640,"height":480}}}`

func TestUploadImage(t *testing.T) {
	picture := pngHead + strings.Repeat("x", 100) + "\r\n--boundary\r\n"
	client := serving(t, func(w http.ResponseWriter, r *http.Request) {
		kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/form-data" || r.Method != "POST" || r.RequestURI != "/v2/api/talk/message/image/upload" || r.Header.Get("Authorization") != "Bearer "+testToken {
			t.Errorf("%s %s with %q, %v", r.Method, r.RequestURI, r.Header, err)
		}
		got := map[string]string{}
		form := multipart.NewReader(r.Body, params["boundary"])
		for part, err := form.NextPart(); err == nil; part, err = form.NextPart() {
			data, _ := io.ReadAll(part)
			got[part.FormName()+"/"+part.FileName()+"/"+part.Header.Get("Content-Type")] = string(data)
		}
		want := map[string]string{"secure_resource//": "true", "file/image.png/image/png": picture}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("form (-want +got):\n%s", diff)
		}
		io.WriteString(w, uploaded)
	})
	got, err := client.UploadImage(t.Context(), testToken, []byte(picture))
	if got != "https://k.kakaocdn.net/dn/a/img.png" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestImageRefusedBeforeSending(t *testing.T) {
	client, rec := answering(t, 200, uploaded)
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"JPG":                {jpegHead, nil},
		"PNG":                {pngHead, nil},
		"GIF":                {gifHead, nil},
		"WebP":               {webpHead, nil},
		"as large as can be": {pngHead + strings.Repeat("x", MaxImage-len(pngHead)), nil},
		"one byte larger":    {pngHead + strings.Repeat("x", MaxImage+1-len(pngHead)), &FieldError{"image", TooLarge, MaxImage}},
		"nothing":            {"", &FieldError{"image", Required, 0}},
		"BMP":                {"BM" + strings.Repeat("\x00", 60), &FieldError{"image", BadFormat, 0}},
		"SVG":                {`<svg xmlns="http://www.w3.org/2000/svg"/>`, &FieldError{"image", BadFormat, 0}},
		"text":               {"a private key", &FieldError{"image", BadFormat, 0}},
		"PDF":                {"%PDF-1.7", &FieldError{"image", BadFormat, 0}},
		"picture further in": {"x" + pngHead, &FieldError{"image", BadFormat, 0}},
	} {
		before := len(rec.seen())
		_, err := client.UploadImage(t.Context(), testToken, []byte(c.data))
		if diff := cmp.Diff(c.want, err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if sent := len(rec.seen()) - before; sent != 0 && c.want != nil || sent != 1 && c.want == nil {
			t.Errorf("%s: %d requests", name, sent)
		}
		if c.want != nil && !NotSent(err) {
			t.Errorf("%s: NotSent(%v) is false", name, err)
		}
	}
}

func TestUploadAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   string
		code   int // of an *Error; 1: unreadable
	}{
		"only an address": {200, `{"infos":{"original":{"url":"http://k.kakaocdn.net/a.jpg"}}}`, "http://k.kakaocdn.net/a.jpg", 0},
		"no address":      {200, `{"infos":{"original":{"width":1}}}`, "", 1},
		"no infos":        {200, `{}`, "", 1},
		"local address":   {200, `{"infos":{"original":{"url":"http://127.0.0.1/a.jpg"}}}`, "", 1},
		"script":          {200, `{"infos":{"original":{"url":"javascript:alert(1)"}}}`, "", 1},
		"long address":    {200, `{"infos":{"original":{"url":"https://k.kakaocdn.net/` + strings.Repeat("a", maxURL) + `"}}}`, "", 1},
		"too large":       {400, `{"code":-602,"msg":"m"}`, "", CodeImageTooLarge},
		"too many":        {400, `{"code":-606,"msg":"m"}`, "", CodeTooManyImages},
		"format":          {400, `{"code":-911,"msg":"m"}`, "", CodeImageFormat},
		"token":           {401, `{"code":-401,"msg":"m"}`, "", CodeUnauthorized},
	} {
		client, _ := answering(t, c.status, c.body)
		got, err := client.UploadImage(t.Context(), testToken, []byte(pngHead))
		answer, refused := err.(*Error)
		switch {
		case got != c.want:
			t.Errorf("%s: %q", name, got)
		case c.code == 0 && err != nil, c.code == 1 && (err == nil || refused), c.code < 0 && (!refused || answer.Code != c.code):
			t.Errorf("%s: error %v", name, err)
		}
	}
}
