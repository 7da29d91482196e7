#!/usr/bin/env bash
# "Kim 12" and "3 Lee" reach the model as "Kim 123 Lee", or as "Kim 12".
#
# A tool's answer is a list, and servers put several texts into it: one for each item found, a
# result and a hint. One would expect all of them to arrive, each by itself. @genkit-ai/mcp
# 1.42.0 joins them with nothing between, so that two numbers can become a third; camel-ai
# 0.2.90 and praisonaiagents 1.7.17 read the first and leave out the others, without a word;
# agno 3.1.10 writes each on its line. Whoever wants all of it read answers in one text.
# MCP TypeScript SDK below the first, MCP Python SDK 1.30.0 and FastMCP 4.2.3 below the others.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-fund --no-audit @genkit-ai/mcp@1.42.0 genkit@1.42.0 >npm.log 2>&1
for package in camel-ai==0.2.90 praisonaiagents==1.7.17; do
    python3 -m venv "$package" && "$package/bin/pip" install -q --disable-pip-version-check "$package" mcp==1.30.0 2>/dev/null
done
python3 -m venv "agno==3.1.10" && "agno==3.1.10/bin/pip" install -q --disable-pip-version-check agno==3.1.10 fastmcp==4.2.3 2>/dev/null
cat > server.py <<'PY'
import json, sys

texts = [{"type": "text", "text": text} for text in ("Kim 12", "3 Lee")]
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "ping":
        answer = {"result": {}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "list", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "find", "description": "find it", "inputSchema": {"type": "object", "properties": {}}}]}}
    if asked["method"] == "tools/call":
        answer = {"result": {"content": texts}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > genkit.mjs <<'JS'
import { createMcpClient } from '@genkit-ai/mcp';
import { genkit } from 'genkit';

const client = createMcpClient({ name: 'list', mcpServer: { command: 'python3', args: ['server.py'] } });
await client.ready();
const [find] = await client.getActiveTools(genkit({}));
console.log('genkit:', JSON.stringify(await find({})));
process.exit();
JS
cat > with-camel-ai.py <<'PY'
import asyncio, json
from camel.utils.mcp_client import MCPClient

async def main():
    async with MCPClient({"command": "python3", "args": ["server.py"]}) as client:
        print("camel-ai:", json.dumps(await client.get_tools()[0].func.async_call()))

asyncio.run(main())
PY
cat > with-praisonaiagents.py <<'PY'
import json
from praisonaiagents.mcp import MCP

server = MCP("python3 server.py")
print("praisonaiagents:", json.dumps(list(server)[0]()))
server.shutdown()
PY
cat > with-agno.py <<'PY'
import asyncio, json
from agno.tools.mcp import MCPTools

async def main():
    async with MCPTools(command="python3 server.py") as tools:
        print("agno:", json.dumps((await tools.functions["find"].entrypoint()).content))

asyncio.run(main())
PY
export HOME=$tmp
out=$(node genkit.mjs 2>/dev/null
for package in camel-ai==0.2.90 praisonaiagents==1.7.17 agno==3.1.10; do
    "$package/bin/python" "with-${package%%==*}.py" 2>/dev/null | grep '^[a-z-]*: '
done)
echo "$out"
[ "$out" = 'genkit: "Kim 123 Lee"
camel-ai: "Kim 12"
praisonaiagents: "Kim 12"
agno: "Kim 12\n3 Lee"' ]
echo 'as found'
