#!/usr/bin/env bash
# A text is not sent because it could not be printed.
#
# A tool takes a text, and "see [/docs]" is one. One would expect what stands in it to be the
# server's business. upsonic 0.77.3 prints each call to the terminal before it makes it, with
# all arguments, and by rich, to which brackets are markup: "[docs]" is sent and missing from
# what is printed, and for "[/docs]" rich finds no beginning and throws. The call is then not
# made; what is thrown speaks of a closing tag, and of nothing that the tool knows.
# rich 15.0.0 and MCP Python SDK 1.30.0 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check upsonic==0.77.3 mcp==1.30.0 rich==15.0.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

schema = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    result = {}
    if asked["method"] == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "post", "version": "1"}}
    if asked["method"] == "tools/list":
        result = {"tools": [{"name": "send", "description": "send a text", "inputSchema": schema}]}
    if asked["method"] == "tools/call":
        result = {"content": [{"type": "text", "text": "sent " + asked["params"]["arguments"]["text"]}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > client.py <<'PY'
import asyncio
from rich.errors import MarkupError
from upsonic.tools.mcp import MCPHandler

async def main():
    handler = MCPHandler(command="python3 server.py")
    tool = handler.get_tools()[0]
    for text in ("see docs", "see [docs]", "see [/docs]"):
        try:
            print("server:", await tool.execute(text=text))
        except MarkupError as e:
            print("thrown:", e)
    await handler.close()

asyncio.run(main())
PY
export HOME=$tmp UPSONIC_TELEMETRY=false COLUMNS=120
out=$(venv/bin/python client.py 2>/dev/null | grep -E '^(Calling|server:|thrown:)')
echo "$out"
[ "$out" = "Calling MCP tool 'send' with args: {'text': 'see docs'}
server: sent see docs
Calling MCP tool 'send' with args: {'text': 'see '}
server: sent see [docs]
thrown: closing tag '[/docs]' at position 50 doesn't match any open tag" ]
echo 'as found'
