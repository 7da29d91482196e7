#!/usr/bin/env bash
# What a tool says about its failure never arrives, and each call has its own server.
#
# autogen-ext 0.7.5 turns a result with isError into an exception, as one would
# expect; but it does so inside a task group, and what the caller gets is
# "unhandled errors in a TaskGroup (1 sub-exception)" without the tool's text.
# Its mcp_server_tools also starts the server anew for listing and for each call:
# three processes for two calls, so nothing that a server remembers or has under
# way, such as a login that a person is about to finish, outlives one call.
# MCP Python SDK 1.30.0 on both sides.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check 'autogen-ext[mcp]==0.7.5' autogen-core==0.7.5 mcp==1.30.0 2>/dev/null
cat > server.py <<'PY'
from mcp.server.fastmcp import FastMCP

with open("started", "a") as f:
    f.write("one more\n")
server = FastMCP("phone-book")

@server.tool()
def find() -> str:
    """find people"""
    raise ValueError("open https://example.com/login first")

server.run()
PY
cat > client.py <<'PY'
import asyncio, sys
from autogen_core import CancellationToken
from autogen_ext.tools.mcp import StdioServerParams, mcp_server_tools

async def main():
    tools = await mcp_server_tools(StdioServerParams(command=sys.executable, args=["server.py"]))
    for _ in range(2):
        try:
            print("result", await tools[0].run_json({}, CancellationToken()))
        except BaseException as e:
            print(type(e).__name__, e)

asyncio.run(main())
PY
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"; echo "servers started: $(wc -l <started)"
[ "$(grep -c 'unhandled errors in a TaskGroup (1 sub-exception)' <<<"$out")" = 2 ]
[ "$(grep -c example.com <<<"$out")" = 0 ]
[ "$(wc -l <started)" = 3 ]
echo 'as found'
