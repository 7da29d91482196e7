package messenger

import (
	"errors"
	"io/fs"
	"sync"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/picture"
)

type pictureWord struct {
	err    error
	ko, en string
}

// pictureWords say why a file of this computer is not sent. None of them names a
// folder or a way around it.
var pictureWords = sync.OnceValue(func() []pictureWord {
	return []pictureWord{
		{picture.ErrElsewhere, "KAKAO_IMAGE_DIR 폴더에 있는 사진이 아니에요.", "The picture is not in the folder KAKAO_IMAGE_DIR."},
		{picture.ErrNoFolder, "KAKAO_IMAGE_DIR 폴더를 열 수 없어요.", "The folder KAKAO_IMAGE_DIR cannot be opened."},
		{picture.ErrLinked, "다른 폴더에도 있는 파일(하드 링크)이라 KAKAO_IMAGE_DIR 폴더의 사진으로 볼 수 없어요.", "The file also has a name in another place (a hard link), so it does not count as a picture of the folder KAKAO_IMAGE_DIR."},
		{picture.ErrHidden, "숨긴 파일이나 숨긴 폴더에 있는 사진은 보낼 수 없어요.", "Hidden files and pictures in hidden folders cannot be sent."},
		{picture.ErrNoFile, "사진 파일이 아니에요.", "This is not a picture file."},
		{picture.ErrForeign, "다른 사용자의 파일은 보낼 수 없어요.", "A file of another user cannot be sent."},
		{picture.ErrNoPicture, "JPG, PNG, GIF, WebP 사진만 보낼 수 있어요.", "Only JPG, PNG, GIF and WebP pictures can be sent."},
		{picture.ErrTooLarge, "사진이 너무 커요. 5MB(5,000,000바이트)까지 보낼 수 있어요.", "The picture is too large. It can have up to 5 MB (5,000,000 bytes)."},
		{fs.ErrNotExist, "이 경로에 파일이 없어요.", "There is no file at this path."},
		{fs.ErrPermission, "파일을 읽을 권한이 없어요.", "There is no permission to read the file."},
	}
})

// nextPicture says what to do after err.
func (m *Messenger) nextPicture(err error) string {
	switch {
	case errors.Is(err, picture.ErrNoFolder):
		return m.onlyTheUser("KAKAO_IMAGE_DIR")
	case errors.Is(err, picture.ErrTooLarge):
		return m.say("크기를 줄인 사진으로 다시 보내 주세요.", "Send it again with a smaller picture.")
	case (errors.Is(err, picture.ErrElsewhere) || errors.Is(err, picture.ErrLinked)) && !m.cfg.Typed:
		return m.say("사용자가 정한 폴더의 사진만 보낼 수 있어요. 어떻게 할지 사용자에게 물어보세요.", "Only pictures in the folder that the user chose can be sent. Ask the user what to do.")
	}
	return m.say(m.maker.Argument("image")+"에 다른 사진의 경로를 넣어 다시 보내 주세요.", "Send it again with the path of another picture in "+m.maker.Argument("image")+".")
}

func (m *Messenger) uploadFailed() error {
	return &Refusal{Problem: problem.Problem{Reason: "upload_failed", Retry: problem.Later, Next: m.say(laterKo, laterEn),
		What: m.say("사진을 카카오에 올리지 못했어요.", "The picture could not be uploaded to Kakao.")}, silent: true}
}

func (m *Messenger) stillUploading() error {
	return &Refusal{Problem: problem.Problem{Reason: "uploading", Retry: problem.Yes,
		What: m.say("사진을 카카오에 올리는 데 시간이 걸리고 있어요.", "Uploading the picture to Kakao is taking a while."),
		Next: m.say("잠시 후 같은 내용으로 다시 요청해 주세요.", "Ask again with the same content in a moment.")}, silent: true}
}

// uploadNote tells beforehand what becomes of a picture of this computer.
func (m *Messenger) uploadNote() string {
	return m.say("사진은 카카오의 공개 주소에 올려서 보내요. 주소를 아는 사람은 누구나 볼 수 있어요.", "The picture is uploaded to a public address at Kakao. Anyone who has the address can see it.")
}

// uploadedNote tells afterwards. How long it stays is known to nobody but Kakao.
func (m *Messenger) uploadedNote() string {
	return m.say("이 사진은 목록에 나오지 않는 카카오의 공개 주소에 한동안 남아요. 주소를 아는 사람은 누구나 볼 수 있어요.", "The picture stays at an unlisted public address at Kakao for a while. Anyone who has the address can see it.")
}
