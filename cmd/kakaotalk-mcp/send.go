package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/charset"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/messenger"
)

// maxStdin bounds text from a pipe, in bytes; longer is refused as too long.
const maxStdin = 1 << 20

// maxShownText is how many characters of a text are repeated in a command to paste.
const maxShownText = 60

type sendOptions struct {
	uuids               []string
	link, button, image string
	title               string
	resend              bool
	asJSON              bool
}

func newSend(o *app.Options, lang wording.Lang) *cobra.Command {
	var s sendOptions
	c := &cobra.Command{
		Use:   "send {me | <name> | --uuid <uuid>...} [<text> | -]",
		Short: lang.Say("나 또는 친구에게 메시지 보내기", "send a message to yourself or a friend"),
		Long: lang.Say("나(me)나 친구(이름, 별칭, uuid)에게 보내요. 메시지를 적지 않거나 -를 적으면 표준 입력을 보내요.",
			"Sends to yourself (me) or a friend (name, alias or uuid). Without a text, or with -, standard input is sent."),
		Example: `  kakaotalk-mcp send me "회의 3시"
  kakaotalk-mcp send 홍길동 "내일 봐요"
  git log -1 | kakaotalk-mcp send me -`,
		Args:        cobra.RangeArgs(0, 2),
		Annotations: map[string]string{textArgument: "2"},
		ValidArgsFunction: offered(func(before []string) []string {
			if len(before) > 0 {
				return nil
			}
			return append([]string{"me"}, aliases(o)...)
		}),
		RunE: func(cmd *cobra.Command, args []string) error { return runSend(cmd.Context(), o, s, args) },
	}
	f := c.Flags()
	f.StringArrayVar(&s.uuids, "uuid", nil, lang.Say("받는 사람의 uuid (여러 번 적을 수 있어요)", "recipient's uuid (may be repeated)"))
	f.StringVar(&s.link, "link", "", lang.Say("버튼을 눌렀을 때 열 주소", "address the button opens"))
	f.StringVar(&s.button, "button", "", lang.Say("버튼 이름", "the button's label"))
	f.StringVar(&s.image, "image", "", lang.Say("이 컴퓨터의 사진 파일이나 공개된 이미지 주소", "picture file on this computer, or public image address"))
	f.StringVar(&s.title, "title", "", lang.Say("제목", "title"))
	f.BoolVar(&s.resend, "resend", false, lang.Say("전송 결과를 알 수 없는 같은 메시지를 다시 보내기", "send the same message again when it is not known whether it arrived"))
	jsonFlag(c, &s.asJSON, lang)
	completeFile(c, "image")
	return c
}

func runSend(ctx context.Context, o *app.Options, s sendOptions, args []string) error {
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	defer a.Close()
	if s.image != "" && !strings.Contains(s.image, "://") {
		if s.image, err = filepath.Abs(s.image); err != nil {
			return err
		}
	}
	r := messenger.SendRequest{Resend: s.resend, Content: compose.Content{Link: s.link, Button: s.button, Image: s.image, Title: s.title}}
	switch {
	case len(s.uuids) > 0 && len(args) > 0 && args[0] == "me":
		return cli.Misuse(a.Lang.Say("me와 --uuid는 함께 사용할 수 없어요", "me and --uuid cannot be used together"))
	case len(s.uuids) > 0:
		r.To = s.uuids
	case len(args) == 0:
		return cli.Misuse(a.Lang.Say("받는 사람을 적어 주세요: me, 친구 이름, --uuid 중 하나", "Name the recipient: me, a friend's name, or --uuid"))
	default:
		r.ToMe = args[0] == "me"
		if !r.ToMe {
			r.To = args[:1]
		}
		args = args[1:]
	}
	if len(args) > 1 {
		return cli.Misuse(a.Lang.Say("메시지를 따옴표로 묶어 주세요", "Put the text in quotes"))
	}
	if len(args) == 0 || args[0] == "-" {
		if cli.IsTerminal(o.Env.Stdin) {
			cli.Tell(o.Env.Stderr, a.Lang.Say("메시지를 입력하고 Ctrl-D(Windows는 Ctrl-Z, Enter)로 마쳐 주세요.", "Type the text and end it with Ctrl-D (Windows: Ctrl-Z, Enter)."))
		}
		if r.Message, err = readText(ctx, a); err != nil {
			return err
		}
	} else {
		r.Message = args[0]
	}
	if runtime.GOOS == "windows" && r.Message != "" && strings.Trim(r.Message, "? \t\r\n") == "" {
		return lostText(a.Lang)
	}
	result, err := a.Messenger().Send(ctx, r, a.Person())
	if err != nil {
		return err
	}
	if s.asJSON {
		err = cli.WriteJSON(o.Env.Stdout, result)
	} else if result.IsError() {
		people := result.Candidates
		result.Candidates = nil
		cli.Tell(o.Env.Stderr, result.Text())
		offer(a, people, func(uuid string) string { return "send --uuid=" + uuid + s.rest(args) })
	} else {
		out := &cli.Printer{W: o.Env.Stdout}
		out.Tell("%s", result.Text())
		err = out.Err
	}
	if err != nil { // or it would be sent again
		cli.Tell(o.Env.Stderr, result.Text())
	}
	return errors.Join(err, sendFailure(result))
}

