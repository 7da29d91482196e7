// Go's official SDK. Each line of stdin is a call, made at once: id, tool, arguments.
// Each of stdout is what came of one.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func main() {
	ctx := context.Background()
	options := &mcp.ClientOptions{}
	if os.Getenv("FORMS") != "" {
		options.ElicitationHandler = answer
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "go-sdk", Version: "1"}, options)
	session, err := client.Connect(ctx, &mcp.CommandTransport{Command: exec.Command(os.Args[1], "serve")}, &mcp.ClientSessionOptions{ProtocolVersion: os.Args[2]})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	say("0", session.InitializeResult().ProtocolVersion)
	var running sync.WaitGroup
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		words := strings.Split(in.Text(), "\t")
		running.Go(func() { say(words[0], call(ctx, session, words[1], words[2])) })
	}
	running.Wait()
}

// say prints one line, in one write.
func say(id, text string) {
	quoted, err := json.Marshal(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\t%s\n", id, quoted)
}

// answer is the person at a form, who agrees.
func answer(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
	say("form", r.Params.Message)
	schema := r.Params.RequestedSchema.(map[string]any)
	answer := schema["properties"].(map[string]any)["answer"].(map[string]any)
	return &mcp.ElicitResult{Action: "accept", Content: map[string]any{"answer": answer["enum"].([]any)[0]}}, nil
}

func call(ctx context.Context, session *mcp.ClientSession, tool, arguments string) (text string) {
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: json.RawMessage(arguments)})
	if err != nil {
		return err.Error()
	}
	for _, c := range result.Content {
		if c, ok := c.(*mcp.TextContent); ok {
			text += c.Text
		}
	}
	return text
}
