// Package demo shows the product to somebody who has no account: this program as an
// MCP server with the sandbox, driven by an MCP client over stdio as an assistant
// would, with logins over HTTP.
//
// It may import register, app, cli and the sandbox, and reads no settings.
package demo

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/register"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// demoTime bounds the whole demonstration, a login in a real browser included.
const demoTime = 10 * time.Minute

// demo is one demonstration: the server with its sandbox as a child process, an
// MCP client that drives it, and the person who follows the login pages.
type demo struct {
	env     *cli.Env
	lang    wording.Lang
	out     *cli.Printer
	client  *client.Client
	visitor sandbox.Visitor
	rooms   string
	logins  int
}

// Run shows it on standard output. realBrowser: a person does the login. With a
// terminal on both ends it stays, so that the chat rooms can be looked at, until
// ctx ends.
func Run(ctx context.Context, o *app.Options, realBrowser bool) error {
	d := &demo{env: o.Env, lang: o.Lang(), out: &cli.Printer{W: o.Env.Stdout}}
	limited, cancel := context.WithTimeout(ctx, demoTime)
	defer cancel()
	start := time.Now()
	if err := d.startServer(limited, realBrowser); err != nil {
		return err
	}
	defer d.client.Close()
	if err := d.run(limited, start); err != nil {
		return err
	}
	if !cli.IsTerminal(o.Env.Stdin) || !cli.IsTerminal(o.Env.Stdout) {
		return d.out.Err
	}
	d.out.Tell(d.lang.Say("\n대화방을 브라우저로 열어 보세요. 끝내려면 Ctrl-C를 눌러 주세요.\n  %s", "\nOpen the chat rooms in a browser. Press Ctrl-C to end the demo.\n  %s"), d.rooms)
	<-ctx.Done()
	return nil
}

func (d *demo) run(ctx context.Context, start time.Time) error {
	d.out.Tell(d.lang.Say("kakaotalk-mcp %s 둘러보기 (연습용 카카오라서 실제 메시지는 전송되지 않아요)\n", "kakaotalk-mcp %s demo (practice Kakao: no real messages are sent)\n"), d.env.Version)
	list, err := d.client.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		return fmt.Errorf("asking the server for its tools: %w", err)
	}
	var names []string
	for _, t := range list.Tools {
		names = append(names, t.Name)
	}
	d.step(start, d.lang.Say("MCP 서버 시작", "MCP server started"), strings.Join(names, ", "))

	if _, err := d.call(ctx, d.lang.Say("나와의 채팅으로 보내기 (처음에는 로그인해요)", "Send to your own chat (logs in first)"), "send_message_to_me",
		map[string]any{"message": d.lang.Say("안녕하세요! kakaotalk-mcp에서 보낸 첫 메시지예요. 😊", "Hello! This is the first message from kakaotalk-mcp. 😊")}); err != nil {
		return err
	}
	found, err := d.call(ctx, d.lang.Say("친구 찾기: 홍길동 (친구 목록에 동의해요)", "Find a friend: 홍길동 (consents to the friend list)"), "search_kakao_friends", map[string]any{"query": "홍길동"})
	if err != nil {
		return err
	}
	friend, err := firstUUID(found)
	if err != nil {
		return err
	}
	if _, err := d.call(ctx, d.lang.Say("친구에게 보내기", "Send to a friend"), "send_message",
		map[string]any{"uuid": friend, "message": d.lang.Say("길동님, 내일 오후 3시에 봬요!", "See you tomorrow at 3 pm!")}); err != nil {
		return err
	}
	if _, err := d.call(ctx, d.lang.Say("긴 메시지 1,000자 보내기", "Send a long message of 1,000 characters"), "send_message_to_me", map[string]any{"message": longText(1000)}); err != nil {
		return err
	}
	d.out.Tell(d.lang.Say("\n로그인 화면을 %d번 열었고, 모두 %s 걸렸어요.", "\nLogin pages: %d. Total time: %s."), d.logins, time.Since(start).Round(time.Millisecond))
	next := register.InstallFirst(d.env, d.lang)
	if next == "" {
		next = d.lang.Sayf("설정하려면 `%s setup`을 실행해 주세요.", "To set up, run `%s setup`.", d.env.Command())
	}
	d.out.Tell("%s", d.lang.Say("다음 단계: ", "Next: ")+next)
	return d.out.Err
}

