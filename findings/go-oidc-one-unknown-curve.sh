#!/usr/bin/env bash
# One key that nobody asked for makes every ID token invalid.
#
# A provider's key set holds the RSA key that signed the token and, beside it, an
# elliptic key of a curve registered for JOSE but unknown to Go (secp256k1,
# RFC 8812), without "alg". RFC 7517 section 5 says to ignore keys one does not
# understand. go-oidc 3.21.0 (with go-jose 4.1.4) decodes the set as a whole, and
# that one key fails it: a good RS256 token is refused with "unsupported elliptic
# curve". Without that key the same token verifies.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/coreos/go-oidc/v3@v3.21.0 github.com/go-jose/go-jose/v4@v4.1.4 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

func main() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	ours, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: "ours", Use: "sig"})
	must(err)
	// The generator of the curve, so that the point is a valid one.
	other := `{"kty":"EC","crv":"secp256k1","kid":"other","use":"sig","x":"eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g","y":"SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg"}`
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "ours"}}, nil)
	must(err)
	for _, set := range []string{`{"keys":[` + string(ours) + `]}`, `{"keys":[` + string(ours) + `,` + other + `]}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, set)
		}))
		claims := fmt.Sprintf(`{"iss":%q,"aud":"app","sub":"1","exp":%d}`, server.URL, time.Now().Add(time.Hour).Unix())
		signed, err := signer.Sign([]byte(claims))
		must(err)
		token, err := signed.CompactSerialize()
		must(err)
		keys := oidc.NewRemoteKeySet(context.Background(), server.URL)
		_, err = oidc.NewVerifier(server.URL, keys, &oidc.Config{ClientID: "app"}).Verify(context.Background(), token)
		fmt.Println(err)
		server.Close()
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1
out=$(go run . | sed 's/ {"keys".*//')
echo "$out"
[ "$(sed -n 1p <<<"$out")" = '<nil>' ]
sed -n 2p <<<"$out" | grep -q 'unsupported elliptic curve'
echo 'as found'
