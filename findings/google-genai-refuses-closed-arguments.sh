#!/usr/bin/env bash
# A tool that says which arguments it takes, and no others, takes its whole server away.
#
# "additionalProperties": false in the schema of a tool's arguments is what most SDKs write
# there, and many validators ask for. google-genai 3.6.1 takes an MCP session among its tools
# (MCP Python SDK 2.3.0); where one tool of the server says so, nothing is asked of the model:
# "'bool' object has no attribute 'items'", without the tool's name. With a schema in place of
# false, or without the word, the model is asked. The model here is a server on loopback.
set -euo pipefail
tmp=$(mktemp -d); trap 'kill "${model:-}" 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check google-genai==3.6.1 mcp==2.3.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

schema = {"type": "object", "properties": {"name": {"type": "string"}}, **json.loads(sys.argv[1])}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "phone-book", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "find", "description": "find people", "inputSchema": schema}]}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > model.py <<'PY'
import http.server, json

class Model(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = "asked with " + asked["tools"][0]["functionDeclarations"][0]["name"]
        body = json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": said}]}, "finishReason": "STOP"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Model)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 model.py > port & model=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
cat > client.py <<'PY'
import asyncio, json, sys
from google import genai
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    client = genai.Client(api_key="none", http_options={"base_url": f"http://127.0.0.1:{sys.argv[1]}"})
    for more in ({}, {"additionalProperties": {"type": "string"}}, {"additionalProperties": False}):
        server = StdioServerParameters(command="python3", args=["server.py", json.dumps(more)])
        async with stdio_client(server) as pipes, ClientSession(*pipes) as session:
            await session.initialize()
            try:
                answer = await client.aio.models.generate_content(model="gemini-2.5-flash", contents="go", config={"tools": [session]})
                print(json.dumps(more), answer.text)
            except AttributeError as e:
                print(json.dumps(more), e)

asyncio.run(main())
PY
out=$(venv/bin/python client.py "$(cat port)" 2>/dev/null)
echo "$out"
[ "$out" = "{} asked with find
{\"additionalProperties\": {\"type\": \"string\"}} asked with find
{\"additionalProperties\": false} 'bool' object has no attribute 'items'" ]
echo 'as found'
