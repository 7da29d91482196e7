package sandbox_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// upload posts these files with secure_resource, which "-" leaves out.
func (w *world) upload(token, secure string, files ...[]byte) (int, object) {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if secure != "-" {
		form.WriteField("secure_resource", secure)
	}
	for _, data := range files {
		part, err := form.CreateFormFile("file", "picture")
		if err != nil {
			w.t.Fatal(err)
		}
		part.Write(data)
	}
	form.Close()
	return w.request(http.MethodPost, token, "/v2/api/talk/message/image/upload", form.FormDataContentType(), &body)
}

func draw(t *testing.T, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp is the beginning of a WebP file of 300 × 200 pixels.
func webp(chunk string, size []byte) []byte {
	head := "RIFF\x1a\x00\x00\x00WEBP" + chunk + "\x0e\x00\x00\x00"
	return append(append([]byte(head), size...), make([]byte, 16)...)
}

func pictures(t *testing.T) map[string][]byte {
	t.Helper()
	lossless := make([]byte, 5)
	lossless[0] = 0x2f
	binary.LittleEndian.PutUint32(lossless[1:], 299|199<<14)
	return map[string][]byte{
		"png":  draw(t, png.Encode),
		"jpg":  draw(t, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }),
		"gif":  draw(t, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) }),
		"webp": webp("VP8 ", []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 300 & 255, 300 >> 8, 200, 0}),

		"webp, lossless": webp("VP8L", lossless),
		"webp, extended": webp("VP8X", []byte{0, 0, 0, 0, 299 & 255, 299 >> 8, 0, 199, 0, 0}),
	}
}

func TestUpload(t *testing.T) {
	w := start(t)
	token := w.full("")
	for name, data := range pictures(t) {
		ending, _, _ := strings.Cut(name, ",")
		status, body := w.upload(token, "true", data)
		infos, _ := body["infos"].(object)
		got, _ := infos["original"].(object)
		address, _ := got["url"].(string)
		if status != 200 || !strings.HasPrefix(address, "https://k.kakaocdn.net/dn/") || !strings.HasSuffix(address, "/image."+ending) {
			t.Fatalf("%s: %d %v", name, status, body)
		}
		delete(got, "url")
		kind := "image/" + strings.Replace(ending, "jpg", "jpeg", 1)
		if diff := cmp.Diff(object{"content_type": kind, "length": float64(len(data)), "width": 300.0, "height": 200.0}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		kept := w.Pictures()
		if p := kept[len(kept)-1]; p.Owner != w.Owner().ID || "https://"+p.URL != address || !bytes.Equal(p.Data, data) {
			t.Errorf("%s: kept as %+v", name, p.URL)
		}
	}
	for _, secure := range []string{"false", "-"} {
		_, body := w.upload(token, secure, pictures(t)["png"])
		if address := body["infos"].(object)["original"].(object)["url"].(string); !strings.HasPrefix(address, "http://k.kakaocdn.net/") {
			t.Errorf("secure_resource %s: %s", secure, address)
		}
	}
}

func TestUploadRefusals(t *testing.T) {
	w := start(t)
	token := w.full("")
	picture := pictures(t)["png"]
	largest := append(bytes.Clone(picture), make([]byte, 5_000_000-len(picture))...)
	for name, c := range map[string]struct {
		files  [][]byte
		status int
		code   float64
	}{
		"as large as can be": {[][]byte{largest}, 200, 0},
		"one byte larger":    {[][]byte{append(bytes.Clone(largest), 0)}, 400, -602},
		"much larger":        {[][]byte{make([]byte, 15_000_000)}, 400, -602},
		"huge":               {[][]byte{make([]byte, 25_000_000)}, 400, -2},
		"two":                {[][]byte{picture, picture}, 400, -606},
		"none":               {nil, 400, -2},
		"empty":              {[][]byte{{}}, 400, -911},
		"BMP":                {[][]byte{append([]byte("BM"), make([]byte, 60)...)}, 400, -911},
		"text":               {[][]byte{[]byte("not a picture")}, 400, -911},
		"only the beginning": {[][]byte{picture[:12]}, 400, -911},
		"WebP of nothing":    {[][]byte{webp("ALPH", nil)}, 400, -911},
	} {
		status, body := w.upload(token, "true", c.files...)
		code, _ := body["code"].(float64)
		if status != c.status || code != c.code {
			t.Errorf("%s: %d %v, want %d %v", name, status, body, c.status, c.code)
		}
	}
	status, body := w.upload(token, "perhaps", picture)
	want(t, status, body, 400, -2)
	status, body = w.post(token, "/v2/api/talk/message/image/upload", url.Values{"file": {string(picture)}})
	want(t, status, body, 400, -2)
	status, body = w.upload("nobody", "true", picture)
	want(t, status, body, 401, -401)
	w.WithdrawConsent(w.Owner().ID, "talk_message")
	status, body = w.upload(token, "true", picture)
	want(t, status, body, 403, -402)
	if n := len(w.Pictures()); n != 1 {
		t.Errorf("%d pictures kept", n)
	}
}

func TestPicturesInTheRooms(t *testing.T) {
	w := start(t)
	token := w.full("")
	data := pictures(t)["png"]
	_, body := w.upload(token, "true", data)
	address := body["infos"].(object)["original"].(object)["url"]
	for _, image := range []any{address, "https://elsewhere.example/a.png"} {
		feed := object{"object_type": "feed", "content": object{"title": "차트", "image_url": image, "link": object{}}}
		status, body := w.post(token, memoPath, url.Values{"template_object": {jsonText(t, feed)}})
		want(t, status, body, 200, 0)
	}
	_, view := w.read(http.Get(w.srv.RoomsURL() + "/data"))
	bubbles := view["rooms"].([]any)[0].(object)["bubbles"].([]any)
	path, _ := bubbles[0].(object)["picture"].(string)
	if bubbles[0].(object)["image"] != true || !strings.HasPrefix(path, "/rooms/pictures/") || bubbles[1].(object)["picture"] != nil || bubbles[1].(object)["image"] != true {
		t.Errorf("bubbles: %v", bubbles)
	}
	for path, status := range map[string]int{path: 200, "/rooms/pictures/x": 404} {
		resp, err := http.Get(w.srv.APIURL + path)
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, resp)
		resp.Body.Close()
		if resp.StatusCode != status || status == 200 && (got != string(data) || resp.Header.Get("Content-Type") != "image/png") {
			t.Errorf("%s: %d, %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
}

// A test that runs for hours must not eat the memory.
func TestOldPicturesGo(t *testing.T) {
	w := start(t)
	token := w.full("")
	picture := pictures(t)["png"]
	large := append(bytes.Clone(picture), make([]byte, 4_900_000)...)
	w.upload(token, "true", picture)
	for range 15 {
		if status, body := w.upload(token, "true", large); status != 200 {
			t.Fatal(status, body)
		}
	}
	kept, total := w.Pictures(), 0
	for _, p := range kept {
		total += len(p.Data)
	}
	if len(kept) < 10 || len(kept) > 14 || total > 64<<20 || len(kept[0].Data) == len(picture) {
		t.Errorf("%d pictures of %d bytes kept", len(kept), total)
	}
}
