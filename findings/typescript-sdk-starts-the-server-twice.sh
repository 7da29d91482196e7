#!/usr/bin/env bash
# Connecting once starts the server twice.
#
# The MCP TypeScript SDK v2 (client 2.4.0) connects with versionNegotiation
# {mode: 'auto'}. The protocol lets a client ask server/discover and go on with
# initialize in the same process where the server does not know the question. On
# stdio the SDK starts a process for the question alone, ends it with SIGTERM as soon
# as it has answered, and starts another one for the work: whatever a server does
# when it starts, such as taking a lock or a port, it does twice. With {mode:
# 'legacy'}, one is started.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @modelcontextprotocol/client@2.4.0 node@22.12.0 >/dev/null 2>&1
cat > server.py <<'PY'
import json, os, signal, sys

def note(text):
    with open(sys.argv[1], "a") as log:
        log.write(text + "\n")

def ended(*_):
    note("SIGTERM")
    os._exit(0)

signal.signal(signal.SIGTERM, ended)
note("start")
for line in sys.stdin:
    asked = json.loads(line)
    note(asked["method"])
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "phone-book", "version": "1"}}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
note("end of input")
PY
cat > client.mjs <<'JS'
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const mode = process.argv[2];
const client = new Client({ name: 'client', version: '1' }, { versionNegotiation: { mode } });
await client.connect(new StdioClientTransport({ command: 'python3', args: ['server.py', mode] }));
await client.close();
JS
for mode in auto legacy; do
  node_modules/node/bin/node client.mjs "$mode"
  printf '%-7s %s\n' "$mode" "$(paste -sd' ' "$mode")"
done
[ "$(paste -sd' ' legacy)" = 'start initialize notifications/initialized end of input' ]
[ "$(grep -c start auto)" = 2 ]
echo 'as found'
