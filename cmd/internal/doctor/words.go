package doctor

import (
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
)

func howFriendsShow(lang wording.Lang, command string) string {
	return lang.Sayf("심사를 받지 않은 앱에서는 나와 친구 모두 %s에 있어야 하고, 친구도 이 앱에 로그인해 동의해야 해요. `%s invite`가 순서를 안내해요.",
		"In an app without review, both people must be under %s, and the friend must log in to the app and consent. `%s invite` shows the steps.", devconsole.Members.Path(lang), command)
}

func registerDomains(lang wording.Lang) string {
	return lang.Sayf("%s에 그대로 등록해 주세요. [JavaScript SDK 도메인]이나 [앱 대표 도메인]에 등록하면 열리지 않아요.",
		"Register them exactly under %s. [JavaScript SDK 도메인] and [앱 대표 도메인] do not count.", devconsole.WebDomain.Path(lang))
}
