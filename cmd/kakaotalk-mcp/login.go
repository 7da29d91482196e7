package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/login"
)

func newLogin(o *app.Options, lang wording.Lang) *cobra.Command {
	var l login.Options
	c := &cobra.Command{
		Use:   "login",
		Short: lang.Say("카카오계정으로 로그인하기", "log in with a Kakao account"),
		Long: lang.Say(`브라우저를 열어 카카오계정으로 로그인하고, 로그인 정보를 운영체제의 키체인에 저장해요.
다른 프로그램이 로그인 화면을 열어 두었다면 그 로그인을 함께 기다려요.`,
			`Opens the browser to log in to Kakao and saves the login in the system's keychain. If another program has a login page open, it waits for that login.`),
		Example: `  kakaotalk-mcp login
  kakaotalk-mcp login --friends
  kakaotalk-mcp login --no-browser`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return login.Run(cmd.Context(), o, l) },
	}
	c.Flags().BoolVar(&l.Switch, "switch", false, lang.Say("다른 카카오계정으로 바꾸기", "switch to another Kakao account"))
	c.Flags().BoolVar(&l.NoBrowser, "no-browser", false, lang.Say("브라우저를 열지 않고 주소를 주고받기 (SSH, 컨테이너)", "exchange addresses instead of opening a browser (SSH, containers)"))
	c.Flags().BoolVar(&l.Friends, "friends", false, lang.Say("친구 목록까지 한 번에 동의하기", "also ask for consent to the friend list"))
	return c
}
