package setup

import (
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
)

func makeApp(lang wording.Lang) string {
	return lang.Sayf("\n1. 앱 만들기\n   %s\n   %s을 누르고 앱 이름과 회사 이름을 적어 주세요. 아무 이름이나 괜찮아요.\n   키는 %s에 있어요.",
		"\n1. Create an app\n   %s\n   Press %s and enter an app name and a company name. Any names will do.\n   The key is under %s.", devconsole.URL, devconsole.Create(lang), devconsole.Key.Path(lang))
}

func inviteMembers(lang wording.Lang, command string) string {
	return lang.Sayf("\n6. 친구를 멤버로 초대하기 (심사를 받지 않은 앱)\n   %s\n   나와 친구의 카카오계정을 추가해 주세요. 친구는 초대를 수락하고 내 앱에 로그인해야 해요. `%s invite`가 순서를 안내해요.",
		"\n6. Invite friends as members (app without review)\n   %s\n   Add your and your friends' Kakao accounts. Friends have to accept and log in to your Kakao app. `%s invite` shows the steps.", devconsole.Members.Path(lang), command)
}

func aRehearsal(lang wording.Lang) string {
	return lang.Say("연습이에요. 실제 카카오와 내 설정은 바꾸지 않고, 끝나면 모두 사라져요.\n콘솔에서 할 일은 읽기만 하고, 키와 시크릿은 화면에 나오는 연습용 값을 넣어 주세요.",
		"This is practice: nothing changes at Kakao or in your settings, and everything is deleted at the end.\nJust read the steps for the console, and enter the practice key and secret shown here.")
}

func rehearsed(lang wording.Lang, command string) string {
	return lang.Sayf("\n✔ 연습이 끝났어요. 실제로 설정하려면 `%[1]s setup`, AI 클라이언트에서도 연습해 보려면 `%[1]s install --sandbox`를 실행해 주세요.",
		"\n✔ Practice is over. For the real setup, run `%[1]s setup`. To practice in AI clients as well, run `%[1]s install --sandbox`.", command)
}
