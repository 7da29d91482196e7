#!/usr/bin/env bash
# One entry less, and a remark stands before another entry.
#
# A remark above an entry is about that entry, for people. An editor that keeps remarks
# would be expected to take it away with its entry, or to leave all remarks where they
# are. ruamel.yaml 0.19.1 (Python) hangs it on what stands before: deleting `port` takes the
# remark of `user` away and leaves that of `port`, now above `user`; and a new entry at
# the end of a block comes after the remark of the next block. yaml 2.9.1 (Node) keeps
# remark and entry together, but with the first entry goes the head of the file, too.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check ruamel.yaml==0.19.1
npm install --silent --no-audit --no-fund --prefix . yaml@2.9.1 >/dev/null 2>&1
cat > settings.yaml <<'YAML'
# settings of the office

# where it listens
port: 1
# who may
user: kim
log:
  level: info
# what is shown
view: all
YAML
cat > edit.py <<'PY'
import sys
from ruamel.yaml import YAML

def edit(name, change):
    yaml = YAML()
    settings = yaml.load(open("settings.yaml"))
    change(settings)
    print("==", name, flush=True)
    yaml.dump(settings, sys.stdout)
    sys.stdout.flush()

edit("ruamel.yaml: without port", lambda settings: settings.pop("port"))
edit("ruamel.yaml: one more in log", lambda settings: settings["log"].update(days=7))
PY
cat > edit.cjs <<'JS'
const YAML = require('yaml')
const edit = (name, change) => {
  const settings = YAML.parseDocument(require('fs').readFileSync('settings.yaml', 'utf8'))
  change(settings)
  process.stdout.write(`== ${name}\n${settings}`)
}
edit('yaml: without port', settings => settings.delete('port'))
edit('yaml: one more in log', settings => settings.setIn(['log', 'days'], 7))
JS
{ venv/bin/python edit.py; node edit.cjs; } | tee seen
diff - seen <<'WANT'
== ruamel.yaml: without port
# settings of the office

# where it listens
user: kim
log:
  level: info
# what is shown
view: all
== ruamel.yaml: one more in log
# settings of the office

# where it listens
port: 1
# who may
user: kim
log:
  level: info
# what is shown
  days: 7
view: all
== yaml: without port
# who may
user: kim
log:
  level: info
# what is shown
view: all
== yaml: one more in log
# settings of the office

# where it listens
port: 1
# who may
user: kim
log:
  level: info
  days: 7
# what is shown
view: all
WANT
echo 'as found'
