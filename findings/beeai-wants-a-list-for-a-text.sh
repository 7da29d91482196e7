#!/usr/bin/env bash
# A text that may be null has to be a list.
#
# {"type": ["string", "null"]} is a text or null, and an argument without a type takes any
# value. One would expect what fits the schema to reach the server. beeai-framework 0.1.85 makes
# a Python class of the schema to check arguments with, and of the two types a list whose items
# are texts: "hi" is refused, and ["hi"], which the server's schema forbids, is sent on. Where
# there is no type, the value itself has to be a Python type, which no model can write. The
# schema that the model reads is the server's own, so that it does as it is told and is refused.
# MCP Python SDK 1.30.0 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check 'beeai-framework[mcp]==0.1.85' mcp==1.30.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

schema = {"type": "object", "properties": {
    "note": {"type": ["string", "null"]},
    "value": {"description": "any value"}}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    result = {}
    if asked["method"] == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "post", "version": "1"}}
    if asked["method"] == "tools/list":
        result = {"tools": [{"name": "send", "description": "send a note", "inputSchema": schema}]}
    if asked["method"] == "tools/call":
        result = {"content": [{"type": "text", "text": "sent"}], "structuredContent": asked["params"]["arguments"]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > client.py <<'PY'
import asyncio
from beeai_framework.tools import ToolInputValidationError
from beeai_framework.tools.mcp import MCPTool
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    async with stdio_client(StdioServerParameters(command="python3", args=["server.py"])) as pipes, ClientSession(*pipes) as session:
        await session.initialize()
        tool = (await MCPTool.from_client(session))[0]
        for sent in ({"note": "hi"}, {"note": None}, {"note": ["hi"]}, {"value": "hi"}):
            try:
                print(sent, "arrived", (await tool.run(sent)).get_text_content())
            except ToolInputValidationError as e:
                print(sent, "refused:", e.__cause__.errors()[0]["type"])

asyncio.run(main())
PY
out=$(HOME=$tmp venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = "{'note': 'hi'} refused: list_type
{'note': None} arrived {\"note\": null}
{'note': ['hi']} arrived {\"note\": [\"hi\"]}
{'value': 'hi'} refused: is_type" ]
echo 'as found'
