#!/usr/bin/env bash
# A refused authorization code is sent a second time.
#
# golang.org/x/oauth2 0.37.0 finds out by itself how a token endpoint takes the client's
# secret unless Endpoint.AuthStyle is set: it tries the header, then the form. It takes
# any error for a sign that the style was wrong, also invalid_grant, which says that the
# secret was right and the code was not. A code may be used once, and a server should
# take the second use for theft (RFC 6749, 4.1.2). After a success the style is
# remembered, so that no test of a login that works shows it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get golang.org/x/oauth2@v0.37.0 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"golang.org/x/oauth2"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := "form"
		if _, _, ok := r.BasicAuth(); ok {
			place = "header"
		}
		fmt.Printf("the code %s, the secret in the %s\n", r.PostFormValue("code"), place)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"the code has expired"}`)
	}))
	defer server.Close()
	for name, style := range map[string]oauth2.AuthStyle{"found out": oauth2.AuthStyleAutoDetect, "set": oauth2.AuthStyleInParams} {
		endpoint := oauth2.Endpoint{TokenURL: server.URL + "/" + name[:3], AuthStyle: style}
		c := oauth2.Config{ClientID: "a client", ClientSecret: "its secret", Endpoint: endpoint}
		if _, err := c.Exchange(context.Background(), "for "+name); err == nil {
			fmt.Println("a token without an answer")
		}
	}
}
GO
go mod tidy >>go.log 2>&1
go run . | sort | tee sent
[ "$(cat sent)" = 'the code for found out, the secret in the form
the code for found out, the secret in the header
the code for set, the secret in the form' ]
echo 'as found'
