#!/usr/bin/env bash
# An argument that may hold any fields holds those that are named, or none.
#
# JSON Schema closes an object only where it says so: one that names a field takes others beside
# it, with or without "additionalProperties": true. One would expect a card of any form to reach
# the server. crewai-tools 1.15.30 takes an object for closed as soon as it names a field, even
# where the schema says the contrary, and so does mcp-use 1.7.1; beeai-framework 0.1.85 takes
# every object for closed, unless the schema says the contrary. Two refuse the call before it is
# sent, mcp-use sends the named field and drops the others without a word. Of the four ways to
# say the same thing, all three understand one: no named field, and the word "true".
# MCP Python SDK 1.30.0 below them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv crewai && crewai/bin/pip install -q --disable-pip-version-check 'crewai-tools[mcp]==1.15.30' crewai==1.15.30 mcp==1.30.0 2>/dev/null
python3 -m venv beeai && beeai/bin/pip install -q --disable-pip-version-check 'beeai-framework[mcp]==0.1.85' mcp==1.30.0 2>/dev/null
python3 -m venv mcp-use && mcp-use/bin/pip install -q --disable-pip-version-check mcp-use==1.7.1 mcp==1.30.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

kind = {"type": "object", "properties": {"kind": {"type": "string"}}}
cards = {"object": {"type": "object"}, "object_true": {"type": "object", "additionalProperties": True},
    "named": kind, "named_true": {**kind, "additionalProperties": True}}
tools = [{"name": name, "description": "send a card", "inputSchema": {"type": "object", "required": ["card"], "properties": {"card": card}}}
    for name, card in cards.items()]
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    result = {}
    if asked["method"] == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "post", "version": "1"}}
    if asked["method"] == "tools/list":
        result = {"tools": tools}
    if asked["method"] == "tools/call":
        result = {"content": [{"type": "text", "text": json.dumps(asked["params"]["arguments"])}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > with-crewai.py <<'PY'
import json
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters

card = {"kind": "news", "title": "hi"}
with MCPServerAdapter(StdioServerParameters(command="python3", args=["server.py"])) as tools:
    for tool in tools:
        try:
            print("crewai", tool.name, "arrived" if json.loads(tool.run(card=card)) == {"card": card} else "changed")
        except ValueError as e:
            print("crewai", tool.name, "refused", "extra_forbidden" in str(e))
PY
cat > with-beeai.py <<'PY'
import asyncio
from beeai_framework.tools import ToolInputValidationError
from beeai_framework.tools.mcp import MCPTool
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    card = {"kind": "news", "title": "hi"}
    async with stdio_client(StdioServerParameters(command="python3", args=["server.py"])) as pipes, ClientSession(*pipes) as session:
        await session.initialize()
        for tool in await MCPTool.from_client(session):
            try:
                print("beeai", tool.name, "arrived" if (await tool.run({"card": card})).result == {"card": card} else "changed")
            except ToolInputValidationError as e:
                print("beeai", tool.name, "refused", "extra_forbidden" in repr(e.__cause__.errors()))

asyncio.run(main())
PY
cat > with-mcp-use.py <<'PY'
import asyncio, json
from mcp_use import MCPClient
from mcp_use.agents.adapters.langchain_adapter import LangChainAdapter

async def main():
    client = MCPClient({"mcpServers": {"post": {"command": "python3", "args": ["server.py"]}}})
    for tool in await LangChainAdapter().create_tools(client):
        arrived = json.loads(await tool.ainvoke({"card": {"kind": "news", "title": "hi"}}))["card"]
        print("mcp-use", tool.name, "arrived with", *arrived)
    await client.close_all_sessions()

asyncio.run(main())
PY
export HOME=$tmp MCP_USE_ANONYMIZED_TELEMETRY=false CREWAI_DISABLE_TELEMETRY=true
out=$(crewai/bin/python with-crewai.py 2>/dev/null | grep '^crewai '; beeai/bin/python with-beeai.py 2>/dev/null
    mcp-use/bin/python with-mcp-use.py 2>/dev/null | grep '^mcp-use ')
echo "$out"
[ "$out" = 'crewai object arrived
crewai object_true arrived
crewai named refused True
crewai named_true refused True
beeai object refused True
beeai object_true arrived
beeai named refused True
beeai named_true arrived
mcp-use object arrived with kind title
mcp-use object_true arrived with kind title
mcp-use named arrived with kind
mcp-use named_true arrived with kind' ]
echo 'as found'
