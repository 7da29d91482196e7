package e2etest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"

	"kakaotalk-mcp/auth/ground/porttest"

	"golang.org/x/crypto/ssh"
)

// OwnServer is a user's own server as the README describes it: OpenSSH, and an
// https proxy in front of the forwarded port.
type OwnServer struct {
	Setting     string // KAKAO_TUNNEL
	Fingerprint string // KAKAO_TUNNEL_HOSTKEY
	Base        string // KAKAO_BASE_URL
	Key         string // private key file of the tunnel
}

func writeKey(t testing.TB, path string) ssh.PublicKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// StartOwnServer starts an SSH server that lets a tunnel's key do nothing but
// forward one port, and the proxy.
func StartOwnServer(t testing.TB) OwnServer {
	t.Helper()
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		Missing(t, "sshd")
	}
	if os.Getuid() == 0 { // as the distributions' start scripts do
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	host := writeKey(t, filepath.Join(dir, "host_key"))
	mine := writeKey(t, filepath.Join(dir, "tunnel_key"))
	forwarded, port := "127.0.0.1:"+porttest.Closed(t), porttest.Closed(t)
	line := `restrict,port-forwarding,permitlisten="` + forwarded + `",command="/bin/false" ` + string(ssh.MarshalAuthorizedKey(mine))
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %[2]s/host_key\nAuthorizedKeysFile %[2]s/authorized_keys\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nAllowTcpForwarding remote\nGatewayPorts no\n", port, dir)
	for name, text := range map[string]string{"authorized_keys": line, "sshd_config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(sshd, "-D", "-f", filepath.Join(dir, "sshd_config"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	WaitUntil(t, "sshd answering", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	back, err := url.Parse("http://" + forwarded)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(back); r.Out.Host = r.In.Host; r.SetXForwarded() },
		Transport: &http.Transport{DisableKeepAlives: true},
		ErrorLog:  log.New(io.Discard, "", 0), // the tunnel is down at times: that is what is tested
	})
	t.Cleanup(proxy.Close)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return OwnServer{
		Setting:     "ssh://" + me.Username + "@127.0.0.1:" + port + "?bind=" + forwarded,
		Fingerprint: ssh.FingerprintSHA256(host), Base: proxy.URL, Key: filepath.Join(dir, "tunnel_key"),
	}
}

// Env are the settings of a program with this home that uses the server.
func (o OwnServer) Env(home string) []string {
	return []string{"KAKAO_TUNNEL=" + o.Setting, "KAKAO_TUNNEL_HOSTKEY=" + o.Fingerprint, "KAKAO_TUNNEL_KEY=" + o.Key,
		"KAKAO_BASE_URL=" + o.Base, "KAKAOTALK_MCP_HOME=" + home}
}
