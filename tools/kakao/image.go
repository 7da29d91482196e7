package kakao

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

const (
	// MaxImage is the size in bytes up to which a picture is uploaded: Kakao says
	// 5 MB, which counts at least this many.
	MaxImage = 5_000_000
	// uploadTimeout lets the largest picture through a line of 1.5 Mbit/s.
	uploadTimeout = 40 * time.Second
)

// ImageType returns the media type of a picture that can be uploaded by its
// content, "" for anything else: Kakao names JPG and PNG, and takes GIF and WebP.
func ImageType(data []byte) string {
	switch kind := http.DetectContentType(data); kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return kind
	}
	return ""
}

// UploadImage hands a picture of at most [MaxImage] bytes to Kakao and returns its address,
// for example for a [Content]. Whoever knows it can see the picture for a while; Kakao
// does not say for how long. The request holds no file name. Errors: *FieldError for what is no such picture, *Error for
// Kakao's refusal. Kakao docs: KakaoTalk Share > Upload image, which its SDKs do
// with the same call.
func (c *Client) UploadImage(ctx context.Context, token string, data []byte) (address string, err error) {
	const op, path = "uploading a picture", "image"
	kind := ImageType(data)
	switch {
	case len(data) == 0:
		return "", &FieldError{Path: path, Rule: Required}
	case len(data) > MaxImage:
		return "", &FieldError{Path: path, Rule: TooLarge, Limit: MaxImage}
	case kind == "":
		return "", &FieldError{Path: path, Rule: BadFormat}
	}
	body, contentType := imageForm(data, kind)
	var answer struct {
		Infos struct {
			Original struct {
				URL tolerant[string] `json:"url"`
			} `json:"original"`
		} `json:"infos"`
	}
	r := request{op: op, method: http.MethodPost, path: "/v2/api/talk/message/image/upload", body: body, contentType: contentType, timeout: uploadTimeout}
	if err := c.call(ctx, token, r, &answer); err != nil {
		return "", err
	}
	address = answer.Infos.Original.URL.V
	var check check
	check.text("url", address, maxURL, true)
	check.image("url", address)
	if check.first != nil {
		return "", &requestError{op: op, sent: true, err: errUnreadable}
	}
	return address, nil
}

// imageForm is the upload form; writing to memory does not fail.
func imageForm(data []byte, kind string) (body []byte, contentType string) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	_ = form.WriteField("secure_resource", "true") // an https address comes back
	file, _ := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="image.` + strings.TrimPrefix(kind, "image/") + `"`},
		"Content-Type":        {kind},
	})
	_, _ = file.Write(data)
	_ = form.Close()
	return buf.Bytes(), form.FormDataContentType()
}
