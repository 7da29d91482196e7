package main

import (
	"fmt"

	"kakaotalk-mcp/viewer/tunnel"
)

// comeBack says why a login cannot come back at the moment: it would come to the
// public address, and no process of the user takes it from there. It is "" where
// one does, or where logins come back to this computer. Whether what stands in
// front of that process (the user's own proxy) works cannot be known here.
func (a *app) comeBack() string {
	callback := a.settings.get("KAKAO_CALLBACK_URL")
	if callback != a.settings.get("KAKAO_BASE_URL") {
		return ""
	}
	if a.tunnelSpec().Kind == tunnel.Off {
		return fmt.Sprintf(a.say("! 로그인은 %s로 돌아오는데 KAKAO_TUNNEL이 off라서 받을 수 없어요. KAKAO_TUNNEL을 정하거나 KAKAO_CALLBACK_URL을 지워 주세요.",
			"! Logins come back to %s, which cannot be received with KAKAO_TUNNEL off. Set KAKAO_TUNNEL, or remove KAKAO_CALLBACK_URL."), callback)
	}
	if state, _ := tunnel.ReadState(a.settings.home); state.Up { // unreadable: as good as down
		return ""
	}
	return fmt.Sprintf(a.say("! 지금은 로그인이 돌아올 수 없어요: %s로 온 요청을 받는 프로그램이 이 컴퓨터에서 실행되고 있지 않아요. 다른 터미널에서 `%s tunnel`을 실행하거나 이 프로그램을 등록한 AI 클라이언트를 켠 다음 로그인해 주세요.",
		"! A login cannot come back yet: nothing on this computer takes what arrives at %s. Run `%s tunnel` in another terminal, or start an AI client that has this program, then log in."), callback, a.sys.command())
}
