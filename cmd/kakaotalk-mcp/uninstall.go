package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/register"
)

func newUninstall(o *app.Options, lang wording.Lang) *cobra.Command {
	var opt clients.Options
	var all, agreed, program bool
	c := &cobra.Command{
		Use:   "uninstall {<client>... | --all}",
		Short: lang.Say("AI 클라이언트에서 등록을 해제하거나 모두 지우기", "unregister from AI clients, or remove everything"),
		Long: lang.Say("--all을 붙이면 클라이언트 등록, 로그인(카카오 연결 해제), 클라이언트 시크릿, 설정 폴더를 보여 주고 한 번 물어본 뒤 모두 지워요.",
			"--all shows the client entries, the login (with the connection to Kakao), the client secret and the settings folder, asks once, and removes them."),
		Example: `  kakaotalk-mcp uninstall claude-code
  kakaotalk-mcp uninstall claude-code --sandbox
  kakaotalk-mcp uninstall --all`,
		ValidArgsFunction: offered(func([]string) []string { return register.ClientIDs() }),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return cli.Misuse(lang.Say("클라이언트 이름이나 --all 중 하나를 적어 주세요", "Name the clients, or use --all"))
			}
			if all {
				return register.All(cmd.Context(), o, register.AllOptions{OnlyList: opt.Print, Agreed: agreed, Program: program})
			}
			return register.Uninstall(cmd.Context(), o, opt, args)
		},
	}
	c.Flags().BoolVar(&opt.Print, "print", false, lang.Say("바꿀 내용만 보여 주고 저장하지 않기", "show the change without saving it"))
	c.Flags().BoolVar(&all, "all", false, lang.Say("저장한 것을 모두 지우기", "remove everything this program saved"))
	c.Flags().BoolVar(&agreed, "yes", false, lang.Say("--all에서 묻지 않고 지우기", "with --all, remove without asking"))
	// For the installers, which delete the program's file afterwards.
	c.Flags().BoolVar(&program, "program", false, lang.Say("프로그램 파일은 설치 스크립트가 지워요", "the install script removes the program file"))
	c.Flags().Lookup("program").Hidden = true
	return c
}
