#!/usr/bin/env bash
# A model is asked for a place, and not told what a place is.
#
# A schema says what an object holds in one of two ways: in its place, or under "$defs" with a
# reference to it, which is what most libraries make of a class. One would expect a model to
# read either. camel-ai 0.2.90 and qwen-agent 0.0.34 put together a new schema from the
# properties and the required names: the reference goes to the model, what it refers to does
# not. llama-index-tools-mcp 0.6.0 keeps that, and of an object described in its place leaves
# {"additionalProperties": true}: neither its fields nor which of them have to be there.
# MCP Python SDK 1.30.0 and 2.3.0 below them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
install() { python3 -m venv "$1" && "$1/bin/pip" install -q --disable-pip-version-check "${@:2}" 2>/dev/null; }
install camel-ai camel-ai==0.2.90 mcp==1.30.0
install qwen-agent qwen-agent==0.0.34 mcp==1.30.0 numpy==2.4.6 soundfile==0.14.0 python-dateutil==4.0.0 tqdm==4.70.1
install llama-index llama-index-tools-mcp==0.6.0 mcp==2.3.0
cat > server.py <<'PY'
import json, sys

place = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string", "description": "in capitals"}}}
schema = {"type": "object", "required": ["in_place", "by_reference"],
    "properties": {"in_place": place, "by_reference": {"$ref": "#/$defs/Place"}}, "$defs": {"Place": place}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "map", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "find", "description": "find it", "inputSchema": schema}]}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > told.py <<'PY'
def told(name, schema):
    definitions = schema.get("$defs", {})
    for key, value in schema["properties"].items():
        value = definitions.get(value["$ref"].rsplit("/")[-1], value) if "$ref" in value else value
        print(f"{name} {key}:", value.get("properties", {}).get("city", {}).get("description"))
PY
cat > with-camel-ai.py <<'PY'
import asyncio
from camel.utils.mcp_client import MCPClient
from told import told

async def main():
    async with MCPClient({"command": "python3", "args": ["server.py"]}) as client:
        told("camel-ai", client.get_tools()[0].get_openai_tool_schema()["function"]["parameters"])

asyncio.run(main())
PY
cat > with-qwen-agent.py <<'PY'
from qwen_agent.tools.mcp_manager import MCPManager
from told import told

tools = MCPManager().initConfig({"mcpServers": {"map": {"command": "python3", "args": ["server.py"]}}})
told("qwen-agent", tools[0].function["parameters"])
PY
cat > with-llama-index.py <<'PY'
import asyncio
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec
from told import told

async def main():
    tools = await McpToolSpec(BasicMCPClient("python3", args=["server.py"])).to_tool_list_async()
    told("llama-index", tools[0].metadata.to_openai_tool()["function"]["parameters"])

asyncio.run(main())
PY
export HOME=$tmp
out=$(for library in camel-ai qwen-agent llama-index; do
    "$library/bin/python" "with-$library.py" 2>/dev/null | grep "^$library "
done)
echo "$out"
[ "$out" = 'camel-ai in_place: in capitals
camel-ai by_reference: None
qwen-agent in_place: in capitals
qwen-agent by_reference: None
llama-index in_place: None
llama-index by_reference: in capitals' ]
echo 'as found'
