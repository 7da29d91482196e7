package tunnel

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// quirks are the ways in which tunnel servers differ from one another.
type quirks struct {
	originator   string // of forwarded channels; "" is an IP address
	needSession  bool   // no answer to a forward before a session exists
	announce     string // printed to the session after the grant
	refuseFirst  int    // forwards refused at first
	deaf         bool   // keepalives are not answered
	endSession   bool   // the session is closed after the grant
	refuseLogins bool
}

// sshServer is an SSH server of our own, listening on loopback.
type sshServer struct {
	t      testing.TB
	ln     net.Listener
	config *ssh.ServerConfig

	mu        sync.Mutex
	q         quirks
	conns     map[*ssh.ServerConn]bool
	forwards  int // requests seen
	cancelled int
	logins    int
	granted   chan *ssh.ServerConn
	wg        sync.WaitGroup
}

func newSSHServer(t testing.TB, q quirks, hostKeys ...ssh.Signer) *sshServer {
	t.Helper()
	s := &sshServer{t: t, q: q, conns: map[*ssh.ServerConn]bool{}, granted: make(chan *ssh.ServerConn, 100)}
	s.setKeys(hostKeys...)
	var err error
	if s.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.wg.Go(s.accept)
	t.Cleanup(s.stop)
	return s
}

func (s *sshServer) setKeys(keys ...ssh.Signer) {
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.logins++
		if s.q.refuseLogins {
			return nil, fmt.Errorf("no")
		}
		return nil, nil
	}}
	for _, k := range keys {
		config.AddHostKey(k)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config = config
}

func (s *sshServer) accept() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.wg.Go(func() { s.connection(c) })
	}
}

func (s *sshServer) stop() {
	s.ln.Close()
	s.dropAll()
	s.wg.Wait()
}

// dropAll breaks every connection.
func (s *sshServer) dropAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *sshServer) set(f func(*quirks)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.q)
}

func (s *sshServer) counts() (forwards, cancelled, logins int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forwards, s.cancelled, s.logins
}

func (s *sshServer) connection(c net.Conn) {
	s.mu.Lock()
	config := s.config
	s.mu.Unlock()
	conn, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		c.Close()
		return
	}
	s.mu.Lock()
	s.conns[conn] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
		conn.Close()
	}()
	session := make(chan ssh.Channel, 1)
	s.wg.Go(func() {
		for offered := range channels {
			ch, reqs, err := offered.Accept()
			if err != nil {
				return
			}
			go ssh.DiscardRequests(reqs)
			session <- ch
		}
		close(session)
	})
	for r := range requests {
		s.request(conn, r, session)
	}
}

func (s *sshServer) request(conn *ssh.ServerConn, r *ssh.Request, session <-chan ssh.Channel) {
	s.mu.Lock()
	q := s.q
	s.mu.Unlock()
	switch r.Type {
	case "tcpip-forward", "streamlocal-forward@openssh.com":
		var ch ssh.Channel
		if q.needSession || q.announce != "" {
			if ch = <-session; ch == nil {
				return
			}
		}
		s.mu.Lock()
		s.forwards++
		refuse := s.forwards <= q.refuseFirst
		s.mu.Unlock()
		if refuse {
			_ = r.Reply(false, nil)
			return
		}
		if q.announce != "" {
			fmt.Fprintf(ch, "%s\r\n", q.announce)
		}
		_ = r.Reply(true, nil)
		if q.endSession {
			ch.Close()
		}
		s.granted <- conn
	case "cancel-tcpip-forward", "cancel-streamlocal-forward@openssh.com":
		s.mu.Lock()
		s.cancelled++
		s.mu.Unlock()
		_ = r.Reply(true, nil)
	default:
		if !q.deaf {
			_ = r.Reply(false, nil)
		}
	}
}

// visit opens a visitor's channel on a client's connection.
func (s *sshServer) visit(conn *ssh.ServerConn) (ssh.Channel, error) {
	s.mu.Lock()
	from := s.q.originator
	s.mu.Unlock()
	if from == "" {
		from = "203.0.113.7"
	}
	ch, reqs, err := conn.OpenChannel("forwarded-tcpip", ssh.Marshal(struct {
		Addr       string
		Port       uint32
		Origin     string
		OriginPort uint32
	}{"localhost", 1, from, 5}))
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(reqs)
	return ch, nil
}

func newSigner(t testing.TB, kind string) ssh.Signer {
	t.Helper()
	var key any
	var err error
	switch kind {
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "ecdsa":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// logBuffer collects log output from several goroutines.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
