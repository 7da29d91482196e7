package messenger

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao"
)

// kakaoRefusal words errors of tools/kakao that are not about one receiver.
func (m *Messenger) kakaoRefusal(err error) *Refusal {
	var answer *kakao.Error
	var field *kakao.FieldError
	switch {
	case errors.As(err, &field):
		return m.fieldRefusal(field)
	case errors.As(err, &answer) && answer.Code == kakao.CodeUnauthorized:
		return m.callerRefusal(answer)
	case errors.As(err, &answer) && answer.Code < 0:
		w := m.meaningOf(answer)
		return &Refusal{Problem: problem.Problem{Reason: w.reason, What: w.what(m.cfg.Lang), Next: w.next(m.cfg.Lang), Retry: w.retry}, silent: true}
	case errors.Is(err, context.Canceled):
		return &Refusal{Problem: problem.Problem{Reason: "cancelled", Retry: problem.No, What: m.say("요청이 취소됐어요.", "The request was cancelled."), Next: m.onlyIfWanted()}, silent: true}
	case errors.Is(err, context.DeadlineExceeded):
		return &Refusal{Problem: problem.Problem{Reason: "timeout", Retry: problem.Yes, What: m.say("제한 시간 안에 끝내지 못했어요.", "The request timed out."), Next: m.say("다시 시도해 주세요.", "Try again.")}, silent: true}
	case auth.CertificateProblem(m.cfg.Lang, err) != nil:
		return &Refusal{Problem: *auth.CertificateProblem(m.cfg.Lang, err), silent: true}
	case kakao.NotSent(err):
		return &Refusal{Problem: problem.Problem{Reason: "offline", Retry: problem.Yes, What: m.say("카카오 서버에 연결하지 못했어요.", "Could not reach Kakao's server."), Next: m.say("인터넷 연결을 확인하고 다시 시도해 주세요.", "Check the connection and try again.")}, silent: true}
	}
	return &Refusal{Problem: problem.Problem{Reason: "kakao_unavailable", Retry: problem.Later, What: m.say("카카오 서버가 올바르게 응답하지 않았어요.", "Kakao's server did not respond properly."), Next: m.say(laterKo, laterEn)}, silent: true}
}

// rules say what is wrong with a field. Those with a number name its bound.
var rules = sync.OnceValue(func() map[kakao.Rule][2]string {
	return map[kakao.Rule][2]string{
		kakao.Required:    {"값이 필요해요", "is required"},
		kakao.Unknown:     {"이 템플릿에 없는 항목이에요", "is not a field of this template"},
		kakao.Duplicate:   {"두 번 들어 있어요", "is given twice"},
		kakao.WrongType:   {"값의 종류가 올바르지 않아요", "has the wrong type"},
		kakao.Syntax:      {"JSON 값 하나가 아니에요", "is not one JSON value"},
		kakao.InvalidUTF8: {"글자가 깨져 있어요", "is not valid UTF-8"},
		kakao.TooLong:     {"최대 %d자까지예요", "may have at most %d characters"},
		kakao.TooLarge:    {"최대 %dMB까지예요", "may have at most %d MB"},
		kakao.TooMany:     {"최대 %d개까지예요", "may have at most %d entries"},
		kakao.TooFew:      {"%d개 이상이어야 해요", "needs at least %d entries"},
		kakao.OffGrid:     {"%d분 단위의 시각이어야 해요", "must be a multiple of %d minutes"},
		kakao.BadURL:      {"올바른 http(s) 주소가 아니에요", "is not a valid http(s) address"},
		kakao.BadFormat:   {"카카오톡으로 보낼 수 있는 이미지(JPG, PNG, GIF, WebP)가 아니에요", "is not an image that KakaoTalk takes (JPG, PNG, GIF, WebP)"},
		kakao.BadValue:    {"사용할 수 없는 값이에요", "has a value that cannot be used"},
		kakao.Conflict:    {"다른 항목과 함께 사용할 수 없어요", "cannot be used together with another field"},
	}
})

// fieldRefusal names the argument that cannot be sent.
func (m *Messenger) fieldRefusal(e *kakao.FieldError) *Refusal {
	path, limit := e.Path, e.Limit
	if path == "" {
		path = "template"
	}
	text := m.say(rules()[e.Rule][0], rules()[e.Rule][1])
	switch e.Rule {
	case kakao.TooLarge:
		limit /= 1_000_000
		fallthrough
	case kakao.TooLong, kakao.TooMany, kakao.TooFew, kakao.OffGrid:
		text = fmt.Sprintf(text, limit)
	}
	return &Refusal{Problem: problem.Problem{Reason: "bad_content", Retry: problem.No,
		What: fmt.Sprintf(m.say("%s: %s.", "%s %s."), path, text),
		Next: m.say("그 항목을 고쳐 다시 보내 주세요.", "Fix that and send it again.")}, silent: true}
}
