#!/usr/bin/env bash
# Four words that cannot be sent.
#
# A tool takes a text. A model writes one into the JSON of its call, as a string. One would
# expect that string at the server. agno 3.1.10 looks into each string first: "true" and
# "false", in any case and with blanks around, become booleans, "none" and "null" become null,
# whatever type the tool has declared. A person who answers "True" to a friend or is called
# None sends something that is no text: a server which keeps to its schema refuses it, and one
# with a default takes that. The model here is a server on loopback.
# FastMCP 4.2.3 and openai 3.57.0 below it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check agno==3.1.10 fastmcp==4.2.3 openai==3.57.0 2>/dev/null
cat > server.py <<'PY'
import json, sys

schema = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "ping":
        answer = {"result": {}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "post", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": [{"name": "send", "description": "send a text", "inputSchema": schema}]}}
    if asked["method"] == "tools/call":
        answer = {"result": {"content": [{"type": "text", "text": json.dumps(asked["params"]["arguments"])}]}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.py <<'PY'
import asyncio, json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from agno.agent import Agent
from agno.models.openai import OpenAIChat
from agno.tools.mcp import MCPTools

class Model(BaseHTTPRequestHandler):
    def do_POST(self):
        last = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"][-1]
        if last["role"] == "tool":
            print(last["content"])
            message = {"role": "assistant", "content": "done"}
        else:
            call = {"name": "send", "arguments": json.dumps({"text": last["content"]})}
            message = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": call}]}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

model = HTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=model.serve_forever, daemon=True).start()

async def main():
    async with MCPTools(command="python3 server.py") as tools:
        for text in ("yes", "True", " false\n", "None", "null"):
            print(repr(text), end=" ", flush=True)
            chat = OpenAIChat(id="m", api_key="none", base_url=f"http://127.0.0.1:{model.server_port}/v1")
            await Agent(model=chat, tools=[tools], telemetry=False).arun(text)

asyncio.run(main())
PY
out=$(HOME=$tmp venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = "'yes' {\"text\": \"yes\"}
'True' {\"text\": true}
' false\\n' {\"text\": false}
'None' {\"text\": null}
'null' {\"text\": null}" ]
echo 'as found'
