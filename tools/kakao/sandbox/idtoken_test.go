package sandbox_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// verify checks an ID token with an independent implementation, discovery and keys included.
func verify(t *testing.T, w *world, token string) (map[string]any, error) {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), w.srv.AuthURL)
	if err != nil {
		t.Fatal(err)
	}
	id, err := provider.Verifier(&oidc.Config{ClientID: w.App().Key, Now: w.Now}).Verify(t.Context(), token)
	if err != nil {
		return nil, err
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	return claims, nil
}

func (w *world) idToken() string {
	w.t.Helper()
	_, body := w.token(w.code(&sandbox.Visitor{}, "nonce", "n1"))
	token, _ := body["id_token"].(string)
	return token
}

func TestIDToken(t *testing.T) {
	w := start(t)
	w.Advance(48 * time.Hour) // its times follow the sandbox clock
	token := w.idToken()
	claims, err := verify(t, w, token)
	if err != nil {
		t.Fatal(err)
	}
	if claims["exp"].(float64)-claims["iat"].(float64) != 21599 || claims["iat"].(float64) < claims["auth_time"].(float64) {
		t.Errorf("times: %v", claims)
	}
	for _, name := range []string{"iat", "exp", "auth_time"} {
		delete(claims, name)
	}
	want := map[string]any{
		"iss": w.srv.AuthURL, "aud": w.App().Key, "sub": strconv.FormatInt(w.Owner().ID, 10), "nonce": "n1", "nickname": "김하늘",
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	status, info := w.read(http.PostForm(w.srv.AuthURL+"/oauth/tokeninfo", url.Values{"id_token": {token}}))
	if status != 200 || info["nonce"] != "n1" {
		t.Errorf("tokeninfo: %d %v", status, info)
	}
	status, info = w.read(http.PostForm(w.srv.AuthURL+"/oauth/tokeninfo", url.Values{"id_token": {token + "x"}}))
	if status != 400 || info["error_code"] != "KOE400" {
		t.Errorf("tokeninfo of a bad token: %d %v", status, info)
	}
}

func TestForgedIDTokens(t *testing.T) {
	for name, change := range map[string]func(*sandbox.IDToken){
		"issuer":   func(id *sandbox.IDToken) { id.Claims["iss"] = "https://elsewhere.example" },
		"audience": func(id *sandbox.IDToken) { id.Claims["aud"] = "another-app" },
		"none":     func(id *sandbox.IDToken) { id.Signature = sandbox.SignNone },
		"HS256":    func(id *sandbox.IDToken) { id.Signature = sandbox.SignHS256 },
		"foreign":  func(id *sandbox.IDToken) { id.Signature = sandbox.SignForeign },
		"corrupt":  func(id *sandbox.IDToken) { id.Signature = sandbox.SignCorrupted },
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.TamperIDToken(change)
			if claims, err := verify(t, w, w.idToken()); err == nil {
				t.Errorf("a forged token passes: %v", claims)
			}
			w.TamperIDToken(nil)
			if _, err := verify(t, w, w.idToken()); err != nil {
				t.Errorf("an honest token afterwards: %v", err)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		w := start(t)
		w.TamperIDToken(func(id *sandbox.IDToken) { id.Missing = true })
		if token := w.idToken(); token != "" {
			t.Error("the ID token is there")
		}
	})
}

func TestRotateKeys(t *testing.T) {
	w := start(t)
	before := w.idToken()
	w.RotateKeys()
	after := w.idToken()
	for name, token := range map[string]string{"before": before, "after": after} {
		if _, err := verify(t, w, token); err != nil {
			t.Errorf("token from %s the rotation: %v", name, err)
		}
	}
	w.RotateKeys()
	if _, err := verify(t, w, before); err == nil {
		t.Error("a token of a dropped key passes")
	}
	_, set := w.read(http.Get(w.srv.AuthURL + "/.well-known/jwks.json"))
	if n := len(set["keys"].([]any)); n != 2 {
		t.Errorf("%d keys are published, want 2", n)
	}
}
