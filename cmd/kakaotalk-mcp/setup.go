package main

import (
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/register"
	"kakaotalk-mcp/cmd/internal/setup"
)

func newSetup(o *app.Options, lang wording.Lang) *cobra.Command {
	var s setup.Answers
	c := &cobra.Command{
		Use:   "setup",
		Short: lang.Say("처음 설정하기: 카카오디벨로퍼스 콘솔부터 첫 메시지까지", "set up: from the Kakao Developers console to the first message"),
		Long: lang.Say(`카카오디벨로퍼스 콘솔에서 할 일을 하나씩 안내해요. 입력한 값을 확인해 저장하고, 로그인해서 나와의 채팅으로 첫 메시지를 보낸 다음, AI 클라이언트에 등록해요.

중간에 멈췄다가 다시 실행하면 이어서 하고, 이미 맞게 설정한 것은 바꾸지 않아요. 터미널 없이 실행할 때는 질문의 답을 옵션으로 넣어 주세요.`,
			`Guides you through the Kakao Developers console step by step, checks and saves what you enter, logs in, sends a first message to your own chat, and registers with AI clients.

You can stop and run it again to continue. What is already set correctly is not changed. Without a terminal, give the answers as options.`),
		Example: `  kakaotalk-mcp setup
  kakaotalk-mcp setup --import ../old-project/.env
  kakaotalk-mcp setup --sandbox`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return setup.Run(cmd.Context(), o, s) },
	}
	f := c.Flags()
	f.StringVar(&s.Purpose, "for", "", lang.Say("받는 사람: me(나에게만) 또는 friends(친구에게도)", "recipients: me, or friends as well"))
	f.StringVar(&s.ClientID, "client-id", "", lang.Say("REST API 키", "REST API key"))
	f.StringVar(&s.SecretFile, "client-secret-file", "", lang.Say("클라이언트 시크릿이 든 파일 (-는 표준 입력)", "file with the client secret (- is standard input)"))
	f.StringVar(&s.ImportFile, "import", "", lang.Say("예전 프로젝트의 .env에서 가져오기", "import the .env of an old project"))
	f.StringVar(&s.TokenStore, "token-store", "", lang.Say("로그인 정보를 저장할 곳: keychain 또는 file", "where to save the login: keychain or file"))
	f.BoolVar(&s.NoLogin, "no-login", false, lang.Say("로그인하지 않기", "do not log in"))
	f.BoolVar(&s.NoMessage, "no-message", false, lang.Say("첫 메시지를 보내지 않기", "do not send the first message"))
	f.StringVar(&s.Confirm, "confirm", "", lang.Say("보내기 전에 물어볼 때: friends, always, client, never", "when to ask before sending: friends, always, client or never"))
	f.StringVar(&s.Calendar, "calendar", "", lang.Say("톡캘린더 알림 사용: on 또는 off", "reminders in the KakaoTalk calendar: on or off"))
	f.StringSliceVar(&s.Clients, "clients", nil, lang.Say("등록할 클라이언트 (none: 등록하지 않음)", "clients to register with (none: do not register)"))
	complete(c, "for", "me", "friends")
	complete(c, "confirm", config.Confirm.Choices()...)
	complete(c, "calendar", "on", "off")
	complete(c, "token-store", config.TokenStore.Choices()...)
	completeWith(c, "clients", offered(func([]string) []string { return append(register.ClientIDs(), "none") }))
	completeFile(c, "client-secret-file")
	completeFile(c, "import")
	return c
}