// rest is what a repeated command has behind the recipient: the text, if it is short
// enough to be read in a list of commands, and the options.
func (s sendOptions) rest(text []string) string {
	var words []string
	for _, f := range []struct{ name, value string }{{"--link", s.link}, {"--button", s.button}, {"--image", s.image}, {"--title", s.title}} {
		if f.value != "" {
			words = append(words, f.name, cli.Quoted(f.value)[0])
		}
	}
	for _, t := range text {
		if strings.HasPrefix(t, "-") && t != "-" {
			words = append(words, "--") // no option
		}
		if len([]rune(t)) > maxShownText {
			t = "…"
		}
		if t = cli.Quoted(t)[0]; t[0] != '"' && t != "-" {
			t = `"` + t + `"`
		}
		words = append(words, t)
	}
	return strings.Join(append([]string{""}, words...), " ")
}

// lostText refuses a text in which a shell put question marks in the place of
// letters. Windows PowerShell pipes ASCII unless it is told otherwise.
func lostText(lang wording.Lang) error {
	return cli.Misuse(lang.Say("한글이 물음표로 바뀌어서 보내지 않았어요. PowerShell에서는 `$OutputEncoding = [Text.Encoding]::UTF8`, 명령 프롬프트(cmd)에서는 `chcp 65001`을 실행한 다음 다시 보내 주세요",
		"Letters have turned into question marks, so the message was not sent. Run `$OutputEncoding = [Text.Encoding]::UTF8` in PowerShell, or `chcp 65001` in the Command Prompt, and send it again"))
}

// readText reads a message from a pipe: in the charset it came in, without the
// carriage returns that Windows adds, and without the last line's end. Letters
// that the pipe has lost are nothing to send.
func readText(ctx context.Context, a *app.App) (string, error) {
	raw, err := a.Terminal.All(ctx, maxStdin)
	if err != nil {
		return "", err
	}
	text, _, err := charset.Decode(raw)
	if err != nil {
		text = string(raw) // the refusal of broken text is the messenger's
	}
	if runtime.GOOS == "windows" && charset.IsLost(text) {
		return "", lostText(a.Lang)
	}
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\r\n"), nil
}

// sendFailure gives a result that was already told its exit code.
func sendFailure(r messenger.SendResult) error {
	switch {
	case !r.IsError():
		return nil
	case r.LoginURL != "", r.Reason == "login_pending", r.Reason == app.NotSetUp:
		return fmt.Errorf("%w%w", auth.ErrLoginNeeded, cli.ErrSilent)
	}
	switch r.Reason {
	case "cancelled", "declined", "login_declined", "empty_message", "broken_text", "bad_content", "bad_link", "bad_image", "bad_receiver", "no_receiver", "too_long", "too_many_receivers":
		return cli.Usage(cli.ErrSilent)
	}
	return cli.ErrSilent
}
