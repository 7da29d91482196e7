#!/usr/bin/env bash
# "Every month, from 31 January" and "every year, from 29 February", read by six.
#
# RFC 5545 (3.3.10) says that a date which does not exist is left out: no meeting in
# a month of 30 days. One would expect that of whatever reads the rule. dateutil
# 2.9.0, rrule 2.8.1 and rrule-go 1.8.2 do so. ical.js 2.2.1 (Thunderbird's) does for
# months and makes 1 March of 29 February. gocal 0.9.1 overflows into the next month
# and goes on from there, and node-ical 0.26.1 (with rrule-temporal 1.6.0) stays on
# the 29th for ever after the first February.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check python-dateutil==2.9.0.post0
npm install --silent --no-audit --no-fund --prefix . rrule@2.8.1 ical.js@2.2.1 node-ical@0.26.1 rrule-temporal@1.6.0 >/dev/null 2>&1
go mod init finding >go.log 2>&1
go get github.com/teambition/rrule-go@v1.8.2 github.com/apognu/gocal@v0.9.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/apognu/gocal"
	"github.com/teambition/rrule-go"
)

func main() {
	set, err := rrule.StrToRRuleSet("DTSTART:" + os.Args[1] + "\nRRULE:" + os.Args[2])
	must(err)
	fmt.Print("rrule-go")
	for _, t := range set.All() {
		fmt.Print(t.Format(" 2006-01-02"))
	}
	calendar := gocal.NewParser(strings.NewReader(os.Getenv("CALENDAR")))
	from, to := set.GetDTStart().AddDate(-1, 0, 0), set.GetDTStart().AddDate(20, 0, 0)
	calendar.Start, calendar.End = &from, &to
	must(calendar.Parse())
	fmt.Print("\ngocal")
	for _, event := range calendar.Events {
		fmt.Print(event.Start.Format(" 2006-01-02"))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o readers .
cat > readers.mjs <<'JS'
import rrule from 'rrule'
import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
const day = d => d.toISOString().slice(0, 10)
console.log('rrule', ...rrule.rrulestr(`DTSTART:${process.argv[2]}\nRRULE:${process.argv[3]}`).all().map(day))
const event = new ICAL.Event(new ICAL.Component(ICAL.parse(process.env.CALENDAR)).getFirstSubcomponent('vevent'))
const found = []
for (let next, i = event.iterator(); (next = i.next());) found.push(day(next.toJSDate()))
console.log('ical.js', ...found)
console.log('node-ical', ...Object.values(nodeIcal.sync.parseICS(process.env.CALENDAR)).find(e => e.type === 'VEVENT').rrule.all().map(day))
JS
read_all() {
  local head=$'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//finding//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20240101T000000Z\r\n'
  export TZ=UTC CALENDAR="${head}DTSTART:$1"$'\r\n'"DTEND:${1/T09/T10}"$'\r\n'"RRULE:$2"$'\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
  echo "$1 $2"
  venv/bin/python -c 'import sys; from dateutil.rrule import rrulestr
print("dateutil", *(d.date() for d in rrulestr(f"DTSTART:{sys.argv[1]}\nRRULE:{sys.argv[2]}")))' "$1" "$2"
  node readers.mjs "$1" "$2"; ./readers "$1" "$2"; echo
}
{ read_all 20240131T090000Z 'FREQ=MONTHLY;COUNT=4'; read_all 20240229T090000Z 'FREQ=YEARLY;COUNT=3'; } | tee seen
dates() { grep "^$1 " seen | cut -d' ' -f2- | paste -sd'|'; }
for reader in dateutil rrule rrule-go; do [ "$(dates "$reader")" = '2024-01-31 2024-03-31 2024-05-31 2024-07-31|2024-02-29 2028-02-29 2032-02-29' ]; done
[ "$(dates ical.js)" = '2024-01-31 2024-03-31 2024-05-31 2024-07-31|2024-02-29 2025-03-01 2026-03-01' ]
[ "$(dates node-ical)" = '2024-01-31 2024-02-29 2024-03-29 2024-04-29|2024-02-29 2025-02-28 2026-02-28' ]
[ "$(dates gocal)" = '2024-01-31 2024-03-02 2024-04-02 2024-05-02|2024-02-29 2025-03-01 2026-03-01' ]
echo 'as found'
