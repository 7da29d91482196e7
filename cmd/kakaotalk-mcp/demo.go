package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/demo"
)

func newDemo(o *app.Options, lang wording.Lang) *cobra.Command {
	var realBrowser bool
	c := &cobra.Command{
		Use:   "demo",
		Short: lang.Say("계정 없이 둘러보기: 로그인, 친구 찾기, 메시지 보내기", "look around without an account: login, friends, messages"),
		Long: lang.Say(`연습용 카카오와 MCP 서버를 실행해서 로그인하고, 친구를 찾고, 메시지를 보내 봐요. 실제 카카오, 키체인, 설정은 바꾸지 않아요.
터미널에서는 대화방을 볼 수 있도록 Ctrl-C를 누를 때까지 기다려요.`,
			`Starts a practice Kakao and an MCP server, then logs in, finds a friend and sends messages. The real Kakao, your keychain and your settings are not changed.
In a terminal it waits until you press Ctrl-C, so that you can look at the chat rooms.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return demo.Run(cmd.Context(), o, realBrowser) },
	}
	c.Flags().BoolVar(&realBrowser, "browser", false, lang.Say("실제 브라우저에서 직접 로그인하기", "log in yourself in your browser"))
	return c
}
