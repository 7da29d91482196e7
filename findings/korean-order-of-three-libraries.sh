#!/usr/bin/env bash
# A list of names in Korean order: three libraries, three orders.
#
# Each is asked for Korean. Intl (ICU, in Node 20.20) puts Korean before Latin, and Chinese
# characters behind the syllable that they are read as. Go's golang.org/x/text 0.44.0,
# made from the same data of Unicode, does the latter and puts Latin first. Java's Collator
# (17.0) puts Latin first and all Chinese characters last, and passes over blanks. One
# would expect one order, at least of the first two: a list that one of them sorted has
# no order for a search by halves in another.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get golang.org/x/text@v0.44.0 >>go.log 2>&1
cat > names <<'NAMES'
나리
Kim
李하나
김 하나
7동
김가람
하나
NAMES
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

func main() {
	text, err := os.ReadFile("names")
	if err != nil {
		panic(err)
	}
	names := strings.Split(strings.TrimSpace(string(text)), "\n")
	collate.New(language.Korean).SortStrings(names)
	fmt.Println("Go:", strings.Join(names, ", "))
}
GO
cat > Order.java <<'JAVA'
import java.nio.file.*;
import java.text.Collator;
import java.util.*;

class Order {
    public static void main(String[] args) throws Exception {
        var names = new ArrayList<>(Files.readAllLines(Path.of("names")));
        names.sort(Collator.getInstance(Locale.KOREAN));
        System.out.write(("Java: " + String.join(", ", names) + "\n").getBytes("UTF-8"));
        System.out.flush();
    }
}
JAVA
cat > order.mjs <<'JS'
import fs from 'fs'
const names = fs.readFileSync('names', 'utf8').trim().split('\n')
console.log('Intl:', names.sort(new Intl.Collator('ko').compare).join(', '))
JS
go mod tidy >>go.log 2>&1
{ node order.mjs; go run .; java Order.java; } | tee seen
[ "$(cat seen)" = 'Intl: 7동, 김 하나, 김가람, 나리, 李하나, 하나, Kim
Go: 7동, Kim, 김 하나, 김가람, 나리, 李하나, 하나
Java: 7동, Kim, 김가람, 김 하나, 나리, 하나, 李하나' ]
echo 'as found'
