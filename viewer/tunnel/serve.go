package tunnel

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits of the public http server. A phone on a bad line gets a page of some
// hundred KB within answerTime; nobody may hold a connection for nothing.
const (
	headerTime = 10 * time.Second
	readTime   = 20 * time.Second
	answerTime = 60 * time.Second
	idleTime   = 30 * time.Second
	headerSize = 8 << 10
	// maxConnections bounds those to the local port. A proxy needs far fewer; each
	// costs memory and a file.
	maxConnections = 256
)

// publicServer is a running http server with the public handler.
type publicServer struct {
	http *http.Server
	done chan struct{} // closed when it serves no more
	err  error         // why; read after done
}

func (t *Tunnel) serve(ln net.Listener) *publicServer {
	s := &publicServer{done: make(chan struct{}), http: &http.Server{
		Handler:           t.cfg.Handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerSize,
		ErrorLog:          log.New(quietLog{t.cfg.Log}, "", 0),
	}}
	go func() {
		defer close(s.done)
		s.err = s.http.Serve(ln)
	}()
	return s
}

// finish takes no more visitors and waits at most patience for answers under way.
func (s *publicServer) finish(ctx context.Context, patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = s.http.Shutdown(ctx)
}

func (s *publicServer) stop() {
	s.http.Close()
	<-s.done
}

func (s *publicServer) failure() error {
	return fmt.Errorf("serving visitors: %w", s.err)
}

// quietLog notes that the http server complained, not what about: its lines hold
// visitors' addresses and parts of requests.
type quietLog struct{ log *slog.Logger }

func (q quietLog) Write(p []byte) (int, error) {
	q.log.Debug("public request failed")
	return len(p), nil
}

// listen opens the local port for a proxy or program in front of us.
func (t *Tunnel) listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", t.cfg.ViewerAddr)
	if err != nil {
		return nil, &stepError{StepListen, fmt.Errorf("listening on the viewer's address: %w", err)}
	}
	return &boundedListener{ln, make(chan struct{}, maxConnections)}, nil
}

// boundedListener closes connections beyond the size of slots.
type boundedListener struct {
	net.Listener
	slots chan struct{}
}

func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &boundedConn{c, sync.OnceFunc(func() { <-l.slots })}, nil
		default:
			c.Close()
		}
	}
}

type boundedConn struct {
	net.Conn
	free func()
}

func (c *boundedConn) Close() error {
	defer c.free()
	return c.Conn.Close()
}

// external serves the user's own proxy: up while the port is open.
func (t *Tunnel) external(ctx context.Context) error {
	ln, err := t.listen(ctx)
	if err != nil {
		return err
	}
	s := t.serve(ln)
	defer s.stop()
	t.setUp(State{})
	select {
	case <-ctx.Done():
		s.finish(ctx, t.time.goodbye)
		return nil
	case <-s.done:
		return s.failure()
	}
}
