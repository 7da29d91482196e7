package messenger

import (
	"context"
	"errors"
	"fmt"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao"
)

// meaning explains one of Kakao's codes (Kakao docs: REST API, response codes;
// KakaoTalk message, response codes).
type meaning struct {
	reason         string
	ko, en         string
	nextKo, nextEn string
	retry          problem.Retry
}

const (
	tomorrowKo = "한도는 하루 단위라서 내일 다시 보낼 수 있어요."
	tomorrowEn = "Limits count per day; it can be sent tomorrow."
)

var codes = map[int]meaning{
	kakao.CodeInternal:       {"kakao_unavailable", "카카오 서버에 잠시 문제가 있어요(-1).", "Kakao's server has a passing fault (-1).", "잠시 후 다시 시도해 주세요.", "Try again in a while.", problem.Later},
	kakao.CodeBadParameter:   {"bad_request", "카카오가 요청 내용을 받아들이지 않았어요(-2).", "Kakao refused the request's content (-2).", "받는 사람과 내용을 확인해 주세요.", "Check the receivers and the content.", problem.No},
	kakao.CodeNotEnabled:     {"not_enabled", "이 앱에서 필요한 기능이 꺼져 있어요(-3).", "A needed feature is off for this app (-3).", "[카카오 로그인] > [사용 설정]과 [동의항목]을 확인해 주세요.", "Check [카카오 로그인] > [사용 설정] and [동의항목].", problem.AfterUser},
	kakao.CodeRestricted:     {"account_blocked", "카카오가 이 계정의 이용을 제한했어요(-4).", "Kakao restricts this account (-4).", "카카오 고객센터에 문의해 주세요.", "Contact Kakao's customer centre.", problem.No},
	kakao.CodeNoPermission:   {"no_permission", "이 앱에는 이 기능을 쓸 권한이 없어요(-5).", "The app has no permission for this (-5).", "보내는 사람과 받는 사람이 모두 [앱] > [멤버]에 있는지 확인하거나, [앱] > [추가 기능 신청]에서 권한을 신청해 주세요.", "Make sure both people are under [앱] > [멤버], or apply under [앱] > [추가 기능 신청].", problem.AfterUser},
	kakao.CodePolicy:         {"policy", "카카오 정책에 따라 할 수 없는 요청이에요(-6).", "Kakao's policy does not allow this (-6).", "카카오디벨로퍼스의 운영 정책을 확인해 주세요.", "See the operating policy at Kakao Developers.", problem.No},
	kakao.CodeService:        {"kakao_unavailable", "카카오 서비스가 점검 중이거나 잠시 문제가 있어요(-7).", "Kakao is under maintenance or has a fault (-7).", "잠시 후 다시 시도해 주세요.", "Try again in a while.", problem.Later},
	kakao.CodeBadHeader:      {"bad_request", "카카오가 요청 형식을 받아들이지 않았어요(-8).", "Kakao refused the request's form (-8).", "새 버전이 있는지 확인해 주세요.", "Check for a newer version.", problem.No},
	kakao.CodeEnded:          {"api_ended", "카카오가 이 기능을 종료했어요(-9).", "Kakao has ended this interface (-9).", "새 버전이 있는지 확인해 주세요.", "Check for a newer version.", problem.No},
	kakao.CodeQuota:          {"quota", "오늘 이 앱이 쓸 수 있는 횟수를 모두 썼어요(-10).", "The app's quota for today is used up (-10).", tomorrowKo, tomorrowEn, problem.Later},
	kakao.CodePaidQuota:      {"quota", "앱에 정해진 유료 사용 한도를 모두 썼어요(-11).", "The app's paid spending limit is reached (-11).", "카카오 콘솔에서 한도를 확인해 주세요.", "Check the limit in Kakao's console.", problem.AfterUser},
	kakao.CodeSanctioned:     {"app_blocked", "카카오가 이 앱 또는 개발자 계정의 이용을 제한했어요(-12).", "Kakao restricts this app or developer account (-12).", "카카오디벨로퍼스 공지와 메일을 확인해 주세요.", "See Kakao Developers' notices and mail.", problem.No},
	kakao.CodeNotLinked:      {"not_connected", "이 카카오계정이 앱과 연결되어 있지 않아요(-101).", "The Kakao account is not connected to the app (-101).", "다시 로그인해 주세요.", "Log in again.", problem.AfterUser},
	kakao.CodeConsentMissing: {"consent_missing", "필요한 동의가 없어요(-402).", "A needed consent is missing (-402).", "[카카오 로그인] > [동의항목]에 항목이 설정되어 있는지 확인하고 다시 로그인해 주세요.", "Make sure the item is set under [카카오 로그인] > [동의항목], then log in again.", problem.AfterUser},
	kakao.CodeUnderAge:       {"under_age", "만 14세 미만 계정은 쓸 수 없는 기능이에요(-406).", "Not available to accounts of people under 14 (-406).", "만 14세 이상인 카카오계정으로 써 주세요.", "Use a Kakao account of somebody aged 14 or over.", problem.No},
	kakao.CodeNotTalkUser:    {"not_a_talk_user", "카카오톡을 쓰지 않는 계정이에요(-501).", "That account does not use KakaoTalk (-501).", "그 카카오계정으로 카카오톡에 가입했는지 확인해 주세요.", "Make sure that this Kakao account is signed up to KakaoTalk.", problem.No},
	kakao.CodeNotFriend:      {"not_a_friend", "카카오톡 친구가 아니거나 아직 앱에 연결되지 않았어요(-502).", "Not a KakaoTalk friend, or not connected to the app yet (-502).", "서로 친구인지, 상대가 앱에 로그인하고 동의했는지 확인해 주세요. 방금 동의했다면 잠시 기다려 주세요.", "Make sure you are friends and they logged in and consented. If that was just now, wait a little.", problem.AfterUser},
	kakao.CodeDevice:         {"device", "받는 사람의 기기가 이 메시지를 지원하지 않아요(-504).", "The receiver's device does not support this message (-504).", "글로만 보내거나, 받는 사람에게 카카오톡을 업데이트해 달라고 해 주세요.", "Send plain text, or ask the receiver to update KakaoTalk.", problem.No},
	kakao.CodeProfilePrivate: {"refused_by_receiver", "이 앱의 메시지를 받지 않기로 한 사람이에요(-530).", "This person does not take messages from the app (-530).", "이 사람에게는 다른 방법으로 연락해 주세요.", "Reach this person another way.", problem.No},
	kakao.CodeMonthlyQuota:   {"quota", "이번 달에 보낼 수 있는 횟수를 모두 썼어요(-531).", "This month's quota is used up (-531).", "다음 달에 다시 보낼 수 있어요.", "It can be sent next month.", problem.Later},
	kakao.CodeSenderQuota:    {"quota_sender", "오늘 보낼 수 있는 메시지를 모두 보냈어요(-532).", "You have sent all messages allowed today (-532).", tomorrowKo, tomorrowEn, problem.Later},
	kakao.CodeReceiverQuota:  {"quota_receiver", "이 사람이 오늘 받을 수 있는 메시지 수를 넘었어요(-533).", "This person cannot receive more messages today (-533).", tomorrowKo, tomorrowEn, problem.Later},
	kakao.CodePairQuota:      {"quota_pair", "이 사람에게 오늘 보낼 수 있는 메시지를 모두 보냈어요(-536).", "You have sent this person all messages allowed today (-536).", tomorrowKo, tomorrowEn, problem.Later},
	kakao.CodeTimeout:        {"kakao_unavailable", "카카오 서버의 응답이 늦어지고 있어요(-603).", "Kakao's server is slow to respond (-603).", "잠시 후 다시 시도해 주세요.", "Try again in a while.", problem.Later},
	kakao.CodeImageTooLarge:  {"image", "이미지가 너무 커요(-602).", "The image is too large (-602).", "5MB 이하의 이미지를 써 주세요.", "Use an image of at most 5 MB.", problem.No},
	kakao.CodeTooManyImages:  {"image", "이미지가 너무 많아요(-606).", "There are too many images (-606).", "이미지 수를 줄여 다시 보내 주세요.", "Send it again with fewer images.", problem.No},
	kakao.CodeImageFormat:    {"image", "지원하지 않는 이미지 형식이에요(-911).", "The image's format is not supported (-911).", "JPG나 PNG 이미지를 써 주세요.", "Use a JPG or PNG image.", problem.No},
	kakao.CodeNoDeveloper:    {"misconfigured", "등록되지 않은 앱 키예요(-903).", "The app key is not registered (-903).", "[앱] > [플랫폼 키] > [REST API 키]를 확인해 주세요.", "Check [앱] > [플랫폼 키] > [REST API 키].", problem.AfterUser},
	kakao.CodeMaintenance:    {"kakao_unavailable", "카카오가 서비스를 점검하고 있어요(-9798).", "Kakao is under maintenance (-9798).", "점검이 끝난 뒤 다시 시도해 주세요.", "Try again after the maintenance.", problem.Later},
}

