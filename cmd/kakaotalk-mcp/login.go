package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/login"
)

// newKeepLogin is the command that the others start for themselves.
func newKeepLogin(o *app.Options) *cobra.Command {
	return &cobra.Command{Use: app.KeepLogin, Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.RunKeeper(cmd.Context(), o.Env) }}
}

func newLogin(o *app.Options, lang wording.Lang) *cobra.Command {
	var l login.Options
	c := &cobra.Command{
		Use:   "login",
		Short: lang.Say("카카오계정으로 로그인하기", "log in with a Kakao account"),
		Long: lang.Say(`브라우저를 열어 카카오계정으로 로그인하고, 토큰을 운영체제의 키체인에 저장해요.
다른 프로그램이 이미 로그인 화면을 열어 두었다면 그 로그인을 이어받아요.`,
			`Opens the browser for the Kakao login and keeps the tokens in the system's
keychain. A login that another program has open is taken over.`),
		Example: `  kakaotalk-mcp login
  kakaotalk-mcp login --friends
  kakaotalk-mcp login --no-browser`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return login.Run(cmd.Context(), o, l) },
	}
	c.Flags().BoolVar(&l.Switch, "switch", false, lang.Say("다른 카카오계정으로 바꾸기", "change to another Kakao account"))
	c.Flags().BoolVar(&l.NoBrowser, "no-browser", false, lang.Say("브라우저를 열지 않고 주소를 주고받기 (SSH, 컨테이너)", "exchange addresses instead of opening a browser (SSH, containers)"))
	c.Flags().BoolVar(&l.Friends, "friends", false, lang.Say("친구 목록 동의까지 한 번에 받기", "ask for the friend list consent too"))
	return c
}
