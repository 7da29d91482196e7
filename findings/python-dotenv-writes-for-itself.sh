#!/usr/bin/env bash
# "it's" in a .env that one library wrote is "it\'s" or "it\" for others.
#
# python-dotenv 1.2.4 changes one value of a .env (set_key) and would be expected to write
# it so that the programs which share the file read it. It puts the value in single quotes
# and a backslash before an apostrophe in it: within such quotes only python-dotenv itself
# takes the backslash away. dotenv 18.0.10 (Node) and godotenv 1.5.1 leave it in, and
# Node's own --env-file (20.20) ends the value there. In double quotes all four read it's.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check python-dotenv==1.2.4
npm install --silent --no-audit --no-fund --prefix . dotenv@18.0.10 >/dev/null 2>&1
go mod init finding >go.log 2>&1
go get github.com/joho/godotenv@v1.5.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	values, err := godotenv.Read(os.Args[1])
	fmt.Println("godotenv:", values["WORD"], err)
}
GO
cat > read.cjs <<'JS'
const text = require('fs').readFileSync(process.argv[2], 'utf8')
console.log('dotenv:', require('dotenv').parse(text).WORD)
JS
go mod tidy >>go.log 2>&1 && go build -o read .
touch written
venv/bin/python -c 'import dotenv; dotenv.set_key("written", "WORD", "it\x27s")'
echo "WORD=\"it's\"" > double
for file in written double; do
  echo "$file: $(cat $file)"
  venv/bin/python -c 'import sys, dotenv; print("python-dotenv:", dotenv.dotenv_values(sys.argv[1])["WORD"])' $file
  node read.cjs $file
  node --env-file=$file -e 'console.log("node --env-file:", process.env.WORD)'
  ./read $file
done | tee seen
diff - seen <<'WANT'
written: WORD='it\'s'
python-dotenv: it's
dotenv: it\'s
node --env-file: it\
godotenv: it\'s <nil>
double: WORD="it's"
python-dotenv: it's
dotenv: it's
node --env-file: it's
godotenv: it's <nil>
WANT
echo 'as found'
