package tunnel

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// reconnectBudget is from sshd being back until the tunnel is up.
const reconnectBudget = 4 * time.Second

// sshd is the system's OpenSSH server on a loopback port, set up as the manual
// recommends for tunnels.
type sshd struct {
	t    *testing.T
	dir  string
	addr string
	key  string // tunnel key
	bind string // what the tunnel asks for
	cmd  *exec.Cmd
	log  *logBuffer
}

func newSSHD(t *testing.T, kind string) *sshd {
	t.Helper()
	program, err := exec.LookPath("sshd")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/sshd")
	}
	needs(t, "sshd", err == nil)
	if os.Getuid() == 0 {
		// As the distributions' start scripts do.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	s := &sshd{t: t, dir: dir, addr: freeAddr(t), key: filepath.Join(dir, "key"), log: &logBuffer{}}
	signer, err := loadKey(s.key)
	if err != nil {
		t.Fatal(err)
	}
	s.write("authorized_keys", `restrict,port-forwarding,command="/bin/false" `+string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	_, port, _ := net.SplitHostPort(s.addr)
	rules := ""
	switch kind {
	case "tcp":
		s.bind = freeAddr(t)
		rules = "AllowTcpForwarding remote\nGatewayPorts no\nPermitListen " + s.bind + "\n"
	case "socket":
		s.bind = filepath.Join(dir, "talk.sock")
		rules = "AllowTcpForwarding remote\nPermitListen localhost:1\nAllowStreamLocalForwarding remote\nStreamLocalBindUnlink yes\n"
	}
	s.write("sshd_config", fmt.Sprintf(`Port %s
ListenAddress 127.0.0.1
HostKey %[2]s/host_key
AuthorizedKeysFile %[2]s/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
ClientAliveInterval 1
ClientAliveCountMax 1
%s`, port, dir, rules))
	s.newHostKey()
	s.cmd = exec.Command(program, "-D", "-e", "-f", filepath.Join(dir, "sshd_config"))
	s.start()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	return s
}

func (s *sshd) write(name, content string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sshd) newHostKey() {
	s.t.Helper()
	os.Remove(filepath.Join(s.dir, "host_key"))
	if err := makeKey(filepath.Join(s.dir, "host_key")); err != nil {
		s.t.Fatal(err)
	}
}

// start returns when sshd answers.
func (s *sshd) start() {
	s.t.Helper()
	s.cmd = &exec.Cmd{Path: s.cmd.Path, Args: s.cmd.Args, Stderr: s.log}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	limit := time.Now().Add(patience)
	for {
		c, err := net.Dial("tcp", s.addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(limit) {
			s.t.Fatalf("sshd does not answer: %v\n%s", err, s.log)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// kill ends sshd and its sessions at once.
func (s *sshd) kill() { killTree(s.t, s.cmd) }

// killTree ends a program and whatever it started, and waits for the program.
func killTree(t *testing.T, cmd *exec.Cmd) {
	if cmd.Process == nil || cmd.ProcessState != nil {
		return
	}
	pids := []int{cmd.Process.Pid}
	out, err := exec.Command("ps", "-eo", "pid=,ppid=").Output()
	if err != nil {
		t.Error(err)
	}
	for i := 0; i < len(pids); i++ {
		for line := range bytes.Lines(out) {
			f := strings.Fields(string(line))
			if len(f) == 2 && f[1] == strconv.Itoa(pids[i]) {
				pid, _ := strconv.Atoi(f[0])
				pids = append(pids, pid)
			}
		}
	}
	for _, pid := range pids {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	}
	_ = cmd.Wait()
}

func (s *sshd) config(query string) Config {
	s.t.Helper()
	me, err := user.Current()
	if err != nil {
		s.t.Fatal(err)
	}
	spec, err := Parse("ssh://" + me.Username + "@" + s.addr + "?" + query)
	if err != nil {
		s.t.Fatal(err)
	}
	return Config{
		Spec: spec, BaseURL: testBase, KeyFile: s.key, KnownHosts: filepath.Join(s.dir, "known_hosts"),
		AskHostKey: func(string, string) bool { return true },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("가나다라", 100_000)+r.RemoteAddr)
		}),
	}
}

func (s *sshd) query() string {
	if filepath.IsAbs(s.bind) {
		return "socket=" + s.bind
	}
	return "bind=" + s.bind
}

// visit fetches the page as a proxy on the server would.
func (s *sshd) visit() (string, error) {
	network := "tcp"
	if filepath.IsAbs(s.bind) {
		network = "unix"
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, s.bind)
	}}
	client := http.Client{Transport: transport, Timeout: patience}
	resp, err := client.Get("http://talk.example.com/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func (s *sshd) mustServe(from string) {
	s.t.Helper()
	page, err := s.visit()
	if err != nil || len(page) < 1_200_000 || !strings.Contains(page[1_200_000:], from) {
		s.t.Errorf("page of %d bytes, %v", len(page), err)
	}
}

func TestSSHDRestart(t *testing.T) {
	t.Parallel()
	for kind, from := range map[string]string{"tcp": "127.0.0.1:", "socket": "unknown"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSSHD(t, kind)
			begin := time.Now()
			wait := defaultTiming
			wait.retryMin, wait.retryMax = 100*time.Millisecond, 400*time.Millisecond
			r := start(t, s.config(s.query()), wait)
			r.awaitUp()
			t.Logf("first connection: %v", time.Since(begin))
			s.mustServe(from)

			s.kill()
			r.awaitDown()
			refuseTwice(t, s.addr)
			s.start()
			back := time.Now()
			r.awaitUp()
			took := time.Since(back)
			t.Logf("up again %v after sshd", took)
			if took > reconnectBudget {
				t.Errorf("reconnecting took %v", took)
			}
			s.mustServe(from)

			r.cancel()
			if err := r.ended(); err != nil {
				t.Error(err)
			}
			if _, err := s.visit(); err == nil {
				t.Error("still served after the end")
			}
		})
	}
}

