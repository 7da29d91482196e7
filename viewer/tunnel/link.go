package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// runSSH serves visitors who come through an SSH server. One http server
// outlives the connections, and no local port is opened.
func (t *Tunnel) runSSH(ctx context.Context) error {
	signer, err := loadKey(t.cfg.KeyFile)
	if err != nil {
		return err
	}
	spec := t.cfg.Spec
	d := &dialer{
		spec: spec, signer: signer, time: t.time, ask: t.cfg.AskHostKey,
		keys: hostKeys{addr: spec.addr(), file: t.cfg.KnownHosts, pin: t.cfg.HostKey},
	}
	visitors := newVisitorQueue()
	server := t.serve(visitors)
	defer server.stop()
	return t.keep(ctx, func(ctx context.Context) error {
		client, tcp, err := d.dial(ctx)
		if err != nil {
			return err
		}
		l := &link{t: t, client: client, tcp: tcp, server: server, arrival: make(chan struct{}, 1)}
		defer l.close()
		if err = l.hold(ctx, visitors); err != nil && StepOf(err) == "" {
			err = &stepError{StepLine, err}
		}
		return err
	})
}

// link is one SSH connection and what runs on it.
type link struct {
	t       *Tunnel
	client  *ssh.Client
	tcp     net.Conn
	server  *publicServer
	workers sync.WaitGroup // end when client is closed

	arrived atomic.Int64  // visitors so far
	arrival chan struct{} // told of new ones
}

func (l *link) close() {
	l.client.Close()
	l.workers.Wait()
}

// hold brings the link up and watches it. It returns why the link ended.
func (l *link) hold(ctx context.Context, visitors *visitorQueue) error {
	wait := l.t.time
	// A bound on every step before up; some of them have none of their own.
	setup, cancel := context.WithTimeout(ctx, wait.setup)
	defer cancel()
	unbound := context.AfterFunc(setup, func() { l.tcp.Close() })
	defer unbound()

	forwards, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	l.takeForwards(forwards, visitors)

	lost := l.lost()
	var heard *announcement
	sessionOver := make(chan struct{})
	if l.announces() {
		heard = newAnnouncement(l.t.host, foreignTo(l.t.cfg.Spec))
		if err := l.openSession(heard, sessionOver); err != nil {
			return fmt.Errorf("opening the session: %w", err)
		}
	}
	// At once: srv.us ends a session that has no forward after a second.
	if err := l.forward(setup); err != nil {
		return err
	}
	if heard != nil {
		if err := heard.wait(setup, wait.announce, wait.grace, lost); err != nil {
			return err
		}
	}
	if err := l.ping(setup, wait.pong); err != nil {
		return err
	}
	var up State
	up.Listens, up.Guessed = l.listens(setup)
	if !unbound() {
		return errors.New("the server took too long")
	}
	clock := l.t.watchClock() // a sleep right after "up" is noticed, too
	l.t.setUp(up)
	return l.watch(ctx, clock, lost, sessionOver)
}

// announces reports whether the server tells the address in a session.
func (l *link) announces() bool {
	return l.t.cfg.Spec.announces() && !plainServer(l.client.ServerVersion())
}

// watch returns when the line is dead or ctx ends.
func (l *link) watch(ctx context.Context, clock *clockWatch, lost, sessionOver <-chan struct{}) error {
	wait := l.t.time
	ticker := time.NewTicker(min(wait.tick, wait.ping))
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			l.goodbye(ctx)
			return nil
		case <-lost:
			return errors.New("the connection broke")
		case <-sessionOver:
			return errors.New("the server ended the session")
		case <-ticker.C:
			patience := wait.pong
			if clock.woke() {
				patience = wait.wakePong
			} else if time.Since(last) < wait.ping {
				continue
			}
			if err := l.ping(ctx, patience); err != nil {
				return err
			}
			last = time.Now()
		}
	}
}

// lost is closed when the SSH connection has ended.
func (l *link) lost() <-chan struct{} {
	done := make(chan struct{})
	l.workers.Go(func() {
		_ = l.client.Wait()
		close(done)
	})
	return done
}

// openSession starts a shell, whose output announces the address. over is closed
// when the server ends it.
func (l *link) openSession(heard *announcement, over chan<- struct{}) error {
	ch, requests, err := l.client.OpenChannel("session", nil)
	if err != nil {
		return err
	}
	l.workers.Go(func() { ssh.DiscardRequests(requests) })
	var output sync.WaitGroup
	for _, stream := range []io.Reader{ch, ch.Stderr()} {
		output.Go(func() { _, _ = io.Copy(newLineScanner(heard), stream) })
	}
	l.workers.Go(func() {
		output.Wait()
		close(over)
	})
	// No answer is awaited: see the second that srv.us gives.
	_, err = ch.SendRequest("shell", false, nil)
	return err
}

func (l *link) forward(ctx context.Context) error {
	name, payload := forwardRequest(l.t.cfg.Spec)
	ok, err := l.request(ctx, name, payload, l.t.time.request)
	if err == nil && !ok {
		err = errRefused
	}
	return err
}

// ping sends a keepalive; every answer is a sign of life.
func (l *link) ping(ctx context.Context, patience time.Duration) error {
	_, err := l.request(ctx, "keepalive@openssh.com", nil, patience)
	return err
}

// goodbye takes the forward back, so that the name is free at once, and lets
// answers under way finish.
func (l *link) goodbye(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	name, payload := forwardRequest(l.t.cfg.Spec)
	_, _ = l.request(ctx, "cancel-"+name, payload, l.t.time.goodbye)
	l.server.finish(ctx, l.t.time.goodbye)
}

// request sends a global request. Without an answer in time it closes the
// connection: nothing else ends the wait.
func (l *link) request(ctx context.Context, name string, payload []byte, patience time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.tcp.Close() })
	defer stop()
	ok, _, err := l.client.SendRequest(name, true, payload)
	if ctx.Err() != nil {
		return false, fmt.Errorf("%s: no answer", name)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	return ok, nil
}

// forwardRequest is RFC 4254 section 7.1, or its counterpart for sockets in
// OpenSSH's PROTOCOL file. With "cancel-" before the name it takes the forward back.
func forwardRequest(spec Spec) (name string, payload []byte) {
	if spec.Socket != "" {
		return "streamlocal-forward@openssh.com", ssh.Marshal(struct{ Path string }{spec.Socket})
	}
	return "tcpip-forward", ssh.Marshal(struct {
		Addr string
		Port uint32
	}{spec.BindHost, spec.BindPort})
}
