#!/usr/bin/env bash
# Between a server and its client stands a proxy that asks for progress and keeps it.
#
# mcp-proxy 0.13.0 makes a stdio server reachable by HTTP. A client asks for progress with a
# token, and takes a call back with notifications/cancelled; one would expect both to get
# through, as calls do. The proxy asks the server for progress with a token of its own, and
# none of what the server reports arrives; of the cancel the server never hears, though the
# proxy answers 202, and the work goes on to its end. Supergateway 4.0.0 passes both on.
set -euo pipefail
tmp=$(mktemp -d); trap 'kill ${proxies:-} 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check mcp-proxy==0.13.0 mcp==1.30.0 2>/dev/null
npm install --silent --no-audit --no-fund --prefix . supergateway@4.0.0 >/dev/null 2>&1
cat > server.py <<'PY'
import json, sys, threading

def say(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def bake(asked, taken_back):
    token, seen = asked["params"]["_meta"]["progressToken"], False
    for step in range(10):
        say(method="notifications/progress", params={"progressToken": token, "progress": step, "total": 10})
        seen = seen or taken_back.wait(0.2)
    with open(sys.argv[1], "w") as log:
        log.write("taken back" if seen else "baked on")
    if not seen:
        say(id=asked["id"], result={"content": [{"type": "text", "text": "a cake"}]})

taken_back = threading.Event()
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") == "notifications/cancelled":
        taken_back.set()
    if asked.get("method") == "initialize":
        say(id=asked["id"], result={"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "oven", "version": "1"}})
    if asked.get("method") == "tools/list":
        say(id=asked["id"], result={"tools": [{"name": "bake", "inputSchema": {"type": "object"}}]})
    if asked.get("method") == "tools/call":
        threading.Thread(target=bake, args=(asked, taken_back)).start()
PY
cat > client.py <<'PY'
import http.client, json, os, sys, threading, time

name, port = sys.argv[1], int(sys.argv[2])
headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

def post(**message):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/mcp", json.dumps({"jsonrpc": "2.0", **message}), headers)
    return connection.getresponse()

hello = post(id=1, method="initialize", params={"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "cook", "version": "1"}})
hello.readline()
headers |= {"Mcp-Session-Id": hello.getheader("Mcp-Session-Id"), "Mcp-Protocol-Version": "2025-11-25"}
post(method="notifications/initialized").read()
answer, progress = post(id=2, method="tools/call", params={"name": "bake", "arguments": {}, "_meta": {"progressToken": "p"}}), []

def listen():
    for line in answer:
        if b"notifications/progress" in line:
            progress.append(line)

threading.Thread(target=listen, daemon=True).start()
time.sleep(1)
taken = post(method="notifications/cancelled", params={"requestId": 2}).status
while not os.path.exists(name):
    time.sleep(0.1)
print(name, "progress" if progress else "no progress", taken, open(name).read())
PY
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
ready() { for _ in $(seq 300); do (: > "/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; }
one=$(free) two=$(free)
venv/bin/mcp-proxy --port "$one" -- python3 server.py mcp-proxy >/dev/null 2>&1 & proxies=$!
node node_modules/supergateway/dist/index.js --stdio 'python3 server.py supergateway' --outputTransport streamableHttp --stateful --port "$two" >/dev/null 2>&1 & proxies+=" $!"
ready "$one"; ready "$two"
out=$(python3 client.py mcp-proxy "$one"; python3 client.py supergateway "$two")
echo "$out"
[ "$out" = 'mcp-proxy no progress 202 baked on
supergateway progress 202 taken back' ]
echo 'as found'
