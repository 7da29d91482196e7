#!/usr/bin/env bash
# Silla, the old kingdom, is "Sinra", and Jongno, the street, is "Jongro".
#
# The rule for Korean in Latin letters of 2000 writes words as they are spoken and gives
# its own examples (chapter 3, article 1); a library for it would be expected to pass them.
# korean-romanizer 0.28.0 (Python), which writes with the letters of that rule, writes
# 12 of these 19 another way: letters that change next to another do so for it in few
# cases. es-hangul 2.4.0 misses three and koroman 1.0.16 two, both of them 묵호 and 집현전,
# which the rule names as words that keep their h. A name looked up by what another
# library wrote is not found.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check korean-romanizer==0.28.0 koroman==1.0.16
npm install --silent --no-audit --no-fund --prefix . es-hangul@2.4.0 >/dev/null 2>&1
cat > examples <<'RULE'
백마 Baengma
신문로 Sinmunno
종로 Jongno
왕십리 Wangsimni
별내 Byeollae
신라 Silla
학여울 Hangnyeoul
알약 allyak
해돋이 haedoji
같이 gachi
맞히다 machida
좋고 joko
놓다 nota
잡혀 japyeo
낳지 nachi
묵호 Mukho
집현전 Jiphyeonjeon
압구정 Apgujeong
낙동강 Nakdonggang
RULE
cat > romanize.py <<'PY'
import koroman
from korean_romanizer.romanizer import Romanizer
for name, romanize in {"korean-romanizer": lambda word: Romanizer(word).romanize(), "koroman": koroman.romanize}.items():
    pairs = [line.lower().split() for line in open("examples")]
    print(f"{name}:", *(f"{word} {got}," for word, want in pairs if (got := romanize(word)) != want))
PY
cat > romanize.cjs <<'JS'
const { romanize } = require('es-hangul')
const pairs = require('fs').readFileSync('examples', 'utf8').toLowerCase().trim().split('\n').map(line => line.split(' '))
console.log('es-hangul:', ...pairs.filter(([word, want]) => romanize(word) !== want).map(([word]) => `${word} ${romanize(word)},`))
JS
{ venv/bin/python romanize.py; node romanize.cjs; } | tee seen
[ "$(cat seen)" = 'korean-romanizer: 백마 baekma, 신문로 sinmunro, 종로 jongro, 왕십리 wangsipri, 별내 byeolnae, 신라 sinra, 학여울 hagyeoul, 알약 aryak, 해돋이 haedodi, 같이 gati, 맞히다 mathida, 잡혀 japhyeo,
koroman: 묵호 muko, 집현전 jipyeonjeon,
es-hangul: 신문로 sinmullo, 묵호 muko, 집현전 jipyeonjeon,' ]
echo 'as found'
