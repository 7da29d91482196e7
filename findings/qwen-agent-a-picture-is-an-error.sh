#!/usr/bin/env bash
# A tool that has worked is said to have failed, and one that has failed is not.
#
# A tool's answer may be a picture, a file, or nothing at all where there is nothing to say; that
# it has failed is said by isError. One would expect a model to hear that a call went well, even
# where it cannot look at the picture. qwen-agent 0.0.34 looks for texts only: an answer without
# one becomes "execute error", and a model that believes it may call again and have it all done
# twice. An answer with isError becomes its text, like that of any other.
# MCP Python SDK 1.30.0 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check qwen-agent==0.0.34 mcp==1.30.0 numpy==2.4.6 soundfile==0.14.0 python-dateutil==4.0.0 tqdm==4.70.1 2>/dev/null
cat > server.py <<'PY'
import json, sys

dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
results = {"draw": {"content": [{"type": "image", "data": dot, "mimeType": "image/png"}]},
    "read": {"content": [{"type": "resource", "resource": {"uri": "note:1", "mimeType": "text/plain", "text": "milk"}}]},
    "mark": {"content": []},
    "send": {"content": [{"type": "text", "text": "no stamps left"}], "isError": True}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "ping":
        answer = {"result": {}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "desk", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": name, "description": name + " it", "inputSchema": {"type": "object", "properties": {}}} for name in results]}}
    if asked["method"] == "tools/call":
        answer = {"result": results[asked["params"]["name"]]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.py <<'PY'
from qwen_agent.tools.mcp_manager import MCPManager

for tool in MCPManager().initConfig({"mcpServers": {"desk": {"command": "python3", "args": ["server.py"]}}}):
    print(f"{tool.name}: {tool.call('{}')}")
PY
out=$(HOME=$tmp venv/bin/python client.py 2>/dev/null | grep '^desk-')
echo "$out"
[ "$out" = 'desk-draw: execute error
desk-read: execute error
desk-mark: execute error
desk-send: no stamps left' ]
echo 'as found'
