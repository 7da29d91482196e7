#!/usr/bin/env bash
# A week of reminders has six days, and the first Friday is the second.
#
# RFC 5545 (3.3.10) counts the day of UNTIL in, and BYDAY=1FR is the first Friday of a
# month. gocal 0.9.1, which Go programs read calendars with, leaves the last day out,
# be it a date or a moment, and is a week late in some months (February and March 2024),
# as with the last Friday. recurring-ical-events 3.8.2 (Python) reads the same four files
# as the RFC does. A good engineer would compare UNTIL with "not after".
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2
go mod init finding >go.log 2>&1
go get github.com/apognu/gocal@v0.9.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/apognu/gocal"
)

func main() {
	for _, name := range os.Args[1:] {
		file, err := os.Open(name)
		must(err)
		calendar := gocal.NewParser(file)
		from, to := time.Date(2023, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)
		calendar.Start, calendar.End = &from, &to
		must(calendar.Parse())
		var days []string
		for _, event := range calendar.Events {
			days = append(days, event.Start.Format("01-02"))
		}
		fmt.Println("gocal", name, strings.Join(days, " "))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1
cat > read.py <<'PY'
import sys, icalendar, recurring_ical_events
for name in sys.argv[1:]:
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(open(name).read())).between((2024, 1, 1), (2024, 12, 31))
    print("python", name, *sorted(event.start.strftime("%m-%d") for event in events))
PY
write() { printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN BEGIN:VEVENT UID:1 DTSTAMP:20240101T000000Z "$2" "$3" "RRULE:$4" END:VEVENT END:VCALENDAR > "$1"; }
write date 'DTSTART;VALUE=DATE:20240101' 'DTEND;VALUE=DATE:20240102' 'FREQ=DAILY;UNTIL=20240107'
write moment DTSTART:20240101T090000Z DTEND:20240101T100000Z 'FREQ=DAILY;UNTIL=20240107T090000Z'
write first DTSTART:20240105T090000Z DTEND:20240105T100000Z 'FREQ=MONTHLY;BYDAY=1FR;COUNT=4'
write last DTSTART:20240126T090000Z DTEND:20240126T100000Z 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=4'
{ venv/bin/python read.py date moment first last; go run . date moment first last; } | tee seen
diff - seen <<'WANT'
python date 01-01 01-02 01-03 01-04 01-05 01-06 01-07
python moment 01-01 01-02 01-03 01-04 01-05 01-06 01-07
python first 01-05 02-02 03-01 04-05
python last 01-26 02-23 03-29 04-26
gocal date 01-01 01-02 01-03 01-04 01-05 01-06
gocal moment 01-01 01-02 01-03 01-04 01-05 01-06
gocal first 01-05 02-09 03-08 04-05
gocal last 01-26 03-01 03-29 04-26
WANT
echo 'as found'
