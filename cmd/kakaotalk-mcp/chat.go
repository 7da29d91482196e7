package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/chat"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
)

func newChat(o *app.Options, lang wording.Lang) *cobra.Command {
	var server string
	var asJSON bool
	c := &cobra.Command{
		Use:   "chat [<request>]",
		Short: lang.Say("터미널에서 AI와 대화하며 메시지 보내기", "chat with an AI in the terminal that sends messages"),
		Long: lang.Say(`HCX-005(네이버 CLOVA Studio)나 다른 OpenAI 호환 모델과 대화하면서 메시지를 보내고 친구를 찾아요.
요청을 적으면 그것만 처리하고 끝나요. CLOVA_API_KEY가 필요하고, CHAT_BASE_URL, CHAT_MODEL, CHAT_API_KEY로 다른 모델을 사용할 수 있어요.

친구에게 보내기 전에는 터미널에서 물어봐요. 터미널이 없으면 브라우저의 확인 페이지에서 물어보고, 답하지 않으면 보내지 않아요.`,
			`Chats with HCX-005 (NAVER CLOVA Studio) or another OpenAI-compatible model that sends messages and finds friends.
With a request, it carries out only that request. It needs CLOVA_API_KEY; CHAT_BASE_URL, CHAT_MODEL and CHAT_API_KEY choose another model.

You are asked on the terminal before a message to a friend is sent. Without a terminal, a page in the browser asks; unanswered, the message is not sent.`),
		Example: `  kakaotalk-mcp chat
  kakaotalk-mcp chat "나에게 내일 3시 회의라고 보내 줘"
  CHAT_BASE_URL=http://localhost:11434/v1 CHAT_MODEL=qwen3 \
    kakaotalk-mcp chat --sandbox`,
		Args:        cobra.MaximumNArgs(1),
		Annotations: map[string]string{textArgument: "1"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runChat(cmd.Context(), o, server, strings.Join(args, ""), len(args) > 0, asJSON)
		},
	}
	c.Flags().StringVar(&server, "server", "", lang.Say("대신 사용할 다른 MCP 서버의 명령 (카카오 키는 넘기지 않아요)", "command of another MCP server to use (it gets no Kakao keys)"))
	jsonFlag(c, &asJSON, lang)
	return c
}

func runChat(ctx context.Context, o *app.Options, server, request string, single, asJSON bool) error {
	s, err := chatSettings(o)
	lang := s.Lang
	if o.Sandbox && server != "" { // another server would send for real
		return cli.Misuse(lang.Say("--sandbox와 --server는 함께 사용할 수 없어요. 다른 서버에 연습용 옵션이 있다면 --server의 명령에 적어 주세요", "--sandbox and --server cannot be used together. If the other server has a practice option, add it to its command"))
	}
	if err != nil {
		return cli.Usage(err)
	}
	request = strings.TrimSpace(request)
	if single && request == "" {
		return cli.Misuse(lang.Say("요청을 적어 주세요", "Enter a request"))
	}
	c := chat.Config{Request: request, JSON: asJSON, Lang: lang, Version: o.Env.Version,
		Stdin: o.Env.Stdin, Stdout: o.Env.Stdout, Stderr: o.Env.Stderr}
	if err := chatModel(&c, s); err != nil {
		return cli.Usage(err)
	}
	if err := chatServer(&c, o, server, lang); err != nil {
		return cli.Usage(err)
	}
	outcome, err := chat.Run(ctx, c)
	switch {
	case err != nil:
		return err
	case outcome == chat.Declined:
		return context.Canceled
	case outcome == chat.LoginNeeded:
		return fmt.Errorf("%w%w", auth.ErrLoginNeeded, cli.ErrSilent)
	case outcome == chat.Failed:
		return cli.ErrSilent
	}
	return nil
}

// chatSettings are all of the settings, or with --sandbox what counts there and
// from the real ones nothing but the model.
func chatSettings(o *app.Options) (*config.Settings, error) {
	if o.Sandbox {
		return o.Config.SandboxChat(o.EnvFile)
	}
	return o.Settings()
}

// chatModel fills in which model is talked to.
func chatModel(c *chat.Config, s *config.Settings) error {
	lang := s.Lang
	c.BaseURL = strings.TrimRight(cmp.Or(s.ChatURL, chat.DefaultBaseURL), "/")
	c.Model = s.ChatModel
	c.Key = cmp.Or(s.ChatKey, s.ClovaKey)
	if c.Key == "" && s.ChatURL == "" {
		return errors.New(lang.Say("CLOVA Studio의 [API 키]에서 키를 발급받아 CLOVA_API_KEY에 설정해 주세요. 내 컴퓨터의 모델을 사용하려면 CHAT_BASE_URL과 CHAT_MODEL을 설정해 주세요(예: Ollama는 http://localhost:11434/v1)",
			"Set CLOVA_API_KEY to a key from [API 키] in CLOVA Studio. To use a local model, set CHAT_BASE_URL and CHAT_MODEL (Ollama: http://localhost:11434/v1)"))
	}
	u, ok := config.Address(c.BaseURL)
	switch {
	case !ok || u.Scheme != "https" && u.Scheme != "http":
		return errors.New(lang.Say("CHAT_BASE_URL에는 http://localhost:11434/v1처럼 OpenAI와 호환되는 서버의 주소를 적어 주세요", "CHAT_BASE_URL must be the http(s):// address of an OpenAI-compatible server, such as http://localhost:11434/v1"))
	case c.Key != "" && !config.IsSafe(u):
		return errors.New(lang.Say("CHAT_BASE_URL은 https://이거나 이 컴퓨터의 주소여야 해요. 그렇지 않으면 API 키가 오가는 동안 다른 사람에게 보일 수 있어요", "CHAT_BASE_URL must be https://, or an address on this computer. Otherwise others could read the API key"))
	}
	return nil
}

// chatServer fills in which MCP server is started: this program's own, or
// another.
func chatServer(c *chat.Config, o *app.Options, server string, lang wording.Lang) error {
	c.Server = []string{o.Env.Executable, "serve"}
	if o.Sandbox {
		c.Server = append(c.Server, "--sandbox")
	}
	if o.EnvFile != "" {
		c.Server = append(c.Server, "--env-file", o.EnvFile)
	}
	if server != "" {
		words, err := config.Command("--server", server, lang)
		if err != nil {
			return err
		}
		c.Server = words
	}
	own := server == "" || isProgram(c.Server[0], o.Env.Executable)
	c.Env = config.ServerVars(o.Env.Vars, own, lang)
	return nil
}

// isProgram reports whether a command's first word starts the program at path.
func isProgram(word, path string) bool {
	found, err := exec.LookPath(word)
	if err != nil {
		return false
	}
	one, err := os.Stat(found)
	if err != nil {
		return false
	}
	other, err := os.Stat(path)
	return err == nil && os.SameFile(one, other)
}
