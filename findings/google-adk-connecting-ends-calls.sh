#!/usr/bin/env bash
# The time to connect is also the time of every call.
#
# google-adk 2.13.0 documents StdioConnectionParams.timeout as "Timeout in seconds
# for establishing the connection to the MCP stdio server", 5 by default. The server
# here is connected at once; its tool takes 6 s, and is given up after 5: "Request
# 'tools/call' timed out". With timeout=30, the same call ends well.
# MCP Python SDK 2.3.0 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check 'google-adk[mcp]==2.13.0' mcp==2.3.0 2>/dev/null
cat > server.py <<'PY'
import json, sys, time

for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    method, result = asked["method"], {}
    if method == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "oven", "version": "1"}}
    if method == "tools/list":
        result = {"tools": [{"name": "bake", "description": "bake a cake", "inputSchema": {"type": "object", "properties": {}}}]}
    if method == "tools/call":
        time.sleep(6)
        result = {"content": [{"type": "text", "text": "a cake"}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > client.py <<'PY'
import asyncio, sys
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
from mcp import StdioServerParameters

async def bake(**timeout):
    server = StdioServerParameters(command=sys.executable, args=["server.py"])
    toolset = McpToolset(connection_params=StdioConnectionParams(server_params=server, **timeout))
    tool, = await toolset.get_tools()
    result = await tool.run_async(args={}, tool_context=None)
    print(result.get("error") or result["content"][0]["text"])
    await toolset.close()

print(" ".join(StdioConnectionParams.__doc__.split("timeout: ")[1].split(".")[0].split()))
asyncio.run(bake())
asyncio.run(bake(timeout=30))
PY
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = "Timeout in seconds for establishing the connection to the MCP stdio server
MCP tool execution failed: Request 'tools/call' timed out
a cake" ]
echo 'as found'
