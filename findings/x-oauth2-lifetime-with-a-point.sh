#!/usr/bin/env bash
# `"expires_in": 3600.0` loses the login, and "007" becomes 7.
#
# In JSON 3600, 3600.0 and 3.6e3 are one number, and servers in languages without integers
# write it as they like. One would expect of all three the same token, as Authlib 1.9.10
# gives. golang.org/x/oauth2 0.37.0 takes the first, and of the others refuses the whole
# answer, when the code that was exchanged is spent. In an answer of the older form kind
# (a=b&c=d, GitHub's default) it is the other way round: what Extra() gives is a number
# wherever the text looks like one, and the zeros in front are gone.
set -euo pipefail
tmp=$(mktemp -d); server=; trap 'kill $server 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check authlib==1.9.10 requests
go mod init finding >go.log 2>&1
go get golang.org/x/oauth2@v0.37.0 >>go.log 2>&1
cat > server.py <<'PY'
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        form = self.path == "/form"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-www-form-urlencoded" if form else "application/json")
        self.end_headers()
        self.wfile.write(b"access_token=a&token_type=bearer&team=007" if form else b'{"access_token":"a","token_type":"bearer","expires_in":%s}' % self.path[1:].encode())
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/oauth2"
)

func main() {
	for _, path := range []string{"3600", "3600.0", "3.6e3", "form"} {
		endpoint := oauth2.Endpoint{TokenURL: os.Args[1] + "/" + path, AuthStyle: oauth2.AuthStyleInParams}
		token, err := (&oauth2.Config{ClientID: "id", Endpoint: endpoint}).Exchange(context.Background(), "code")
		switch {
		case err != nil:
			fmt.Println("x/oauth2", path, err)
		case path == "form":
			fmt.Printf("x/oauth2 form team %T %v\n", token.Extra("team"), token.Extra("team"))
		default:
			fmt.Println("x/oauth2", path, time.Until(token.Expiry).Round(time.Hour))
		}
	}
}
GO
go mod tidy >>go.log 2>&1
python3 server.py > address & server=$!
until [ -s address ]; do sleep 0.05; done
cat > read.py <<'PY'
import sys, time
from authlib.integrations.requests_client import OAuth2Session
for number in "3600", "3600.0", "3.6e3":
    token = OAuth2Session("id").fetch_token(f"{sys.argv[1]}/{number}", code="code")
    print("Authlib", number, f"{round((token['expires_at'] - time.time()) / 3600)}h")
PY
{ AUTHLIB_INSECURE_TRANSPORT=1 venv/bin/python read.py "$(cat address)"; go run . "$(cat address)"; } | tee seen
diff - seen <<'WANT'
Authlib 3600 1h
Authlib 3600.0 1h
Authlib 3.6e3 1h
x/oauth2 3600 1h0m0s
x/oauth2 3600.0 oauth2: cannot parse json: strconv.ParseInt: parsing "3600.0": invalid syntax
x/oauth2 3.6e3 oauth2: cannot parse json: strconv.ParseInt: parsing "3.6e3": invalid syntax
x/oauth2 form team int64 7
WANT
echo 'as found'
