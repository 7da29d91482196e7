package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// narrow is the least width in which text is folded.
const narrow = 20

// folded breaks a line between words where out's terminal would break it
// anywhere. The line and those that follow begin in column indent. What goes to
// no terminal stays as it is.
func folded(out *os.File, line string, indent int) string {
	width, _, err := term.GetSize(int(out.Fd()))
	if err != nil || width-indent < narrow {
		return line
	}
	return strings.ReplaceAll(wrap(line, width-indent-1), "\n", "\n"+strings.Repeat(" ", indent))
}

// tell writes lines for people, folded; each keeps its indentation.
func tell(out *os.File, text string) {
	for line := range strings.Lines(text + "\n") {
		body := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(body)]
		fmt.Fprintln(out, indent+folded(out, strings.TrimRight(body, "\n"), len(indent)))
	}
}

// menu is where a setting lives in Kakao's developer console. The console was
// rearranged in December 2025; accounts and guides still show the old names.
type menu struct{ now, before string }

// Kakao docs: change note of 3 December 2025; Kakao Login, prerequisites.
var (
	menuKey       = menu{"[앱] > [플랫폼 키] > [REST API 키]", "내 애플리케이션 > 앱 설정 > 앱 키"}
	menuRedirect  = menu{"[앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI]", "제품 설정 > 카카오 로그인 > Redirect URI"}
	menuSecret    = menu{"[앱] > [플랫폼 키] > [REST API 키] > [클라이언트 시크릿]", "제품 설정 > 카카오 로그인 > 보안"}
	menuLogin     = menu{"[카카오 로그인] > [사용 설정]", "카카오 로그인 > 활성화 설정"}
	menuOIDC      = menu{"[카카오 로그인] > [OpenID Connect]", "카카오 로그인 > OpenID Connect 활성화 설정"}
	menuConsent   = menu{"[카카오 로그인] > [동의항목]", "카카오 로그인 > 동의항목"}
	menuWebDomain = menu{"[앱] > [제품 링크 관리] > [웹 도메인]", "앱 설정 > 플랫폼 > Web > 사이트 도메인"}
	menuMembers   = menu{"[앱] > [멤버]", "앱 설정 > 팀 관리"}
)

// consoleURL is the start page of Kakao's developer console.
const consoleURL = "https://developers.kakao.com/console/app"

// path names the menu, the old one behind it for those who still see it.
func (m menu) path(say sayer) string {
	return fmt.Sprintf(say("%s (예전 메뉴: %s)", "%s (old menu: %s)"), m.now, m.before)
}

// koeMeaning says what a code on Kakao's page or from its token endpoint means
// and which menu mends it (Kakao docs: Kakao Login, error codes).
func koeMeaning(code string, say sayer) (what string, where menu, known bool) {
	switch code {
	case "KOE004":
		return say("카카오 로그인이 꺼져 있어요.", "Kakao Login is switched off."), menuLogin, true
	case "KOE005":
		return say("테스트 앱인데 이 계정이 멤버가 아니에요.", "This is a test app and the account is not a member."), menuMembers, true
	case "KOE006":
		return say("리다이렉트 URI가 등록되어 있지 않아요.", "The redirect URI is not registered."), menuRedirect, true
	case "KOE008", "KOE101":
		return say("REST API 키가 아니거나 틀린 키예요.", "The key is wrong, or not a REST API key."), menuKey, true
	case "KOE010":
		return say("클라이언트 시크릿이 빠졌거나 틀렸어요.", "The client secret is missing or wrong."), menuSecret, true
	case "KOE205":
		return say("앱에 설정되지 않은 동의항목이 있거나 OpenID Connect가 꺼져 있어요.", "A consent item is not set up for the app, or OpenID Connect is off."), menuConsent, true
	}
	return "", menu{}, false
}
