package login

import (
	"net/url"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/tools/messenger"
)

func noKeychain(a *app.App) string {
	return a.Lang.Sayf("이 컴퓨터에는 쓸 수 있는 키체인이 없어요. 로그인 정보를 %s에 저장하려면 KAKAO_TOKEN_STORE=file로 설정해 주세요.",
		"There is no usable keychain here. To keep the login in %s, set KAKAO_TOKEN_STORE=file.", a.File())
}

// whatItTakes lists what has to be so for a friend to show up.
func whatItTakes(lang wording.Lang) string {
	return lang.Sayf(`아래가 모두 맞아야 친구가 목록에 보여요:
  1. (심사 전 앱) 친구가 %s에서 보낸 초대를 수락했어요
  2. 친구가 이 앱에 로그인해서 [카카오톡 메시지 전송]과 [카카오 서비스 내 친구목록]에 동의했어요
  3. 카카오톡에서 서로 친구이고, 숨김이나 차단이 아니에요
  4. 친구의 프로필이 공개되어 있어요

`, `For a friend to show up:
  1. (before review) they accepted the invitation under %s
  2. they logged in to this app and agreed to both consent items
  3. you are KakaoTalk friends, neither hidden nor blocked
  4. their profile is public

`, devconsole.Members.Path(lang))
}

func waysToLogIn(lang wording.Lang, command string) string {
	return lang.Sayf("2번을 하는 방법:\n  %[1]s invite --here    친구가 이 컴퓨터에서 로그인\n  %[1]s invite --paste   친구가 휴대전화에서 로그인하고 마지막 주소를 보내 주기\n  터널(KAKAO_TUNNEL)이 켜져 있으면 링크와 QR 코드를 바로 보내 줄 수 있어요.\n  또는 카카오 콘솔의 [도구] > [REST API 테스트]에서 친구가 직접 로그인해도 돼요.\n",
		"Ways to do step 2:\n  %[1]s invite --here    they log in on this computer\n  %[1]s invite --paste   they log in on their phone and send back the last address\n  With a tunnel up (KAKAO_TUNNEL) this command gives a link and a QR code.\n  Or they log in at [도구] > [REST API 테스트] in Kakao's console.\n", command)
}

func aboutLink(lang wording.Lang, redirect string) string {
	return lang.Sayf("친구에게 이 링크를 보내 주세요(24시간 동안, 터널이 켜져 있는 동안 열려요). 이 리다이렉트 URI가 %[2]s에 등록되어 있어야 해요: %[1]s\n\n",
		"Send this link to your friend (good for 24 hours while the tunnel is up). %s must be registered under %s.\n\n", redirect, devconsole.Redirect.Path(lang))
}

func throughSSHToSandbox(lang wording.Lang, callback, page string) string {
	return lang.Sayf("SSH로 접속했다면 내 컴퓨터에서 이렇게 한 번 더 접속한 뒤 주소를 열어 주세요:\n  ssh -L %[1]s:127.0.0.1:%[1]s -L %[2]s:127.0.0.1:%[2]s 서버",
		"Over SSH, connect once more like this and open the address on your computer:\n  ssh -L %[1]s:127.0.0.1:%[1]s -L %[2]s:127.0.0.1:%[2]s SERVER", callback, page)
}

func throughSSH(lang wording.Lang, callback *url.URL) string {
	return lang.Sayf("SSH로 접속했다면 내 컴퓨터에서 이렇게 한 번 더 접속한 뒤 주소를 열어 주세요:\n  ssh -L %[1]s:127.0.0.1:%[1]s 서버\n또는 아무 컴퓨터에서 로그인한 다음 마지막에 열린 주소(%[2]s?…)를 여기에 붙여 넣어 주세요.",
		"Over SSH, connect once more like this and open the address on your computer:\n  ssh -L %[1]s:127.0.0.1:%[1]s SERVER\nOr log in anywhere and paste the address where the browser ended (%[2]s?…) here.", callback.Port(), callback)
}

func notLoggedOut(lang wording.Lang, why *messenger.Refusal, command string) string {
	return lang.Sayf("카카오에서 로그아웃하지 못했어요. %s %s\n저장된 로그인 정보는 그대로예요. 그래도 지우려면 `%s logout --force`를 실행해 주세요",
		"the logout did not happen at Kakao. %s %s\nThe saved login is kept. To delete it all the same, run `%s logout --force`", why.What, why.Next, command)
}

func maybeAlive(lang wording.Lang, why *messenger.Refusal) string {
	return lang.Sayf("! 로그인이 카카오에서는 끝나지 않았을 수 있어요. %s\n  카카오톡 설정의 카카오계정 > 연결된 서비스 관리에서 앱과의 연결을 끊으면 확실히 끝나요.\n",
		"! The login may still be alive at Kakao. %s\n  To be sure, disconnect the app in KakaoTalk's settings: 카카오계정 > 연결된 서비스 관리.\n", why.What)
}
