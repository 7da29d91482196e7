#!/usr/bin/env bash
# A tool answers with a link, and the model learns that something was found.
#
# Beside text and pictures a tool's answer may hold links: {"type": "resource_link", "uri": …}.
# One would expect the model to get at least the address. strands-agents 1.62.0 and DSPy 3.4.1
# leave the link out where there is text beside it, without a word; the MCP conversion of
# anthropic 2.14.0 throws, and the text is lost with the link; openai-agents 0.24.0 hands both
# on. An address that a model is to know has to stand in the text.
# MCP Python SDK 2.1.1 below all four.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check strands-agents==1.62.0 dspy==3.4.1 anthropic==2.14.0 openai-agents==0.24.0 mcp==2.1.1 2>/dev/null
cat > server.py <<'PY'
import json, sys

content = [{"type": "text", "text": "found one"}, {"type": "resource_link", "uri": "https://example.com/a", "name": "a"}]
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "shelf", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "find", "description": "find it", "inputSchema": {"type": "object", "properties": {}}}]}}
    if asked["method"] == "tools/call":
        answer = {"result": {"content": content}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.py <<'PY'
import asyncio
import dspy
from agents import RunContextWrapper
from agents.mcp import MCPServerStdio, MCPUtil
from anthropic.lib.tools.mcp import UnsupportedMCPValueError, async_mcp_tool
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from strands.tools.mcp import MCPClient

server = StdioServerParameters(command="python3", args=["server.py"])
with MCPClient(lambda: stdio_client(server)) as client:
    print("strands-agents", client.call_tool_sync("1", "find", {})["content"])

async def main():
    async with stdio_client(server) as pipes, ClientSession(*pipes) as session:
        await session.initialize()
        tool = (await session.list_tools()).tools[0]
        print("dspy", await dspy.Tool.from_mcp_tool(session, tool).acall())
        try:
            print("anthropic", await async_mcp_tool(tool, session).call({}))
        except UnsupportedMCPValueError as e:
            print("anthropic", e)
    async with MCPServerStdio(params={"command": "python3", "args": ["server.py"]}) as stdio:
        texts = await MCPUtil.invoke_mcp_tool(stdio, (await stdio.list_tools())[0], RunContextWrapper(None), "{}")
        print("openai-agents", texts[0]["text"], "https://example.com/a" in texts[1]["text"])

asyncio.run(main())
PY
export HOME=$tmp OPENAI_AGENTS_DISABLE_TRACING=1
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = "strands-agents [{'text': 'found one'}]
dspy found one
anthropic Unsupported MCP content type: resource_link
openai-agents found one True" ]
echo 'as found'
