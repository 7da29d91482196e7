#!/usr/bin/env bash
# The client introduces itself by the server's name.
#
# clientInfo in initialize says which program a server talks to, so that it can allow
# for what the program does otherwise, or say in a question who asks. Mastra (@mastra/mcp
# 2.0.0) puts the key there under which its user entered the server: every installation
# is another client, and none of them is called Mastra. The version is always 1.0.0.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @mastra/mcp@2.0.0 @mastra/core@1.71.0 node@22.12.0 >/dev/null 2>&1
cat > server.py <<'PY'
import json, sys

for line in sys.stdin:
    asked = json.loads(line)
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        with open("hello", "a") as log:
            log.write(json.dumps(asked["params"]["clientInfo"]) + "\n")
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "lamp", "version": "1"}}}
    elif asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "on", "inputSchema": {"type": "object", "properties": {}}}]}}
    if "id" in asked:
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.mjs <<'JS'
import { MCPClient } from '@mastra/mcp';

for (const name of ['hall', 'cellar']) {
  const client = new MCPClient({ id: name, servers: { [name]: { command: 'python3', args: ['server.py'] } } });
  await client.listTools();
  await client.disconnect();
}
JS
node_modules/node/bin/node client.mjs
cat hello
[ "$(cat hello)" = '{"name": "hall", "version": "1.0.0"}
{"name": "cellar", "version": "1.0.0"}' ]
echo 'as found'
