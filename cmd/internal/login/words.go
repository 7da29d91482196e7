package login

import "kakaotalk-mcp/auth/ground/wording"

func noKeychain(lang wording.Lang) string {
	return lang.Say("이 컴퓨터에는 쓸 수 있는 키체인이 없어요. 로그인 정보를 파일(본인만 읽을 수 있음)에 저장하려면 KAKAO_TOKEN_STORE=file로 설정해 주세요.",
		"There is no usable keychain here. To keep the login in a file (readable by you only), set KAKAO_TOKEN_STORE=file.")
}
