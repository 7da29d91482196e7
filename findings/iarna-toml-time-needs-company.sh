#!/usr/bin/env bash
# A time of day at the end of a line makes the next line an error.
#
# `at = 07:32:00` is a local time, an example of TOML's own specification. @iarna/toml
# 3.0.0 reads it, but not if another key follows on the next line: it refuses that line
# ("expected only whitespace or comments till end of line"). With a fraction, a blank or
# a remark behind the time, or nothing after it in the file, all is well, which hides it
# from a test of one line. smol-toml 1.9.1 and Python's tomllib read all of them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @iarna/toml@3.0.0 smol-toml@1.9.1 >/dev/null 2>&1
printf 'at = 07:32:00\n' > alone.toml
printf 'at = 07:32:00\nsnooze = 5\n' > followed.toml
printf 'at = 07:32:00 \nsnooze = 5\n' > blank.toml
printf 'at = 07:32:00.0\nsnooze = 5\n' > fraction.toml
printf 'at = 07:32:00 # wake up\nsnooze = 5\n' > remark.toml
cat > read.mjs <<'JS'
import fs from 'fs'
import iarna from '@iarna/toml'
import * as smol from 'smol-toml'
for (const [name, reader] of [['iarna', iarna], ['smol', smol]]) {
  for (const file of ['alone', 'followed', 'blank', 'fraction', 'remark']) {
    let result = 'reads it'
    try { reader.parse(fs.readFileSync(`${file}.toml`, 'utf8')) } catch (error) { result = error.message.split(' at row')[0] }
    console.log(`${name} ${file}: ${result}`)
  }
}
JS
{
  node read.mjs
  for file in alone followed blank fraction remark; do python3 -c 'import sys, tomllib; tomllib.load(open(sys.argv[1], "rb")); print("tomllib " + sys.argv[1][:-5] + ": reads it")' $file.toml; done
} | tee seen
[ "$(grep -c ': reads it$' seen)" = 14 ]
grep -q '^iarna followed: Unexpected character, expected only whitespace or comments till end of line$' seen
echo 'as found'
