#!/usr/bin/env bash
# What a tool's schema says about an argument, the model hardly learns.
#
# A tool declares limit as an integer from 1 to 100, 10 by default, and a list of at
# most five names. Codex CLI 0.171.0 reads the schema, and hands the model type,
# description and enum; minimum, maximum, default and maxItems are gone, without a
# word. A model cannot keep to what it is not told: such bounds have to stand in the
# description. Seen in Codex's own request to a model, here a server on loopback.
set -euo pipefail
tmp=$(mktemp -d); trap 'kill "${model:-}" 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @openai/codex@0.171.0 >/dev/null 2>&1
cat > server.py <<'PY'
import json, sys

schema = {"type": "object", "properties": {
    "limit": {"type": "integer", "description": "rows", "minimum": 1, "maximum": 100, "default": 10},
    "names": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
    "order": {"type": "string", "enum": ["name", "age"]}}}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    method, result = asked["method"], {}
    if method == "initialize":
        result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "phone-book", "version": "1"}}
    if method == "tools/list":
        result = {"tools": [{"name": "find", "description": "find people", "inputSchema": schema}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > model.py <<'PY'
import http.server, json

class Model(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if not self.path.endswith("/responses"):
            return self.send_error(404)
        with open("request.json", "wb") as f:
            f.write(asked)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        said = {"type": "message", "role": "assistant", "id": "m", "content": [{"type": "output_text", "text": "bye"}]}
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        for event in ({"type": "response.created", "response": {"id": "r"}},
                      {"type": "response.output_item.done", "output_index": 0, "item": said},
                      {"type": "response.completed", "response": {"id": "r", "object": "response", "status": "completed", "output": [], "usage": usage}}):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Model)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 model.py > port & model=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
mkdir -p home/.codex
cat > home/.codex/config.toml <<TOML
model = "scripted"
model_provider = "scripted"
[model_providers.scripted]
name = "scripted"
base_url = "http://127.0.0.1:$(cat port)/v1"
wire_api = "responses"
[mcp_servers.phone-book]
command = "python3"
args = ["$tmp/server.py"]
TOML
HOME=$tmp/home node_modules/.bin/codex exec --skip-git-repo-check go </dev/null >log 2>&1
out=$(python3 - <<'PY'
import json

def arguments(value):
    if isinstance(value, dict):
        if "limit" in value and "names" in value:
            print(json.dumps(value, sort_keys=True))
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            arguments(inner)

with open("request.json") as f:
    arguments(json.load(f)["tools"])
PY
)
echo "$out"
[ "$out" = '{"limit": {"description": "rows", "type": "integer"}, "names": {"items": {"type": "string"}, "type": "array"}, "order": {"enum": ["name", "age"], "type": "string"}}' ]
echo 'as found'
