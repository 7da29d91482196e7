package tunnel

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// loopback is where OpenSSH and dropbear listen, whatever address they are asked
// for, unless their administrator says otherwise (GatewayPorts, -a). The request is
// granted all the same.
var loopback = []string{"127.0.0.1", "::1"}

// plainServer reports a program that serves logins and forwards, and does not tell
// in a session which public name it chose.
func plainServer(version []byte) bool {
	return strings.Contains(string(version), "OpenSSH") || strings.Contains(string(version), "dropbear")
}

// listens returns where the server takes visitors, if that is not where it was
// asked to; "" where it is, or where nothing can be told. guessed means that the
// server lets nobody look (AllowTcpForwarding remote).
func (l *link) listens(ctx context.Context) (at string, guessed bool) {
	asked := l.t.cfg.Spec.BindHost
	if l.t.cfg.Spec.Socket != "" || asked == "localhost" || slices.Contains(loopback, asked) || l.announces() {
		return "", false
	}
	if ip := net.ParseIP(asked); asked != "*" && (ip == nil || !ip.IsUnspecified()) { // every address cannot be tried
		switch found, err := l.reaches(ctx, asked); {
		case found:
			return "", false
		case err == nil:
			var hosts []string
			for _, host := range loopback {
				if found, _ := l.reaches(ctx, host); found {
					hosts = append(hosts, host)
				}
			}
			return l.addresses(hosts), false
		}
	}
	if plainServer(l.client.ServerVersion()) {
		return l.addresses(loopback), true
	}
	return "", false
}

func (l *link) addresses(hosts []string) string {
	list := make([]string, len(hosts))
	for i, host := range hosts {
		list[i] = net.JoinHostPort(host, strconv.Itoa(int(l.t.cfg.Spec.BindPort)))
	}
	return strings.Join(list, ", ")
}

// reaches has the server connect to the port at host and tells whether that came
// back to us as a visitor. An error means that the server does not connect for us.
func (l *link) reaches(ctx context.Context, host string) (bool, error) {
	before := l.arrived.Load()
	type answer struct {
		ch       ssh.Channel
		requests <-chan *ssh.Request
		err      error
	}
	answers := make(chan answer, 1)
	l.workers.Go(func() { // nothing ends it early but the end of the connection
		// RFC 4254 section 7.2
		ch, requests, err := l.client.OpenChannel("direct-tcpip", ssh.Marshal(struct {
			Host       string
			Port       uint32
			Origin     string
			OriginPort uint32
		}{host, l.t.cfg.Spec.BindPort, "127.0.0.1", 0}))
		answers <- answer{ch, requests, err}
	})
	limit := time.NewTimer(l.t.time.look)
	defer limit.Stop()
	select {
	case a := <-answers:
		var refused *ssh.OpenChannelError
		switch {
		case errors.As(a.err, &refused) && refused.Reason == ssh.ConnectionFailed:
			return false, nil
		case a.err != nil:
			return false, a.err
		}
		l.workers.Go(func() { ssh.DiscardRequests(a.requests) })
		defer a.ch.Close()
	case <-limit.C: // nobody answers there
		l.workers.Go(func() {
			if a := <-answers; a.ch != nil {
				a.ch.Close()
			}
		})
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
	for l.arrived.Load() == before {
		select {
		case <-l.arrival:
		case <-limit.C: // somebody else's port
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return true, nil
}
