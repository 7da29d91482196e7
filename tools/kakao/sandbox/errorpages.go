package sandbox

import "net/http"

// koeText is heading and explanation of an error page, in the style of Kakao's.
type koeText struct{ heading, headingEn, text, textEn string }

const (
	badRequest, badRequestEn   = "잘못된 요청", "Bad request"
	badSettings, badSettingsEn = "앱 관리자 설정 오류", "Admin Settings Issue"
)

func koeTexts() map[string]koeText {
	request := func(text, textEn string) koeText { return koeText{badRequest, badRequestEn, text, textEn} }
	settings := func(text, textEn string) koeText { return koeText{badSettings, badSettingsEn, text, textEn} }
	return map[string]koeText{
		"KOE002": request("요청 주소나 방식이 올바르지 않아요.", "The address or the method is not valid."),
		"KOE004": settings("카카오 로그인이 켜져 있지 않아요. [카카오 로그인] > [사용 설정]을 확인해 주세요.", "Kakao Login is off. Check [Kakao Login] > [Enable] ([카카오 로그인] > [사용 설정])."),
		"KOE005": settings("테스트 앱에는 앱 멤버만 로그인할 수 있어요. [앱] > [멤버]를 확인해 주세요.", "Only members can log in to a test app. Check [App] > [Member] ([앱] > [멤버])."),
		"KOE006": settings("등록하지 않은 리다이렉트 URI를 사용했어요. [앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI]를 확인해 주세요.", "This redirect URI is not registered. Check [App] > [Platform key] > [REST API key] > [Redirect URI] ([앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI])."),
		"KOE101": settings("앱 키가 없거나 잘못된 종류예요. [앱] > [플랫폼 키] > [REST API 키]를 확인해 주세요.", "The app key is missing or of the wrong kind. Check [App] > [Platform key] > [REST API key] ([앱] > [플랫폼 키] > [REST API 키])."),
		"KOE201": request("지원하지 않는 response_type이에요. code만 사용할 수 있어요.", "This response_type is not supported. Use code."),
		"KOE202": request("response_type=token은 더 이상 지원하지 않아요.", "response_type=token is not supported any more."),
		"KOE203": request("필수 동의항목에 동의하지 않았어요.", "A required consent item was not agreed to."),
		"KOE204": request("값이 올바르지 않은 파라미터가 있어요.", "A parameter has an invalid value."),
		"KOE205": request("앱에 설정하지 않은 동의항목을 요청했어요. [카카오 로그인] > [동의항목]을 확인해 주세요.", "A consent item was asked for that the app has not set up. Check [Kakao Login] > [Consent Items] ([카카오 로그인] > [동의항목])."),
		"KOE207": request("필수 파라미터가 빠졌어요.", "A required parameter is missing."),
	}
}

func (s *Sandbox) writeKOE(w http.ResponseWriter, code string) {
	t := koeTexts()[code]
	s.writePage(w, http.StatusBadRequest, "error.html", map[string]any{
		"heading": s.say(t.heading, t.headingEn), "text": s.say(t.text, t.textEn), "incode": " (" + code + ")",
		"code": markup(`<span class="code">` + s.say("에러 코드: ", "Error code: ") + esc(code) + `</span>`),
	})
}

func (s *Sandbox) writeExpired(w http.ResponseWriter) {
	s.writePage(w, http.StatusBadRequest, "error.html", map[string]any{
		"heading": s.say("로그인 시간이 지났어요", "The login page has expired"), "incode": "", "code": "",
		"text": s.say("처음 화면으로 돌아가 다시 로그인해 주세요.", "Go back to where you started and log in again."),
	})
}
