#!/usr/bin/env bash
# "See you at https://example.com" in Korean links to another host.
#
# Korean puts particles behind a word without a blank: https://example.com에서. Libraries
# that find links know the top-level domains, and ".com에서" is none; one would expect them
# to end the link at .com, the more so where https:// says that one begins. It is the other
# way round. linkifyjs 4.4.0 and xurls 2.6.0 end www.example.com에서 at .com, and take the
# particle into the host after https://; linkify-it 6.1.0 does the latter and finds nothing
# in the former. goldmark 1.8.7 ends both at .com.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . linkifyjs@4.4.0 linkify-it@6.1.0 >/dev/null 2>&1
go mod init finding >go.log 2>&1
go get mvdan.cc/xurls/v2@v2.6.0 github.com/yuin/goldmark@v1.8.7 >>go.log 2>&1
printf '%s\n' '내일 https://example.com에서 봐요' '내일 www.example.com에서 봐요' > messages
cat > main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"mvdan.cc/xurls/v2"
)

func main() {
	text, err := os.ReadFile("messages")
	if err != nil {
		panic(err)
	}
	links := regexp.MustCompile(`">([^<]*)</a>`)
	for line := range strings.Lines(string(text)) {
		var page bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.Linkify)).Convert([]byte(line), &page); err != nil {
			panic(err)
		}
		fmt.Println("goldmark", links.FindStringSubmatch(page.String())[1])
		fmt.Println("xurls", xurls.Relaxed().FindString(line))
	}
}
GO
cat > find.mjs <<'JS'
import fs from 'fs'
import { find } from 'linkifyjs'
import { LinkifyIt } from 'linkify-it'
for (const line of fs.readFileSync('messages', 'utf8').trim().split('\n')) {
  console.log('linkifyjs', find(line)[0]?.value ?? '-')
  console.log('linkify-it', new LinkifyIt().match(line)?.[0].raw ?? '-')
}
JS
go mod tidy >>go.log 2>&1
{ go run .; node find.mjs; } | tee seen
found() { grep "^$1 " seen | cut -d' ' -f2- | paste -sd' '; }
[ "$(found goldmark)" = 'https://example.com www.example.com' ]
[ "$(found xurls)" = 'https://example.com에서 www.example.com' ]
[ "$(found linkifyjs)" = 'https://example.com에서 www.example.com' ]
[ "$(found linkify-it)" = 'https://example.com에서 -' ]
echo 'as found'
