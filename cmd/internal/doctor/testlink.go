package doctor

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// storedLink is about how long the links of stored messages are.
const storedLink = 120

// SendTestLink proves that KakaoTalk opens the configured addresses: the page
// behind a link shows four digits made from the whole fragment, and only who saw
// the page can type them in. Kakao itself never says that a link is dead.
func SendTestLink(ctx context.Context, o *app.Options) error {
	a, err := app.Ready(o)
	if err != nil {
		return err
	}
	defer a.Close()
	p := a.Pages()
	if p == nil {
		return errors.New(a.Lang.Say("확인할 주소가 없어요: KAKAO_PAGE_URL이나 KAKAO_TUNNEL을 먼저 설정해 주세요", "There is no address to test: set KAKAO_PAGE_URL or KAKAO_TUNNEL first"))
	}
	tested := false
	if p.URL != "" {
		tested = true
		if err := testLink(ctx, a, p, "page", p.URL, viewer.URLBudget); err != nil {
			return err
		}
	}
	if p.Kind != tunnel.Off {
		if !p.Up() {
			cli.Tell(a.Env.Stderr, a.Lang.Sayf("! 터널이 연결되어 있지 않아서 터널 주소는 확인하지 못했어요. `%s tunnel`을 실행한 다음 다시 해 주세요.", "! The tunnel is down, so its address was not tested. Run `%s tunnel` and try again.", a.Env.Command()))
		} else {
			tested = true
			if err := testLink(ctx, a, p, "stored", p.PublicURL()+"/message", storedLink); err != nil {
				return err
			}
		}
	}
	if !tested {
		return cli.ErrSilent
	}
	return testNoButton(ctx, a)
}

// testNoButton sends a message without a link: some have seen KakaoTalk put a button
// below one, and only who looks can tell.
func testNoButton(ctx context.Context, a *app.App) error {
	if err := a.SendToMe(ctx, compose.Content{Message: a.Lang.Say("버튼 테스트: 이 메시지에는 버튼이 없어야 해요.", "Button test: this message should have no button.")}); err != nil {
		return err
	}
	cli.Tell(a.Env.Stderr, a.Lang.Say("버튼이 없어야 하는 메시지도 보냈어요.", "A message that should have no button was sent, too."))
	if !cli.IsTerminal(a.Env.Stdin) {
		return nil
	}
	seen, err := a.Terminal.YesNo(ctx, a.Lang.Say("그 메시지에 [자세히 보기] 버튼이 보이나요? [y/N] ", "Does it show a button [자세히 보기]? [y/N] "), false)
	if err == nil && seen {
		cli.Tell(a.Env.Stderr, a.Lang.Say("! 카카오톡이 붙인 버튼이에요. 눌러도 열리지 않지만 메시지에는 문제가 없어요. 이 저장소의 이슈로 알려 주세요.", "! KakaoTalk added it. It opens nothing, and the message is all right. Please tell us in an issue of this repository."))
	}
	return ctx.Err() // what was tested stays so without an answer
}

// testLink sends one link of the given length and asks for its digits.
func testLink(ctx context.Context, a *app.App, p *app.Pages, delivery, address string, length int) error {
	fragment := viewer.TestMarker + randomText(max(length-len(address)-2, 20))
	err := a.SendToMe(ctx, compose.Content{
		Message: a.Lang.Say("링크 테스트: 아래 버튼을 누르면 나오는 숫자 네 자리를 터미널에 입력해 주세요.", "Link test: tap the button and type the four digits into the terminal."),
		Link:    address + "#" + fragment, Button: a.Lang.Say("숫자 보기", "Show digits")})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Env.Stderr, a.Lang.Say("카카오톡 [나와의 채팅]에 보냈어요: %s\n휴대전화에서 [숫자 보기]를 눌러 나오는 숫자 네 자리를 입력해 주세요: ", "Sent to your own chat: %s\nTap [Show digits] on your phone and type the four digits: "), address)
	line, err := a.Terminal.Answer(ctx)
	if err != nil {
		return err
	}
	if line != viewer.TestDigits(fragment) {
		if delivery == "page" {
			cli.Tell(a.Env.Stderr, a.Lang.Sayf("! '링크가 온전하지 않아요'라고 나오면 올려 둔 페이지가 이전 버전이에요. `%s page export`로 다시 만들어 올려 주세요.", "! If it says that the link is not complete, the published page is from an older version. Make it again with `%s page export` and upload it.", a.Env.Command()))
		}
		return fmt.Errorf(a.Lang.Say("숫자가 달라요. 버튼을 눌러도 링크가 열리지 않았다면 %s에 도메인을 등록했는지 확인해 주세요", "The digits do not match. If the link did not open, check that its domain is registered under %s"), devconsole.WebDomain.Path(a.Lang))
	}
	if err := p.Prove(delivery); err != nil {
		return err
	}
	cli.Tell(a.Env.Stderr, a.Lang.Say("✔ 이 주소는 카카오톡에서 열려요.", "✔ This address opens in KakaoTalk."))
	return nil
}

// randomText is n characters of base64url.
func randomText(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}
