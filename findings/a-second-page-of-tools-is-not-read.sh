#!/usr/bin/env bash
# Tools beyond the first page do not exist.
#
# tools/list may answer by pages: nextCursor says that there is more. One would expect clients
# to ask on, as the SDKs below them can. llama-index-tools-mcp 0.6.0, mcp-haystack 2.1.1
# and mcp-use 1.7.1 take the first page for the whole, and say nothing; langchain-mcp-adapters
# 0.3.2 reads both. Which tools a model has so depends on where a server cuts: whoever wants
# them seen answers in one page, however long. MCP Python SDK 2.3.0 and 1.30.0 below them.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
cat > server.py <<'PY'
import json, sys

for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "shelf", "version": "1"}}}
    if asked["method"] == "tools/list":
        second = "cursor" in (asked.get("params") or {})
        tool = {"name": "second" if second else "first", "description": "a tool", "inputSchema": {"type": "object", "properties": {}}}
        answer = {"result": {"tools": [tool], **({} if second else {"nextCursor": "2"})}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > llama-index-tools-mcp.py <<'PY'
import asyncio
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec
print(*[tool.metadata.name for tool in asyncio.run(McpToolSpec(client=BasicMCPClient("python3", args=["server.py"])).to_tool_list_async())])
PY
cat > mcp-haystack.py <<'PY'
from haystack_integrations.tools.mcp import MCPToolset, StdioServerInfo
tools = MCPToolset(StdioServerInfo(command="python3", args=["server.py"]), eager_connect=True)
print(*[tool.name for tool in tools])
tools.close()
PY
cat > mcp-use.py <<'PY'
import asyncio
from mcp_use import MCPClient
from mcp_use.agents.adapters.langchain_adapter import LangChainAdapter

async def main():
    client = MCPClient({"mcpServers": {"shelf": {"command": "python3", "args": ["server.py"]}}})
    print(*[tool.name for tool in await LangChainAdapter().create_tools(client)])
    await client.close_all_sessions()

asyncio.run(main())
PY
cat > langchain-mcp-adapters.py <<'PY'
import asyncio
from langchain_mcp_adapters.client import MultiServerMCPClient
print(*[tool.name for tool in asyncio.run(MultiServerMCPClient({"shelf": {"transport": "stdio", "command": "python3", "args": ["server.py"]}}).get_tools())])
PY
export HOME=$tmp MCP_USE_ANONYMIZED_TELEMETRY=false
out=$(for package in llama-index-tools-mcp==0.6.0 mcp-haystack==2.1.1 mcp-use==1.7.1 langchain-mcp-adapters==0.3.2; do
    sdk=mcp==2.3.0; case $package in mcp-use*|langchain*) sdk=mcp==1.30.0;; esac
    python3 -m venv venv --clear && venv/bin/pip install -q --disable-pip-version-check "$package" "$sdk" 2>/dev/null
    echo "$package: $(venv/bin/python "${package%%==*}.py" 2>/dev/null | tail -1)"
done)
echo "$out"
[ "$out" = 'llama-index-tools-mcp==0.6.0: first
mcp-haystack==2.1.1: first
mcp-use==1.7.1: first
langchain-mcp-adapters==0.3.2: first second' ]
echo 'as found'
