package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"kakaotalk-mcp/auth/ground/wording"
)

// otherServer is an SSH server that is not OpenSSH, on a loopback port.
type otherServer struct {
	t    *testing.T
	dir  string
	addr string
	cmd  func() *exec.Cmd
	run  *exec.Cmd
	log  *logBuffer
}

func (s *otherServer) start() {
	s.t.Helper()
	s.run = s.cmd()
	s.run.Stdout, s.run.Stderr = s.log, s.log
	if err := s.run.Start(); err != nil {
		s.t.Fatal(err)
	}
	for limit := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", s.addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(limit) {
			s.t.Fatalf("the server does not answer: %v\n%s", err, s.log)
		}
	}
}

// stop ends the server and the connections it has: dropbear has a process for each.
func (s *otherServer) stop() {
	killTree(s.t, s.run)
}

func (s *otherServer) authorize(line string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "authorized_keys")
	if err := os.MkdirAll(filepath.Join(s.dir, ".ssh"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, ".ssh", "authorized_keys"), []byte(line+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *otherServer) config(query string) Config {
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
		Spec: spec, BaseURL: testBase, KeyFile: filepath.Join(s.dir, "key"), KnownHosts: filepath.Join(s.dir, "known_hosts"),
		AskHostKey: func(string, string) bool { return true },
		Handler:    http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello "+r.Host) }),
	}
}

// dropbear is the small server of routers. It looks for authorized_keys in the
// user's home only, so it is told of another home.
func dropbear(t *testing.T) *otherServer { return dropbearWith(t, "ed25519") }

func dropbearWith(t *testing.T, hostKeys ...string) *otherServer {
	t.Helper()
	program, err := exec.LookPath("dropbear")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/dropbear")
	}
	needs(t, "dropbear", err == nil)
	wrapper, _ := filepath.Glob("/usr/lib/*/libnss_wrapper.so")
	needs(t, "libnss-wrapper", len(wrapper) > 0)
	s := &otherServer{t: t, dir: t.TempDir(), addr: freeAddr(t), log: &logBuffer{}}
	if err := os.Chmod(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	passwd := filepath.Join(s.dir, "passwd")
	if err := os.WriteFile(passwd, []byte(fmt.Sprintf("%s:x:%s:%s::%s:/bin/sh\n", me.Username, me.Uid, me.Gid, s.dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-F", "-E", "-m", "-s", "-p", s.addr, "-P", filepath.Join(s.dir, "pid")}
	for _, kind := range hostKeys {
		file := filepath.Join(s.dir, kind)
		if out, err := exec.Command("dropbearkey", "-t", kind, "-f", file).CombinedOutput(); err != nil {
			t.Fatalf("dropbearkey: %v\n%s", err, out)
		}
		args = append(args, "-r", file)
	}
	s.cmd = func() *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), "LD_PRELOAD="+wrapper[0], "NSS_WRAPPER_PASSWD="+passwd, "NSS_WRAPPER_GROUP=/etc/group")
		return cmd
	}
	return s
}

// asyncssh is the library of Python programs that are SSH servers.
func asyncssh(t *testing.T) *otherServer {
	t.Helper()
	needs(t, "asyncssh", exec.Command("python3", "-c", "import asyncssh").Run() == nil)
	s := &otherServer{t: t, dir: t.TempDir(), addr: freeAddr(t), log: &logBuffer{}}
	if err := makeKey(filepath.Join(s.dir, "host_key")); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = func() *exec.Cmd {
		return exec.Command("python3", filepath.Join("testdata", "asyncssh_server.py"), port, s.dir)
	}
	return s
}

func TestOtherServers(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(*testing.T) *otherServer{"dropbear": dropbear, "asyncssh": asyncssh} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := server(t)
			s.authorize(string(ssh.MarshalAuthorizedKey(newSigner(t, "ed25519").PublicKey())))
			s.start()
			t.Cleanup(func() {
				s.stop()
				if t.Failed() {
					t.Log(s.log)
				}
			})
			bind := freeAddr(t)
			cfg := s.config("bind=" + bind)
			var refused *AuthError
			t.Run("stranger", func(t *testing.T) {
				if err := start(t, cfg, defaultTiming).ended(); !errors.As(err, &refused) {
					t.Fatal(err)
				}
			})
			s.authorize(refused.Line) // the line that the user is told to add
			r := start(t, cfg, defaultTiming)
			if up := r.awaitUp(); up.Elsewhere(wording.English) != "" {
				t.Errorf("state %+v", up)
			}
			if got := fetch(t, bind); got != "hello talk.example.com" {
				t.Errorf("answer %q", got)
			}
			if shell := runsCommands(t, cfg); shell {
				t.Error("the key runs commands on the server")
			}

			s.stop()
			r.awaitDown()
			s.start()
			r.awaitUp()
			if got := fetch(t, bind); got != "hello talk.example.com" {
				t.Errorf("answer after a restart: %q", got)
			}
			r.cancel()
			if err := r.ended(); err != nil {
				t.Error(err)
			}
			for limit := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
				c, err := net.Dial("tcp", bind)
				if err != nil {
					break
				}
				c.Close()
				if time.Now().After(limit) {
					t.Fatal("the server still listens after the end")
				}
			}
		})
	}
}

