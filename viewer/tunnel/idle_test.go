package tunnel

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

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

// resident is the private memory of this process in KB (proc_pid_status(5)).
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
