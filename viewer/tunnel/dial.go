package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
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
	hostKey := &HostKeyError{Host: d.keys.addr, Changed: true}
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
	conn, channels, requests, err := ssh.NewClientConn(tcp, d.spec.addr(), &ssh.ClientConfig{
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
			err = &AuthError{User: d.spec.User, Host: d.keys.addr,
				PublicKey: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(d.signer.PublicKey())))}
		}
		return nil, nil, &stepError{StepSSH, err}
	}
	client := ssh.NewClient(conn, channels, requests)
	if err := tcp.SetDeadline(time.Time{}); err != nil {
		client.Close()
		return nil, nil, &stepError{StepConnect, fmt.Errorf("connecting: %w", err)}
	}
	return client, tcp, nil
}
