#!/usr/bin/env bash
# Taking the only entry out of a settings file leaves `{ , }`.
#
# jsonc-parser 3.3.1 is what VS Code edits its JSON with comments with, and what tools
# take to edit its settings. One would expect an edit of a file that it reads to leave a
# file that it reads. If the entry has a trailing comma, which such files often do, and is
# the last one left, modify(…, undefined) leaves the comma alone between the braces, and
# its own parser calls that an error. A remark at the end of a line stays where it is when
# the entry before it goes or gets a successor: it then stands behind another entry.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . jsonc-parser@3.3.1 >/dev/null 2>&1
cat > edit.cjs <<'JS'
const { modify, applyEdits, parse } = require('jsonc-parser')
const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }
const edit = (text, path, value) => {
  const edited = applyEdits(text, modify(text, path, value, { formattingOptions }))
  const count = t => { const errors = []; parse(t, errors, { allowTrailingComma: true }); return errors.length }
  console.log(`${edited}errors before: ${count(text)}, after: ${count(edited)}\n`)
}
edit('{\n  "talk": {"command": "talk"},\n}\n', ['talk'], undefined)
edit('{\n  "talk": 1,\n  "mail": 2,\n}\n', ['mail'], undefined)
edit('{\n  "talk": 1, // of the phone\n  "mail": 2 // of the office\n}\n', ['mail'], undefined)
edit('{\n  "talk": 1 // of the phone\n}\n', ['mail'], 2)
JS
node edit.cjs | tee seen
diff - seen <<'WANT'
{
  ,
}
errors before: 0, after: 1

{
  "talk": 1,
}
errors before: 0, after: 0

{
  "talk": 1 // of the office
}
errors before: 0, after: 0

{
  "talk": 1,
  "mail": 2 // of the phone
}
errors before: 0, after: 0

WANT
echo 'as found'
