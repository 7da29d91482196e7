package tunnel

import (
	"net"
	"sync"
	"testing"
)

// deadLine is a TCP proxy whose connections can stop moving bytes while they
// stay open, as behind a router that lost them.
type deadLine struct {
	ln     net.Listener
	target string

	mu     sync.Mutex
	frozen chan struct{} // closed: connections made until now move nothing
}

func newDeadLine(t *testing.T, target string) *deadLine {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &deadLine{ln: ln, target: target, frozen: make(chan struct{})}
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { d.carry(c, ended) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		close(ended)
		wg.Wait()
	})
	return d
}

// freeze kills the line for all connections made until now.
func (d *deadLine) freeze() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.frozen)
	d.frozen = make(chan struct{})
}

func (d *deadLine) carry(near net.Conn, ended <-chan struct{}) {
	defer near.Close()
	far, err := net.Dial("tcp", d.target)
	if err != nil {
		return
	}
	defer far.Close()
	d.mu.Lock()
	frozen := d.frozen
	d.mu.Unlock()
	var wg sync.WaitGroup
	pump := func(to, from net.Conn) {
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			select {
			case <-frozen:
				<-ended // neither bytes nor ends pass
				return
			default:
			}
			if err != nil {
				to.Close()
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				from.Close()
				return
			}
		}
	}
	wg.Go(func() { pump(near, far) })
	wg.Go(func() { pump(far, near) })
	go func() { <-ended; near.Close(); far.Close() }()
	wg.Wait()
}
