#!/usr/bin/env bash
# A poll arrives without its options.
#
# A tool requires two texts, "question" and "options"; another one a third, "config". One would
# expect the server to get whatever a model writes for them. agent-framework-core 1.23.0 has
# arguments of its own for each call and drops those of a tool that are called alike, such as
# options, session, thread, tools and ctx; langchain-mcp-adapters 0.3.2 does so with config,
# runtime and run_manager. Each lets through what the other drops. The model is told that the
# argument is required, gives it, and hears that it is missing; nothing is logged.
# MCP Python SDK 2.3.0 and 1.30.0 below them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv agent-framework && agent-framework/bin/pip install -q --disable-pip-version-check agent-framework-core==1.23.0 mcp==2.3.0 tenacity==9.1.4 2>/dev/null
python3 -m venv langchain && langchain/bin/pip install -q --disable-pip-version-check langchain-mcp-adapters==0.3.2 mcp==1.30.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

names = ["question", "options", "session", "thread", "tools", "ctx", "config", "runtime", "run_manager"]
schema = {"type": "object", "required": names, "properties": {name: {"type": "string"} for name in names}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "polls", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "ask", "description": "start a poll", "inputSchema": schema}]}}
    if asked["method"] == "tools/call":
        answer = {"result": {"content": [{"type": "text", "text": " ".join(asked["params"]["arguments"])}]}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > agent-framework.py <<'PY'
import asyncio
from agent_framework import MCPStdioTool

async def main():
    async with MCPStdioTool(name="polls", command="python3", args=["server.py"]) as server:
        tool = server.functions[0]
        names = tool.parameters()["required"]
        print("asked for:", *names)
        print("agent-framework:", (await tool.invoke(arguments={name: "a, b" for name in names}))[0].text)

asyncio.run(main())
PY
cat > with-langchain.py <<'PY'
import asyncio
from langchain_mcp_adapters.client import MultiServerMCPClient

async def main():
    client = MultiServerMCPClient({"polls": {"transport": "stdio", "command": "python3", "args": ["server.py"]}})
    tool = (await client.get_tools())[0]
    print("langchain:", (await tool.ainvoke({name: "a, b" for name in tool.args_schema["required"]}))[0]["text"])

asyncio.run(main())
PY
export HOME=$tmp
out=$(agent-framework/bin/python agent-framework.py 2>/dev/null; langchain/bin/python with-langchain.py 2>/dev/null)
echo "$out"
[ "$out" = 'asked for: question options session thread tools ctx config runtime run_manager
agent-framework: question config runtime run_manager
langchain: question options session thread tools ctx' ]
echo 'as found'
