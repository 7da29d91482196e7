// Package loopback receives the one browser redirect that ends a login.
//
// It owns the sockets, everything HTTP about the callback and the look of its
// page. It knows no provider: the exchange and all texts come from the caller.
// It may import the standard library only.
//
// The listener lives for one login. The provider's redirect URI is registered
// with its port, so a port in use is an error and never replaced by another.
package loopback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

const (
	headerTimeout = 10 * time.Second // a browser sends its headers at once
	// maxHeader leaves room for cookies: browsers send those of every server on
	// localhost, whatever its port.
	maxHeader = 64 << 10
	// completeTimeout bounds Complete: an exchange of seconds, then saving, which
	// may wait for the owner to unlock a keychain.
	completeTimeout = 3 * time.Minute
	// maxOpen bounds connections of each kind: a browser opens a handful, spare ones included.
	maxOpen = 64
	// closeGrace is how long Close lets responses under way finish.
	closeGrace = 2 * time.Second
)

// Config describes one login.
type Config struct {
	// Base is the origin of the registered redirect URI: http on localhost,
	// 127.0.0.1 or [::1], with its port. Empty means that another process forwards
	// a public callback to us: 127.0.0.1 with a port chosen by the system, and
	// "127.0.0.1:port" is accepted as Host.
	Base string
	// Paths are the paths of this login's pages, compared exactly.
	Paths []string
	// Hosts are Host values accepted besides Base's own.
	Hosts []string
	// State is the value that the callback must bring back.
	State string
	// Complete finishes the login. It is called at most once, for the first
	// request with the right state and a code or an error; q has one value per
	// name, and no code beside an error. Its page is shown when it returns. Its
	// context outlives the request (a closed tab must not undo the login) and
	// ends after 3 minutes.
	Complete func(ctx context.Context, q url.Values) Page
	// Pages are the texts of all other answers.
	Pages Pages
}

// Listener is a running callback listener.
type Listener struct {
	port    int
	handler *handler
	server  *http.Server
	serving sync.WaitGroup

	mu     sync.Mutex
	closed bool
	silent []net.Conn // connections that have sent no whole request yet, oldest first
	asked  []net.Conn // the others, oldest first
}

// Listen binds the addresses of cfg.Base and serves them until Close. For
// localhost these are 127.0.0.1 and [::1], as browsers try either; a system
// without IPv6 is served on 127.0.0.1 alone. Errors match ErrPortInUse and
// ErrPortForbidden, or tell what is wrong with cfg.
func Listen(cfg Config) (*Listener, error) { return listen(cfg, net.Listen) }

func listen(cfg Config, bind bindFunc) (*Listener, error) {
	if len(cfg.Paths) == 0 || cfg.State == "" || cfg.Complete == nil {
		return nil, errors.New("callback listener: paths, state and complete are needed")
	}
	addresses, hosts, err := parseBase(cfg.Base)
	if err != nil {
		return nil, err
	}
	sockets, err := bindAll(addresses, bind)
	if err != nil {
		return nil, err
	}
	port := sockets[0].Addr().(*net.TCPAddr).Port
	if cfg.Base == "" {
		hosts = []string{fmt.Sprintf("127.0.0.1:%d", port)}
	}
	l := &Listener{
		port:    port,
		handler: newHandler(cfg, append(hosts, cfg.Hosts...)),
	}
	l.server = &http.Server{
		Handler:           l.handler,
		ReadHeaderTimeout: headerTimeout,
		WriteTimeout:      completeTimeout + headerTimeout, // from the end of the headers: Complete, then a small page
		MaxHeaderBytes:    maxHeader,
		ConnState:         l.track,

		DisableGeneralOptionsHandler: true, // "OPTIONS *" is checked like the rest
	}
	l.server.SetKeepAlivesEnabled(false) // one page per connection: nothing idles when we close
	for _, socket := range sockets {
		l.serving.Go(func() { l.server.Serve(socket) })
	}
	return l, nil
}

// Port returns the port that is listened on.
func (l *Listener) Port() int { return l.port }

// Close stops listening and frees the port. Responses under way, Complete
// included, are given 2 s, less if ctx ends earlier; connections on which
// nothing was asked are cut at once. An error means that Complete is still
// running: it is not interrupted, and the login's lock should be kept until it
// returned. Must not be called from within Complete.
func (l *Listener) Close(ctx context.Context) error {
	l.handler.stop()
	l.mu.Lock()
	l.closed = true
	for _, conn := range l.silent {
		conn.Close() // browsers open spare connections; Shutdown would wait 5 s for each
	}
	l.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, closeGrace)
	defer cancel()
	err := l.server.Shutdown(ctx)
	l.server.Close()
	l.serving.Wait()
	if err != nil && !l.handler.finished() {
		return errors.New("closing the callback listener: the login is still being completed")
	}
	return nil
}

// track keeps silent and asked up to date. One connection too many of either kind
// costs the oldest of its kind: whoever floods the port must not keep the browser
// out, neither by saying nothing nor by reading nothing.
func (l *Listener) track(conn net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state == http.StateNew {
		if l.closed {
			conn.Close()
			return
		}
		l.silent = bounded(append(l.silent, conn))
		return
	}
	l.silent, l.asked = without(l.silent, conn), without(l.asked, conn)
	if state == http.StateActive {
		l.asked = bounded(append(l.asked, conn))
	}
}

// bounded closes the first of too many connections.
func bounded(conns []net.Conn) []net.Conn {
	if len(conns) > maxOpen {
		conns[0].Close()
		return conns[1:]
	}
	return conns
}

func without(conns []net.Conn, conn net.Conn) []net.Conn {
	return slices.DeleteFunc(conns, func(c net.Conn) bool { return c == conn })
}
