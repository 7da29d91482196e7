package doctor

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
)

// What cannot exist at Kakao. Only where Kakao refuses these does it mean anything
// that it does not refuse what the user has set up: nothing documents at which
// point of a login each refusal comes.
const (
	noSuchPath   = "/kakaotalk-mcp-doctor" // of a redirect URI
	noSuchItem   = "kakaotalk_mcp_doctor"
	noSuchSecret = "kakaotalk-mcp-doctor"
	noSuchCode   = "kakaotalk-mcp-doctor"
)

// Key asks the token endpoint about a key and, unless it is "", its secret, with a
// code that cannot exist: KOE101 is about the key, KOE010 about the secret, and
// KOE320 comes once both were accepted. koe is what Kakao said, "" for nothing.
func (d *Doctor) Key(ctx context.Context, key, secret string) (f Finding, koe string) {
	koe, err := d.probeKey(ctx, key, secret)
	if err != nil {
		return d.unreachable(), ""
	}
	m, known := devconsole.Explain(koe)
	switch {
	case koe != "KOE320" && known:
		return d.misconfigured(m, koe), koe
	case koe != "KOE320":
		return d.problem(Warn, d.Lang.Say("키와 시크릿이 맞는지 확인하지 못했어요.", "The key and the secret could not be verified."), d.Lang.Say("잠시 후 다시 점검해 주세요.", "Check again in a moment.")), koe
	case secret == "":
		return d.pass("REST API 키가 맞아요. 클라이언트 시크릿은 입력하지 않았어요.", "The REST API key is correct. No client secret was entered."), koe
	}
	if refused, err := d.probeKey(ctx, key, noSuchSecret); err != nil || refused != "KOE010" {
		return d.pass("REST API 키가 맞아요. 클라이언트 시크릿이 맞는지 로그인할 때 확인해요.", "The REST API key is correct. The client secret is checked when you log in."), koe
	}
	return d.pass("REST API 키와 클라이언트 시크릿이 맞아요.", "The REST API key and the client secret are correct."), koe
}

func (d *Doctor) probeKey(ctx context.Context, key, secret string) (koe string, err error) {
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {key},
		"redirect_uri": {d.Settings.CallbackURL + auth.ForMe.CallbackPath()}, "code": {noSuchCode}}
	if secret != "" {
		form.Set("client_secret", secret)
	}
	_, body, err := d.ask(ctx, http.MethodPost, d.Settings.AuthURL+"/oauth/token", form)
	return koeIn(body), err
}

// koeIn finds a code in an error page or answer.
func koeIn(body []byte) string { return string(regexp.MustCompile(`KOE\d{3,4}`).Find(body)) }

func (d *Doctor) checkKey(ctx context.Context) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	secret, err := d.ClientSecret(ctx)
	if err != nil {
		return d.skip("키체인에서 클라이언트 시크릿을 불러올 수 없어서 확인하지 못했어요.", "Not checked: the client secret could not be read from the keychain.")
	}
	f, _ := d.Key(ctx, d.Settings.ClientID, secret)
	return f
}

// misconfigured is the finding about a code that Kakao gave.
func (d *Doctor) misconfigured(m devconsole.Meaning, koe string) Finding {
	status := Fail
	if m.Retry != problem.AfterUser {
		status = Warn
	}
	return d.problem(status, m.What(d.Lang, koe), m.Next(d.Lang, m.Menu.Path(d.Lang), "`"+d.Env.Command()+" setup`"))
}

// loginPage is what the authorize page says to who has no Kakao session.
type loginPage struct {
	koe    string // code on an error page
	status int
}

// broken reports an answer that is no page at all.
func (p loginPage) broken() bool { return p.koe == "" && p.status >= http.StatusBadRequest }

// authorize asks the authorize page without cookies and with prompt=none.
func (d *Doctor) authorize(ctx context.Context, redirect, scope string) (loginPage, error) {
	q := url.Values{"client_id": {d.Settings.ClientID}, "redirect_uri": {redirect}, "response_type": {"code"}, "prompt": {"none"}, "state": {"doctor"}}
	if scope != "" {
		q.Set("scope", scope)
	}
	res, body, err := d.ask(ctx, http.MethodGet, d.Settings.AuthURL+"/oauth/authorize?"+q.Encode(), nil)
	if err != nil {
		return loginPage{}, err
	}
	return loginPage{koeIn(body), res.StatusCode}, nil
}

// brokenPage is the finding about a login page that does not open.
func (d *Doctor) brokenPage(p loginPage) Finding {
	shown := p.koe
	if shown == "" {
		shown = "HTTP " + strconv.Itoa(p.status)
	}
	return d.problem(Warn, d.Lang.Sayf("카카오 로그인 화면이 열리지 않아요(%s).", "Kakao's login page does not open (%s).", shown),
		d.Lang.Say("잠시 후 다시 점검해 주세요.", "Check again in a moment."))
}

// atLogin is a finding about what Kakao tells nobody before they log in.
func (d *Doctor) atLogin(ko, en string, args ...any) Finding {
	return Finding{Status: Skip, AtLogin: true, Message: d.Lang.Sayf(ko, en, args...)}
}

