package messenger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/picture"
)

// uploadTime bounds an upload with the wait for another one and a login's renewal.
const uploadTime = 90 * time.Second

// openPicture reads the picture of this computer that is to be sent, if there is one.
// From here on it is what was read, whatever becomes of the file.
func (s *sending) openPicture() (err error) {
	m, image := s.m, s.r.Image
	switch {
	case !picture.IsPath(image):
		return nil
	case m.cfg.Confirm == ConfirmNever && m.cfg.ImageDir == "":
		return &Refusal{Problem: problem.Problem{Reason: "picture_unasked", Retry: problem.No, Next: m.onlyTheUser("KAKAO_IMAGE_DIR"),
			What: m.say("KAKAO_CONFIRM=never이고 KAKAO_IMAGE_DIR가 없어서 이 컴퓨터의 사진을 보낼 수 없어요.", "A picture on this computer cannot be sent with KAKAO_CONFIRM=never and without KAKAO_IMAGE_DIR.")}, silent: true}
	}
	if s.picture, err = picture.Open(image, m.cfg.ImageDir); err != nil {
		return m.pictureRefusal(err)
	}
	sum := sha256.Sum256(s.picture.Data)
	s.sum = "sha256 " + hex.EncodeToString(sum[:])
	return nil
}

// oneLine is a file's name that cannot begin a line of the question.
func oneLine(name string) string {
	return strings.NewReplacer("\n", "\ufffd", "\t", "\ufffd").Replace(name)
}

// mustBeSeen reports a picture that nobody's setting has let go: a person has to agree
// to it, whoever gets it.
func (s *sending) mustBeSeen() bool { return s.picture != nil && s.m.cfg.ImageDir == "" }

// withPicture is the content with something in the place of the picture's path.
func (s *sending) withPicture(image string) compose.Content {
	c := s.r.Content
	if picture.IsPath(c.Image) {
		c.Image = image
	}
	return c
}

// placePicture puts the picture's address into a bubble that waits for it.
func (s *sending) placePicture(ctx context.Context, part int) error {
	feed, ok := s.plan.Bubbles[part].Template.(kakao.Feed)
	if s.picture == nil || !ok || feed.Content.ImageURL != compose.PictureAddress {
		return nil
	}
	address, err := s.uploadPicture(ctx)
	if err != nil {
		return err
	}
	feed.Content.ImageURL = address
	if feed.Content.Link.WebURL == compose.PictureAddress {
		feed.Content.Link = kakao.Link{WebURL: address, MobileWebURL: address}
	}
	s.plan.Bubbles = slices.Clone(s.plan.Bubbles)
	s.plan.Bubbles[part].Template = feed
	return nil
}

// uploadPicture returns where the picture lies at Kakao. On a slow line that takes
// longer than the call has: the upload then goes on, and the next identical call
// finds it.
func (s *sending) uploadPicture(ctx context.Context) (address string, err error) {
	if err := s.stillSame(); err != nil {
		return "", err
	}
	type upload struct {
		address string
		made    bool
		err     error
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), uploadTime)
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			cancel() // the person does not want it any more
		}
	})
	done := make(chan upload, 1)
	go func() {
		defer cancel()
		defer stop()
		var u upload
		u.address, u.made, u.err = s.m.journal.Uploaded(own, s.account, s.sum, func() (address string, err error) {
			err = s.m.Call(own, s.purpose, s.h, func(token string) (err error) {
				address, err = s.m.cfg.Kakao.UploadImage(own, token, s.picture.Data)
				return err
			})
			return address, err
		})
		done <- u
	}()
	select {
	case u := <-done:
		s.uploaded = u.made
		return u.address, s.m.uploadRefusal(u.err)
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return "", ctx.Err()
		}
		s.uploaded = true
		return "", s.m.stillUploading()
	}
}

// uploadRefusal words why a picture is not at Kakao. That it may be there after all
// does no harm: the message has not gone out.
func (m *Messenger) uploadRefusal(err error) error {
	var answer *kakao.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, journal.ErrUnavailable), errors.Is(err, journal.ErrBusy), errors.Is(err, journal.ErrUnsafe), errors.Is(err, journal.ErrNewer):
		return m.JournalProblem(err)
	case kakao.NotSent(err) && !(errors.As(err, &answer) && answer.Code == kakao.CodeBadParameter):
		return err // worded as for messages
	}
	_, login := errors.AsType[*problem.Problem](err)
	_, refused := errors.AsType[*Refusal](err)
	if login || refused || errors.Is(err, ask.ErrSuspended) {
		return err
	}
	return m.uploadFailed()
}

// pictureRefusal words why a file of this computer is not sent.
func (m *Messenger) pictureRefusal(err error) error {
	for _, w := range pictureWords() {
		if errors.Is(err, w.err) {
			return BadInput("bad_image", m.say(w.ko, w.en), m.nextPicture(w.err))
		}
	}
	return BadInput("bad_image", m.say("사진 파일을 읽지 못했어요.", "The picture could not be read."), m.nextPicture(fs.ErrNotExist))
}
