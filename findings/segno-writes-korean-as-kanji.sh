#!/usr/bin/env bash
# "감사" (thanks) in a QR code is read as Japanese.
#
# A QR code has a mode for kanji, whose characters are those of Shift_JIS, and one for
# bytes. One would expect Korean, which Shift_JIS does not have, to go as bytes of UTF-8.
# segno 1.6.6 encodes so and then asks whether these bytes, pair by pair, could be
# Shift_JIS: those of 감사, 누나, 마음 and ㅋㅋ could, and the mode is kanji, without a word.
# ZXing (zxing-cpp 3.1.1) and jsQR 1.4.0 read what the mode says. Longer texts are mostly
# right by chance, as is mode="byte" always, and what qrcode 8.2 makes.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check segno==1.6.6 qrcode==8.2 zxing-cpp==3.1.1 pillow
npm install --silent --no-audit --no-fund --prefix . jsqr@1.4.0 pngjs@7.0.0 >/dev/null 2>&1
cat > codes.py <<'PY'
import subprocess, PIL.Image, qrcode, segno, zxingcpp

def read(name, text, mode):
    image = PIL.Image.open("code.png").convert("L")
    zxing = zxingcpp.read_barcodes(image)[0].text
    js = subprocess.run(["node", "read.cjs"], capture_output=True, text=True, check=True).stdout
    print(name, text, mode, "zxing:", "same" if zxing == text else repr(zxing), "jsQR:", "same" if js == text else repr(js))

for text in "감사", "누나", "마음", "ㅋㅋ", "감사해요", "엄마", "안녕하세요":
    code = segno.make(text, micro=False)
    code.save("code.png", scale=6)
    read("segno", text, code.mode)
segno.make("감사", micro=False, mode="byte").save("code.png", scale=6)
read("segno", "감사", "byte(asked)")
qrcode.make("감사").save("code.png")
read("qrcode", "감사", "-")
PY
cat > read.cjs <<'JS'
const { data, width, height } = require('pngjs').PNG.sync.read(require('fs').readFileSync('code.png'))
process.stdout.write(require('jsqr')(new Uint8ClampedArray(data), width, height).data)
JS
venv/bin/python codes.py | tee seen
[ "$(grep -c '^segno .* kanji zxing: .* jsQR: ' seen)" = 4 ]
if grep ' kanji ' seen | grep same; then exit 1; fi
[ "$(grep -c ' \(byte\|byte(asked)\|-\) zxing: same jsQR: same$' seen)" = 5 ]
echo 'as found'