// Redirects names every redirect URI that is not registered. Kakao's answer
// may have other reasons, so it is never a failure.
func (d *Doctor) Redirects(ctx context.Context) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	var absent []string
	for _, p := range []auth.Purpose{auth.ForMe, auth.ForFriends} {
		redirect := d.Session.RedirectURI(p)
		page, err := d.authorize(ctx, redirect, "")
		m, known := devconsole.Explain(page.koe)
		switch {
		case err != nil:
			return d.unreachable()
		case page.koe == "KOE006":
			absent = append(absent, redirect)
		case known:
			f := d.misconfigured(m, page.koe)
			f.Status = Warn
			return f
		case page.koe != "" || page.broken():
			return d.brokenPage(page)
		}
	}
	if len(absent) > 0 {
		return d.problem(Warn, d.Lang.Say("등록되지 않은 리다이렉트 URI가 있어요(KOE006).", "A redirect URI is not registered (KOE006)."),
			d.Lang.Sayf("%s에 한 글자도 다르지 않게 등록해 주세요:", "Register exactly this under %s:", devconsole.Redirect.Path(d.Lang))+"\n"+strings.Join(absent, "\n"))
	}
	control, err := d.authorize(ctx, d.Session.RedirectURI(auth.ForMe)+noSuchPath, "")
	if err != nil {
		return d.unreachable()
	}
	if control.koe != "KOE006" {
		return d.atLogin("리다이렉트 URI가 등록되어 있는지 로그인할 때 확인해요.", "The redirect URIs are checked when you log in.")
	}
	return d.pass("리다이렉트 URI 두 개가 모두 등록되어 있어요.", "Both redirect URIs are registered.")
}

// checkItems asks for each consent item on its own whether the app has it.
func (d *Doctor) checkItems(ctx context.Context) Finding {
	return d.Items(ctx, append([]string{"openid"}, d.wanted()...))
}

// Items tells whether the app has consent items set up, openid standing for OpenID
// Connect: from the login page if it tells so before a login, else from the login.
func (d *Doctor) Items(ctx context.Context, ids []string) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	redirect := d.Session.RedirectURI(auth.ForMe)
	control, err := d.authorize(ctx, redirect, noSuchItem)
	switch {
	case err != nil:
		return d.unreachable()
	case control.koe == "" && control.broken():
		return d.brokenPage(control)
	case control.koe == "":
		return d.itemsOfLogin(ctx, ids)
	case control.koe != "KOE205":
		return d.skip("로그인 화면이 열리지 않아서 동의항목은 확인하지 못했어요. 리다이렉트 URI의 점검 결과를 먼저 봐 주세요.", "Not checked: the login page does not open. See the result for the redirect URIs first.")
	}
	var unset []string
	for _, id := range ids {
		page, err := d.authorize(ctx, redirect, id)
		switch {
		case err != nil:
			return d.unreachable()
		case page.koe == "KOE205" && id == "openid":
			return d.problem(Warn, d.Lang.Say("OpenID Connect가 꺼져 있어요(KOE205).", "OpenID Connect is off (KOE205)."),
				d.Lang.Sayf("%s에서 [ON]으로 바꿔 주세요. 꺼져 있으면 누가 로그인했는지 확인할 수 없어요.", "Switch it on under %s. Without it, logins cannot be verified.", devconsole.OIDC.Path(d.Lang)))
		case page.koe == "KOE205":
			unset = append(unset, devconsole.Item(d.Lang, id))
		case page.koe != "" || page.broken():
			return d.brokenPage(page)
		}
	}
	if len(unset) > 0 {
		return d.unsetItems(unset)
	}
	return d.pass("OpenID Connect와 동의항목이 내 앱에 설정되어 있어요.", "OpenID Connect and the consent items are set up in your Kakao app.")
}

// itemsOfLogin tells from the stored login which items the app has set up. That
// there is a login at all shows that OpenID Connect was on then.
func (d *Doctor) itemsOfLogin(ctx context.Context, ids []string) Finding {
	scopes, err := d.scopes(ctx)
	if err != nil {
		return d.atLogin("동의항목과 OpenID Connect가 설정되어 있는지 로그인할 때 확인해요.", "The consent items and OpenID Connect are checked when you log in.")
	}
	var unset, set []string
	for _, id := range ids {
		if id == "openid" {
			continue
		}
		if has(scopes, id) {
			set = append(set, devconsole.Item(d.Lang, id))
		} else {
			unset = append(unset, devconsole.Item(d.Lang, id))
		}
	}
	if len(unset) > 0 {
		return d.unsetItems(unset)
	}
	return d.pass("로그인한 계정으로 확인했어요. 내 앱에 설정된 동의항목: %s", "Checked with the account that is logged in. Consent items of your Kakao app: %s", strings.Join(set, ", "))
}

func (d *Doctor) unsetItems(names []string) Finding {
	hint := d.Lang.Sayf("%s에서 %s로 설정해 주세요.", "Under %s, set them to %s.", devconsole.Consent.Path(d.Lang), devconsole.InUse(d.Lang))
	if slices.Contains(names, devconsole.Item(d.Lang, "friends")) {
		hint += d.Lang.Say(" 친구에게 보내지 않는다면 친구목록은 없어도 돼요.", " Without messages to friends, the friend list is not needed.")
	}
	return d.problem(Warn, d.Lang.Sayf("내 앱에 설정되지 않은 동의항목이 있어요(KOE205): %s", "Consent items that are not set up in your Kakao app (KOE205): %s", strings.Join(names, ", ")), hint)
}
