package auth

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode"

	"kakaotalk-mcp/auth/ground/problem"
)

// Only a token signed RS256 with a key that the server gave out, from this
// server, for this app, for this login and not expired names an account.
func FuzzIDToken(f *testing.F) {
	private, err := rsa.GenerateKey(rand.Reader, 1024) // small: each input is signed
	if err != nil {
		f.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	modulus := text(private.N.Bytes())
	keys := `{"keys":[{"kid":"k","kty":"RSA","alg":"RS256","use":"sig","n":"MODULUS","e":"` + text(big.NewInt(int64(private.E)).Bytes()) + `"}]}`
	const header = `{"alg":"RS256","kid":"k","typ":"JWT"}`
	claims := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"iss":"https://kauth.example","aud":"key","sub":"42","exp":1767326645,"iat":1767323045,"nonce":"nonce","nickname":"지민"}`)
	}
	f.Add(header, claims(), keys)
	f.Add(header, claims("지민", `\u001b[2J\u202e`+strings.Repeat("가", 900)), keys)
	f.Add(header, claims(`"aud":"key"`, `"aud":["other","key"]`), keys)
	for _, change := range [][]string{{"kauth", "evil"}, {`"key"`, `"other"`}, {"1767326645", "1"}, {`"nonce":"nonce"`, `"nonce":"other"`}, {`"42"`, `""`},
		{`"42"`, `42`}, {"1767326645", "1e400"}, {`,"nonce":"nonce"`, ""}, {`"지민"`, `["지민"]`}} {
		f.Add(header, claims(change...), keys)
	}
	f.Add(`{"alg":"none"}`, claims(), keys)
	f.Add(`{"alg":"HS256","kid":"k"}`, claims(), keys)
	f.Add(`{"alg":"RS256"}`, claims(), keys)
	f.Add(`{"alg":"RS256","kid":"k","crit":["b64"],"b64":false}`, claims(), keys)
	f.Add(header, claims(), `{"keys":[]}`)
	f.Add(header, claims(), `{"keys":[{"kty":"oct","kid":"k","k":"AAAA"},{"kty":"EC","kid":"k"}]}`)
	f.Add(header, claims(), `<html>`)
	f.Fuzz(func(t *testing.T, header, claims, keys string) {
		signed := text([]byte(header)) + "." + text([]byte(claims))
		sum := sha256.Sum256([]byte(signed))
		signature, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		keys = strings.ReplaceAll(keys, "MODULUS", modulus)
		s := fuzzSession(t, &answering{status: 200, body: keys})
		who, err := s.verify(t.Context(), signed+"."+text(signature), "nonce", s.signingKeys)
		if err != nil {
			var p *problem.Problem
			if who != (identity{}) || !errors.As(s.verifyProblem(err), &p) || p.What == "" || strings.ContainsFunc(p.Error(), unicode.IsControl) {
				t.Errorf("identity %v, problem %v", who, p)
			}
			return
		}
		var h struct{ Alg string }
		var c struct {
			Iss, Sub, Nonce string
			Aud             any
			Exp             float64
		}
		if err := errors.Join(json.Unmarshal([]byte(header), &h), json.Unmarshal([]byte(claims), &c)); err != nil {
			t.Fatalf("accepted: %v", err)
		}
		list, _ := c.Aud.([]any)
		if h.Alg != "RS256" || c.Iss != "https://kauth.example" || c.Nonce != "nonce" || c.Sub == "" || c.Aud != "key" && !slices.Contains(list, any("key")) ||
			c.Exp <= float64(s.now().Unix()) || !strings.Contains(keys, modulus[:100]) {
			t.Errorf("accepted: %s %s", header, claims)
		}
		if who.subject != c.Sub || !isShowable(who.nickname) {
			t.Errorf("identity %q", who)
		}
	})
}
