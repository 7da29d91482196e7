package register

import (
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
)

// onlyYou lists what only the user can remove.
func onlyYou(lang wording.Lang, executable string) string {
	return lang.Sayf("\n직접 지워야 하는 것:\n- 카카오디벨로퍼스의 앱: %s\n- 올려 둔 메시지 페이지가 있다면 그 페이지\n- 친구들의 앱 연결: 친구가 카카오톡 [설정] > [카카오계정] > [연결된 서비스 관리]에서 끊을 수 있어요\n- 이 프로그램: %s",
		"\nWhat only you can remove:\n- the app at Kakao Developers: %s\n- a message page, if you published one\n- your friends' connections to the app: they cut them in KakaoTalk's settings\n- this program: %s", devconsole.URL, executable)
}

func loginUnknown(lang wording.Lang) string {
	return lang.Say("! KAKAO_CLIENT_ID가 없어서 키체인에 로그인 정보가 있는지 확인하지 못했어요. 클라이언트 설정에만 적어 두었다면 환경 변수로 정하고 다시 실행해 주세요.",
		"! Without KAKAO_CLIENT_ID it is not known whether the keychain holds a login. If only a client's settings have it, set it in the environment and run this again.")
}
