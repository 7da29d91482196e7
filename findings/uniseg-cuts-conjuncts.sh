#!/usr/bin/env bash
# rivo/uniseg cuts a Hindi letter in two where browsers keep it together.
#
# Since Unicode 15.1 a grapheme cluster does not break inside an Indic conjunct
# (rule GB9c of UAX #29: consonant, virama, consonant). ICU does so, and with it
# Intl.Segmenter of browsers and Node. uniseg 0.4.7, the Go library most used for
# this, knows Unicode 15.0: it finds four clusters in "नमस्ते" where ICU finds
# three, and a text cut at one of its borders ends in a visible virama.
# Bengali and Telugu likewise; Tamil, whose virama does not join, agrees.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/rivo/uniseg@v0.4.7 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/rivo/uniseg"
)

func main() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(uniseg.GraphemeClusterCount(in.Text()))
	}
}
GO
npm install --silent --no-audit --no-fund --prefix . node@22.12.0 >/dev/null 2>&1 # a Node of known ICU
node=node_modules/node/bin/node
printf '%s\n' 'नमस्ते' 'ক্ষমা' 'స్త్రీ' 'நன்றி' > words
go run . < words > uniseg
"$node" -e '
const s = new Intl.Segmenter("en", {granularity: "grapheme"})
for (const w of require("fs").readFileSync("words", "utf8").trim().split("\n")) console.log([...s.segment(w)].length)' > icu
echo "uniseg 0.4.7 beside ICU $("$node" -p process.versions.icu), Unicode $("$node" -p process.versions.unicode)"
paste words uniseg icu
[ "$(paste -sd' ' uniseg)" = '4 3 3 3' ]
[ "$(paste -sd' ' icu)" = '3 2 1 3' ]
echo 'as found'
