#!/usr/bin/env bash
# A tab inside a text of YAML: one reader drops it, one refuses the file.
#
# YAML allows a tab between the words of a plain scalar (s-white of section 7.3.3).
# goccy/go-yaml 1.19.2 writes "name<TAB>number", a row from a spreadsheet, that way and
# reads it back as "namenumber": no error, the tab is gone. PyYAML 6.0.4 refuses the same
# file ("cannot start any token"). go.yaml.in/yaml 4.0.0 and yaml 2.9.1 (Node) read it.
# One would expect a library to read what it wrote, and four readers to agree.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/goccy/go-yaml@v1.19.2 go.yaml.in/yaml/v4@v4.0.0 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	goccy "github.com/goccy/go-yaml"
	"go.yaml.in/yaml/v4"
)

func main() {
	text, err := goccy.Marshal(map[string]string{"row": "name\tnumber"})
	must(err)
	must(os.WriteFile("written.yaml", text, 0o600))
	var a, b map[string]string
	must(goccy.Unmarshal(text, &a))
	must(yaml.Unmarshal(text, &b))
	fmt.Printf("goccy/go-yaml: %q\nyaml/v4: %q\n", a["row"], b["row"])
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check pyyaml==6.0.4
npm install --silent --no-audit --no-fund --prefix . yaml@2.9.1 >/dev/null 2>&1
cat > read.py <<'PY'
import json, yaml
try:
    print("PyYAML:", json.dumps(yaml.safe_load(open("written.yaml"))["row"]))
except yaml.YAMLError as error:
    print("PyYAML:", error.problem)
PY
{
  go run .
  venv/bin/python read.py
  node -e 'const m = require("yaml").parse(require("fs").readFileSync("written.yaml", "utf8")); console.log("yaml(Node):", JSON.stringify(m.row))'
} | tee seen
[ "$(cat written.yaml)" = $'row: name\tnumber' ]
[ "$(cat seen)" = "goccy/go-yaml: \"namenumber\"
yaml/v4: \"name\\tnumber\"
PyYAML: found character '\\t' that cannot start any token
yaml(Node): \"name\\tnumber\"" ]
echo 'as found'
