package stdio

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// idHeader carries a call's id from the hook, which is told it, to the middleware, which is
// not. There are no HTTP headers on stdio.
const idHeader = "Call-Id"

type callKey struct{}

// Options returns the hooks and middlewares that Serve relies on. They come first in the
// list given to server.NewMCPServer: mcp-go makes the first middleware the outermost one,
// and WithHooks replaces earlier hooks (add others through GetHooks).
//
// A tool handler that panics, returns a Go error or nothing becomes a tool error with
// Texts.Internal; a call that was cancelled or whose context ended does not begin. Handlers
// of resources and prompts get the same, except that their Go errors pass as they are; one
// with a method JSONRPCCode() int also chooses its code, for which mcp-go has no way.
// A result that asks the client for input passes untouched.
func (t *Transport) Options() []server.ServerOption {
	hooks := &server.Hooks{}
	hooks.AddBeforeAny(t.beforeAny)
	return []server.ServerOption{
		server.WithHooks(hooks),
		server.WithToolHandlerMiddleware(t.guardTool),
		server.WithResourceHandlerMiddleware(func(next server.ResourceHandlerFunc) server.ResourceHandlerFunc {
			return func(ctx context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
				return guarded(ctx, t, r.Header, "resource", func(ctx context.Context) ([]mcp.ResourceContents, error) {
					return next(ctx, r)
				})
			}
		}),
		server.WithPromptHandlerMiddleware(func(next server.PromptHandlerFunc) server.PromptHandlerFunc {
			return func(ctx context.Context, r mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
				return guarded(ctx, t, r.Header, "prompt", func(ctx context.Context) (*mcp.GetPromptResult, error) {
					return next(ctx, r)
				})
			}
		}),
	}
}

// Progress tells the client how far the call in ctx is. token is the request's progress
// token; progress should grow from call to call and is raised where it does not; message is
// for people. Nothing happens without a token, without a call in ctx, after the call was
// cancelled and after its result was written.
func (t *Transport) Progress(ctx context.Context, token mcp.ProgressToken, progress float64, message string) {
	if c := callIn(ctx); c != nil && token != nil {
		t.out.progress(c, token, progress, message)
	}
}

// Cancelled tells whether the client cancelled the call in ctx, also when it did so before
// the handler began or when ctx no longer ends with the call. Ask once more directly before
// something leaves that cannot be taken back.
func (t *Transport) Cancelled(ctx context.Context) bool {
	c := callIn(ctx)
	return c != nil && c.cancelled.Load()
}

func callIn(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

func (t *Transport) beforeAny(ctx context.Context, id any, method mcp.MCPMethod, request any) {
	if server.IsModernRequest(ctx) && method != mcp.MethodServerDiscover && !strings.HasSuffix(string(method), "/list") {
		t.markReady()
	}
	text, ok := id.(string)
	if !ok {
		return
	}
	var header http.Header
	switch r := request.(type) {
	case *mcp.CallToolRequest:
		header = r.Header
	case *mcp.ReadResourceRequest:
		header = r.Header
	case *mcp.GetPromptRequest:
		header = r.Header
	}
	if header != nil {
		header.Set(idHeader, quote(text))
	}
}

func (t *Transport) guardTool(next server.ToolHandlerFunc) server.ToolHandlerFunc {
	return func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		name := r.Params.Name
		result, err := guarded(ctx, t, r.Header, name, func(ctx context.Context) (*mcp.CallToolResult, error) {
			result, err := next(ctx, r)
			switch {
			case err != nil && ctx.Err() != nil:
				return nil, errors.New(t.Texts.Stopped)
			case err != nil:
				t.log.Error("tool failed", "tool", name, "err", err)
				return nil, errors.New(t.Texts.Internal)
			case result == nil:
				t.log.Error("tool returned nothing", "tool", name)
				return nil, errors.New(t.Texts.Internal)
			}
			return result, nil
		})
		if err != nil {
			return mcp.NewToolResultError(err.Error()), nil
		}
		return result, nil
	}
}

// guarded runs handle with the call in its context, unless that was cancelled or is ending,
// and turns a panic into an error with Texts.Internal.
func guarded[R any](ctx context.Context, t *Transport, header http.Header, name string,
	handle func(context.Context) (R, error),
) (result R, err error) {
	if c := t.calls.find(header.Get(idHeader)); c != nil {
		ctx = context.WithValue(ctx, callKey{}, c)
	}
	if t.Cancelled(ctx) || ctx.Err() != nil {
		return result, errors.New(t.Texts.Stopped)
	}
	defer func() {
		if value := recover(); value != nil {
			t.log.Error("handler panicked", "handler", name, "panic", value, "stack", string(debug.Stack()))
			err = errors.New(t.Texts.Internal)
		}
	}()
	result, err = handle(ctx)
	var coded interface{ JSONRPCCode() int }
	if c := callIn(ctx); c != nil && errors.As(err, &coded) {
		c.errorCode.Store(int64(coded.JSONRPCCode()))
	}
	return result, err
}
