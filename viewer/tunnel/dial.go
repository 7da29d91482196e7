package tunnel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// dialer opens logged-in SSH connections to one server.
type dialer struct {
	spec   Spec
	signer ssh.Signer
	keys   hostKeys
	time   timing
	ask    func(host, fingerprint string) bool
}

// dial connects and logs in. An unknown server key is shown to the human between
// two connections: no server waits for as long as a human thinks.
func (d *dialer) dial(ctx context.Context) (*ssh.Client, net.Conn, error) {
	client, tcp, err := d.tryOffers(ctx)
	var hostKey *HostKeyError
	if !errors.As(err, &hostKey) || hostKey.Changed || d.ask == nil || !d.ask(hostKey.Host, hostKey.Fingerprint) {
		return client, tcp, err
	}
	if err := d.keys.add(hostKey.key); err != nil {
		return nil, nil, err
	}
	return d.tryOffers(ctx)
}

func (d *dialer) tryOffers(ctx context.Context) (*ssh.Client, net.Conn, error) {
	offers, err := d.keys.offers()
	if err != nil {
		return nil, nil, err
	}
	hostKey := &HostKeyError{Host: d.keys.addr, Changed: true, Pinned: d.keys.pin != ""}
	for _, algorithms := range offers {
		client, tcp, err := d.handshake(ctx, algorithms)
		var other *HostKeyError
		var noCommon *ssh.AlgorithmNegotiationError
		switch {
		case errors.As(err, &other):
			hostKey = other
		case errors.As(err, &noCommon) && noCommon.What == "host key":
		default:
			return client, tcp, err
		}
	}
	return nil, nil, hostKey
}

func (d *dialer) handshake(ctx context.Context, algorithms []string) (*ssh.Client, net.Conn, error) {
	dialer := net.Dialer{Timeout: d.time.dial, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: d.time.ping, Interval: d.time.ping, Count: 3,
	}}
	tcp, err := dialer.DialContext(ctx, "tcp", d.spec.addr())
	if err != nil {
		return nil, nil, &stepError{StepConnect, fmt.Errorf("connecting: %w", err)}
	}
	stop := context.AfterFunc(ctx, func() { tcp.Close() })
	defer stop()
	// ClientConfig.Timeout covers the dial only.
	if err := tcp.SetDeadline(time.Now().Add(d.time.handshake)); err != nil {
		tcp.Close()
		return nil, nil, &stepError{StepConnect, fmt.Errorf("connecting: %w", err)}
	}
	heard := &versionConn{Conn: tcp}
	conn, channels, requests, err := ssh.NewClientConn(heard, d.spec.addr(), &ssh.ClientConfig{
		User:              d.spec.User,
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(d.signer)},
		HostKeyCallback:   d.keys.check,
		HostKeyAlgorithms: algorithms,
		// The server's banner is a stranger's text: it is not shown or read.
		BannerCallback: func(string) error { return nil },
	})
	if err != nil {
		// x/crypto has no type for this. A test holds the text.
		if strings.Contains(err.Error(), "unable to authenticate") {
			err = &AuthError{User: d.spec.User, Host: d.keys.addr, Line: d.spec.authorizedKeysLine(d.signer.PublicKey(), heard.dropbear())}
		}
		if StepOf(err) == "" {
			err = &stepError{StepSSH, err}
		}
		return nil, nil, err
	}
	client := ssh.NewClient(conn, channels, requests)
	if err := tcp.SetDeadline(time.Time{}); err != nil {
		client.Close()
		return nil, nil, &stepError{StepConnect, fmt.Errorf("connecting: %w", err)}
	}
	return client, tcp, nil
}

// versionConn notes how the server introduces itself, which x/crypto does not tell
// when the login fails.
type versionConn struct {
	net.Conn

	mu   sync.Mutex
	head []byte
}

func (c *versionConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if room := maxVersion - len(c.head); room > 0 {
		c.head = append(c.head, p[:min(n, room)]...)
	}
	return n, err
}

func (c *versionConn) dropbear() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Contains(c.head, []byte("SSH-2.0-dropbear"))
}

// maxVersion is the longest line with a version (RFC 4253 section 4.2).
const maxVersion = 255
