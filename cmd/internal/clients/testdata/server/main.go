// Command server is a tiny MCP server that real clients start in tests. It fails
// unless it is started as the entry says.
package main

import (
	"fmt"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] != "serve" || os.Getenv("KAKAO_LANG") != "ko" {
		fmt.Fprintln(os.Stderr, "wrong arguments or variables")
		os.Exit(2)
	}
	s := server.NewMCPServer("tiny", "1.0.0", server.WithToolCapabilities(false))
	s.AddTool(mcp.NewTool("nothing", mcp.WithDescription("Does nothing.")), nil)
	if err := server.ServeStdio(s); err != nil {
		os.Exit(1)
	}
}
