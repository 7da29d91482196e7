#!/usr/bin/env bash
# A server that starts well never says which tools it has.
#
# mcp.NewTool with the option WithRawInputSchema is how one would give a tool a
# schema written by hand. It compiles, the server starts and answers ping; but with
# mcp-go 1.2.1 tools/list gets no answer, neither a list nor an error: NewTool has set
# the other kind of schema before, a tool with both cannot be encoded, and that is
# said on stderr only. One such tool takes all others with it. NewToolWithRawSchema
# makes the same tool without the fault.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/mark3labs/mcp-go@v1.2.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"context"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	schema := []byte(`{"type":"object"}`)
	tool := mcp.NewToolWithRawSchema("find", "find people", schema)
	if os.Args[1] == "option" {
		tool = mcp.NewTool("find", mcp.WithDescription("find people"), mcp.WithRawInputSchema(schema))
	}
	s := server.NewMCPServer("phone-book", "1")
	s.AddTool(tool, func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText("nobody"), nil
	})
	if err := server.ServeStdio(s); err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o server .
answers() { # the ids of what is answered within three seconds
  { printf '%s\n' '{"jsonrpc":"2.0","id":"list","method":"tools/list","params":{}}' '{"jsonrpc":"2.0","id":"ping","method":"ping"}'; sleep 3; } |
    ./server "$1" 2>log | grep -o '"id":"[a-z]*"' | sort | paste -sd' '
}
for way in function option; do printf '%-9s %s\n' "$way" "$(answers "$way")"; done
grep -o 'tool find has both.*' log
[ "$(answers function)" = '"id":"list" "id":"ping"' ]
[ "$(answers option)" = '"id":"ping"' ]
echo 'as found'
