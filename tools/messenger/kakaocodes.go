package messenger

import (
	"fmt"
	"strings"
	"sync"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/kakao"
)

// meaning explains one of Kakao's codes (Kakao docs: REST API, response codes;
// KakaoTalk message, response codes). A next step names menus of the console in
// braces, as in menus.
type meaning struct {
	reason         string
	ko, en         string
	nextKo, nextEn string
	retry          problem.Retry
}

func (w meaning) what(l wording.Lang) string { return l.Say(w.ko, w.en) }

func (w meaning) next(l wording.Lang) string { return withMenus(l, l.Say(w.nextKo, w.nextEn)) }

// withMenus puts the console's menus into a text, as its reader sees them.
func withMenus(l wording.Lang, text string) string {
	var pairs []string
	for name, menu := range menus() {
		pairs = append(pairs, name, menu.Name(l))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

var menus = sync.OnceValue(func() map[string]devconsole.Menu {
	return map[string]devconsole.Menu{
		"{key}": devconsole.Key, "{login}": devconsole.Login, "{items}": devconsole.Consent,
		"{members}": devconsole.Members, "{permission}": devconsole.Permission, "{templates}": devconsole.Templates, "{domain}": devconsole.WebDomain,
	}
})

const (
	tomorrowKo, tomorrowEn = "한도는 하루 단위라서 내일 다시 보낼 수 있어요.", "The limit counts per day; send it again tomorrow."
	laterKo, laterEn       = "잠시 후 다시 시도해 주세요.", "Try again in a moment."
	updateKo, updateEn     = "이 프로그램을 최신 버전으로 업데이트해 주세요.", "Update this program."
)

var codes = sync.OnceValue(func() map[int]meaning {
	return map[int]meaning{
		kakao.CodeInternal:       {"kakao_unavailable", "카카오 서버에 일시적인 문제가 있어요(-1).", "Kakao's server has a temporary problem (-1).", laterKo, laterEn, problem.Later},
		kakao.CodeBadParameter:   {"bad_request", "보내려는 내용이 카카오에서 거절됐어요(-2).", "Kakao refused the content (-2).", "내용과 템플릿을 확인해서 고친 다음 다시 보내 주세요.", "Fix the text or template and send it again.", problem.No},
		kakao.CodeNotEnabled:     {"not_enabled", "내 앱에서 필요한 기능이 꺼져 있어요(-3).", "A required feature is off in your Kakao app (-3).", "{login}과 {items}을 확인해 주세요.", "Check {login} and {items}.", problem.AfterUser},
		kakao.CodeRestricted:     {"account_blocked", "이 카카오계정은 이용이 제한되어 있어요(-4).", "This Kakao account is restricted (-4).", "카카오 고객센터에 문의해 주세요.", "Contact Kakao customer service.", problem.No},
		kakao.CodeNoPermission:   {"no_permission", "내 앱에는 이 기능의 사용 권한이 없어요(-5).", "Your Kakao app has no permission for this (-5).", "나와 받는 사람이 모두 {members}에 있는지 확인하거나, {permission}에서 사용 권한을 신청해 주세요.", "Make sure that you and the recipient are both under {members}, or apply for permission under {permission}.", problem.AfterUser},
		kakao.CodePolicy:         {"policy", "카카오 운영 정책에 맞지 않는 요청이에요(-6).", "Kakao's policy does not allow this (-6).", "카카오디벨로퍼스의 운영 정책을 확인해 주세요.", "See the operating policy at Kakao Developers.", problem.No},
		kakao.CodeService:        {"kakao_unavailable", "카카오 서비스가 점검 중이거나 일시적인 문제가 있어요(-7).", "Kakao's service is under maintenance or has a temporary problem (-7).", laterKo, laterEn, problem.Later},
		kakao.CodeBadHeader:      {"bad_request", "요청 형식이 카카오에서 거절됐어요(-8).", "Kakao refused the form of the request (-8).", updateKo, updateEn, problem.No},
		kakao.CodeEnded:          {"api_ended", "카카오에서 종료한 기능이에요(-9).", "Kakao has ended this feature (-9).", updateKo, updateEn, problem.No},
		kakao.CodeQuota:          {"quota", "내 앱의 사용 한도를 넘었어요(-10).", "Your Kakao app has reached a usage limit (-10).", "한도가 언제 풀리는지는 알 수 없어요. 시간이 지난 뒤 다시 시도해 주세요.", "It is not known when the limit ends. Try again after some time.", problem.Later},
		kakao.CodePaidQuota:      {"quota", "내 앱의 유료 사용 한도를 모두 사용했어요(-11).", "The paid limit of your Kakao app is used up (-11).", "카카오디벨로퍼스 콘솔에서 유료 사용 한도를 확인해 주세요.", "Check the paid limit in the Kakao Developers console.", problem.AfterUser},
		kakao.CodeSanctioned:     {"app_blocked", "내 앱이나 개발자 계정의 이용이 제한되어 있어요(-12).", "Your Kakao app or developer account is restricted (-12).", "카카오디벨로퍼스에서 온 메일과 공지를 확인해 주세요.", "See the mail and notices from Kakao Developers.", problem.No},
		kakao.CodeNotLinked:      {"not_connected", "카카오계정과 앱의 연결이 해제됐어요(-101).", "The Kakao account is no longer connected to the app (-101).", "다시 로그인해 주세요.", "Log in again.", problem.AfterUser},
		kakao.CodeAlreadyLinked:  {"kakao_error", "카카오계정이 이미 앱에 연결되어 있어요(-102).", "The Kakao account is connected to the app already (-102).", updateKo, updateEn, problem.No},
		kakao.CodeNoAccount:      {"account_unknown", "휴면 상태이거나 없는 카카오계정이에요(-103).", "This Kakao account is dormant or does not exist (-103).", "카카오톡이나 카카오계정 페이지에서 이 계정으로 로그인되는지 확인해 주세요.", "Check in KakaoTalk or on the Kakao account page whether this account can log in.", problem.AfterUser},
		kakao.CodeNoProperty:     {"kakao_error", "카카오에 없는 정보를 요청했어요(-201).", "The request asked for information that Kakao does not have (-201).", updateKo, updateEn, problem.No},
		kakao.CodeNoApp:          {"misconfigured", "없거나 삭제된 앱이에요(-301).", "The Kakao app does not exist, or was deleted (-301).", "카카오디벨로퍼스 콘솔에 앱이 있는지 확인하고, 사용할 앱의 키를 설정해 주세요.", "Check in the Kakao Developers console whether the app exists, and set the key of the app to use.", problem.AfterUser},
		kakao.CodeConsentMissing: {"consent_missing", "필요한 동의항목에 동의하지 않았어요(-402).", "A required consent is missing (-402).", "{items}에 항목이 설정되어 있는지 확인하고 다시 로그인해 주세요.", "Make sure that the item is set up under {items}, then log in again.", problem.AfterUser},
		kakao.CodeAgeCheck:       {"age_check", "카카오계정의 연령 인증이 필요해요(-405).", "The Kakao account needs age verification (-405).", "카카오계정에서 연령 인증을 마쳐 주세요.", "Complete the age verification of the Kakao account.", problem.AfterUser},
		kakao.CodeUnderAge:       {"under_age", "만 14세 미만 계정은 사용할 수 없는 기능이에요(-406).", "Not available to accounts of people under 14 (-406).", "만 14세 이상인 카카오계정으로 사용해 주세요.", "Use a Kakao account of someone aged 14 or over.", problem.No},
		kakao.CodeNotTalkUser:    {"not_a_talk_user", "카카오톡을 사용하지 않는 계정이에요(-501).", "This account does not use KakaoTalk (-501).", "그 카카오계정으로 카카오톡에 가입했는지 확인해 주세요.", "Make sure that this Kakao account is signed up for KakaoTalk.", problem.No},
		kakao.CodeNotFriend:      {"not_a_friend", "카카오톡 친구가 아니거나 아직 내 앱에 연결되지 않았어요(-502).", "Not a KakaoTalk friend, or not connected to your Kakao app yet (-502).", "서로 친구인지, 받는 사람이 내 앱에 로그인하고 동의했는지 확인해 주세요. 방금 동의했다면 잠시 기다려 주세요.", "Make sure that you are friends and that they logged in and consented. If that was just now, wait a moment.", problem.AfterUser},
		kakao.CodeDevice:         {"device", "받는 사람의 기기에서 이 메시지를 지원하지 않아요(-504).", "The recipient's device does not support this message (-504).", "글자만 보내거나, 받는 사람에게 카카오톡을 업데이트해 달라고 해 주세요.", "Send plain text, or ask the recipient to update KakaoTalk.", problem.No},
		kakao.CodeNoEvent:        {"no_such_event", "톡캘린더에 없는 일정이에요(-520).", "There is no such event in Talk Calendar (-520).", "이미 지웠는지 톡캘린더에서 확인해 주세요.", "Check in Talk Calendar whether it was deleted already.", problem.No},
		kakao.CodeProfilePrivate: {"profile_private", "프로필이 공개되어 있지 않아서 메시지를 받을 수 없는 친구예요(-530).", "This friend's profile is not public, so no message can reach them (-530).", privateKo, privateEn, problem.AfterUser},
		kakao.CodeMonthlyQuota:   {"quota", "이번 달에 보낼 수 있는 메시지를 모두 보냈어요(-531).", "All messages allowed this month have been sent (-531).", nextMonthKo, nextMonthEn, problem.Later},
		kakao.CodeSenderQuota:    {"quota_sender", "오늘 보낼 수 있는 메시지를 모두 보냈어요(-532).", "You have sent all messages allowed today (-532).", tomorrowKo, tomorrowEn, problem.Later},
		kakao.CodeReceiverQuota:  {"quota_receiver", "이 친구가 오늘 받을 수 있는 메시지 수를 넘었어요(-533).", "This friend cannot receive more messages today (-533).", tomorrowKo, tomorrowEn, problem.Later},
		kakao.CodePairQuota:      {"quota_pair", "이 친구에게 오늘 보낼 수 있는 메시지를 모두 보냈어요(-536).", "You have sent this friend all messages allowed today (-536).", tomorrowKo, tomorrowEn, problem.Later},
		kakao.CodeTimeout:        {"kakao_unavailable", "카카오 서버의 응답이 늦어지고 있어요(-603).", "Kakao's server is slow to respond (-603).", laterKo, laterEn, problem.Later},
		kakao.CodeImageTooLarge:  {"image", "이미지가 너무 커요(-602).", "The image is too large (-602).", "5MB 이하의 이미지를 사용해 주세요.", "Use an image of at most 5 MB.", problem.No},
		kakao.CodeTooManyImages:  {"image", "이미지가 너무 많아요(-606).", "There are too many images (-606).", "이미지 수를 줄여 다시 보내 주세요.", "Send it again with fewer images.", problem.No},
		kakao.CodeImageFormat:    {"image", "지원하지 않는 이미지 형식이에요(-911).", "The format of the image is not supported (-911).", "JPG나 PNG 이미지를 사용해 주세요.", "Use a JPG or PNG image.", problem.No},
		kakao.CodeNoDeveloper:    {"misconfigured", "등록되지 않은 개발자의 앱 키예요(-903).", "The developer of this app key is not registered (-903).", "{key}의 키인지, 카카오디벨로퍼스에 로그인되는지 확인해 주세요.", "Make sure that it is the key under {key}, and that you can log in to Kakao Developers.", problem.AfterUser},
		kakao.CodeMaintenance:    {"kakao_unavailable", "카카오 서비스를 점검하고 있어요(-9798).", "Kakao is under maintenance (-9798).", "점검이 끝난 뒤 다시 시도해 주세요.", "Try again after the maintenance.", problem.Later},
	}
})

// How a limit that is over by itself, and a friend who cannot be reached, is told.
const (
	nextMonthKo, nextMonthEn = "다음 달에 다시 보낼 수 있어요.", "Send it again next month."
	privateKo, privateEn     = "친구에게 카카오톡 프로필을 공개해 달라고 한 다음 다시 보내 주세요.", "Ask the friend to make their KakaoTalk profile public, then send it again."
)

// causes are meanings of one code that differ by what Kakao says beside it.
var causes = sync.OnceValue(func() map[kakao.Cause]meaning {
	return map[kakao.Cause]meaning{
		kakao.TemplatePurpose: {"template_purpose", "카카오톡 공유용으로 만든 템플릿이라 메시지로 보낼 수 없어요(-2).", "This template was made for KakaoTalk Share and cannot be sent as a message (-2).", "{templates}에서 용도를 [카카오톡 메시지]로 만든 템플릿을 사용해 주세요.", "Use a template whose purpose under {templates} is KakaoTalk message ([카카오톡 메시지]).", problem.AfterUser},
		kakao.UnknownReceiver: {"unknown_uuid", "내 앱의 친구 목록에 없는 uuid예요(-2).", "This uuid is not in the friend list of your Kakao app (-2).", "친구를 다시 찾아 새 uuid로 보내 주세요.", "Find the friend again and send to the new uuid.", problem.No},
		kakao.BrokenRequest:   {"bad_request", "요청이 카카오에 온전히 전달되지 않았어요(-2).", "The request did not reach Kakao in one piece (-2).", "이 컴퓨터와 카카오 사이에 요청을 바꾸는 프록시나 보안 프로그램이 있는지 확인해 주세요.", "Check whether a proxy or security software on the way to Kakao changes requests.", problem.AfterUser},
		kakao.BrokenToken:     {"bad_request", "로그인 정보가 카카오에 온전히 전달되지 않았어요(-2).", "The login did not reach Kakao in one piece (-2).", "다시 로그인해도 같다면 이 프로그램을 업데이트해 주세요.", "If a new login does not help, update this program.", problem.AfterUser},
		kakao.ConsentItemOff:  {"not_enabled", "내 앱에 설정되지 않은 동의항목이 있어요(-3): %s", "A consent item is not set up in your Kakao app (-3): %s", "{items}에서 이 항목을 설정해 주세요.", "Set the item up under {items}.", problem.AfterUser},
	}
})

// meaningOf returns what Kakao's answer means, as exactly as it can be told.
func (m *Messenger) meaningOf(answer *kakao.Error) meaning {
	w := codeMeaning(answer.Code)
	if c, ok := causes()[answer.Cause()]; ok {
		w = c
	}
	switch {
	case answer.Cause() == kakao.ConsentItemOff:
		items := answer.ItemsOff()
		if len(items) == 0 {
			return codeMeaning(answer.Code)
		}
		var names []string
		for _, id := range items {
			names = append(names, devconsole.Item(m.cfg.Lang, id))
		}
		list := strings.Join(names, ", ")
		w.ko, w.en = fmt.Sprintf(w.ko, list), fmt.Sprintf(w.en, list)
	case answer.Cause() == kakao.OwnUUID:
		w = meaning{reason: "own_uuid", ko: "받는 사람에 내 uuid가 있어요(-2).", en: "Your own uuid is among the recipients (-2).", retry: problem.No}
		w.nextKo, w.nextEn = m.ownChatNext(), m.ownChatNext()
	case answer.Code == kakao.CodeQuota:
		switch answer.Rule.Period() {
		case kakao.Second:
			w.nextKo, w.nextEn = "짧은 시간에 요청이 많았어요. 몇 초 뒤에 다시 시도해 주세요.", "There were many requests at once. Try again in a few seconds."
		case kakao.Day:
			w.nextKo, w.nextEn = tomorrowKo, tomorrowEn
		case kakao.Month:
			w.nextKo, w.nextEn = nextMonthKo, nextMonthEn
		}
	}
	return w
}

func codeMeaning(code int) meaning {
	if w, ok := codes()[code]; ok {
		return w
	}
	return meaning{"kakao_error", fmt.Sprintf("카카오에서 요청이 거절됐어요(%d).", code), fmt.Sprintf("Kakao refused the request (%d).", code),
		"나중에 다시 시도하고, 그래도 같으면 이 프로그램을 업데이트해 주세요.", "Try again later, and update this program if that does not help.", problem.Later}
}
