package console

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// Ctrl-C at a message that is being typed leaves at once, and nothing is sent.
func TestCtrlCLeavesTheText(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "ko")
	x := c.Open("send", "me")
	x.Expect("메시지를 입력하고")
	x.Press("회의 3시", e2etest.Enter, e2etest.CtrlC)
	x.Expect("취소했어요")
	x.Exit(2)
	if n := len(c.Kakao.Deliveries()); n != 0 {
		t.Errorf("%d messages went out", n)
	}
}

// Ctrl-C at the question about an unknown server's key leaves at once, before
// anybody can type a "y" after it, and agrees to nothing.
func TestCtrlCLeavesTheHostKeyQuestion(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "ko")
	c.Set("KAKAO_BASE_URL", "https://talk.example.com")
	c.Set("KAKAO_TUNNEL", "ssh://me@"+sshServer(t)+"?bind=127.0.0.1:9000")
	x := c.Open("tunnel")
	x.Expect("처음 연결하는 서버예요", "SHA256:", "[y/N]")
	x.Press(e2etest.CtrlC)
	x.Expect("취소했어요")
	x.Exit(2)
	if raw, err := os.ReadFile(filepath.Join(c.Home, "known_hosts")); len(raw) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("written: %q, %v", raw, err)
	}
}

// The end of input at that question agrees to nothing either.
func TestEndOfInputIsNoAgreement(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "ko")
	c.Set("KAKAO_BASE_URL", "https://talk.example.com")
	c.Set("KAKAO_TUNNEL", "ssh://me@"+sshServer(t)+"?bind=127.0.0.1:9000")
	x := c.Open("tunnel")
	x.Expect("처음 연결하는 서버예요", "[y/N]")
	x.Press(e2etest.EndOfInput)
	x.Expect("KAKAO_TUNNEL_HOSTKEY")
	x.Exit(1)
}

// Whoever ends the input instead of pasting an address may still log in with a
// browser, and Ctrl-C ends the wait.
func TestLoginIsLeft(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_LANG", "ko")
	for _, keys := range []string{e2etest.CtrlC, e2etest.EndOfInput + e2etest.CtrlC} {
		x := c.Open("login", "--no-browser")
		x.Expect("붙여 넣어 주세요")
		x.Press(strings.Split(keys, "")...)
		x.Expect("취소했어요")
		x.Exit(2)
	}
	c.Status(e2etest.ExitLogin)
}

// sshServer shows whoever connects a key that nobody knows, and lets nobody in.
func sshServer(t *testing.T) (address string) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return nil, errors.New("nobody gets in")
	}}
	config.AddHostKey(signer)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go ssh.NewServerConn(conn, config) //nolint:errcheck // it fails
		}
	}()
	return l.Addr().String()
}
