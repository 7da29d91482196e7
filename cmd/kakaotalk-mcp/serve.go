package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/tools"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/tools/reminder"
	"kakaotalk-mcp/tools/stdio"
	"kakaotalk-mcp/viewer/tunnel"
)

// hardExit is how long after the end of stdin, or a signal, the process may live
// at most: clients send SIGTERM 2 s after closing stdin.
const hardExit = 1900 * time.Millisecond

// orphanTime is how long a server whose client has died waits for somebody else who
// speaks to it: some are started by a launcher that ends at once.
const orphanTime = 2 * time.Second

// lastWords is how long it may take to read what a client wrote just before it died.
const lastWords = 500 * time.Millisecond

// restAfter is when a server that has started up, or answered, gives back the memory
// that only this took: its heap, which mcp-go's JSON Schema library fills with its own
// schemas at first, is so small that it would not be collected for minutes, and most
// servers wait for hours.
const restAfter = time.Second

// gcPercent is how much a server that has started may allocate, of what it keeps,
// until that is collected. What stays lies among the garbage of many calls and holds
// its pages: less garbage, fewer pages, and a call takes milliseconds of waiting for
// Kakao anyway.
const gcPercent = 50

func newServe(o *app.Options, lang wording.Lang) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: lang.Say("MCP 서버로 동작하기 (AI 클라이언트가 실행해요)", "run as the MCP server (AI clients start it)"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), o) },
	}
}

// runServe speaks MCP on stdin and stdout until stdin ends or ctx does.
func runServe(ctx context.Context, o *app.Options) error {
	// stdout carries the protocol and nothing else: whatever a library prints
	// goes to stderr.
	protocol := o.Env.Stdout
	os.Stdout = o.Env.Stderr
	stdio.IgnoreSIGPIPE()

	a, err := app.New(o, false)
	if err != nil {
		return err
	}
	if cli.IsTerminal(o.Env.Stdin) {
		fmt.Fprintf(o.Env.Stderr, a.Lang.Say(
			"AI 클라이언트의 연결을 기다리고 있어요(Ctrl-C로 종료). AI 클라이언트가 실행하는 명령이에요. `%[1]s setup`으로 설정하거나 `%[1]s demo`로 먼저 둘러보세요.\n",
			"Waiting for an AI client on stdin (Ctrl-C to end). AI clients start this command. Set up with `%[1]s setup`, or look around first with `%[1]s demo`.\n"), a.Env.Command())
	}
	for _, u := range a.Settings.Unknown {
		a.Log.Warn("no such setting", "name", u.Name, "origin", u.Origin)
	}
	transport := stdio.New(a.Log)
	transport.Texts = stdio.Texts{
		Internal: a.Lang.Say("프로그램 오류로 요청을 처리하지 못했어요. 자세한 내용은 로그에 있어요.", "The request failed because of an internal error. The log has the details."),
		Stopped:  a.Lang.Say("요청이 취소됐거나 프로그램이 종료되고 있어서 처리하지 않았어요.", "The request was cancelled, or the program is ending, so it was not carried out."),
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go endWithClient(ctx, transport, stop)
	done := make(chan struct{})
	go exitInTime(ctx, a, transport, done)
	stopTunnel := tunnelWhenReady(ctx, a, transport)
	var started atomic.Bool
	rest := time.AfterFunc(restAfter, func() {
		if started.Swap(true) {
			runtime.GC() // what the pools of a call keep outlives one collection
		} else {
			debug.SetGCPercent(gcPercent)
		}
		debug.FreeOSMemory()
	})
	defer rest.Stop()
	transport.OnAnswer(func() { rest.Reset(restAfter) })
	config := a.MessengerConfig()
	if a.Settings.Calendar {
		config.Louder = func() bool { return reminder.IsLoud(config.Home) }
	}
	messages := messenger.New(config)
	var reminders *reminder.Reminders
	if a.Settings.Calendar {
		reminders = a.Reminders(messages, config)
	}
	server := tools.NewServer(messages, reminders, o.Env.Version, transport.Progress, transport.Options()...)
	err = transport.Serve(ctx, server, io.Reader(o.Env.Stdin), protocol)
	stopTunnel()
	a.Close()
	close(done)
	return err
}

// exitInTime ends the process when done does not follow the end of stdin, or of ctx, within
// hardExit.
func exitInTime(ctx context.Context, a *app.App, transport *stdio.Transport, done <-chan struct{}) {
	select {
	case <-transport.EOF():
	case <-ctx.Done():
	case <-done:
		return
	}
	select {
	case <-time.After(hardExit):
		if a.Sandbox != nil {
			a.Sandbox.RemoveHome()
		}
		os.Exit(cli.ExitOK)
	case <-done:
	}
}

// endWithClient stops the server when the client has died, also while another process
// of that client still holds our stdin, so that it never ends.
func endWithClient(ctx context.Context, transport *stdio.Transport, stop func()) {
	select {
	case <-cli.ParentEnd():
	case <-ctx.Done():
		return
	}
	before := transport.Heard()
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	if before > 0 { // it may have been the client, not a launcher that ended at once
		wait(lastWords)
		before = transport.Heard()
	}
	wait(orphanTime)
	if transport.Heard() == before {
		stop()
	}
}

// tunnelDelay keeps short-lived copies, which clients start only to look, from
// holding the tunnel.
const tunnelDelay = 2 * time.Second

// tunnelWhenReady takes part in holding the tunnel once a client is there to
// stay. The function it returns ends that and waits.
func tunnelWhenReady(ctx context.Context, a *app.App, transport *stdio.Transport) (stop func()) {
	if a.Settings.Tunnel.Kind == tunnel.Off || a.Sandbox != nil || a.Broken != nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ready := make(chan struct{})
	transport.OnReady(func() { close(ready) })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(tunnelDelay):
		case <-ctx.Done():
			return
		}
		if err := a.HoldTunnel(ctx, a.Pages(), nil, nil); err != nil {
			a.Log.Error("tunnel", "err", a.TunnelProblem(err))
		}
	}()
	return func() { cancel(); <-ended }
}
