package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/mdp/qrterminal/v3"
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/viewer/tunnel"
)

func newInvite(o *options, say sayer) *cobra.Command {
	var here, paste bool
	c := &cobra.Command{
		Use:   "invite",
		Short: say("친구를 앱에 연결하기", "connect a friend to the app"),
		Long: say(`친구에게 메시지를 보내려면 친구도 내 앱에 한 번 로그인해야 해요.
먼저 확인할 것을 보여 주고, 방법을 골라 연결해요. 친구의 토큰은 저장하지 않아요.`,
			`To be messaged, a friend has to log in to your app once. Shows what to check,
then connects them. Their tokens are not kept.`),
		Example: `  kakaotalk-mcp invite
  kakaotalk-mcp invite --here
  kakaotalk-mcp invite --paste`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if here && paste {
				return usageError{errors.New(say("--here와 --paste는 함께 쓸 수 없어요", "--here and --paste cannot be used together"))}
			}
			return runInvite(cmd.Context(), o, here, paste)
		},
	}
	c.Flags().BoolVar(&here, "here", false, say("친구가 이 컴퓨터에서 로그인", "the friend logs in on this computer"))
	c.Flags().BoolVar(&paste, "paste", false, say("친구가 로그인 뒤의 주소를 보내 주면 붙여 넣기", "paste the address that the friend's phone ended at"))
	return c
}

func runInvite(ctx context.Context, o *options, here, paste bool) error {
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	defer a.close()
	session, err := a.needSession()
	if err != nil {
		return err
	}
	out := o.sys.stderr
	fmt.Fprintf(out, a.say(`아래가 모두 맞아야 친구가 목록에 보여요:
  1. (심사 전 앱) 친구가 %s에서 보낸 초대를 수락했어요
  2. 친구가 이 앱에 로그인해서 [카카오톡 메시지 전송]과 [카카오 서비스 내 친구목록]에 동의했어요
  3. 카카오톡에서 서로 친구이고, 숨김이나 차단이 아니에요
  4. 친구의 프로필이 공개되어 있어요

`, `For a friend to show up:
  1. (before review) they accepted the invitation under %s
  2. they logged in to this app and agreed to both consent items
  3. you are KakaoTalk friends, neither hidden nor blocked
  4. their profile is public

`), devconsole.Members.Path(wording.Of(a.lang)))
	if u, err := url.Parse(a.settings.get("KAKAO_CALLBACK_URL")); (here || paste) && (err != nil || u.Scheme != "http") {
		return usageError{errors.New(a.say("로그인이 공개 주소로 돌아오는 설정(KAKAO_CALLBACK_URL)에서는 옵션 없이 invite의 링크를 써 주세요", "logins come back to a public address here (KAKAO_CALLBACK_URL): use the link of plain invite"))}
	}
	switch {
	case here:
		return a.inviteHere(ctx)
	case paste:
		return a.invitePaste(ctx)
	}
	p := a.newPages()
	if p == nil || !p.Up() {
		fmt.Fprintf(out, a.say("2번을 하는 방법:\n  %[1]s invite --here    친구가 이 컴퓨터에서 로그인\n  %[1]s invite --paste   친구가 휴대전화에서 로그인하고 마지막 주소를 보내 주기\n  터널(KAKAO_TUNNEL)이 켜져 있으면 링크와 QR 코드를 바로 보내 줄 수 있어요.\n  또는 카카오 콘솔의 [도구] > [REST API 테스트]에서 친구가 직접 로그인해도 돼요.\n",
			"Ways to do step 2:\n  %[1]s invite --here    they log in on this computer\n  %[1]s invite --paste   they log in on their phone and send back the last address\n  With a tunnel up (KAKAO_TUNNEL) this command gives a link and a QR code.\n  Or they log in at [도구] > [REST API 테스트] in Kakao's console.\n"), a.sys.command())
		return nil
	}
	state, _ := tunnel.ReadState(a.settings.home)
	page, err := session.Invite(ctx, state.URL+auth.ForFriends.CallbackPath(), false)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, a.say("친구에게 이 링크를 보내 주세요(24시간 동안, 터널이 켜져 있는 동안 열려요). 이 리다이렉트 URI가 %[2]s에 등록되어 있어야 해요: %[1]s\n\n",
		"Send this link to your friend (good for 24 hours while the tunnel is up). %s must be registered under %s.\n\n"), state.URL+auth.ForFriends.CallbackPath(), devconsole.Redirect.Path(wording.Of(a.lang)))
	fmt.Fprintln(o.sys.stdout, page)
	if isTerminal(o.sys.stdout) {
		qrterminal.GenerateHalfBlock(page, qrterminal.L, o.sys.stdout)
	}
	return nil
}

