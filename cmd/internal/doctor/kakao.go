package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao"
)

// probeBody bounds an answer that is only looked at.
const probeBody = 256 << 10

// ask makes one request without cookies and follows no redirect.
func (d *Doctor) ask(ctx context.Context, method, address string, form url.Values) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	}
	res, err := kakao.NewHTTPClient().Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, probeBody))
	return res, body, err
}

// reach returns what keeps a host from being reached, nil if it answers.
func (d *Doctor) reach(ctx context.Context, base string) *Finding {
	_, _, err := d.ask(ctx, http.MethodGet, base+"/", nil)
	if err == nil {
		return nil
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	what := d.Lang.Say("연결할 수 없어요.", "it cannot be reached.")
	switch {
	case errors.As(err, &dns):
		what = d.Lang.Say("주소를 찾을 수 없어요(DNS).", "its address cannot be found (DNS).")
	case errors.As(err, &certificate):
		what = d.Lang.Say("안전한 연결을 맺을 수 없어요(TLS). 회사 프록시나 시계를 확인해 주세요.", "no secure connection (TLS); check a company proxy or the clock.")
	case errors.Is(err, context.DeadlineExceeded):
		what = d.Lang.Say("응답이 없어요.", "it does not answer.")
	}
	f := d.problem(Fail, base+": "+what, d.Lang.Say("인터넷 연결, 방화벽, 프록시(HTTPS_PROXY)를 확인해 주세요.", "Check the connection, firewall and proxy (HTTPS_PROXY)."))
	return &f
}

// reached is the finding about a host that answers.
func (d *Doctor) reached(context.Context) Finding {
	return d.pass("카카오 서버에 연결돼요.", "Kakao's server can be reached.")
}

// maxSkew is how far the clock may be off before logins Fail or tokens seem
// expired.
const maxSkew = 2 * time.Minute

func (d *Doctor) checkClock(ctx context.Context) Finding {
	res, _, err := d.ask(ctx, http.MethodGet, d.Settings.AuthURL+"/.well-known/jwks.json", nil)
	if err != nil {
		return d.unreachable()
	}
	theirs, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return d.skip("서버가 시각을 알려 주지 않았어요.", "The server did not give the time.")
	}
	if skew := time.Since(theirs).Round(time.Second); skew.Abs() > maxSkew {
		return d.problem(Fail, d.Lang.Sayf("이 컴퓨터의 시계가 %s 어긋나 있어요.", "This computer's clock is off by %s.", skew), d.Lang.Say("날짜와 시간을 자동으로 맞춰 주세요. 로그인이 실패할 수 있어요.", "Set date and time automatically; logins may fail."))
	}
	return d.pass("시계가 맞아요.", "The clock is right.")
}

func (d *Doctor) checkDiscovery(ctx context.Context) Finding {
	base := d.Settings.AuthURL
	_, body, err := d.ask(ctx, http.MethodGet, base+"/.well-known/openid-configuration", nil)
	if err != nil {
		return d.unreachable()
	}
	var doc map[string]any
	if json.Unmarshal(body, &doc) != nil {
		return d.problem(Warn, d.Lang.Say("로그인 서버의 안내 문서를 읽을 수 없어요.", "The login server's discovery document cannot be read."), "")
	}
	for key, want := range map[string]string{"issuer": base, "authorization_endpoint": base + "/oauth/authorize", "token_endpoint": base + "/oauth/token", "jwks_uri": base + "/.well-known/jwks.json"} {
		if doc[key] != want {
			return d.problem(Warn, d.Lang.Sayf("로그인 서버의 %s 주소가 알던 것과 달라요.", "The login server's %s is not the expected one.", key), d.Lang.Say("새 버전이 있는지 확인해 주세요.", "Check for a newer version."))
		}
	}
	return d.pass("로그인 서버의 안내 문서가 예상과 같아요.", "The discovery document is as expected.")
}

// ProbeKey returns the code with which the token endpoint refuses a code that
// cannot exist: KOE101 means the key, KOE010 the secret, KOE320 that both are
// right. secret may be empty.
func (d *Doctor) ProbeKey(ctx context.Context, key, secret string) (koe string, err error) {
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {key},
		"redirect_uri": {d.Settings.CallbackURL + auth.ForMe.CallbackPath()}, "code": {"kakaotalk-mcp-doctor"}}
	if secret != "" {
		form.Set("client_secret", secret)
	}
	_, body, err := d.ask(ctx, http.MethodPost, d.Settings.AuthURL+"/oauth/token", form)
	if err != nil {
		return "", err
	}
	var answer struct {
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(body, &answer)
	return answer.Code, nil
}

func (d *Doctor) checkKey(ctx context.Context) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	secret, err := d.ClientSecret(ctx)
	if err != nil {
		return d.skip("키체인에서 클라이언트 시크릿을 읽을 수 없어서 확인하지 못했어요.", "Not checked: the client secret cannot be read from the keychain.")
	}
	code, err := d.ProbeKey(ctx, d.Settings.ClientID, secret)
	return d.KeyFinding(code, err)
}

// KeyFinding words what ProbeKey found out.
func (d *Doctor) KeyFinding(koe string, err error) Finding {
	m, known := devconsole.Explain(koe)
	switch {
	case err != nil:
		return d.unreachable()
	case koe == "KOE320" || koe == "KOE303":
		return d.pass("REST API 키와 클라이언트 시크릿이 맞아요.", "REST API key and client secret are right.")
	case known:
		return d.misconfigured(m, koe)
	}
	return d.problem(Warn, d.Lang.Say("키와 시크릿이 맞는지 알 수 없는 답이 왔어요.", "The answer does not tell whether key and secret are right."), d.Lang.Say("잠시 후 다시 점검해 주세요.", "Examine again in a while."))
}

