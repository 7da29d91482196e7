#!/usr/bin/env bash
# Progress arrives when there is nothing left to wait for.
#
# A tool reports progress three times and then returns. The protocol wants progress
# to stop once the result is there. A stdio server of mcp-go 1.2.1 puts notifications
# into a queue that a goroutine of its own writes out, and the result past it: of 30
# calls, one after the other, the result of each is on stdout before the last of
# its progress. Clients drop that: they know no such call any more.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/mark3labs/mcp-go@v1.2.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("oven", "1")
	s.AddTool(mcp.NewTool("bake"), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for i := 1; i <= 3; i++ {
			progress := map[string]any{"progressToken": r.Params.Meta.ProgressToken, "progress": i}
			if err := server.ServerFromContext(ctx).SendNotificationToClient(ctx, "notifications/progress", progress); err != nil {
				return nil, err
			}
		}
		return mcp.NewToolResultText("a cake"), nil
	})
	if err := server.ServeStdio(s); err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o oven .
cat > client.py <<'PY'
import json, subprocess

oven = subprocess.Popen(["./oven"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), file=oven.stdin, flush=True)

send(id=0, method="initialize", params={"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "client", "version": "1"}})
oven.stdout.readline()
send(method="notifications/initialized")
late = 0
for call in range(1, 31):
    send(id=call, method="tools/call", params={"name": "bake", "arguments": {}, "_meta": {"progressToken": call}})
    lines = [json.loads(oven.stdout.readline()) for _ in range(4)]
    late += "id" not in lines[-1]
print(late)
oven.stdin.close()
PY
late=$(python3 client.py)
echo "calls of 30 with progress behind their result: $late"
[ "$late" -ge 20 ]
echo 'as found'
