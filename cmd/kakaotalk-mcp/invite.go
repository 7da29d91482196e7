package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/login"
)

func newInvite(o *app.Options, lang wording.Lang) *cobra.Command {
	var here, paste bool
	c := &cobra.Command{
		Use:   "invite",
		Short: lang.Say("친구를 내 앱에 연결하기", "connect a friend to your Kakao app"),
		Long: lang.Say(`친구에게 메시지를 보내려면 친구도 내 앱에 한 번 로그인해야 해요.
먼저 확인할 것을 보여 주고, 방법을 골라 연결해요. 친구의 토큰은 저장하지 않아요.`,
			`To get messages from you, a friend has to log in to your Kakao app once. Shows what to check, then connects them. Their tokens are not stored.`),
		Example: `  kakaotalk-mcp invite
  kakaotalk-mcp invite --here
  kakaotalk-mcp invite --paste`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if here && paste {
				return cli.Misuse(lang.Say("--here와 --paste는 함께 사용할 수 없어요", "--here and --paste cannot be used together"))
			}
			return login.Invite(cmd.Context(), o, here, paste)
		},
	}
	c.Flags().BoolVar(&here, "here", false, lang.Say("친구가 이 컴퓨터에서 로그인하기", "a friend logs in on this computer"))
	c.Flags().BoolVar(&paste, "paste", false, lang.Say("친구가 보낸, 로그인 뒤의 주소를 붙여 넣기", "paste the address that your friend sends after the login"))
	return c
}
