#!/usr/bin/env bash
# "3 is here" in Korean gets the particle of "2 is here".
#
# Which of two particles follows a word depends on its last sound: 3 is read 삼 and takes 이
# and 을, 2 is read 이 and takes 가 and 를. A library for particles would be expected to
# read digits and to look past a closing quote, or else to say that it cannot. es-hangul
# 2.4.0 and josa-js 0.0.2 take the vowel's particle after whatever is no Korean syllable,
# without a word: right for 2, 4, 5 and 9, wrong for the other six and for "서울" in quotes.
# josa 3.0.1 and tossi 0.3.1 (Python) read all of them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check tossi==0.3.1
npm install --silent --no-audit --no-fund --prefix . es-hangul@2.4.0 josa-js@0.0.2 josa@3.0.1 >/dev/null 2>&1
cat > words <<'WORDS'
서울
나라
0
1
2
3
4
5
6
7
8
9
"서울"
WORDS
cat > particles.cjs <<'JS'
const words = require('fs').readFileSync('words', 'utf8').trim().split('\n')
const { josa: esHangul } = require('es-hangul')
const { r: josaJs } = require('josa-js')
const { josa } = require('josa')
console.log('es-hangul', ...words.map(word => esHangul(word, '이/가')))
console.log('josa-js', ...words.map(word => josaJs(word, '이/가')))
console.log('josa', ...words.map(word => josa(`${word}#{이}`)))
JS
cat > particles.py <<'PY'
import tossi
print("tossi", *(tossi.postfix(line.strip(), "이") for line in open("words")))
PY
{ node particles.cjs; venv/bin/python particles.py; } | tee seen
vowel='서울이 나라가 0가 1가 2가 3가 4가 5가 6가 7가 8가 9가 "서울"가'
read='서울이 나라가 0이 1이 2가 3이 4가 5가 6이 7이 8이 9가 "서울"이'
[ "$(cat seen)" = "es-hangul $vowel
josa-js $vowel
josa $read
tossi $read" ]
echo 'as found'
