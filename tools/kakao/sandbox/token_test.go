package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

func TestTokenAnswer(t *testing.T) {
	w := start(t)
	body := w.login("", "")
	for _, secret := range []string{"access_token", "refresh_token", "id_token"} {
		if s, _ := body[secret].(string); s == "" {
			t.Errorf("%s is missing", secret)
		}
		delete(body, secret)
	}
	want := object{
		"token_type": "bearer", "expires_in": 21599.0, "refresh_token_expires_in": 5183999.0, "scope": "profile_nickname openid",
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTokenRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		pairs         []string
		status        int
		code, errName string
	}{
		"unknown key":       {[]string{"client_id", "x"}, 401, "KOE101", "invalid_client"},
		"no key":            {[]string{"client_id", "-"}, 401, "KOE101", "invalid_client"},
		"no secret":         {[]string{"client_secret", "-"}, 401, "KOE010", "invalid_client"},
		"wrong secret":      {[]string{"client_secret", "x"}, 401, "KOE010", "invalid_client"},
		"other redirect":    {[]string{"redirect_uri", "http://localhost:17654/auth/callback"}, 400, "KOE303", "invalid_grant"},
		"no grant type":     {[]string{"grant_type", "-"}, 400, "KOE310", "unsupported_grant_type"},
		"other grant type":  {[]string{"grant_type", "password"}, 400, "KOE310", "unsupported_grant_type"},
		"no refresh token":  {[]string{"grant_type", "refresh_token"}, 400, "KOE319", "invalid_grant"},
		"unknown code":      {[]string{"code", "x"}, 400, "KOE320", "invalid_grant"},
		"unknown refresh":   {[]string{"grant_type", "refresh_token", "refresh_token", "x"}, 400, "KOE322", "invalid_grant"},
		"verifier mismatch": {[]string{"code_verifier", "wrong"}, 400, "KOE313", "invalid_grant"},
		"verifier missing":  {nil, 400, "KOE313", "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			code := w.code(&sandbox.Visitor{}, "code_challenge", challenge, "code_challenge_method", "S256")
			status, body := w.token(code, c.pairs...)
			koe, _ := body["error_code"].(string)
			if status != c.status || koe != c.code || body["error"] != c.errName {
				t.Errorf("got %d %v", status, body)
			}
		})
	}
}

func TestPKCE(t *testing.T) {
	w := start(t)
	code := w.code(&sandbox.Visitor{}, "code_challenge", challenge, "code_challenge_method", "S256")
	if status, body := w.token(code, "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); status != http.StatusOK {
		t.Errorf("got %d %v", status, body)
	}
}

func TestCodeIsSpentOnce(t *testing.T) {
	w := start(t)
	code := w.code(&sandbox.Visitor{})
	w.token(code)
	if status, body := w.token(code); status != 400 || body["error_code"] != "KOE320" ||
		body["error_description"] != "authorization code not found for code="+code {
		t.Errorf("second use: %d %v", status, body)
	}
	code = w.code(&sandbox.Visitor{})
	w.Advance(10 * time.Minute)
	if _, body := w.token(code); body["error_code"] != "KOE320" {
		t.Errorf("after ten minutes: %v", body)
	}
}

func TestOnlyFormBodyIsRead(t *testing.T) {
	w := start(t)
	app := w.App()
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {app.Key}, "client_secret": {app.Secret},
		"redirect_uri": {w.callback}, "code": {w.code(&sandbox.Visitor{})},
	}
	for name, change := range map[string]func(*http.Request){
		"query":   func(r *http.Request) { r.URL.RawQuery = form.Encode() },
		"JSON":    func(r *http.Request) { r.Header.Set("Content-Type", "application/json") },
		"no type": func(r *http.Request) { r.Header.Del("Content-Type") },
		"Basic":   func(r *http.Request) { r.SetBasicAuth(app.Key, app.Secret) },
	} {
		t.Run(name, func(t *testing.T) {
			body := form.Encode()
			switch name {
			case "query":
				body = ""
			case "Basic":
				body = "grant_type=authorization_code&code=" + form.Get("code")
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.srv.AuthURL+"/oauth/token", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			change(req)
			status, answer := w.read(http.DefaultClient.Do(req))
			if status != 401 || answer["error_description"] != "Not exist client_id [null]" || answer["error_code"] != "KOE101" {
				t.Errorf("got %d %v", status, answer)
			}
		})
	}
}

