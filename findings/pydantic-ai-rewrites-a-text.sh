#!/usr/bin/env bash
# What a tool said as text reaches the model as another text.
#
# A tool answers with one text, the contents of a file. One would expect the model to read
# just that. Where the text is a JSON object or list, pydantic-ai 2.68.0 reads it and writes
# it anew for the model: line breaks and indentation are gone, 1.50 has become 1.5, 1e3 has
# become 1000.0, and of a key that stands twice one is left. A model that is to change such a
# file by the lines it has read looks for lines that are not there. A text that begins
# with anything else arrives as it was. FastMCP 4.2.3 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check 'pydantic-ai-slim[mcp]==2.68.0' fastmcp==4.2.3 2>/dev/null
cat > server.py <<'PY'
import json, sys

files = {"prices": '{\n  "tea": 1.50,\n  "coal": 1e3\n}', "notes": '# prices\n{"tea": 1.50}'}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "files", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": name, "description": "read it", "inputSchema": {"type": "object", "properties": {}}} for name in files]}}
    if asked["method"] == "tools/call":
        answer = {"result": {"content": [{"type": "text", "text": files[asked["params"]["name"]]}]}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.py <<'PY'
import asyncio
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset, StdioTransport
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import FunctionModel

def model(messages, info):
    if len(messages) == 1:
        return ModelResponse(parts=[ToolCallPart("prices", {}), ToolCallPart("notes", {})])
    for part in messages[-1].parts:
        print(repr(part.model_response_str()))  # what a model gets
    return ModelResponse(parts=[TextPart("bye")])

async def main():
    async with Agent(FunctionModel(model), toolsets=[MCPToolset(StdioTransport("python3", ["server.py"]))]) as agent:
        await agent.run("go")

asyncio.run(main())
PY
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = "'{\"tea\":1.5,\"coal\":1000.0}'
'# prices\\n{\"tea\": 1.50}'" ]
echo 'as found'
