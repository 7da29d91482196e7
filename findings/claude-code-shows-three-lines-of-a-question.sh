#!/usr/bin/env bash
# Whoever answers a server's question has seen the first three lines of it.
#
# A server asks by elicitation/create, with a message of six lines and one field.
# Claude Code 2.1.332 shows the first three and "… (+3 more lines)" on a terminal of
# 80 columns and 40 rows, half of which stays empty. None of the keys that it names
# shows the rest; ctrl+o, which unfolds what it folds elsewhere, shows the
# conversation without the question. What is to be agreed to, an amount or a text
# that goes out, has to stand in three lines. The model is a server on loopback.
set -euo pipefail
tmp=$(mktemp -d)
cleanup() {
  pkill -9 -f "^$tmp/node_modules" || true # it would go on writing
  tmux -S "$tmp/tmux" kill-server 2>/dev/null || true
  kill "${model:-}" 2>/dev/null || true
  for _ in $(seq 20); do rm -rf "$tmp" 2>/dev/null && break; sleep 0.5; done
}
trap cleanup EXIT
"$(dirname "$0")/../.ci/packages" tmux
cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @anthropic-ai/claude-code@2.1.332 >/dev/null 2>&1
cat > server.py <<'PY'
import json, sys

def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

lines = ["the first line", "the second line", "the third line", "the fourth line", "the fifth line", "the sixth line"]
form = {"type": "object", "properties": {"answer": {"type": "string", "enum": ["yes", "no"], "default": "yes"}}, "required": ["answer"]}
for line in sys.stdin:
    asked = json.loads(line)
    method = asked.get("method")
    if "id" not in asked or not method:
        continue
    if method == "initialize":
        send(id=asked["id"], result={"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "bank", "version": "1"}})
    elif method == "tools/list":
        send(id=asked["id"], result={"tools": [{"name": "pay", "description": "pay a bill", "inputSchema": {"type": "object", "properties": {}}}]})
    elif method == "tools/call":
        send(id="question", method="elicitation/create", params={"mode": "form", "message": "\n".join(lines), "requestedSchema": form})
    else:
        send(id=asked["id"], error={"code": -32601, "message": "Method not found"})
PY
cat > model.py <<'PY'
import http.server, json

class Model(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)))
        names = [tool["name"] for tool in asked.get("tools", [])]
        called = [name for name in ("WaitForMcpServers", "mcp__bank__pay") if f'"name": "{name}"' in json.dumps(asked["messages"])]
        call = "mcp__bank__pay" if "mcp__bank__pay" in names else "WaitForMcpServers" if "WaitForMcpServers" in names else ""
        say = {"type": "text", "text": ""}
        if call in called:
            call = ""
        if call:
            say = {"type": "tool_use", "id": "call_" + call, "name": call, "input": {}}
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {"id": "m", "type": "message", "role": "assistant", "model": asked["model"], "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
        delta = {"type": "input_json_delta", "partial_json": "{}"} if call else {"type": "text_delta", "text": "bye"}
        stop = "tool_use" if call else "end_turn"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for event in ({"type": "message_start", "message": message},
                      {"type": "content_block_start", "index": 0, "content_block": say},
                      {"type": "content_block_delta", "index": 0, "delta": delta},
                      {"type": "content_block_stop", "index": 0},
                      {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
                      {"type": "message_stop"}):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 model.py > port & model=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
mkdir -p home work
cat > home/.claude.json <<JSON
{"hasCompletedOnboarding": true, "theme": "dark", "numStartups": 5, "projects": {"$tmp/work": {"hasTrustDialogAccepted": true}},
 "customApiKeyResponses": {"approved": ["not-a-key"], "rejected": []},
 "mcpServers": {"bank": {"type": "stdio", "command": "python3", "args": ["$tmp/server.py"]}}}
JSON
tmux -u -S tmux new-session -d -x 80 -y 40 -c "$tmp/work" env -i HOME="$tmp/home" PATH="$PATH" TERM=xterm-256color LANG=C.UTF-8 \
  ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat port)" ANTHROPIC_API_KEY=not-a-key ENABLE_TOOL_SEARCH=false MCP_CONNECTION_NONBLOCKING=false \
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1 "$tmp/node_modules/.bin/claude" --allowedTools mcp__bank
screen() { tmux -S tmux capture-pane -p; }
await() { for _ in $(seq 600); do screen | grep -q "$1" && return; sleep 0.1; done; screen; echo "never shown: $1"; exit 1; }
await '❯'
tmux -S tmux send-keys -l 'pay the bill'; sleep 1; tmux -S tmux send-keys Enter
await 'the first line'
await '+3 more lines'
screen | grep -v '^ *$' | tee shown
[ "$(screen | grep -c '^ *$')" -ge 10 ]
tmux -S tmux send-keys C-o
await 'detailed transcript'
screen >>shown
grep -q 'the third line' shown
[ "$(grep -c 'the fourth line' shown)" = 0 ]
echo 'as found'
