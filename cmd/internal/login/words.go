package login

import "kakaotalk-mcp/cmd/internal/app"

func noKeychain(a *app.App) string {
	return a.Lang.Sayf("이 컴퓨터에는 쓸 수 있는 키체인이 없어요. 로그인 정보를 %s에 저장하려면 KAKAO_TOKEN_STORE=file로 설정해 주세요.",
		"There is no usable keychain here. To keep the login in %s, set KAKAO_TOKEN_STORE=file.", a.File())
}
