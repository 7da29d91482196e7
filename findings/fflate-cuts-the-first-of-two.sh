#!/usr/bin/env bash
# Two gzip files joined give the first one, cut to the length of the second.
#
# A gzip file may have several members, one behind another (RFC 1952, 2.2), as when days of
# a log are joined with cat; zlib, Node and pako 3.0.3 give what is in all of them. Of a
# library that does not, one would expect the first member or an error. fflate 0.8.3 takes
# the length that stands at the end of the file, the last member's, for the length of the
# whole, fills as much from the first member and returns that from gunzipSync and gunzip,
# without an error. Its own Gunzip, which is fed piece by piece, reads all members.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . fflate@0.8.3 pako@3.0.3 >/dev/null 2>&1
printf 'Monday was long.' | gzip > joined.gz
printf 'Tuesday.' | gzip >> joined.gz
cat > read.mjs <<'JS'
import fs from 'fs'
import zlib from 'zlib'
import * as fflate from 'fflate'
import * as pako from 'pako'
const joined = fs.readFileSync('joined.gz')
const say = (name, bytes) => console.log(`${name}: ${Buffer.from(bytes)}`)
say('zlib', zlib.gunzipSync(joined))
say('pako', pako.ungzip(joined))
say('fflate, gunzipSync', fflate.gunzipSync(joined))
let pieces = ''
new fflate.Gunzip(piece => { pieces += Buffer.from(piece) }).push(joined, true)
console.log(`fflate, Gunzip: ${pieces}`)
fflate.gunzip(joined, (error, bytes) => say('fflate, gunzip', error ?? bytes))
JS
node read.mjs | tee seen
[ "$(cat seen)" = 'zlib: Monday was long.Tuesday.
pako: Monday was long.Tuesday.
fflate, gunzipSync: Monday w
fflate, Gunzip: Monday was long.Tuesday.
fflate, gunzip: Monday w' ]
echo 'as found'
