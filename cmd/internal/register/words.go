package register

import (
	"runtime"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
)

// onlyYou lists what only the user can remove; program: not the program's file.
func onlyYou(lang wording.Lang, executable string, program bool) string {
	text := lang.Sayf("\n직접 지워야 하는 것:\n- 내 앱(카카오디벨로퍼스): %s\n- 정적 호스트에 올린 메시지 페이지\n- 친구의 앱 연결(친구가 카카오톡의 [설정] > [카카오계정] > [연결된 서비스 관리]에서 끊어요)",
		"\nWhat you have to remove yourself:\n- your Kakao app (Kakao Developers): %s\n- the message page on a static host\n- your friends' app connections (they disconnect in KakaoTalk: [설정] > [카카오계정] > [연결된 서비스 관리])", devconsole.URL)
	if program {
		return text
	}
	return text + lang.Sayf("\n- 프로그램 파일: %s", "\n- the program file: %s", executable)
}

func loginUnknown(lang wording.Lang) string {
	return lang.Say("! KAKAO_CLIENT_ID가 없어서 키체인에 로그인 정보가 있는지 확인하지 못했어요. 클라이언트 설정에만 있다면 환경 변수로 설정하고 다시 실행해 주세요.",
		"! KAKAO_CLIENT_ID is missing, so the keychain was not checked for a login. If only a client's settings have it, set it as an environment variable and run this again.")
}

// noKeychain: nothing is known of a login there, and a disconnected app's is worth nothing.
func noKeychain(lang wording.Lang) string {
	return lang.Say("! 여기서는 키체인을 사용할 수 없어서 저장된 로그인이 있는지 확인하지 못했어요.\n  로그인한 적이 있다면 카카오톡의 [설정] > [카카오계정] > [연결된 서비스 관리]에서 앱 연결을 끊어 주세요.",
		"! The keychain cannot be used here, so it was not checked for a saved login.\n  If you have logged in, disconnect the app in KakaoTalk: [설정] > [카카오계정] > [연결된 서비스 관리].")
}

// InstallFirst says how to get a program that stays, where this one will be gone
// soon; it is "" where this one stays.
func InstallFirst(env *cli.Env, lang wording.Lang) string {
	if !isTemporary(env.Executable) {
		return ""
	}
	install := "./install.sh"
	if runtime.GOOS == "windows" {
		install = "go install ./cmd/kakaotalk-mcp"
	}
	return lang.Sayf("`%[1]s`로 설치한 다음 `%[2]s setup`을 실행해 주세요. 지금 실행한 프로그램은 곧 지워지는 임시 파일이라 AI 클라이언트에 등록할 수 없어요.",
		"Install with `%[1]s`, then run `%[2]s setup`. The program that is running now is a temporary file, so AI clients cannot use it.", install, cli.Name)
}
