#!/usr/bin/env bash
# A table in a terminal is straight until LANG is Korean.
#
# Frames, arrows, "…" and "·" are of "ambiguous" width in Unicode: wide in old Korean fonts,
# narrow in today's terminals and for wcwidth(3), whatever the locale. One would expect
# tables not to depend on LANG either. go-runewidth 0.0.31 takes these letters for wide if
# LANG is ko_KR.UTF-8 (ja and zh as well): go-pretty 6.9.2 pads a row that has one of them
# a cell short, and pterm 0.12.84, whose frames are such letters themselves, also draws
# the upper and lower edge longer than the rows. tablewriter 1.1.5 looks at TERM before
# it looks at LANG, and its tables stay as they are.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/mattn/go-runewidth@v0.0.31 github.com/jedib0t/go-pretty/v6@v6.9.2 github.com/pterm/pterm@v0.12.84 \
  github.com/olekukonko/tablewriter@v1.1.5 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/olekukonko/tablewriter"
	"github.com/pterm/pterm"
)

func main() {
	rows := [][]string{{"김하나", "잘 자…"}, {"Kim", "ok"}}
	switch os.Args[1] {
	case "go-pretty":
		t := table.NewWriter()
		for _, row := range rows {
			t.AppendRow(table.Row{row[0], row[1]})
		}
		fmt.Println(t.Render())
	case "pterm":
		text, err := pterm.DefaultTable.WithBoxed().WithData(rows).Srender()
		must(err)
		fmt.Println(text)
	case "tablewriter":
		t := tablewriter.NewWriter(os.Stdout)
		for _, row := range rows {
			must(t.Append(row))
		}
		must(t.Render())
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o tables .
for library in go-pretty pterm tablewriter; do
  for lang in en_US.UTF-8 ko_KR.UTF-8; do
    echo "$library, $lang"
    env -i TERM=xterm-256color NO_COLOR=1 LANG=$lang ./tables $library | sed 's/^/  /'
  done
done | tee seen
[ "$(cat seen)" = 'go-pretty, en_US.UTF-8
  +--------+--------+
  | 김하나 | 잘 자… |
  | Kim    | ok     |
  +--------+--------+
go-pretty, ko_KR.UTF-8
  +--------+---------+
  | 김하나 | 잘 자… |
  | Kim    | ok      |
  +--------+---------+
pterm, en_US.UTF-8
  ╭─────────────────╮
  │ 김하나 │ 잘 자… │
  │ Kim    │ ok     │
  ╰─────────────────╯
pterm, ko_KR.UTF-8
  ╭───────────────────╮
  │ 김하나 │ 잘 자… │
  │ Kim    │ ok      │
  ╰───────────────────╯
tablewriter, en_US.UTF-8
  ┌────────┬────────┐
  │ 김하나 │ 잘 자… │
  │ Kim    │ ok     │
  └────────┴────────┘
tablewriter, ko_KR.UTF-8
  ┌────────┬────────┐
  │ 김하나 │ 잘 자… │
  │ Kim    │ ok     │
  └────────┴────────┘' ]
echo 'as found'
