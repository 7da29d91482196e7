package tunnel

import (
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

const (
	// maxVisitors bounds the connections of one link at a time.
	maxVisitors = 64
	// copySize is the buffer for each direction of a visitor.
	copySize = 16 << 10
)

// takeForwards answers the server's channels until the connection ends; ctx ends
// the visitors with it. It must come before the forward request. (ssh.Client's
// own Listen refuses originators that are names, has no deadlines and stalls the
// whole connection when visitors wait.)
func (l *link) takeForwards(ctx context.Context, visitors *visitorQueue) {
	kind := "forwarded-tcpip"
	if l.t.cfg.Spec.Socket != "" {
		kind = "forwarded-streamlocal@openssh.com"
	}
	channels := l.client.HandleChannelOpen(kind)
	slots := make(chan struct{}, maxVisitors)
	l.workers.Go(func() {
		for ch := range channels {
			l.arrived.Add(1)
			select {
			case l.arrival <- struct{}{}:
			default:
			}
			select {
			case slots <- struct{}{}:
				l.workers.Go(func() {
					defer func() { <-slots }()
					join(ctx, ch, visitors)
				})
			default:
				_ = ch.Reject(ssh.ResourceShortage, "too many visitors")
			}
		}
	})
}

// join connects one channel with the http server until both sides are done.
// Each direction has a pipe of its own, so that a visitor who only stops sending
// still gets the answer.
func join(ctx context.Context, offered ssh.NewChannel, visitors *visitorQueue) {
	ch, requests, err := offered.Accept()
	if err != nil {
		return
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	defer ch.Close()
	parts.Go(func() { ssh.DiscardRequests(requests) })

	in, fromVisitor := net.Pipe()
	toVisitor, out := net.Pipe()
	defer fromVisitor.Close()
	defer toVisitor.Close()
	stop := context.AfterFunc(ctx, func() { fromVisitor.Close(); toVisitor.Close() })
	defer stop()
	if !visitors.deliver(ctx, &visitorConn{Conn: in, out: out, from: originator(offered.ExtraData())}) {
		return
	}
	parts.Go(func() {
		_, _ = io.CopyBuffer(fromVisitor, ch, make([]byte, copySize))
		fromVisitor.Close()
	})
	_, _ = io.CopyBuffer(ch, toVisitor, make([]byte, copySize))
}

// originator is who the server says the visitor is: an address, a name, or
// nothing for sockets. It is the server's word.
func originator(payload []byte) textAddr {
	var m struct {
		Addr       string
		Port       uint32
		Origin     string
		OriginPort uint32
	}
	if ssh.Unmarshal(payload, &m) != nil || m.Origin == "" || len(m.Origin) > 255 ||
		strings.ContainsFunc(m.Origin, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "unknown"
	}
	return textAddr(net.JoinHostPort(m.Origin, strconv.FormatUint(uint64(m.OriginPort), 10)))
}