// startServer starts this program as a client would: a child process with an
// environment of its own.
func (d *demo) startServer(ctx context.Context, realBrowser bool) error {
	command := func(_ context.Context, path string, env, args []string) (*exec.Cmd, error) {
		cmd := exec.Command(path, args...) // not killed with ctx: closing its stdin lets it tidy up
		cmd.Env = env
		cmd.Stderr = d.env.Stderr
		return cmd, nil
	}
	server := transport.NewStdioWithOptions(d.env.Executable, d.childEnv(realBrowser), []string{"serve", "--sandbox"}, transport.WithCommandFunc(command))
	options := []client.ClientOption{}
	if !realBrowser {
		options = append(options, client.WithElicitationHandler(d), client.WithClientCapabilities(mcp.ClientCapabilities{
			Elicitation: &mcp.ElicitationCapability{Form: &struct{}{}, URL: &struct{}{}}}))
	} else {
		d.logins = 2
	}
	d.client = client.NewClient(server, options...)
	if err := d.client.Start(ctx); err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	request := mcp.InitializeRequest{}
	request.Params.ClientInfo = mcp.Implementation{Name: "kakaotalk-mcp demo", Version: d.env.Version}
	if _, err := d.client.Initialize(ctx, request); err != nil {
		return fmt.Errorf("talking to the server: %w", err)
	}
	return nil
}

// childEnv passes on what programs and desktops need. Without a real browser the
// demo is the person who logs in: a server that could open one would wait for
// somebody else, so it is given one that does not start.
func (d *demo) childEnv(realBrowser bool) []string {
	env := []string{"KAKAO_LANG=" + string(d.lang)}
	for _, name := range []string{"PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP",
		"DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XAUTHORITY", "BROWSER"} {
		if v := d.env.Vars.Get(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	if !realBrowser {
		env = append(env, "BROWSER="+noBrowser)
	}
	return env
}

// noBrowser is the name of no program.
const noBrowser = "no-browser-in-the-demo"

// Elicit answers the server's questions as a person would: it follows the login
// pages and agrees to the message.
func (d *demo) Elicit(ctx context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	answer := mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept}
	if r.Params.Mode == mcp.ElicitationModeURL {
		d.logins++
		page, err := d.visitor.Visit(ctx, r.Params.URL)
		if err != nil {
			return nil, err
		}
		if page.KOE != "" || page.Status != 200 {
			return nil, fmt.Errorf("the login ended on an error page (%d %s)", page.Status, page.KOE)
		}
		d.out.Tell("   %s", d.lang.Say("· 브라우저에서 로그인하고 동의했어요", "· Logged in and consented in the browser"))
		return &mcp.ElicitationResult{ElicitationResponse: answer}, nil
	}
	d.out.Tell("   %s", d.lang.Say("· 확인 창에서 [이번만 보내기]를 눌렀어요", "· Chose [Send once] in the confirmation"))
	answer.Content = map[string]any{"answer": d.lang.Say("이번만 보내기", "Send once")}
	return &mcp.ElicitationResult{ElicitationResponse: answer}, nil
}

// call calls one tool and prints how it went.
func (d *demo) call(ctx context.Context, title, tool string, args map[string]any) (*mcp.CallToolResult, error) {
	start := time.Now()
	request := mcp.CallToolRequest{}
	request.Params.Name, request.Params.Arguments = tool, args
	result, err := d.client.CallTool(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tool, err)
	}
	text := ""
	for _, c := range result.Content {
		if t, ok := c.(mcp.TextContent); ok {
			text += t.Text
		}
	}
	structured, _ := result.StructuredContent.(map[string]any)
	d.rooms, _ = structured["chat_rooms"].(string)
	note, _ := structured["note"].(string)
	d.step(start, title, d.short(text, note))
	if result.IsError {
		return nil, fmt.Errorf("%s failed", tool)
	}
	return result, nil
}

func (d *demo) step(start time.Time, title, text string) {
	d.out.Tell("✔ %s (%s)", title, time.Since(start).Round(time.Millisecond))
	for line := range strings.Lines(text) {
		d.out.Tell("   %s", strings.TrimRight(line, "\n"))
	}
}

// short leaves out what the AI alone is told, and the chat rooms' address, which is
// said once at the end.
func (d *demo) short(text, note string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if (d.rooms == "" || !strings.Contains(line, d.rooms)) && strings.TrimSpace(line) != note {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func firstUUID(r *mcp.CallToolResult) (string, error) {
	structured, _ := r.StructuredContent.(map[string]any)
	friends, _ := structured["friends"].([]any)
	if len(friends) == 0 {
		return "", fmt.Errorf("the search found nobody")
	}
	friend, _ := friends[0].(map[string]any)
	uuid, _ := friend["uuid"].(string)
	return uuid, nil
}

// longText is readable Korean of at least n characters, up to the end of a sentence.
func longText(n int) string {
	sentences := []string{"오늘 회의에서 정한 내용을 정리했어요.", "다음 주 월요일까지 초안을 공유해요.", "수요일에 함께 검토하기로 했어요.", "일정이 바뀌면 미리 알려 주세요."}
	text := ""
	for i := 0; utf8.RuneCountInString(text) < n; i++ {
		switch {
		case i%len(sentences) > 0:
			text += " "
		case i > 0:
			text += "\n"
		}
		text += sentences[i%len(sentences)]
	}
	return text
}
