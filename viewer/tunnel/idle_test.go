package tunnel

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// idleBudget is what an idle tunnel may add to a process, in KB.
const idleBudget = 3 << 10

// playIdle prints the resident memory in KB without and with the tunnel.
func playIdle(ctx context.Context, addr, dir string) error {
	spec, err := Parse("ssh://talk@" + addr + "?" + tcpBind)
	if err != nil {
		return err
	}
	before, err := resident()
	if err != nil {
		return err
	}
	fmt.Println(before)
	return Run(ctx, Config{
		Spec: spec, BaseURL: testBase, Handler: http.NotFoundHandler(),
		KeyFile: filepath.Join(dir, "key"), KnownHosts: filepath.Join(dir, "known_hosts"),
		AskHostKey: func(string, string) bool { return true },
		OnChange: func(s State) {
			if s.Up {
				after, err := resident()
				fmt.Println(after, err)
			}
		},
	})
}

func resident() (kb int, err error) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(raw) {
		if f := bytes.Fields(line); len(f) > 1 && string(f[0]) == "RssAnon:" {
			return strconv.Atoi(string(f[1]))
		}
	}
	return 0, fmt.Errorf("no RssAnon")
}

func TestIdleMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	p := play(t, "idle", s.ln.Addr().String(), t.TempDir())
	before, err := strconv.Atoi(p.next())
	if err != nil {
		t.Fatal(err)
	}
	var after int
	if line := p.next(); line != "" {
		if _, err := fmt.Sscanf(line, "%d <nil>", &after); err != nil {
			t.Fatalf("said %q", line)
		}
	}
	t.Logf("without %d KB, up %d KB: %d KB more", before, after, after-before)
	if after-before > idleBudget {
		t.Errorf("an idle tunnel takes %d KB", after-before)
	}
}
