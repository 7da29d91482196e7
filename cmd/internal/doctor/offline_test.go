package doctor

import (
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
)

// silence is a host that takes connections and never answers, and how many it took.
func silence(t *testing.T) (address string, taken *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	taken = new(atomic.Int32)
	go func() {
		defer close(done)
		var open []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			taken.Add(1)
			open = append(open, c)
		}
		for _, c := range open {
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "http://" + l.Addr().String(), taken
}

// With both hosts silent every check still has its line, and each host is waited for
// once and not by every check.
func TestOffline(t *testing.T) {
	auth, asked := silence(t)
	api, askedAPI := silence(t)
	home := t.TempDir()
	env := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, UserHome: home, Executable: "kakaotalk-mcp",
		Vars: cli.Vars{"HOME=" + home, "PATH=", "KAKAO_LANG=ko", "KAKAO_CLIENT_ID=0123456789abcdef", "KAKAO_TOKEN_STORE=file", "KAKAO_AUTH_URL=" + auth, "KAKAO_API_URL=" + api}}
	a, err := app.New(app.NewOptions(env), true)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	d := &Doctor{App: a, reachTime: 300 * time.Millisecond}
	found := map[string]Finding{}
	for _, f := range d.examine(t.Context(), checks()) {
		found[f.Check] = f
		if f.Message == "" {
			t.Errorf("%s says nothing", f.Check)
		}
	}
	if asked.Load() != 1 || askedAPI.Load() != 1 {
		t.Errorf("asked %d and %d times", asked.Load(), askedAPI.Load())
	}
	if len(found) != len(checks()) {
		t.Errorf("%d of %d checks", len(found), len(checks()))
	}
	for _, name := range []string{"login-host", "api-host"} {
		if f := found[name]; f.Status != Fail || !strings.Contains(f.Message, "응답이 없어요") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, name := range []string{"clock", "key-and-secret", "login", "friends"} {
		if f := found[name]; f.Status != Skip {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := found["token-store"]; f.Status == Skip { // not Kakao's concern
		t.Errorf("%+v", f)
	}
}
