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
	Now    string
	Before string // "" where it was not there or had the same name
}

// Kakao docs: change note of 3 December 2025; Kakao Login, prerequisites; app
// settings.
var (
	Key        = Menu{"[앱] > [플랫폼 키] > [REST API 키]", "내 애플리케이션 > 앱 설정 > 앱 키"}
	Redirect   = Menu{"[앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI]", "제품 설정 > 카카오 로그인 > Redirect URI"}
	Secret     = Menu{"[앱] > [플랫폼 키] > [REST API 키] > [클라이언트 시크릿]", "제품 설정 > 카카오 로그인 > 보안"}
	Addresses  = Menu{"[앱] > [플랫폼 키] > [REST API 키] > [호출 허용 IP 주소]", ""}
	Login      = Menu{"[카카오 로그인] > [사용 설정]", "카카오 로그인 > 활성화 설정"}
	OIDC       = Menu{"[카카오 로그인] > [OpenID Connect]", "카카오 로그인 > OpenID Connect 활성화 설정"}
	Consent    = Menu{"[카카오 로그인] > [동의항목]", "카카오 로그인 > 동의항목"}
	WebDomain  = Menu{"[앱] > [제품 링크 관리] > [웹 도메인]", "앱 설정 > 플랫폼 > Web > 사이트 도메인"}
	Members    = Menu{"[앱] > [멤버]", "앱 설정 > 팀 관리"}
	Permission = Menu{"[앱] > [추가 기능 신청] > [카카오톡 친구/메시지]", "카카오톡 친구/메시지 권한 신청"}
	Templates  = Menu{"[도구] > [메시지 템플릿]", ""}
	RESTTest   = Menu{"[도구] > [REST API 테스트]", ""}
)

// Path names the menu, the old one behind it for those who still see it.
func (m Menu) Path(l wording.Lang) string {
	if m.Before == "" {
		return m.Now
	}
	return l.Sayf("%s (예전 메뉴: %s)", "%s (old menu: %s)", m.Now, m.Before)
}

// String names the menu as it is now.
func (m Menu) String() string { return m.Now }

// IsKey reports whether s can be a REST API key. Kakao's have 32 letters and digits;
// others may come.
func IsKey(s string) bool {
	return 16 <= len(s) && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

var items = map[string]string{
	"talk_message": "[카카오톡 메시지 전송]",
	"friends":      "[카카오 서비스 내 친구목록]",
}

// Item returns a consent item's name as console and consent page show it, or id
// itself if it is none of ours.
func Item(id string) string {
	if name := items[id]; name != "" {
		return name
	}
	return id
}
