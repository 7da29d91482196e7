package sandbox

import (
	"crypto/rand"
	"io"
	"net/http"
	"strings"

	"kakaotalk-mcp/tools/kakao/sandbox/imagesize"
)

const (
	uploadPath = "/v2/api/talk/message/image/upload"
	// maxPicture is Kakao's 5 MB, read in the stricter way.
	maxPicture = 5_000_000
	// maxUploadBytes lets a picture that is too large arrive: its answer is -602.
	maxUploadBytes = 4 * maxPicture
	// maxPictureMemory is for all pictures that are kept; the oldest go first.
	maxPictureMemory = 64 << 20
	// pictureHost is where uploaded pictures seem to lie. Nothing asks it: the rooms
	// show the sandbox's own copy.
	pictureHost = "k.kakaocdn.net"
)

// Picture is a picture that somebody uploaded.
type Picture struct {
	Owner  int64  `json:"owner"`
	URL    string `json:"url"`  // without its scheme, which the upload chooses
	Type   string `json:"type"` // media type
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Data   []byte `json:"-"`
	id     string
}

// upload is a file of a multipart form.
type upload struct {
	data []byte
	over bool // larger than maxPicture; the rest was not read
}

// readUploads reads the files of a request, before the sandbox is locked: a slow
// sender must not hold up everybody.
func readUploads(r *http.Request) (files []upload, bad bool) {
	if r.ParseMultipartForm(maxUploadBytes) != nil {
		return nil, true
	}
	for field, headers := range r.MultipartForm.File {
		for _, h := range headers {
			f, err := h.Open()
			if err != nil || field != "file" {
				return nil, true
			}
			data, err := io.ReadAll(io.LimitReader(f, maxPicture+1))
			f.Close()
			if err != nil {
				return nil, true
			}
			files = append(files, upload{data, len(data) > maxPicture})
		}
	}
	return files, false
}

// uploadPicture takes one picture. Kakao docs: KakaoTalk Share > Upload image;
// error codes -602, -606, -911.
func (s *Sandbox) uploadPicture(c *call) *answer {
	scheme := "http"
	switch c.params.Get("secure_resource") {
	case "true":
		scheme = "https"
	case "", "false":
	default:
		return badParameter("failed to parse parameter. name=secure_resource")
	}
	switch {
	case c.badForm || len(c.files) == 0:
		return badParameter("failed to parse parameter. name=file")
	case len(c.files) > 1:
		return apiError(http.StatusBadRequest, -606, "the number of images exceeds the limit.")
	case c.files[0].over:
		return apiError(http.StatusBadRequest, -602, "the size of the image exceeds the limit.")
	}
	p, ok := newPicture(c.files[0].data)
	if !ok {
		return apiError(http.StatusBadRequest, -911, "the format of the image is not supported.")
	}
	p.Owner = c.person
	s.keepPicture(p)
	return success(map[string]any{"infos": map[string]any{"original": map[string]any{
		"url": scheme + "://" + p.URL, "content_type": p.Type, "length": len(p.Data), "width": p.Width, "height": p.Height,
	}}})
}

func newPicture(data []byte) (Picture, bool) {
	is, ok := imagesize.Of(data)
	p := Picture{Type: is.Type, Width: is.Width, Height: is.Height, Data: data, id: strings.ToLower(rand.Text())}
	p.URL = pictureHost + "/dn/" + p.id + "/image." + is.Ending
	return p, ok
}

func (s *Sandbox) keepPicture(p Picture) {
	s.pictures = append(s.pictures, p)
	total := 0
	for i := len(s.pictures) - 1; i >= 0; i-- {
		if total += len(s.pictures[i].Data); total > maxPictureMemory {
			s.pictures = append([]Picture(nil), s.pictures[i+1:]...)
			return
		}
	}
}

// Pictures returns the uploaded pictures that are kept, oldest first. Their data must
// not be changed.
func (s *Sandbox) Pictures() []Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Picture(nil), s.pictures...)
}

// ownPicture returns where the rooms page finds a picture that was uploaded here, ""
// for any other address: nothing is loaded from outside.
func (s *Sandbox) ownPicture(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	for _, p := range s.pictures {
		if p.URL == rest {
			return "/rooms/pictures/" + p.id
		}
	}
	return ""
}

func (s *Sandbox) servePicture(w http.ResponseWriter, r *http.Request) {
	for _, p := range s.Pictures() {
		if p.id == r.PathValue("id") {
			w.Header().Set("Content-Type", p.Type)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Write(p.Data) //nolint:errcheck // the reader is gone
			return
		}
	}
	http.NotFound(w, r)
}
