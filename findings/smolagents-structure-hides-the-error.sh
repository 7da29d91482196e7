#!/usr/bin/env bash
# The switch for typed results turns a failed call into a successful one.
#
# A tool answers with isError, a text for the model, and structured content that
# fits its output schema. smolagents 1.26.0 hands the model the text; with
# MCPClient(structured_output=True) it hands over the structured content alone,
# with neither the text nor the error mark. A refused search so reads as "0 found".
# MCP Python SDK 1.30.0 on both sides.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check 'smolagents[mcp]==1.26.0' mcp==1.30.0 mcpadapt==0.1.19 2>/dev/null
cat > server.py <<'PY'
import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

server = Server("phone-book")
SCHEMA = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}

@server.list_tools()
async def tools():
    return [types.Tool(name="find", description="find people", inputSchema={"type": "object", "properties": {}}, outputSchema=SCHEMA)]

@server.call_tool()
async def call(name, arguments):
    text = types.TextContent(type="text", text="not logged in")
    return types.CallToolResult(isError=True, content=[text], structuredContent={"count": 0})

async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())

anyio.run(main)
PY
cat > client.py <<'PY'
import sys
from mcp import StdioServerParameters
from smolagents import MCPClient

for typed in (False, True):
    with MCPClient(StdioServerParameters(command=sys.executable, args=["server.py"]), structured_output=typed) as tools:
        print(typed, repr(tools[0]()))
PY
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = "False 'not logged in'
True {'count': 0}" ]
echo 'as found'
