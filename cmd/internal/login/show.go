package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/terminal"
)

// Show puts the login page in front of a person at a terminal. noBrowser: none is
// opened, else Enter opens it once more: after a mistake in the console Kakao shows
// an error page and never comes back. again, unless it is nil, comes before that.
func Show(ctx context.Context, a *app.App, page string, p auth.Purpose, noBrowser bool, again func()) error {
	err := a.Env.Stderr
	fmt.Fprintf(err, a.Lang.Say("카카오 로그인 주소:\n\n  %s\n\n", "Kakao login page:\n\n  %s\n\n"), page)
	lost := a.ComeBack()
	if lost != "" {
		cli.Tell(err, lost)
	}
	reopen := func() {
		if again != nil {
			again()
		}
		if !noBrowser {
			_ = a.Browser().Open(page) // its address stands above
		}
	}
	if !noBrowser {
		cli.Tell(err, a.Lang.Say("브라우저에서 로그인해 주세요. 기다리고 있어요(Ctrl-C로 취소).", "Log in in the browser. Waiting (Ctrl-C to cancel)."))
		opened := a.Browser().Open(page)
		if ctx.Err() != nil { // opening took longer than the login
			return ctx.Err()
		}
		if opened == nil {
			if !a.Terminal.IsThere() {
				return nil
			}
			cli.Tell(err, a.Lang.Say("카카오 화면에 오류 코드(KOE…)가 보이면 고친 다음 Enter를 눌러 주세요. 로그인 화면이 다시 열려요.", "If Kakao's page shows an error code (KOE…), fix it and press Enter. The login page then opens again."))
			return pasteCallback(ctx, a, reopen)
		}
		cli.Tell(err, a.Lang.Say("브라우저를 열 수 없었어요. 위 주소를 직접 열어 주세요.", "The browser could not be opened. Please open the address above."))
	}
	shown, perr := url.Parse(page)
	u, uerr := url.Parse(a.Session.RedirectOf(page, p))
	if perr != nil || uerr != nil {
		return errors.New("showing the login page: not an address")
	}
	if a.Sandbox != nil { // its pages are on this computer as well
		cli.Tell(err, throughSSHToSandbox(a.Lang, u.Port(), shown.Port()))
	} else if u.Scheme == "http" {
		cli.Tell(err, throughSSH(a.Lang, u))
		if hint := placeHint(a); hint != "" {
			cli.Tell(err, hint)
		}
	} else if lost != "" {
		cli.Tell(err, a.Lang.Sayf("또는 로그인한 다음 마지막에 열린 주소(%s?…)를 여기에 붙여 넣어 주세요.", "Or log in and paste the last address that opened (%s?…) here.", u))
	}
	if a.Sandbox == nil && (noBrowser || !config.IsLoopback(shown.Hostname())) && cli.IsTerminal(a.Env.Stderr) { // a phone cannot open the sandbox
		terminal.QR(err, page)
	}
	return pasteCallback(ctx, a, reopen)
}

// placeHint says how a browser elsewhere reaches this computer, where that can
// be told from the surroundings.
func placeHint(a *app.App) string {
	if a.Env.Vars.Get("WSL_DISTRO_NAME") != "" {
		return a.Lang.Say("WSL에서는 Windows 브라우저에서 위 주소를 그대로 열면 돼요.", "In WSL, open the address above in your Windows browser.")
	}
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			return a.Lang.Say("컨테이너 안으로는 브라우저가 연결할 수 없어요. 로그인한 다음 마지막에 열린 주소를 붙여 넣어 주세요.", "A browser cannot connect to this container. Log in and paste the last address that opened.")
		}
	}
	return ""
}

// pasteCallback reads addresses until one is taken as the callback; an empty line
// shows the page once more. The end of the input is no error: the browser may still
// call back.
func pasteCallback(ctx context.Context, a *app.App, reopen func()) error {
	for {
		line, err := a.Terminal.Line(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case line == "":
			reopen()
			continue
		}
		if u, err := url.Parse(line); err == nil && u.Query().Get("state") != "" {
			status, _, _, err := a.Session.Forward(ctx, u.Path, u.RawQuery)
			if err == nil && (status == http.StatusOK || status == http.StatusForbidden) {
				return nil // taken; how it ended is told elsewhere
			}
		}
		cli.Tell(a.Env.Stderr, a.Lang.Say("이 로그인의 주소가 아니에요. 로그인 뒤 브라우저 주소창에 있는 주소 전체를 붙여 넣어 주세요.", "This is not the address of this login. Paste the whole address from the browser after logging in."))
	}
}