func codeMeaning(code int) meaning {
	if w, ok := codes[code]; ok {
		return w
	}
	return meaning{"kakao_error", fmt.Sprintf("카카오가 요청을 거절했어요(%d).", code), fmt.Sprintf("Kakao refused the request (%d).", code), "잠시 후 다시 시도해 주세요.", "Try again in a while.", problem.Later}
}

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
		w := codeMeaning(answer.Code)
		return &Refusal{Problem: problem.Problem{Reason: w.reason, What: m.say(w.ko, w.en), Next: m.say(w.nextKo, w.nextEn), Retry: w.retry}, silent: true}
	case errors.Is(err, context.Canceled):
		return &Refusal{Problem: problem.Problem{Reason: "cancelled", Retry: problem.No, What: m.say("요청이 취소되었어요.", "The request was cancelled."), Next: m.onlyIfWanted()}, silent: true}
	case errors.Is(err, context.DeadlineExceeded):
		return &Refusal{Problem: problem.Problem{Reason: "timeout", Retry: problem.Yes, What: m.say("제한 시간 안에 끝내지 못했어요.", "It could not be finished in time."), Next: m.say("다시 시도해 주세요.", "Try again.")}, silent: true}
	case auth.CertificateProblem(m.cfg.Lang, err) != nil:
		return &Refusal{Problem: *auth.CertificateProblem(m.cfg.Lang, err), silent: true}
	case kakao.NotSent(err):
		return &Refusal{Problem: problem.Problem{Reason: "offline", Retry: problem.Yes, What: m.say("카카오 서버에 연결하지 못했어요.", "Kakao's server could not be reached."), Next: m.say("인터넷 연결을 확인하고 다시 시도해 주세요.", "Check the connection and try again.")}, silent: true}
	}
	return &Refusal{Problem: problem.Problem{Reason: "kakao_unavailable", Retry: problem.Later, What: m.say("카카오 서버가 제대로 답하지 않았어요.", "Kakao's server did not answer properly."), Next: m.say("잠시 후 다시 시도해 주세요.", "Try again in a while.")}, silent: true}
}

