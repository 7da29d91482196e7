#!/usr/bin/env bash
# For thirty days of 2017 the Korean lunar calendar of ICU is a day late.
#
# Lunar birthdays are common in Korea, and Intl.DateTimeFormat knows the calendar (dangi);
# one would expect it to agree with the official table. It does on every day from 1900 to
# 2050, as korean-lunar-calendar 0.4.0 has that table, but for the second month of 2017:
# its new moon was on 26 February at 23:58 in Korea (the day of an eclipse; ephem 4.2.1
# computes it), and ICU takes it to be after midnight. Whoever was born then gets a lunar
# birthday that is a day early in every later year. ICU 76.1 of Node 22.12.0.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . korean-lunar-calendar@0.4.0 node@22.12.0 >/dev/null 2>&1
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check ephem==4.2.1
cat > compare.cjs <<'JS'
const table = require('korean-lunar-calendar')
const Table = table.default ?? table
const format = new Intl.DateTimeFormat('en-u-ca-dangi', { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' })
const off = []
let days = 0
for (let at = Date.UTC(1900, 1, 1); at < Date.UTC(2050, 0, 1); at += 86400000, days++) {
  const day = new Date(at), of = new Table()
  of.setSolarDate(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate())
  const lunar = of.getLunarCalendar(), parts = {}
  for (const { type, value } of format.formatToParts(day)) parts[type] = value
  const here = `${lunar.month}${lunar.intercalation ? 'bis' : ''}/${lunar.day}`, icu = `${parts.month}/${parts.day}`
  if (here !== icu) off.push(`${day.toISOString().slice(0, 10)}: table ${here}, ICU ${icu}`)
}
console.log(`ICU ${process.versions.icu}: ${off.length} of ${days} days differ`)
console.log(off[0])
console.log(off.at(-1))
JS
node_modules/node/bin/node compare.cjs | tee seen
venv/bin/python -c 'import ephem
print("new moon", ephem.Date(ephem.next_new_moon("2017/2/20") + 9 * ephem.hour), "in Korea")' | tee -a seen
diff - seen <<'WANT'
ICU 76.1: 30 of 54756 days differ
2017-02-26: table 2/1, ICU 1/30
2017-03-27: table 2/30, ICU 2/29
new moon 2017/2/26 23:58:23 in Korea
WANT
echo 'as found'
