#!/usr/bin/env bash
# A tool has done its work, and its answer is refused by the schema made of its own type.
#
# mcp.AddTool of the MCP Go SDK 1.8.0 derives the output schema from the Go type that the
# tool returns, and checks each answer against it. One would expect every value of the type to
# pass. Bytes are described as a list of numbers and written as base64; so are identifiers
# like uuid.UUID, written as text; an empty map that nobody made is written as null. Each such
# call ends in a protocol error after the tool has run, so a caller may well do it again.
# A slice that nobody made is written as null as well, and passes. google/uuid 1.6.0.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/modelcontextprotocol/go-sdk@v1.8.0 github.com/google/uuid@v1.6.0 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// add gives server a tool that answers with value and counts how often it ran.
func add[T any](server *mcp.Server, name string, value T, ran *int) {
	type answer struct {
		Value T `json:"value"`
	}
	mcp.AddTool(server, &mcp.Tool{Name: name}, func(context.Context, *mcp.CallToolRequest, struct{}) (*mcp.CallToolResult, answer, error) {
		*ran++
		return nil, answer{value}, nil
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx, ran := context.Background(), 0
	server := mcp.NewServer(&mcp.Implementation{Name: "shelf", Version: "1"}, nil)
	add(server, "slice", []string(nil), &ran)
	add(server, "map", map[string]int(nil), &ran)
	add(server, "bytes", []byte("hello"), &ran)
	add(server, "uuid", uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), &ran)
	here, there := mcp.NewInMemoryTransports()
	must(server.Connect(ctx, there, nil))
	client := must(mcp.NewClient(&mcp.Implementation{Name: "reader", Version: "1"}, nil).Connect(ctx, here, nil))
	for _, name := range []string{"slice", "map", "bytes", "uuid"} {
		_, err := client.CallTool(ctx, &mcp.CallToolParams{Name: name})
		fmt.Println(name, err)
	}
	fmt.Println("ran", ran)
}
GO
go mod tidy >>go.log 2>&1
out=$(go run .)
echo "$out"
[ "$out" = 'slice <nil>
map calling "tools/call": validating tool output: validating root: validating /properties/value: type: <invalid reflect.Value> has type "null", want "object"
bytes calling "tools/call": validating tool output: validating root: validating /properties/value: type: aGVsbG8= has type "string", want one of "null, array"
uuid calling "tools/call": validating tool output: validating root: validating /properties/value: type: 6ba7b810-9dad-11d1-80b4-00c04fd430c8 has type "string", want "array"
ran 4' ]
echo 'as found'
