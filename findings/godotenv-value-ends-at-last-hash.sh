#!/usr/bin/env bash
# Three readers of .env files, one line, three values.
#
# A value without quotes, then a comment that itself holds " #":
#     KEY=value # first remark # second remark
# One would expect every reader to end the value where the comment begins.
# godotenv 1.5.1 (Go) looks for the LAST " #", so the first remark becomes part of
# the value; python-dotenv 1.2.4 and dotenv 18.0.10 (Node) end it at the first.
# An empty value makes it worse: of `KEY= # put it here` godotenv reads the comment
# itself as the value, where the two others read an empty one.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
printf '%s\n' 'TWO=value # first remark # second remark' 'EMPTY= # put it here' > .env

go mod init finding >go.log 2>&1
go get github.com/joho/godotenv@v1.5.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/joho/godotenv"
)

func main() {
	m, err := godotenv.Read(".env")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s|%s\n", m["TWO"], m["EMPTY"])
}
GO
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check python-dotenv==1.2.4
npm install --silent --no-audit --no-fund --prefix . dotenv@18.0.10 >/dev/null

go=$(go run .)
python=$(venv/bin/python -c 'from dotenv import dotenv_values as d; m = d(".env"); print(m["TWO"], m["EMPTY"], sep="|")')
node=$(node -e 'const m = require("dotenv").parse(require("fs").readFileSync(".env")); console.log(m.TWO + "|" + m.EMPTY)')
printf 'godotenv:      %s\npython-dotenv: %s\ndotenv (Node): %s\n' "$go" "$python" "$node"
[ "$go" = 'value # first remark|# put it here' ]
[ "$python" = 'value|' ]
[ "$node" = 'value|' ]
echo 'as found'
