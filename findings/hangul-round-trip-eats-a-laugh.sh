#!/usr/bin/env bash
# Taken apart and put together, "안녕ㅠㅠ" is "안녀유ㅠ".
#
# Libraries for Korean take syllables apart into letters, for search and for typing, and
# put letters together again; one would expect a text to come back. Chat is full of single
# letters (ㅋㅋ laughs, ㅠㅠ cries), and es-hangul 2.4.0, hangul-js 0.2.6 and jamotools
# 0.1.10 take those for parts of the syllable before: another text, no error. What is typed
# as ㅎㅐㅋㅋ they cannot tell from 해ㅋㅋ, as nothing marks where a syllable ended. hgtk
# 0.2.1 puts a mark there and gives the text back.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check hgtk==0.2.1 jamotools==0.1.10
npm install --silent --no-audit --no-fund --prefix . es-hangul@2.4.0 hangul-js@0.2.6 >/dev/null 2>&1
cat > trip.mjs <<'JS'
import * as es from 'es-hangul'
import hangul from 'hangul-js'
for (const text of ['홍길동', '값이 없어', '안녕ㅠㅠ', '뭐해ㅋㅋ']) {
  console.log(`${text} es-hangul: ${es.assemble([...es.disassemble(text)])}`)
  console.log(`${text} hangul-js: ${hangul.assemble(hangul.disassemble(text))}`)
}
JS
cat > trip.py <<'PY'
import hgtk, jamotools
for text in "홍길동", "값이 없어", "안녕ㅠㅠ", "뭐해ㅋㅋ":
    print(f"{text} hgtk: {hgtk.text.compose(hgtk.text.decompose(text))}")
    print(f"{text} jamotools: {jamotools.join_jamos(jamotools.split_syllables(text))}")
PY
{ node trip.mjs; venv/bin/python -W ignore trip.py; } | tee seen
for text in 홍길동 '값이 없어'; do [ "$(grep -c "^$text .*: $text$" seen)" = 4 ]; done
[ "$(grep -c '^안녕ㅠㅠ \(es-hangul\|hangul-js\|jamotools\): 안녀유ㅠ$' seen)" = 3 ]
[ "$(grep -c '^뭐해ㅋㅋ \(es-hangul\|hangul-js\|jamotools\): 뭐햌ㅋ$' seen)" = 3 ]
[ "$(grep -c ' hgtk: \(안녕ㅠㅠ\|뭐해ㅋㅋ\)$' seen)" = 2 ]
echo 'as found'
