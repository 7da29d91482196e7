package login

import (
	"net/url"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/tools/messenger"
)

func noKeychain(a *app.App) string {
	return a.Lang.Sayf("이 컴퓨터에서는 키체인을 사용할 수 없어요. 로그인 정보를 %s에 저장하려면 KAKAO_TOKEN_STORE=file로 설정해 주세요.",
		"The keychain cannot be used on this computer. To save the login in %s, set KAKAO_TOKEN_STORE=file.", a.File())
}

// whatItTakes lists what has to be so for a friend to show up.
func whatItTakes(lang wording.Lang) string {
	return lang.Sayf(`아래 조건을 모두 만족하면 친구 목록에 나타나요:
  1. (심사를 받지 않은 앱) 친구가 %s에서 보낸 초대를 수락했어요
  2. 친구가 내 앱에 로그인해서 %s, %s에 동의했어요
  3. 카카오톡에서 서로 친구이고, 숨기거나 차단하지 않았어요
  4. 친구의 프로필이 공개되어 있어요

`, `A friend appears in the friend list when all of this is true:
  1. (app without review) they accepted the invitation from %s
  2. they logged in to your Kakao app and agreed to %s, %s
  3. you are KakaoTalk friends, neither hidden nor blocked
  4. their profile is public

`, devconsole.Members.Path(lang), devconsole.Item(lang, "talk_message"), devconsole.Item(lang, "friends"))
}

func waysToLogIn(lang wording.Lang, command string) string {
	return lang.Sayf("2번을 하는 방법:\n  친구가 이 컴퓨터에서 로그인하려면:\n    %[1]s invite --here\n  친구가 휴대전화에서 로그인하고 마지막 주소를 보내 주려면:\n    %[1]s invite --paste\n  터널(KAKAO_TUNNEL)이 연결되어 있으면 링크와 QR 코드를 보내 줄 수 있어요.\n  또는 친구가 콘솔의 %[2]s에서 직접 로그인해도 돼요.\n",
		"Ways to do step 2:\n  If they log in on this computer:\n    %[1]s invite --here\n  If they log in on their phone and send you the last address:\n    %[1]s invite --paste\n  With a tunnel connected (KAKAO_TUNNEL) this command gives you a link and a QR code.\n  Or they log in at %[2]s in the console.\n", command, devconsole.RESTTest.Name(lang))
}

func aboutLink(lang wording.Lang, redirect string) string {
	return lang.Sayf("친구에게 이 링크를 보내 주세요(터널이 연결되어 있는 동안, 24시간까지 열려요). 이 리다이렉트 URI가 %[2]s에 등록되어 있어야 해요: %[1]s\n\n",
		"Send this link to your friend (it opens for 24 hours while the tunnel is connected). This redirect URI must be registered under %[2]s: %[1]s\n\n", redirect, devconsole.Redirect.Path(lang))
}

func throughSSHToSandbox(lang wording.Lang, callback, page string) string {
	return lang.Sayf("SSH로 접속했다면 내 컴퓨터에서 이렇게 한 번 더 접속한 뒤 주소를 열어 주세요:\n  `ssh -L %[1]s:127.0.0.1:%[1]s -L %[2]s:127.0.0.1:%[2]s 서버`",
		"Over SSH, connect once more like this and open the address on your computer:\n  `ssh -L %[1]s:127.0.0.1:%[1]s -L %[2]s:127.0.0.1:%[2]s SERVER`", callback, page)
}

func throughSSH(lang wording.Lang, callback *url.URL) string {
	return lang.Sayf("SSH로 접속했다면 내 컴퓨터에서 이렇게 한 번 더 접속한 뒤 주소를 열어 주세요:\n  `ssh -L %[1]s:127.0.0.1:%[1]s 서버`\n또는 다른 컴퓨터에서 로그인한 다음 마지막에 열린 주소(%[2]s?…)를 여기에 붙여 넣어 주세요.",
		"Over SSH, connect once more like this and open the address on your computer:\n  `ssh -L %[1]s:127.0.0.1:%[1]s SERVER`\nOr log in on another computer and paste the last address that opened (%[2]s?…) here.", callback.Port(), callback)
}

func notLoggedOut(lang wording.Lang, why *messenger.Refusal, command string) string {
	return lang.Sayf("카카오에서 로그아웃하지 못했어요. %s %s\n저장된 로그인 정보는 그대로예요. 그래도 지우려면 `%s logout --force`를 실행해 주세요",
		"Could not log out at Kakao. %s %s\nThe saved login was not deleted. To delete it anyway, run `%s logout --force`", why.What, why.Next, command)
}

func maybeAlive(lang wording.Lang, why *messenger.Refusal) string {
	return lang.Sayf("! 카카오에서는 로그아웃되지 않았을 수 있어요. %s\n  확실히 로그아웃하려면 카카오톡의 [설정] > [카카오계정] > [연결된 서비스 관리]에서 앱 연결을 끊어 주세요.",
		"! You may still be logged in at Kakao. %s\n  To be sure, disconnect the app in KakaoTalk: [설정] > [카카오계정] > [연결된 서비스 관리].", why.What)
}
