package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/login"
)

func newLogout(o *app.Options, lang wording.Lang) *cobra.Command {
	var unlink, force bool
	c := &cobra.Command{
		Use:   "logout",
		Short: lang.Say("로그아웃하고 저장된 로그인 정보 지우기", "log out and delete the saved login"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return login.Logout(cmd.Context(), o, unlink, force) },
	}
	c.Flags().BoolVar(&unlink, "unlink", false, lang.Say("내 앱과 카카오계정의 연결까지 끊기", "also disconnect your Kakao app from the account"))
	c.Flags().BoolVar(&force, "force", false, lang.Say("카카오에서 확인되지 않아도 저장된 로그인 정보 지우기", "delete the saved login even if Kakao does not confirm the logout"))
	return c
}
