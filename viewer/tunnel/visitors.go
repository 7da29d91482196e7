package tunnel

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// visitorQueue is the net.Listener that visitors of all successive links arrive at.
type visitorQueue struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newVisitorQueue() *visitorQueue {
	return &visitorQueue{conns: make(chan net.Conn), done: make(chan struct{})}
}

// deliver hands a connection to the http server, or closes it and returns false
// when ctx or the server has ended.
func (b *visitorQueue) deliver(ctx context.Context, c net.Conn) bool {
	select {
	case b.conns <- c:
		return true
	case <-ctx.Done():
	case <-b.done:
	}
	c.Close()
	return false
}

// Accept implements net.Listener.
func (b *visitorQueue) Accept() (net.Conn, error) {
	select {
	case c := <-b.conns:
		return c, nil
	case <-b.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (b *visitorQueue) Close() error {
	b.once.Do(func() { close(b.done) })
	return nil
}

// Addr implements net.Listener.
func (b *visitorQueue) Addr() net.Addr { return textAddr("tunnel") }

// visitorConn is the http server's side of a visitor: it reads from the embedded
// pipe and writes to out. Deadlines work on both.
type visitorConn struct {
	net.Conn
	out  net.Conn
	from textAddr
}

func (c *visitorConn) Write(p []byte) (int, error)        { return c.out.Write(p) }
func (c *visitorConn) Close() error                       { return errors.Join(c.Conn.Close(), c.out.Close()) }
func (c *visitorConn) LocalAddr() net.Addr                { return textAddr("tunnel") }
func (c *visitorConn) RemoteAddr() net.Addr               { return c.from }
func (c *visitorConn) SetWriteDeadline(t time.Time) error { return c.out.SetWriteDeadline(t) }
func (c *visitorConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// textAddr is an address that may be a name: nobody may parse it as an IP
// without looking.
type textAddr string

func (a textAddr) Network() string { return "ssh" }
func (a textAddr) String() string  { return string(a) }
