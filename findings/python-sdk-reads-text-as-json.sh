#!/usr/bin/env bash
# A text that may be left out is not always the text that was sent.
#
# Two tools take a text: text: str, and text: str | None = None. One would expect both to get
# what the model wrote. The MCP Python SDK (2.3.0 as well as 1.30.0) reads it as JSON first
# where the type is not str alone: "null" becomes None, as if nothing had been sent, and a
# text that is a JSON list or object, such as a snippet to pass on, is refused as "not a valid
# string". FastMCP 4.2.3, with the same two functions, hands on every text as it is.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
for package in mcp==2.3.0 mcp==1.30.0 fastmcp==4.2.3; do
    python3 -m venv "$package" && "$package/bin/pip" install -q --disable-pip-version-check "$package" 2>/dev/null
done
cat > server.py <<'PY'
import sys

if sys.argv[1] == "mcp==2.3.0":
    from mcp.server.mcpserver import MCPServer as Server
elif sys.argv[1] == "mcp==1.30.0":
    from mcp.server.fastmcp import FastMCP as Server
else:
    from fastmcp import FastMCP as Server
server = Server("notes")

@server.tool()
def whole(text: str) -> str:
    return repr(text)

@server.tool()
def optional(text: str | None = None) -> str:
    return repr(text)

server.run()
PY
cat > client.py <<'PY'
import json, subprocess, sys

for package in sys.argv[1:]:
    server = subprocess.Popen([package + "/bin/python", "server.py", package], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(method, params):
        print(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}), file=server.stdin, flush=True)
        return json.loads(server.stdout.readline())["result"]

    ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "client", "version": "1"}})
    print(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}), file=server.stdin, flush=True)
    for tool in ("whole", "optional"):
        got = []
        for text in ("null", "[1, 2]", '{"a": 1}', "true"):
            result = ask("tools/call", {"name": tool, "arguments": {"text": text}})
            got.append("refused" if result["isError"] else result["content"][0]["text"])
        print(package, tool, *got)
    server.stdin.close()
PY
out=$(python3 client.py mcp==2.3.0 mcp==1.30.0 fastmcp==4.2.3)
echo "$out"
[ "$out" = "mcp==2.3.0 whole 'null' '[1, 2]' '{\"a\": 1}' 'true'
mcp==2.3.0 optional None refused refused 'true'
mcp==1.30.0 whole 'null' '[1, 2]' '{\"a\": 1}' 'true'
mcp==1.30.0 optional None refused refused 'true'
fastmcp==4.2.3 whole 'null' '[1, 2]' '{\"a\": 1}' 'true'
fastmcp==4.2.3 optional 'null' '[1, 2]' '{\"a\": 1}' 'true'" ]
echo 'as found'
