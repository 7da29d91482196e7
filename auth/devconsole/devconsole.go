// Package devconsole knows Kakao's developer console and what Kakao Login says
// when an app is not set up there as it should be: where each setting lives, in
// the words of the console, and what every error code means and what to do about
// it. Whoever meets a code words it from here, so that all say the same.
//
// It imports auth/ground only. Nothing of it talks to Kakao.
package devconsole

import (
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
)

// URL is the console's start page.
const URL = "https://developers.kakao.com/console/app"

// Menu is the way to a setting, as the console shows it. The console was
// rearranged in December 2025; guides still show the old names.
type Menu struct {
	Now     string
	Before  string // "" where it was not there or had the same name
	English string // in the console's English version; "" where Kakao's documents do not show it
}

// Kakao docs, in Korean and English: change note of 3 December 2025; Kakao Login,
// prerequisites; app settings; Kakao Sync, prerequisites; Kakao Talk Message, FAQ; custom templates.
var (
	Key        = Menu{"[앱] > [플랫폼 키] > [REST API 키]", "내 애플리케이션 > 앱 설정 > 앱 키", "[App] > [Platform key] > [REST API key]"}
	Redirect   = Menu{"[앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI]", "제품 설정 > 카카오 로그인 > Redirect URI", "[App] > [Platform key] > [REST API key] > [Redirect URI]"}
	Secret     = Menu{"[앱] > [플랫폼 키] > [REST API 키] > [클라이언트 시크릿]", "제품 설정 > 카카오 로그인 > 보안", "[App] > [Platform key] > [REST API key] > [Client secret]"}
	Addresses  = Menu{"[앱] > [플랫폼 키] > [REST API 키] > [호출 허용 IP 주소]", "", ""}
	Login      = Menu{"[카카오 로그인] > [사용 설정]", "카카오 로그인 > 활성화 설정", "[Kakao Login] > [Enable]"}
	OIDC       = Menu{"[카카오 로그인] > [OpenID Connect]", "카카오 로그인 > OpenID Connect 활성화 설정", "[Kakao Login] > [OpenID Connect]"}
	Consent    = Menu{"[카카오 로그인] > [동의항목]", "카카오 로그인 > 동의항목", "[Kakao Login] > [Consent Items]"}
	WebDomain  = Menu{"[앱] > [제품 링크 관리] > [웹 도메인]", "앱 설정 > 플랫폼 > Web > 사이트 도메인", "[App] > [Product Link] > [Web Domain]"}
	Members    = Menu{"[앱] > [멤버]", "앱 설정 > 팀 관리", "[App] > [Member]"}
	Permission = Menu{"[앱] > [추가 기능 신청] > [카카오톡 친구/메시지]", "카카오톡 친구/메시지 권한 신청", "[App] > [Additional Features] > [Kakao Talk Friends List / Message]"}
	Templates  = Menu{"[도구] > [메시지 템플릿]", "", "[Tools] > [Message template]"}
	RESTTest   = Menu{"[도구] > [REST API 테스트]", "", "[Tools] > [REST API Test]"}
)

// Name names the menu as it is now; in English with the Korean beside it, since
// the console shows either.
func (m Menu) Name(l wording.Lang) string { return l.Say(m.Now, both(m.English, m.Now)) }

// Path is Name, in Korean with the old menu behind it for those who still see it.
func (m Menu) Path(l wording.Lang) string {
	if m.Before == "" || l == wording.English {
		return m.Name(l)
	}
	return m.Now + " (예전 메뉴: " + m.Before + ")"
}

// Required and InUse are the stages of a consent item that setup asks for. Kakao's
// documents do not show how the console names them in English.
func Required(l wording.Lang) string {
	return l.Say("[필수 동의]", "required consent ([필수 동의])")
}

func InUse(l wording.Lang) string {
	return l.Say("[이용 중 동의]", "consent during use ([이용 중 동의])")
}

// Create is the button that makes an app (Kakao docs: getting started).
func Create(l wording.Lang) string { return l.Say("[앱 생성]", "[Create app] ([앱 생성])") }

// IsKey reports whether s can be a REST API key. Kakao's have 32 letters and digits;
// others may come.
func IsKey(s string) bool {
	return 16 <= len(s) && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

// both puts a name of the Korean console behind the English one, if there is one.
func both(english, korean string) string {
	if english == "" || english == korean {
		return korean
	}
	return english + " (" + korean + ")"
}

// items are consent items in both languages, as console and consent page show them.
var items = map[string]text{
	"talk_message":     {"[카카오톡 메시지 전송]", "[Kakao Talk Message]"},
	"friends":          {"[카카오 서비스 내 친구목록]", "[Friends List in Kakao Service]"},
	"profile_nickname": {"[닉네임]", "[Nickname]"},
	"talk_calendar":    {"[톡캘린더 및 일정 생성, 조회, 편집/삭제]", ""}, // Kakao's documents show the Korean name only
}

// Item returns a consent item's name, in English with the Korean beside it, or id
// itself if it is none of ours.
func Item(l wording.Lang, id string) string {
	name, ours := items[id]
	if !ours {
		return id
	}
	return l.Say(name.ko, both(name.en, name.ko))
}