func (a *app) inviteHere(ctx context.Context) error {
	guest, err := a.session.InviteHere(ctx, func(page string) error {
		fmt.Fprintf(a.sys.stderr, a.say("친구가 자기 카카오계정으로 로그인하게 해 주세요:\n\n  %s\n\n", "Let your friend log in with their own account:\n\n  %s\n\n"), page)
		if err := a.browser().Open(page); err != nil {
			fmt.Fprintln(a.sys.stderr, a.say("브라우저를 열 수 없었어요. 위 주소를 직접 열어 주세요.", "No browser could be opened; please open the address above."))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.welcome(guest)
}

func (a *app) invitePaste(ctx context.Context) error {
	redirect := a.session.RedirectURI(auth.ForFriends)
	page, err := a.session.Invite(ctx, redirect, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.sys.stderr, a.say("친구에게 이 링크를 보내 주세요:\n\n  %s\n\n로그인이 끝나면 친구의 화면은 열리지 않는 페이지에서 멈춰요. 그때 주소창의 주소 전체를 받아 여기에 붙여 넣어 주세요:\n",
		"Send this link to your friend:\n\n  %s\n\nAfter the login their browser stops at a page that does not open. Paste its whole address here:\n"), page)
	lines, ended := a.pasted(ctx), errNoAnswer
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return ended
			}
			guest, err := a.acceptPasted(ctx, redirect, line)
			if err == nil {
				err = a.welcome(guest)
			}
			var wrong *notConnected
			if err == nil || !errors.As(err, &wrong) {
				return err
			}
			fmt.Fprintf(a.sys.stderr, a.say("✘ %v. 다시 붙여 넣어 주세요(Ctrl-C로 취소).\n", "✘ %v. Paste it again (Ctrl-C cancels).\n"), wrong)
			ended = errSilent
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// notConnected is a login of somebody that came to nothing; another may not.
type notConnected struct{ text string }

func (n *notConnected) Error() string { return n.text }

// acceptPasted completes an invitation with the address that a friend sent.
func (a *app) acceptPasted(ctx context.Context, redirect, line string) (auth.Guest, error) {
	u, err := url.Parse(line)
	if err != nil || u.Query().Get("state") == "" {
		return auth.Guest{}, &notConnected{a.say("로그인 뒤의 주소가 아니에요. 주소창의 주소 전체가 필요해요", "that is not the address after the login; the whole address is needed")}
	}
	guest, err := a.session.AcceptInvite(ctx, redirect, u.Query())
	var p *problem.Problem
	if errors.As(err, &p) && (p.Reason == "invite_invalid" || p.Reason == "login_failed") { // of another link, or used up
		err = &notConnected{strings.TrimSuffix(p.What+" "+p.Next, ".")}
	}
	return guest, err
}

// welcome tells what came of a friend's login.
func (a *app) welcome(g auth.Guest) error {
	name := a.say("친구", "Your friend")
	if g.Name != "" {
		name = g.Name + a.say("님", "")
	}
	switch {
	case g.Self:
		return &notConnected{a.say("내 계정으로 로그인해서 새로 연결된 친구는 없어요. 친구가 자기 카카오계정으로 로그인해야 해요", "that was your own account, so nobody new is connected; your friend has to log in with theirs")}
	case len(g.Missing) > 0:
		return &notConnected{fmt.Sprintf(a.say("%s: 로그인했지만 동의하지 않은 항목이 있어요. 링크를 다시 열어 모두 동의해야 해요", "%s logged in, but did not agree to everything; they need to open the link again"), name)}
	}
	fmt.Fprintf(a.sys.stderr, a.say("✔ 연결됐어요: %s. 몇 분 안에 친구 목록에 나타나요.\n", "✔ %s is connected and shows up in the friend list within minutes.\n"), name)
	return nil
}
