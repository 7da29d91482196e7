#!/usr/bin/env bash
# A server's question goes to another server's client.
#
# Two MCP servers in one process, each with two pipes of its own to a client of its
# own, as in a test suite whose tests run side by side. A tool of the first asks its
# person (elicitation/create). In mcp-go 1.2.1 all StdioServer values share one
# session, and what a server asks is written to the output that was served last: the
# question of the first arrives at the client of the second, whose answer it gets.
# Results of calls go to the right client.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/mark3labs/mcp-go@v1.2.1 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type peer struct {
	in    io.Writer
	lines *bufio.Scanner
}

// start serves one client over two pipes and makes its handshake.
func start(name string) peer {
	s := server.NewMCPServer(name, "1")
	s.AddTool(mcp.NewTool("ring"), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		answer, err := server.ServerFromContext(ctx).RequestElicitation(ctx, mcp.ElicitationRequest{Params: mcp.ElicitationParams{
			Message:         name + ": ring?",
			RequestedSchema: map[string]any{"type": "object", "properties": map[string]any{"loud": map[string]any{"type": "boolean"}}},
		}})
		if err != nil {
			return nil, err
		}
		return mcp.NewToolResultText(string(answer.Action)), nil
	})
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	go server.NewStdioServer(s).Listen(context.Background(), fromClient, toClient)
	p := peer{toServer, bufio.NewScanner(fromServer)}
	fmt.Fprintln(p.in, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"c","version":"1"}}}`)
	p.lines.Scan()
	fmt.Fprintln(p.in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	return p
}

func main() {
	first, second := start("first"), start("second")
	fmt.Fprintln(first.in, `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"ring"}}`)
	got := make(chan string)
	for name, p := range map[string]peer{"first": first, "second": second} {
		go func() {
			for p.lines.Scan() {
				got <- "the client of the " + name + " server is sent " + p.lines.Text()
			}
		}()
	}
	fmt.Println(<-got)
}
GO
go mod tidy >>go.log 2>&1
go run . | tee asked
grep -q '^the client of the second server is sent .*"method":"elicitation/create".*"first: ring?"' asked
echo 'as found'
