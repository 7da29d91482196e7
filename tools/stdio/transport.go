// Package stdio joins one process's stdin and stdout to an mcp-go server.
//
// It owns what mcp-go's own stdio loop leaves open: bounded input lines, request ids that
// cannot be confused, cancels that hold even before a handler began, progress that always
// precedes its result, handlers that cannot leak a panic, and an orderly end of input.
// It imports the standard library, golang.org/x/sys and mcp-go only, reads no environment variables and
// knows no tool. Signals, timers that end the process and the real os.Stdout are main's.
//
//	stdin ─► pump ─► io.Pipe ─► mcp-go ─► output ─► stdout
package stdio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mark3labs/mcp-go/server"
)

const (
	// drainTime is how long calls may still be answered after stdin ended. Clients close
	// stdin and send SIGTERM two seconds later.
	drainTime = 1500 * time.Millisecond
	// stopTime is what handlers get to return once their context has ended.
	stopTime = 200 * time.Millisecond

	// stuckTime is how long a line may wait for a client to read before the end of in is
	// looked for otherwise.
	stuckTime = 100 * time.Millisecond

	// workers is the number of tool calls that run at once: a call may wait 45 s for a
	// human, and mcp-go's default of five would let five such calls block every other tool.
	// 64 may wait, and the others still have a worker; each costs some idle memory.
	workers = 64 + 1
	// queue holds every call the pump lets in, so that mcp-go never has to run one on its
	// read loop, where it would block cancels and answers to forms.
	queue = maxToolCalls
)

// Texts are the sentences a caller sees when a handler cannot speak for itself.
type Texts struct {
	Internal string // the handler panicked, returned a Go error or nothing
	Stopped  string // the server is ending: the call was not begun or not finished
}

// Transport serves one client on one pair of streams. There can be one per process,
// because mcp-go keeps its stdio session in a package variable.
type Transport struct {
	// Texts may be replaced before Serve; New sets short English ones.
	Texts Texts

	log      *slog.Logger
	calls    *calls
	out      *output
	served   atomic.Bool
	eof      chan struct{}
	deaf     chan struct{} // closed when input ended unread, behind output that nobody reads
	ends     sync.Once     // closes eof
	deafOnce sync.Once     // closes deaf
	heard    atomic.Int64  // lines
	ready    sync.Once
	onReady  func()
}

// New returns a transport that logs to log: never arguments, ids, results or lines.
func New(log *slog.Logger) *Transport {
	c := newCalls()
	return &Transport{
		Texts: Texts{
			Internal: "internal error: the server's log has the details",
			Stopped:  "the server is stopping: the call was not finished",
		},
		log:   log,
		calls: c,
		out:   newOutput(c),
		eof:   make(chan struct{}),
		deaf:  make(chan struct{}),
	}
}

// EOF returns a channel that is closed when stdin has ended, for the caller's last-resort timer.
func (t *Transport) EOF() <-chan struct{} { return t.eof }

func (t *Transport) ended() { t.ends.Do(func() { close(t.eof) }) }

// Heard returns how many lines have come in so far.
func (t *Transport) Heard() int64 { return t.heard.Load() }

// OnReady sets the function that runs once, in a goroutine of its own, when a client is there
// to stay: a legacy one sent notifications/initialized, a modern one its first request other
// than server/discover or a list. Set it before Serve, which does not wait for it.
func (t *Transport) OnReady(f func()) { t.onReady = f }

// OnAnswer sets the function that runs after every answer, which waits for it. Set it
// before Serve.
func (t *Transport) OnAnswer(f func()) { t.out.onAnswer = f }

func (t *Transport) markReady() {
	t.ready.Do(func() {
		if t.onReady != nil {
			go t.onReady()
		}
	})
}

// Serve answers the client until in ends, ctx ends or out fails. The server must have been
// made with Options. After the end of in, running calls get 1.5 s to answer, then their
// contexts end; a handler that ignores its context is left behind after another 0.2 s.
// So is everything, in the same time, when in ended while out is full and nobody reads it.
// The goroutine that reads in also stays behind when ctx ends first: a blocked read cannot
// be stopped.
//
// The error is nil for the end of in and of ctx; otherwise reading or writing failed.
// Serve may be called once.
func (t *Transport) Serve(ctx context.Context, s *server.MCPServer, in io.Reader, out io.Writer) error {
	if t.served.Swap(true) {
		return errors.New("serving stdio: called twice")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.out.open(out, t.Texts.Internal, cancel)
	toServer, fromPump := io.Pipe()
	defer toServer.Close()

	loop := server.NewStdioServer(s)
	errorLog := slog.NewLogLogger(t.log.Handler(), slog.LevelWarn)
	for _, option := range []server.StdioOption{
		server.WithErrorLogger(errorLog), server.WithWorkerPoolSize(workers), server.WithQueueSize(queue),
	} {
		option(loop)
	}
	served := make(chan error, 1)
	go func() { served <- loop.Listen(ctx, toServer, t.out) }()
	pumped := make(chan error, 1)
	go func() { pumped <- t.pump(in, fromPump) }()

	select {
	case err := <-pumped:
		t.drain(ctx)
		fromPump.Close() // mcp-go now ends every context that is left
		awaitStop(served)
		t.out.close()
		return err
	case <-t.deaf:
		t.ended()
		t.out.close()
		return nil
	case <-ctx.Done():
		awaitStop(served)
		return t.out.close()
	case err := <-served:
		if failure := t.out.close(); failure != nil || err == nil || ctx.Err() != nil {
			return failure
		}
		return fmt.Errorf("serving stdio: %w", err)
	}
}

// drain waits until every call is answered, but no longer than drainTime.
func (t *Transport) drain(ctx context.Context) {
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	select {
	case <-t.calls.idle():
	case <-timer.C:
		t.log.Info("input ended, unanswered calls are cancelled")
	case <-ctx.Done():
	}
}

func awaitStop(served <-chan error) {
	timer := time.NewTimer(stopTime)
	defer timer.Stop()
	select {
	case <-served:
	case <-timer.C:
	}
}