// misconfigured is the finding about a code that Kakao gave.
func (d *Doctor) misconfigured(m devconsole.Meaning, koe string) Finding {
	status := Fail
	if m.Retry != problem.AfterUser {
		status = Warn
	}
	return d.problem(status, m.What(d.Lang, koe), m.Next(d.Lang, m.Menu.Path(d.Lang), "`"+d.Env.Command()+" setup`"))
}

// unreachable is the finding of checks that got no answer.
func (d *Doctor) unreachable() Finding {
	return d.skip("카카오 서버에 연결할 수 없어서 확인하지 못했어요.", "Not checked: Kakao cannot be reached.")
}

// authorize asks the authorize page without cookies and with prompt=none. A
// redirect back to us shows that the URI is registered and that the app has the
// items; else koe is the code on Kakao's page, "" if there is none.
func (d *Doctor) authorize(ctx context.Context, redirect, scope string) (back bool, koe string, err error) {
	q := url.Values{"client_id": {d.Settings.ClientID}, "redirect_uri": {redirect}, "response_type": {"code"}, "prompt": {"none"}, "state": {"doctor"}}
	if scope != "" {
		q.Set("scope", scope)
	}
	res, body, err := d.ask(ctx, http.MethodGet, d.Settings.AuthURL+"/oauth/authorize?"+q.Encode(), nil)
	if err != nil {
		return false, "", err
	}
	koeCode := regexp.MustCompile(`KOE\d{3,4}`)
	return res.StatusCode/100 == 3 && strings.HasPrefix(res.Header.Get("Location"), redirect+"?"), koeCode.FindString(string(body)), nil
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
		back, koe, err := d.authorize(ctx, redirect, "")
		m, known := devconsole.Explain(koe)
		switch {
		case err != nil:
			return d.unreachable()
		case back:
		case koe == "KOE006":
			absent = append(absent, redirect)
		case known:
			f := d.misconfigured(m, koe)
			f.Status = Warn
			return f
		default:
			return d.problem(Warn, d.Lang.Sayf("리다이렉트 URI가 등록되어 있는지 알 수 없어요: %s", "It cannot be told whether this redirect URI is registered: %s", redirect), d.Lang.Sayf("%s에서 확인해 주세요.", "See %s.", devconsole.Redirect.Path(d.Lang)))
		}
	}
	if len(absent) > 0 {
		return d.problem(Warn, d.Lang.Say("리다이렉트 URI가 등록되어 있지 않아요. (KOE006)", "A redirect URI is not registered. (KOE006)"),
			d.Lang.Sayf("%s에 한 글자도 다르지 않게 등록해 주세요:", "Register exactly this under %s:", devconsole.Redirect.Path(d.Lang))+"\n"+strings.Join(absent, "\n"))
	}
	return d.pass("리다이렉트 URI 두 개가 모두 등록되어 있어요.", "Both redirect URIs are registered.")
}

// checkItems asks for each consent item on its own whether the app has it.
func (d *Doctor) checkItems(ctx context.Context) Finding {
	return d.Items(ctx, []string{"openid", "talk_message", "friends"})
}

func (d *Doctor) Items(ctx context.Context, ids []string) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	var unset []string
	for _, id := range ids {
		_, koe, err := d.authorize(ctx, d.Session.RedirectURI(auth.ForMe), id)
		switch {
		case err != nil:
			return d.unreachable()
		case koe == "KOE205" && id == "openid":
			return d.problem(Warn, d.Lang.Say("OpenID Connect가 꺼져 있어요. (KOE205)", "OpenID Connect is off. (KOE205)"),
				d.Lang.Sayf("%s에서 [ON]으로 바꿔 주세요. 꺼져 있으면 누가 로그인했는지 확인할 수 없어요.", "Switch on %s; without it a login cannot be verified.", devconsole.OIDC.Path(d.Lang)))
		case koe == "KOE205":
			unset = append(unset, devconsole.Item(id))
		case koe != "":
			return d.skip("로그인 화면이 열리지 않아서 동의항목은 확인하지 못했어요. redirect-uris를 먼저 봐 주세요.", "Not checked: the login page does not open; see redirect-uris first.")
		}
	}
	if len(unset) > 0 {
		return d.unsetItems(unset)
	}
	return d.pass("OpenID Connect와 동의항목이 앱에 설정되어 있어요.", "OpenID Connect and the consent items are set up for the app.")
}

func (d *Doctor) unsetItems(names []string) Finding {
	hint := d.Lang.Sayf("%s에서 [이용 중 동의]로 설정해 주세요.", "Set them to [이용 중 동의] under %s.", devconsole.Consent.Path(d.Lang))
	if slices.Contains(names, devconsole.Item("friends")) {
		hint += d.Lang.Say(" 친구에게 보내지 않는다면 친구목록은 없어도 돼요.", " Without messages to friends, the friend list is not needed.")
	}
	return d.problem(Warn, d.Lang.Sayf("앱에 설정되지 않은 동의항목이 있어요: %s (KOE205)", "Consent items that the app has not set up: %s (KOE205)", strings.Join(names, ", ")), hint)
}
