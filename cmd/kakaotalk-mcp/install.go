package main

import (
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/register"
)

func newInstall(o *app.Options, lang wording.Lang) *cobra.Command {
	var opt clients.Options
	c := &cobra.Command{
		Use:   "install [<client>...]",
		Short: lang.Say("AI 클라이언트에 등록하기", "register with AI clients"),
		Long: lang.Say(`AI 클라이언트의 설정에 이 프로그램을 등록해요. 이름 없이 실행하면 설치된 클라이언트를 보여 주고 물어봐요.
클라이언트: `, `Registers this program with AI clients. Without a name it lists those found and asks.
Clients: `), // their names follow

		Example: `  kakaotalk-mcp install claude-desktop cursor
  kakaotalk-mcp install claude-code --sandbox
  kakaotalk-mcp install codex --print`,
		ValidArgsFunction: offered(func([]string) []string { return register.ClientIDs() }),
		RunE:              func(cmd *cobra.Command, args []string) error { return register.Install(cmd.Context(), o, opt, args) },
	}
	c.SetHelpFunc(func(c *cobra.Command, args []string) { // every start makes this command, few show its help
		c.Long += strings.Join(register.ClientIDs(), ", ")
		c.Root().HelpFunc()(c, args)
	})
	c.Flags().BoolVar(&opt.Print, "print", false, lang.Say("등록할 내용만 보여 주고 저장하지 않기", "show what to register without saving it"))
	c.Flags().BoolVar(&opt.Force, "force", false, lang.Say("앱을 찾지 못했거나 같은 이름의 항목이 있어도 등록하기", "register even if the client was not found or the name is taken"))
	c.Flags().BoolVar(&opt.Approve, "approve", false, lang.Say("codex exec에서 친구 찾기와 나와의 채팅으로 보내기를 허용하기", "let codex exec find friends and send to your own chat"))
	return c
}
