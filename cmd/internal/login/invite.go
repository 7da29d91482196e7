package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"kakaotalk-mcp/auth"
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
	a, err := app.Ready(o)
	if err != nil {
		return err
	}
	defer a.Close()
	out := o.Env.Stderr
	fmt.Fprint(out, whatItTakes(a.Lang))
	if u, err := url.Parse(a.Settings.CallbackURL); (here || paste) && (err != nil || u.Scheme != "http") {
		return cli.Misuse(a.Lang.Say("공개 주소(KAKAO_CALLBACK_URL)로 로그인하도록 설정되어 있어요. 옵션 없이 invite를 실행하고 나오는 링크를 보내 주세요", "Logins use a public address (KAKAO_CALLBACK_URL). Run invite without options and send the link it shows"))
	}
	switch {
	case here:
		return inviteHere(ctx, a)
	case paste:
		return invitePaste(ctx, a)
	}
	p := a.Pages()
	if p == nil || !p.Up() {
		fmt.Fprint(out, waysToLogIn(a.Lang, a.Env.Command()))
		return nil
	}
	state, _ := tunnel.ReadState(a.Settings.Home)
	page, err := a.Session.Invite(ctx, state.URL+auth.ForFriends.CallbackPath())
	if err != nil {
		return err
	}
	fmt.Fprint(out, aboutLink(a.Lang, state.URL+auth.ForFriends.CallbackPath()))
	if _, err := fmt.Fprintln(o.Env.Stdout, page); err != nil {
		return err
	}
	if cli.IsTerminal(o.Env.Stdout) {
		terminal.QR(o.Env.Stdout, page)
	}
	return nil
}

func inviteHere(ctx context.Context, a *app.App) error {
	guest, err := a.Session.InviteHere(ctx, func(page string) error {
		cli.Tell(a.Env.Stderr, a.Lang.Sayf("친구가 자기 카카오계정으로 로그인하게 해 주세요:\n\n  %s\n", "Ask your friend to log in with their own Kakao account:\n\n  %s\n", page))
		if err := a.Browser().Open(page); err != nil {
			cli.Tell(a.Env.Stderr, a.Lang.Say("브라우저를 열 수 없었어요. 위 주소를 직접 열어 주세요.", "The browser could not be opened. Please open the address above."))
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
	page, err := a.Session.Invite(ctx, redirect)
	if err != nil {
		return err
	}
	cli.Tell(a.Env.Stderr, a.Lang.Sayf("친구에게 이 링크를 보내 주세요:\n\n  %s\n\n로그인을 마치면 친구의 브라우저에 열리지 않는 페이지가 나와요. 그때 주소창의 주소 전체를 받아 여기에 붙여 넣어 주세요:", "Send this link to your friend:\n\n  %s\n\nAfter logging in, their browser shows a page that does not open. Ask for the whole address in the address bar and paste it here:", page))
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
		cli.Tell(a.Env.Stderr, a.Lang.Sayf("✘ %v. 다시 붙여 넣어 주세요(Ctrl-C로 취소).", "✘ %v. Paste it again (Ctrl-C cancels).", wrong))
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
		return auth.Guest{}, &notConnected{a.Lang.Say("로그인 뒤의 주소가 아니에요. 주소창의 주소 전체가 필요해요", "This is not the address after logging in. Paste the whole address")}
	}
	guest, err := a.Session.AcceptInvite(ctx, redirect, u.Query())
	if p, ok := errors.AsType[*problem.Problem](err); ok && (p.Reason == "invite_invalid" || p.Reason == "login_failed") { // of another link, or used up
		err = &notConnected{strings.TrimSuffix(p.What+" "+p.Next, ".")}
	}
	return guest, err
}

// welcome tells what came of a friend's login.
func welcome(a *app.App, g auth.Guest) error {
	name := a.Lang.Say("친구", "Your friend")
	if g.Name != "" {
		name = a.Lang.Person(g.Name)
	}
	switch {
	case g.Self:
		return &notConnected{a.Lang.Say("내 계정으로 로그인해서 새로 연결된 친구는 없어요. 친구가 자기 카카오계정으로 로그인해야 해요", "You logged in with your own account, so no friend was connected. Your friend has to log in with their own Kakao account")}
	case len(g.Missing) > 0:
		return &notConnected{a.Lang.Sayf("%s: 로그인했지만 동의하지 않은 항목이 있어요. 링크를 다시 열어 모두 동의해야 해요", "%s logged in, but did not agree to all items. They have to open the link again and agree to all", name)}
	}
	cli.Tell(a.Env.Stderr, a.Lang.Sayf("✔ 연결됐어요: %s. 몇 분 안에 친구 목록에 나타나요.", "✔ Connected: %s. They appear in the friend list in a few minutes.", name))
	return nil
}
