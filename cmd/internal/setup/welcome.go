package setup

import (
	"context"
	"errors"
	"fmt"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/terminal"
)

// Welcome is for who double-clicks the program and so far knows neither it nor a
// command line: what it is, in both languages, and whether to begin the set-up.
func Welcome(ctx context.Context, o *app.Options) error {
	fmt.Fprint(o.Env.Stderr, `kakaotalk-mcp

AI 클라이언트(Claude Desktop, Cursor 등)가 카카오톡 메시지를 보낼 수 있게 해 주는 프로그램이에요.
설정을 한 번 마치면 AI 클라이언트가 직접 실행해요. 더블 클릭으로 열 필요는 없어요.

This program lets AI clients (Claude Desktop, Cursor, …) send KakaoTalk messages.
Once it is set up, they start it themselves. It is not for double-clicking.
`)
	begin, err := o.Terminal.Confirm(ctx, terminal.Question{Title: "지금 설정을 시작할까요? / Start setup now?"}, "설정 시작하기 / Start", "닫기 / Close")
	if errors.Is(err, terminal.ErrStopped) || err == nil && !begin {
		return context.Canceled
	}
	if err != nil {
		return err
	}
	return Run(ctx, o, Answers{})
}