// refuseTwice stands in for sshd while two connection attempts fail.
func refuseTwice(t *testing.T, addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for range 2 {
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
}

// Behind a dead line sshd holds the old port for a while, and refuses.
func TestSSHDDeadLine(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"tcp", "socket"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSSHD(t, kind)
			cfg := s.config(s.query())
			line := newDeadLine(t, s.addr)
			host, port, _ := net.SplitHostPort(line.ln.Addr().String())
			cfg.Spec.Host = host
			cfg.Spec.Port, _ = strconv.Atoi(port)
			wait := defaultTiming
			wait.ping, wait.pong, wait.tick = 200*time.Millisecond, 500*time.Millisecond, 100*time.Millisecond
			wait.retryMin, wait.retryMax, wait.refuseMax = 100*time.Millisecond, 400*time.Millisecond, 400*time.Millisecond
			r := start(t, cfg, wait)
			r.awaitUp()
			line.freeze()
			if got := r.awaitDown(); got.LastError != "keepalive@openssh.com: no answer" {
				t.Errorf("state %+v", got)
			}
			dead := time.Now()
			r.awaitUp()
			t.Logf("up again after %v", time.Since(dead))
			s.mustServe("")
		})
	}
}

// Answers under way fill every buffer of a dead line; the tunnel still ends it.
func TestSSHDDeadLineUnderLoad(t *testing.T) {
	s := newSSHD(t, "socket")
	cfg := s.config(s.query())
	line := newDeadLine(t, s.addr)
	_, port, _ := net.SplitHostPort(line.ln.Addr().String())
	cfg.Spec.Port, _ = strconv.Atoi(port)
	const visitors = 16 // each may have 2 MB on the way
	flowing := make(chan struct{}, visitors)
	page := cfg.Handler
	cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/endless" {
			page.ServeHTTP(w, r)
			return
		}
		flowing <- struct{}{}
		for chunk := make([]byte, 64<<10); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	wait := defaultTiming
	wait.ping, wait.pong, wait.tick = 200*time.Millisecond, 1500*time.Millisecond, 100*time.Millisecond
	r := start(t, cfg, wait)
	r.awaitUp()
	for range visitors {
		c, err := net.Dial("unix", s.bind)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "GET /endless HTTP/1.1\r\nHost: talk.example.com\r\n\r\n")
		go func() { _, _ = io.Copy(io.Discard, c) }()
	}
	for range visitors {
		<-flowing
	}
	line.freeze()
	r.await("dead", func(s State) bool { return s.LastError == "keepalive@openssh.com: no answer" })
	r.awaitUp()
	s.mustServe("")
}

func TestSSHDNameTaken(t *testing.T) {
	t.Parallel()
	s := newSSHD(t, "tcp")
	other, err := net.Listen("tcp", s.bind)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	r := start(t, s.config(s.query()), defaultTiming)
	r.await("refused", func(s State) bool { return s.LastError == errRefused.Error() })
	other.Close()
	r.awaitUp()
	s.mustServe("127.0.0.1:")
}

func TestSSHDNotPermitted(t *testing.T) {
	t.Parallel()
	s := newSSHD(t, "tcp")
	_, port, _ := net.SplitHostPort(s.bind)
	r := start(t, s.config("bind=localhost:"+port), defaultTiming)
	r.await("refused", func(s State) bool { return s.LastError == errRefused.Error() })
}

func TestSSHDHostKeyChanged(t *testing.T) {
	t.Parallel()
	s := newSSHD(t, "socket")
	r := start(t, s.config(s.query()), defaultTiming)
	r.awaitUp()
	s.kill()
	s.newHostKey()
	s.start()
	var got *HostKeyError
	if err := r.ended(); !errors.As(err, &got) || !got.Changed {
		t.Errorf("error %v", err)
	}
}

// The line that the user is told to add opens the tunnel and nothing else.
func TestSSHDKeyNotAccepted(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"tcp", "socket"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSSHD(t, kind)
			s.write("authorized_keys", "")
			cfg := s.config(s.query())
			var got *AuthError
			if err := start(t, cfg, defaultTiming).ended(); !errors.As(err, &got) {
				t.Fatal(err)
			}
			s.write("authorized_keys", got.Line+"\n")
			start(t, cfg, defaultTiming).awaitUp()
			s.mustServe("")
			if runsCommands(t, cfg) {
				t.Error("the key runs commands on the server")
			}
		})
	}
}

// The key that is made is one that OpenSSH's own tools read.
func TestKeyForOpenSSH(t *testing.T) {
	program, err := exec.LookPath("ssh-keygen")
	needs(t, "ssh-keygen", err == nil)
	file := filepath.Join(t.TempDir(), "key")
	signer, err := loadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if block, _ := pem.Decode(raw); err != nil || block == nil || block.Type != "OPENSSH PRIVATE KEY" {
		t.Errorf("not an OpenSSH key: %v", err)
	}
	out, err := exec.Command(program, "-y", "-f", file).Output()
	want := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	if err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("ssh-keygen says %q, %v", out, err)
	}
}
