#!/usr/bin/env bash
# An argument that nobody gave arrives, and is of no type that the tool takes.
#
# A tool requires one of three arguments; the two others are a string and an integer, and may
# be left out. A model gives the first. One would expect the server to get that one. mcp-use
# 1.7.1 and crewai-tools 1.15.30 make a Python class of the schema and send all its fields:
# "link": null, "limit": null. The schema allows no null, so that a server which keeps to its
# own schema (the MCP Go SDK does) refuses the call; and a null is not a default.
# langchain-mcp-adapters 0.3.2 sends what was given. MCP Python SDK 1.30.0 below all three.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
for package in mcp-use==1.7.1 crewai-tools==1.15.30 langchain-mcp-adapters==0.3.2; do
    python3 -m venv "$package"
done
mcp-use==1.7.1/bin/pip install -q --disable-pip-version-check mcp-use==1.7.1 mcp==1.30.0 2>/dev/null
crewai-tools==1.15.30/bin/pip install -q --disable-pip-version-check 'crewai-tools[mcp]==1.15.30' crewai==1.15.30 mcp==1.30.0 2>/dev/null
langchain-mcp-adapters==0.3.2/bin/pip install -q --disable-pip-version-check langchain-mcp-adapters==0.3.2 mcp==1.30.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

schema = {"type": "object", "required": ["to"], "properties": {
    "to": {"type": "string"}, "link": {"type": "string"}, "limit": {"type": "integer"}}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    result = {}
    if asked["method"] == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "post", "version": "1"}}
    if asked["method"] == "tools/list":
        result = {"tools": [{"name": "send", "description": "send a card", "inputSchema": schema}]}
    if asked["method"] == "tools/call":
        result = {"content": [{"type": "text", "text": json.dumps(asked["params"]["arguments"])}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > mcp-use.py <<'PY'
import asyncio
from mcp_use import MCPClient
from mcp_use.agents.adapters.langchain_adapter import LangChainAdapter

async def main():
    client = MCPClient({"mcpServers": {"post": {"command": "python3", "args": ["server.py"]}}})
    tools = await LangChainAdapter().create_tools(client)
    print(await tools[0].ainvoke({"to": "Kim"}))
    await client.close_all_sessions()

asyncio.run(main())
PY
cat > crewai-tools.py <<'PY'
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters

with MCPServerAdapter(StdioServerParameters(command="python3", args=["server.py"])) as tools:
    print(tools[0].run(to="Kim"))
PY
cat > langchain-mcp-adapters.py <<'PY'
import asyncio
from langchain_mcp_adapters.client import MultiServerMCPClient

async def main():
    client = MultiServerMCPClient({"post": {"transport": "stdio", "command": "python3", "args": ["server.py"]}})
    print((await (await client.get_tools())[0].ainvoke({"to": "Kim"}))[0]["text"])

asyncio.run(main())
PY
export HOME=$tmp MCP_USE_ANONYMIZED_TELEMETRY=false CREWAI_DISABLE_TELEMETRY=true
out=$(for package in mcp-use==1.7.1 crewai-tools==1.15.30 langchain-mcp-adapters==0.3.2; do
    echo "$package $("$package/bin/python" "${package%%==*}.py" 2>/dev/null | grep '^{')"
done)
echo "$out"
[ "$out" = 'mcp-use==1.7.1 {"to": "Kim", "link": null, "limit": null}
crewai-tools==1.15.30 {"to": "Kim", "link": null, "limit": null}
langchain-mcp-adapters==0.3.2 {"to": "Kim"}' ]
echo 'as found'
