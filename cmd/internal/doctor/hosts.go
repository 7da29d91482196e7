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
	"strings"
	"time"

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
		what = d.Lang.Say("안전하게 연결할 수 없어요(TLS). 회사 프록시나 시계를 확인해 주세요.", "no secure connection (TLS). Check for a company proxy, and the clock.")
	case errors.Is(err, context.DeadlineExceeded):
		what = d.Lang.Say("응답이 없어요.", "it does not respond.")
	}
	f := d.problem(Fail, base+": "+what, d.Lang.Say("인터넷 연결, 방화벽, 프록시(HTTPS_PROXY)를 확인해 주세요.", "Check the connection, the firewall and the proxy (HTTPS_PROXY)."))
	return &f
}

// reached is the finding about a host that answers.
func (d *Doctor) reached(context.Context) Finding {
	return d.pass("카카오 서버에 연결할 수 있어요.", "Kakao's server can be reached.")
}

// unreachable is the finding of checks that got no answer.
func (d *Doctor) unreachable() Finding {
	return d.skip("카카오 서버에 연결할 수 없어서 확인하지 못했어요.", "Not checked: Kakao could not be reached.")
}

// maxSkew is how far the clock may be off before logins fail or tokens seem
// expired.
const maxSkew = 2 * time.Minute

func (d *Doctor) checkClock(ctx context.Context) Finding {
	res, _, err := d.ask(ctx, http.MethodGet, d.Settings.AuthURL+"/.well-known/jwks.json", nil)
	if err != nil {
		return d.unreachable()
	}
	theirs, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return d.skip("서버에서 시각을 알 수 없어서 확인하지 못했어요.", "Not checked: the server did not send the time.")
	}
	if skew := time.Since(theirs).Round(time.Second); skew.Abs() > maxSkew {
		return d.problem(Fail, d.Lang.Sayf("이 컴퓨터의 시계가 %s 어긋나 있어요.", "This computer's clock is off by %s.", skew), d.Lang.Say("날짜와 시간을 자동으로 맞춰 주세요. 로그인이 실패할 수 있어요.", "Set the date and time automatically. Logins may fail."))
	}
	return d.pass("시계가 맞아요.", "The clock is correct.")
}

func (d *Doctor) checkDiscovery(ctx context.Context) Finding {
	base := d.Settings.AuthURL
	_, body, err := d.ask(ctx, http.MethodGet, base+"/.well-known/openid-configuration", nil)
	if err != nil {
		return d.unreachable()
	}
	var doc map[string]any
	if json.Unmarshal(body, &doc) != nil {
		return d.problem(Warn, d.Lang.Say("로그인 서버의 OpenID 설정을 불러오지 못했어요.", "The login server's OpenID configuration could not be read."), d.Lang.Say("잠시 후 다시 점검해 주세요.", "Check again in a moment."))
	}
	for key, want := range map[string]string{"issuer": base, "authorization_endpoint": base + "/oauth/authorize", "token_endpoint": base + "/oauth/token", "jwks_uri": base + "/.well-known/jwks.json"} {
		if doc[key] != want {
			return d.problem(Warn, d.Lang.Sayf("로그인 서버의 OpenID 설정에서 %s 주소가 예상과 달라요.", "The %s in the login server's OpenID configuration is not the expected one.", key), d.Lang.Say("새 버전이 있는지 확인해 주세요.", "Check for a newer version."))
		}
	}
	return d.pass("카카오 로그인 서버의 OpenID 설정이 정상이에요.", "The login server's OpenID configuration is as expected.")
}
