package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/viewer/tunnel"
)

// Invite connects a friend to the app. here: they log in on this computer; paste:
// they send back the address where their browser ended; neither: by a link through
// the tunnel.
func Invite(ctx context.Context, o *app.Options, here, paste bool) error {
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	defer a.Close()
	session, err := a.NeedSession()
	if err != nil {
		return err
	}
	out := o.Env.Stderr
	fmt.Fprintf(out, a.Lang.Say(`아래가 모두 맞아야 친구가 목록에 보여요:
  1. (심사 전 앱) 친구가 %s에서 보낸 초대를 수락했어요
  2. 친구가 이 앱에 로그인해서 [카카오톡 메시지 전송]과 [카카오 서비스 내 친구목록]에 동의했어요
  3. 카카오톡에서 서로 친구이고, 숨김이나 차단이 아니에요
  4. 친구의 프로필이 공개되어 있어요

`, `For a friend to show up:
  1. (before review) they accepted the invitation under %s
  2. they logged in to this app and agreed to both consent items
  3. you are KakaoTalk friends, neither hidden nor blocked
  4. their profile is public

`), devconsole.Members.Path(a.Lang))
	if u, err := url.Parse(a.Settings.CallbackURL); (here || paste) && (err != nil || u.Scheme != "http") {
		return cli.Misuse(a.Lang.Say("로그인이 공개 주소로 돌아오는 설정(KAKAO_CALLBACK_URL)에서는 옵션 없이 invite의 링크를 써 주세요", "logins come back to a public address here (KAKAO_CALLBACK_URL): use the link of plain invite"))
	}
	switch {
	case here:
		return inviteHere(ctx, a)
	case paste:
		return invitePaste(ctx, a)
	}
	p := a.Pages()
	if p == nil || !p.Up() {
		fmt.Fprintf(out, a.Lang.Say("2번을 하는 방법:\n  %[1]s invite --here    친구가 이 컴퓨터에서 로그인\n  %[1]s invite --paste   친구가 휴대전화에서 로그인하고 마지막 주소를 보내 주기\n  터널(KAKAO_TUNNEL)이 켜져 있으면 링크와 QR 코드를 바로 보내 줄 수 있어요.\n  또는 카카오 콘솔의 [도구] > [REST API 테스트]에서 친구가 직접 로그인해도 돼요.\n",
			"Ways to do step 2:\n  %[1]s invite --here    they log in on this computer\n  %[1]s invite --paste   they log in on their phone and send back the last address\n  With a tunnel up (KAKAO_TUNNEL) this command gives a link and a QR code.\n  Or they log in at [도구] > [REST API 테스트] in Kakao's console.\n"), a.Env.Command())
		return nil
	}
	state, _ := tunnel.ReadState(a.Settings.Home)
	page, err := session.Invite(ctx, state.URL+auth.ForFriends.CallbackPath(), false)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, a.Lang.Say("친구에게 이 링크를 보내 주세요(24시간 동안, 터널이 켜져 있는 동안 열려요). 이 리다이렉트 URI가 %[2]s에 등록되어 있어야 해요: %[1]s\n\n",
		"Send this link to your friend (good for 24 hours while the tunnel is up). %s must be registered under %s.\n\n"), state.URL+auth.ForFriends.CallbackPath(), devconsole.Redirect.Path(a.Lang))
	fmt.Fprintln(o.Env.Stdout, page)
	if cli.IsTerminal(o.Env.Stdout) {
		terminal.QR(o.Env.Stdout, page)
	}
	return nil
}

func inviteHere(ctx context.Context, a *app.App) error {
	guest, err := a.Session.InviteHere(ctx, func(page string) error {
		fmt.Fprintf(a.Env.Stderr, a.Lang.Say("친구가 자기 카카오계정으로 로그인하게 해 주세요:\n\n  %s\n\n", "Let your friend log in with their own account:\n\n  %s\n\n"), page)
		if err := a.Browser().Open(page); err != nil {
			fmt.Fprintln(a.Env.Stderr, a.Lang.Say("브라우저를 열 수 없었어요. 위 주소를 직접 열어 주세요.", "No browser could be opened; please open the address above."))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return welcome(a, guest)
}

func invitePaste(ctx context.Context, a *app.App) error {
	redirect := a.Session.RedirectURI(auth.ForFriends)
	page, err := a.Session.Invite(ctx, redirect, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Env.Stderr, a.Lang.Say("친구에게 이 링크를 보내 주세요:\n\n  %s\n\n로그인이 끝나면 친구의 화면은 열리지 않는 페이지에서 멈춰요. 그때 주소창의 주소 전체를 받아 여기에 붙여 넣어 주세요:\n",
		"Send this link to your friend:\n\n  %s\n\nAfter the login their browser stops at a page that does not open. Paste its whole address here:\n"), page)
	ended := a.Terminal.NoAnswer()
	for {
		line, err := a.Terminal.Line(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return ended
		case err != nil:
			return err
		case line == "":
			continue
		}
		guest, err := acceptPasted(ctx, a, redirect, line)
		if err == nil {
			err = welcome(a, guest)
		}
		var wrong *notConnected
		if err == nil || !errors.As(err, &wrong) {
			return err
		}
		fmt.Fprintf(a.Env.Stderr, a.Lang.Say("✘ %v. 다시 붙여 넣어 주세요(Ctrl-C로 취소).\n", "✘ %v. Paste it again (Ctrl-C cancels).\n"), wrong)
		ended = cli.ErrSilent
	}
}

// notConnected is a login of somebody that came to nothing; another may not.
type notConnected struct{ text string }

func (n *notConnected) Error() string { return n.text }

// acceptPasted completes an invitation with the address that a friend sent.
func acceptPasted(ctx context.Context, a *app.App, redirect, line string) (auth.Guest, error) {
	u, err := url.Parse(line)
	if err != nil || u.Query().Get("state") == "" {
		return auth.Guest{}, &notConnected{a.Lang.Say("로그인 뒤의 주소가 아니에요. 주소창의 주소 전체가 필요해요", "that is not the address after the login; the whole address is needed")}
	}
	guest, err := a.Session.AcceptInvite(ctx, redirect, u.Query())
	var p *problem.Problem
	if errors.As(err, &p) && (p.Reason == "invite_invalid" || p.Reason == "login_failed") { // of another link, or used up
		err = &notConnected{strings.TrimSuffix(p.What+" "+p.Next, ".")}
	}
	return guest, err
}

// welcome tells what came of a friend's login.
func welcome(a *app.App, g auth.Guest) error {
	name := a.Lang.Say("친구", "Your friend")
	if g.Name != "" {
		name = g.Name + a.Lang.Say("님", "")
	}
	switch {
	case g.Self:
		return &notConnected{a.Lang.Say("내 계정으로 로그인해서 새로 연결된 친구는 없어요. 친구가 자기 카카오계정으로 로그인해야 해요", "that was your own account, so nobody new is connected; your friend has to log in with theirs")}
	case len(g.Missing) > 0:
		return &notConnected{a.Lang.Sayf("%s: 로그인했지만 동의하지 않은 항목이 있어요. 링크를 다시 열어 모두 동의해야 해요", "%s logged in, but did not agree to everything; they need to open the link again", name)}
	}
	fmt.Fprintf(a.Env.Stderr, a.Lang.Say("✔ 연결됐어요: %s. 몇 분 안에 친구 목록에 나타나요.\n", "✔ %s is connected and shows up in the friend list within minutes.\n"), name)
	return nil
}