func TestSecretOff(t *testing.T) {
	w := start(t)
	w.UpdateApp(func(a *sandbox.App) { a.SecretOn = false })
	if status, body := w.token(w.code(&sandbox.Visitor{}), "client_secret", "-"); status != 200 {
		t.Errorf("got %d %v", status, body)
	}
}

func TestRefresh(t *testing.T) {
	w := start(t)
	first := w.login("", "")
	old := first["refresh_token"].(string)
	status, body := w.refresh(old)
	if status != 200 || body["access_token"] == first["access_token"] || body["id_token"] == nil {
		t.Fatalf("got %d %v", status, body)
	}
	for _, absent := range []string{"refresh_token", "refresh_token_expires_in", "scope"} {
		if _, ok := body[absent]; ok {
			t.Errorf("%s came back with two months left", absent)
		}
	}
	// 5183999 s and a day under thirty days left.
	w.Advance(31 * 24 * time.Hour)
	_, body = w.refresh(old)
	renewed, _ := body["refresh_token"].(string)
	if renewed == "" || renewed == old || body["refresh_token_expires_in"] != 5183999.0 {
		t.Fatalf("no new refresh token with 29 days left: %v", body)
	}
	if _, body := w.refresh(old); body["error_code"] != "KOE322" {
		t.Errorf("the replaced refresh token still works: %v", body)
	}
	w.Advance(59 * 24 * time.Hour)
	if status, _ := w.refresh(renewed); status != 200 {
		t.Errorf("the new refresh token does not live for 60 days: %d", status)
	}
}

func TestRefreshWithoutOpenIDBringsNoIDToken(t *testing.T) {
	w := start(t)
	body := w.login("", "talk_message")
	_, refreshed := w.refresh(body["refresh_token"].(string))
	if body["id_token"] != nil || refreshed["id_token"] != nil {
		t.Error("an ID token without openid in scope")
	}
	if body["scope"] != "talk_message openid" {
		t.Errorf("scope %q", body["scope"])
	}
}

func TestExpireTokens(t *testing.T) {
	w := start(t)
	body := w.login("", "")
	token := body["access_token"].(string)
	w.ExpireAccessTokens()
	status, answer := w.get(token, "/v2/user/me")
	want(t, status, answer, 401, -401)
	if answer["msg"] != "this access token is already expired" {
		t.Errorf("msg %q", answer["msg"])
	}
	w.ExpireRefreshTokens()
	if _, answer := w.refresh(body["refresh_token"].(string)); answer["error_code"] != "KOE322" {
		t.Errorf("got %v", answer)
	}
}

func TestTooManyAccessTokens(t *testing.T) {
	w := start(t)
	token := w.login("", "")["refresh_token"].(string)
	for i := range 19 {
		if status, body := w.refresh(token); status != 200 {
			t.Fatalf("refresh %d: %v", i+1, body)
		}
	}
	status, body := w.refresh(token)
	if status != 400 || body["error_code"] != "KOE237" {
		t.Errorf("got %d %v", status, body)
	}
	w.SetFaults(sandbox.Faults{RateLimitStatus: 429})
	if status, _ := w.refresh(token); status != 429 {
		t.Errorf("chosen status: got %d", status)
	}
	w.Advance(10 * time.Minute)
	if status, _ := w.refresh(token); status != 200 {
		t.Errorf("after ten minutes: %d", status)
	}
}

// Whoever looks for leaks knows secrets by their marks, so none may lack it; and
// a uuid still looks like Kakao's.
func TestSecretsAreMarked(t *testing.T) {
	w := start(t)
	code := w.code(&sandbox.Visitor{}, "scope", "friends,talk_message")
	_, tokens := w.token(code)
	for name, value := range map[string]any{"client secret": w.App().Secret, "code": code, "access token": tokens["access_token"], "refresh token": tokens["refresh_token"]} {
		if text, _ := value.(string); !strings.HasPrefix(text, sandbox.SecretMark) || len(text) < 32 {
			t.Errorf("%s: %v", name, value)
		}
	}
	seen := map[string]bool{}
	for _, p := range w.People() {
		uuid := w.UUID(p.ID)
		if raw, err := base64.RawURLEncoding.DecodeString(uuid); err != nil || len(raw) != 25 || !strings.HasPrefix(uuid, sandbox.UUIDMark) || seen[uuid] {
			t.Errorf("uuid %q: %v", uuid, err)
		}
		seen[uuid] = true
	}
}
