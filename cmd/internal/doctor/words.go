package doctor

import (
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
)

func howFriendsShow(lang wording.Lang, command string) string {
	return lang.Sayf("심사를 받지 않은 앱에서는 나와 친구가 모두 %s에 있어야 하고, 친구도 내 앱에 로그인해서 동의해야 해요. `%s invite`가 순서를 안내해요.",
		"In an app without review, you and your friend must both be under %s, and your friend must log in to your Kakao app and consent. `%s invite` shows the steps.", devconsole.Members.Path(lang), command)
}

func registerDomains(lang wording.Lang) string {
	return lang.Sayf("%s에 그대로 등록해 주세요. [JavaScript SDK 도메인]이나 [앱 대표 도메인]에 등록하면 열리지 않아요.",
		"Register them exactly under %s. Links do not open if you register them under [JavaScript SDK 도메인] or [앱 대표 도메인].", devconsole.WebDomain.Path(lang))
}