// fieldRefusal names the argument that cannot be sent.
func (m *Messenger) fieldRefusal(e *kakao.FieldError) *Refusal {
	rules := map[kakao.Rule][2]string{
		kakao.Required:    {"값이 필요해요", "is required"},
		kakao.Unknown:     {"이 템플릿에 없는 항목이에요", "is not a field of this template"},
		kakao.Duplicate:   {"두 번 들어 있어요", "is given twice"},
		kakao.WrongType:   {"값의 종류가 맞지 않아요", "has the wrong type"},
		kakao.Syntax:      {"JSON 값 하나가 아니에요", "is not one JSON value"},
		kakao.InvalidUTF8: {"글자가 깨져 있어요", "is not valid UTF-8"},
		kakao.TooLong:     {"최대 %d자까지예요", "may have at most %d characters"},
		kakao.TooMany:     {"최대 %d개까지예요", "may have at most %d entries"},
		kakao.TooFew:      {"%d개 이상이어야 해요", "needs at least %d entries"},
		kakao.BadURL:      {"열 수 있는 http(s) 주소가 아니에요", "is not an http(s) address that can be opened"},
		kakao.BadValue:    {"쓸 수 없는 값이에요", "has a value that cannot be used"},
		kakao.Conflict:    {"다른 항목과 함께 쓸 수 없어요", "cannot be used together with another field"},
	}
	path := e.Path
	if path == "" {
		path = "template"
	}
	text := m.say(rules[e.Rule][0], rules[e.Rule][1])
	if e.Rule == kakao.TooLong || e.Rule == kakao.TooMany || e.Rule == kakao.TooFew {
		text = fmt.Sprintf(text, e.Limit)
	}
	return &Refusal{Problem: problem.Problem{Reason: "bad_content", Retry: problem.No,
		What: fmt.Sprintf(m.say("%s: %s.", "%s %s."), path, text),
		Next: m.say("그 항목을 고쳐 다시 보내 주세요.", "Correct that and send it again.")}, silent: true}
}