// Every kind of dropbear's host keys can be the known one.
func TestDropbearHostKeys(t *testing.T) {
	t.Parallel()
	kinds := []string{"rsa", "ecdsa", "ed25519"}
	s := dropbearWith(t, kinds...)
	signer, err := loadKey(filepath.Join(s.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	s.authorize(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	s.start()
	t.Cleanup(s.stop)
	for _, kind := range kinds {
		out, err := exec.Command("dropbearkey", "-y", "-f", filepath.Join(s.dir, kind)).Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
			if err != nil {
				continue
			}
			cfg := s.config("bind=" + freeAddr(t))
			cfg.HostKey = ssh.FingerprintSHA256(key)
			t.Run(kind, func(t *testing.T) { start(t, cfg, defaultTiming).awaitUp() })
		}
	}
}

// What OpenSSH and others grant is not always what they do.
func TestWhereTheServerListens(t *testing.T) {
	t.Parallel()
	_, port, _ := net.SplitHostPort(freeAddr(t))
	both := fmt.Sprintf("127.0.0.1:%s, [::1]:%[1]s", port)
	type row struct {
		bind, want string
		guessed    bool
		at         string // where it must serve
	}
	table := map[string]struct {
		server func(t *testing.T) (Config, func())
		rows   []row
	}{
		"OpenSSH": {opensshWith("AllowTcpForwarding yes"), []row{
			{bind: "127.0.0.1", at: "127.0.0.1"}, {bind: "[::1]", at: "[::1]"}, {bind: "localhost", at: "127.0.0.1"},
			{bind: "127.0.0.2", want: both, at: "127.0.0.1"}, {bind: "talk", want: both, at: "[::1]"},
			{bind: "0.0.0.0", want: both, guessed: true, at: "127.0.0.1"},
		}},
		"OpenSSH that lets nobody look": {opensshWith("AllowTcpForwarding remote"), []row{
			{bind: "127.0.0.2", want: both, guessed: true, at: "127.0.0.1"},
		}},
		"OpenSSH that lets clients choose": {opensshWith("AllowTcpForwarding yes\nGatewayPorts clientspecified"), []row{
			{bind: "127.0.0.2", at: "127.0.0.2"},
		}},
		"dropbear": {other(dropbear), []row{
			{bind: "127.0.0.2", want: both, at: "127.0.0.1"}, {bind: "talk", want: both, at: "127.0.0.1"},
		}},
		"asyncssh": {other(asyncssh), []row{{bind: "127.0.0.2", at: "127.0.0.2"}}},
	}
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			cfg, stop := c.server(t)
			defer stop()
			for _, row := range c.rows {
				t.Run(row.bind, func(t *testing.T) {
					spec, err := Parse("ssh://" + cfg.Spec.User + "@" + cfg.Spec.addr() + "?bind=" + row.bind + ":" + port)
					if err != nil {
						t.Fatal(err)
					}
					cfg.Spec = spec
					up := start(t, cfg, defaultTiming).awaitUp()
					if up.Listens != row.want || up.Guessed != row.guessed {
						t.Errorf("listens %q, guessed %v; want %q, %v", up.Listens, up.Guessed, row.want, row.guessed)
					}
					if got := fetch(t, row.at+":"+port); !strings.Contains(got, "hello") {
						t.Errorf("%s answers %q", row.at, got)
					}
				})
			}
		})
	}
}

func opensshWith(rules string) func(t *testing.T) (Config, func()) {
	return func(t *testing.T) (Config, func()) {
		s := newSSHD(t, "plain")
		config, err := os.ReadFile(filepath.Join(s.dir, "sshd_config"))
		if err != nil {
			t.Fatal(err)
		}
		s.kill()
		s.write("sshd_config", string(config)+rules+"\n")
		s.start()
		cfg := s.config("bind=127.0.0.1:1")
		cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello") })
		return cfg, s.kill
	}
}

func other(server func(*testing.T) *otherServer) func(t *testing.T) (Config, func()) {
	return func(t *testing.T) (Config, func()) {
		s := server(t)
		signer, err := loadKey(filepath.Join(s.dir, "key"))
		if err != nil {
			t.Fatal(err)
		}
		s.authorize(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
		s.start()
		return s.config("bind=127.0.0.1:1"), s.stop
	}
}

// fetch asks for a page at addr, as a proxy on the server would.
func fetch(t *testing.T, addr string) string {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", addr)
	}}
	client := http.Client{Transport: transport, Timeout: patience}
	resp, err := client.Get("http://talk.example.com/")
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

// runsCommands tries to use the tunnel's key as a login.
func runsCommands(t *testing.T, cfg Config) bool {
	t.Helper()
	signer, err := loadKey(cfg.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	client, err := ssh.Dial("tcp", cfg.Spec.addr(), &ssh.ClientConfig{
		User: cfg.Spec.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519}, Timeout: patience,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return false
	}
	defer session.Close()
	out, _ := session.Output("echo it runs")
	return strings.Contains(string(out), "it runs")
}
