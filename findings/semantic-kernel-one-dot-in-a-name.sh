#!/usr/bin/env bash
# One tool's name keeps a kernel from having any tool of that server.
#
# The protocol (2025-11-25) allows a tool's name letters, digits, "_", "-" and ".", and servers
# group by dots: "files.read". semantic-kernel 1.45.0 makes of each tool a function of its own,
# whose name may have no dot. One would expect it to give that tool another name, as it may, or
# to leave it out; but connecting ends well, and add_plugin then throws for the whole server.
# The name of the tool is not in what it throws. MCP Python SDK 1.30.0 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check 'semantic-kernel[mcp]==1.45.0' mcp==1.30.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "office", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": name, "description": name, "inputSchema": {"type": "object", "properties": {}}} for name in sys.argv[1:]]}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.py <<'PY'
import asyncio
from semantic_kernel import Kernel
from semantic_kernel.connectors.mcp import MCPStdioPlugin
from semantic_kernel.exceptions import FunctionInitializationError

async def main():
    for names in (["now", "files-read"], ["now", "files.read"]):
        async with MCPStdioPlugin(name="office", command="python3", args=["server.py", *names]) as plugin:
            try:
                print(*names, "->", *Kernel().add_plugin(plugin).functions)
            except FunctionInitializationError as e:
                print(*names, "->", e)

asyncio.run(main())
PY
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = 'now files-read -> files-read now
now files.read -> KernelFunction failed to initialize: Failed to create KernelFunctionMetadata' ]
echo 'as found'
