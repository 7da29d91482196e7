#!/usr/bin/env bash
# "The last of these days" is every one of them.
#
# BYSETPOS picks from the days that the other parts of a rule give (RFC 5545, 3.3.10);
# calendars write it for "the last day of the month". ical.js 2.2.1, the reader of
# Thunderbird, heeds it in monthly rules of weekdays and ignores it elsewhere without
# a word. A week's or a weekday's number in a year (BYWEEKNO=20, BYDAY=20MO: examples of
# the RFC) becomes every week. dateutil 2.9.0 and rrule 2.8.1 agree with the RFC.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check python-dateutil==2.9.0.post0
npm install --silent --no-audit --no-fund --prefix . rrule@2.8.1 ical.js@2.2.1 >/dev/null 2>&1
cat > rules <<'RULES'
20240131 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3
20240131 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=3
20240112 FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=3
19970512 FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3
19970519 FREQ=YEARLY;BYDAY=20MO;COUNT=3
RULES
cat > readers.mjs <<'JS'
import fs from 'fs'
import rrule from 'rrule'
import ICAL from 'ical.js'
const read = {
  rrule: (start, rule) => rrule.rrulestr(`DTSTART:${start}T090000Z\nRRULE:${rule}`).all().map(d => d.toISOString().slice(0, 10)),
  'ical.js': (start, rule) => {
    const from = ICAL.Time.fromDateString(start.replace(/(....)(..)(..)/, '$1-$2-$3')), found = []
    for (let next, i = ICAL.Recur.fromString(rule).iterator(from); (next = i.next());) found.push(next.toString())
    return found
  },
}
for (const [name, reader] of Object.entries(read)) {
  for (const line of fs.readFileSync('rules', 'utf8').trim().split('\n')) console.log(name, ...reader(...line.split(' ')))
}
JS
cat > readers.py <<'PY'
from dateutil.rrule import rrulestr
for line in open("rules"):
    start, rule = line.split()
    print("dateutil", *(d.date() for d in rrulestr(f"DTSTART:{start}T090000\nRRULE:{rule}")))
PY
venv/bin/python readers.py > seen
node readers.mjs >> seen
cat rules seen
dates() { grep "^$1 " seen | cut -d' ' -f2-; }
[ "$(dates dateutil)" = '2024-01-31 2024-02-29 2024-03-29
2024-01-31 2024-02-29 2024-03-31
2024-01-12 2024-01-19 2024-01-26
1997-05-12 1998-05-11 1999-05-17
1997-05-19 1998-05-18 1999-05-17' ]
[ "$(dates rrule)" = "$(dates dateutil)" ]
[ "$(dates ical.js)" = '2024-01-31 2024-02-29 2024-03-29
2024-01-31 2024-02-28 2024-02-29
2024-01-12 2024-01-15 2024-01-17
1997-05-19 1997-05-26 1997-06-02
1997-05-19 1997-05-26 1997-06-02' ]
echo 'as found'
