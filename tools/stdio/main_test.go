package stdio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"kakaotalk-mcp/auth/ground/waitingtest"
)

// effectsEnv turns the test binary into a server and names the file where its tools leave
// their side effects.
const effectsEnv = "STDIO_TEST_EFFECTS"

// floodEnv turns it into a client that writes this line, with one number after the
// other, and a byte to stderr for each that was taken.
const floodEnv = "STDIO_TEST_FLOOD"

// exitFailed is the server's exit code when Serve returned an error.
const exitFailed = 3

const (
	internalText = "INTERNAL-TEXT"
	stoppedText  = "STOPPED-TEXT"
	secret       = "do not show this"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(effectsEnv); path != "" {
		os.Exit(runServer(path))
	}
	if line := os.Getenv(floodEnv); line != "" {
		for i := 1; ; i++ {
			if _, err := fmt.Printf(line+"\n", i); err != nil {
				os.Exit(exitFailed)
			}
			fmt.Fprint(os.Stderr, ".")
		}
	}
	waitingtest.SideBySide()
	os.Exit(m.Run())
}

func runServer(path string) int {
	IgnoreSIGPIPE()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	effects, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	t := New(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	t.Texts = Texts{Internal: internalText, Stopped: stoppedText}
	s := server.NewMCPServer("test", "1", append(t.Options(),
		server.WithToolCapabilities(true), server.WithResourceCapabilities(false, false),
		server.WithPromptCapabilities(false), server.WithCompletions(), server.WithElicitation(),
		server.WithPromptCompletionProvider(panickyCompletion{}))...)
	(&tester{t: t, s: s, effects: effects}).register()
	if err := t.Serve(ctx, s, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		return exitFailed
	}
	return 0
}

type panickyCompletion struct{}

func (panickyCompletion) CompletePromptArgument(context.Context, string, mcp.CompleteArgument, mcp.CompleteContext) (*mcp.Completion, error) {
	panic(secret)
}

// tester holds the tools of the server under test.
type tester struct {
	t       *Transport
	s       *server.MCPServer
	effects *os.File
}

func (x *tester) register() {
	released, ready := make(chan struct{}), make(chan struct{})
	x.t.OnReady(func() { close(ready) }) // a second run would panic
	x.s.AddNotificationHandler("notifications/release", func(context.Context, mcp.JSONRPCNotification) { close(released) })
	begun := func(ctx context.Context, r mcp.CallToolRequest) { x.t.Progress(ctx, token(r), 1, "begun") }

	x.tool("echo", func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText(r.GetString("text", "")), nil
	})
	x.tool("length", func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText(fmt.Sprint(len(r.GetString("text", "")))), nil
	})
	x.tool("count", func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		_, err := fmt.Fprintln(x.effects, r.GetString("text", ""))
		return mcp.NewToolResultText("counted"), err
	})
	x.tool("block", func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		begun(ctx, r)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-released:
			return mcp.NewToolResultText("released"), nil
		}
	})
	// Ends only when released and then tells whether the call was cancelled meanwhile.
	x.tool("stubborn", func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		begun(ctx, r)
		<-released
		x.t.Progress(ctx, token(r), 2, "too late")
		_, err := fmt.Fprintln(x.effects, r.GetString("text", ""), x.t.Cancelled(ctx), x.t.Cancelled(context.WithoutCancel(ctx)), ctx.Err() != nil)
		return mcp.NewToolResultText("ended"), err
	})
	x.tool("panic", func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) { panic(secret) })
	x.tool("fail", func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return nil, errors.New(secret)
	})
	x.tool("nothing", func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) { return nil, nil })
	x.tool("progress", func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for range r.GetInt("count", 0) {
			x.t.Progress(ctx, token(r), 1, "step") // the same value each time: the transport makes it grow
		}
		return mcp.NewToolResultText("done"), nil
	})
	x.tool("ask", func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		answer, err := x.s.RequestElicitation(ctx, mcp.ElicitationRequest{Params: form()})
		if err != nil {
			return mcp.NewToolResultError(fmt.Sprint(errors.Is(err, server.ErrServerInitiatedRequestUnsupported))), nil
		}
		return mcp.NewToolResultText(string(answer.Action)), nil
	})
	x.tool("askRounds", func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		if answer := server.ElicitationResponse(r.Params.InputResponses, "confirm"); answer != nil {
			return mcp.NewToolResultText(string(answer.Action) + " " + r.Params.RequestState), nil
		}
		return server.NewInputRequestBuilder("state-1").Elicit("confirm", form()).ToolResult(), nil
	})
	x.tool("isReady", func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		select {
		case <-ready:
			return mcp.NewToolResultText("yes"), nil
		default:
			return mcp.NewToolResultText("no"), nil
		}
	})
	x.tool("awaitReady", func(ctx context.Context, _ mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		select {
		case <-ready:
			return mcp.NewToolResultText("yes"), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})

	x.s.AddResource(mcp.NewResource("test://panic", "panic"), func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		panic(secret)
	})
	x.s.AddResource(mcp.NewResource("test://block", "block"), func(ctx context.Context, _ mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		<-ctx.Done()
		fmt.Fprintln(x.effects, "resource", x.t.Cancelled(ctx))
		return nil, ctx.Err()
	})
	x.s.AddResource(mcp.NewResource("test://coded", "coded"), func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		return nil, fmt.Errorf("wrapped: %w", coded(mcp.RESOURCE_NOT_FOUND))
	})
	x.s.AddPrompt(mcp.NewPrompt("coded"), func(context.Context, mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return nil, coded(mcp.INVALID_PARAMS)
	})
	x.s.AddPrompt(mcp.NewPrompt("fail"), func(context.Context, mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return nil, errors.New("no code")
	})
	x.s.AddPrompt(mcp.NewPrompt("panic"), func(context.Context, mcp.GetPromptRequest) (*mcp.GetPromptResult, error) { panic(secret) })
}

func (x *tester) tool(name string, handle server.ToolHandlerFunc) {
	x.s.AddTool(mcp.NewTool(name), handle)
}

// coded is an error of the protocol with this code.
type coded int

func (coded) Error() string      { return "no \"such\" thing" }
func (c coded) JSONRPCCode() int { return int(c) }

func token(r mcp.CallToolRequest) mcp.ProgressToken {
	if r.Params.Meta == nil {
		return nil
	}
	return r.Params.Meta.ProgressToken
}

func form() mcp.ElicitationParams {
	return mcp.ElicitationParams{Message: "sure?", RequestedSchema: map[string]any{
		"type": "object", "properties": map[string]any{"ok": map[string]any{"type": "boolean"}},
	}}
}
