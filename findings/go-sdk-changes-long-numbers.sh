#!/usr/bin/env bash
# An int64 goes into a Go server and comes out as another.
#
# Identifiers of chats, posts and messages have 17 to 19 digits. That a program in JavaScript
# rounds them is known; of a tool in Go whose type says int64 one would expect the number
# that was sent. The MCP Go SDK 1.8.0 reads typed arguments by way of float64, to fill in
# defaults, and typed answers again: 9007199254740993 arrives as …992 and goes out as …992,
# nothing refused, nothing logged. With mcp-go 1.2.1 the same type keeps it, and so does text
# with both: an identifier is safe only as text.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/modelcontextprotocol/go-sdk@v1.8.0 github.com/mark3labs/mcp-go@v1.2.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

type post struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

func main() {
	if os.Args[1] == "go-sdk" {
		s := sdk.NewServer(&sdk.Implementation{Name: "board", Version: "1"}, nil)
		sdk.AddTool(s, &sdk.Tool{Name: "show"}, func(_ context.Context, _ *sdk.CallToolRequest, p post) (*sdk.CallToolResult, post, error) {
			fmt.Fprintln(os.Stderr, "go-sdk read", p.ID, p.Text)
			return nil, post{9007199254740993, "9007199254740993"}, nil
		})
		s.Run(context.Background(), &sdk.StdioTransport{})
		return
	}
	s := server.NewMCPServer("board", "1")
	s.AddTool(mcp.NewTool("show"), mcp.NewTypedToolHandler(func(_ context.Context, _ mcp.CallToolRequest, p post) (*mcp.CallToolResult, error) {
		fmt.Fprintln(os.Stderr, "mcp-go read", p.ID, p.Text)
		return mcp.NewToolResultStructured(post{9007199254740993, "9007199254740993"}, ""), nil
	}))
	server.ServeStdio(s)
}
GO
go mod tidy >>go.log 2>&1 && go build -o board .
cat > client.py <<'PY'
import json, subprocess

for library in ("go-sdk", "mcp-go"):
    board = subprocess.Popen(["./board", library], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ask(id, method, params):
        print(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}), file=board.stdin, flush=True)
        return json.loads(board.stdout.readline())["result"]

    ask(1, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "reader", "version": "1"}})
    print(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}), file=board.stdin, flush=True)
    answer = ask(2, "tools/call", {"name": "show", "arguments": {"id": 9007199254740993, "text": "9007199254740993"}})
    print(board.stderr.readline().strip())
    print(library, "wrote", answer["structuredContent"]["id"], answer["structuredContent"]["text"])
    board.stdin.close()
PY
out=$(python3 client.py)
echo "$out"
[ "$out" = 'go-sdk read 9007199254740992 9007199254740993
go-sdk wrote 9007199254740992 9007199254740993
mcp-go read 9007199254740993 9007199254740993
mcp-go wrote 9007199254740993 9007199254740993' ]
echo 'as found'
