package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
)

// tunnelDomains are where tunnel programs put their public names: an address
// below one of them is the tunnel's, and not one from a program's help text.
var tunnelDomains = []string{
	".trycloudflare.com", ".ts.net", ".ngrok-free.app", ".ngrok-free.dev", ".ngrok.app", ".ngrok.dev", ".ngrok.io",
	".devtunnels.ms", ".share.zrok.io", ".lhr.life", ".lhr.rocks", ".loca.lt", ".tuns.sh", ".pinggy.link",
	".serveousercontent.com", ".serveo.net", "." + srvusDomain,
}

// readyMark is what cloudflared prints when a named tunnel is up; it does not
// print the address of those. After a quick tunnel's address it means nothing.
const readyMark = "Registered tunnel connection"

// foreignTo tells which announced hosts can only be a tunnel's address. An SSH
// server that chooses names prints nothing but them.
func foreignTo(spec Spec) func(host string) bool {
	domains := tunnelDomains
	switch spec.Kind {
	case SRVUS:
		domains = []string{"." + srvusDomain}
	case SSH:
		return func(string) bool { return true }
	}
	return func(host string) bool {
		name := host
		if h, _, err := net.SplitHostPort(host); err == nil {
			name = h
		}
		for _, d := range domains {
			if strings.HasSuffix(name, d) {
				return true
			}
		}
		return false
	}
}

// command runs the user's tunnel program in front of the local port: up once it
// announced the configured address, until it ends.
func (t *Tunnel) command(ctx context.Context) error {
	ln, err := t.listen(ctx)
	if err != nil {
		return err
	}
	s := t.serve(ln)
	defer s.stop()

	heard := newAnnouncement(t.host, foreignTo(t.cfg.Spec))
	heard.ready = readyMark
	port := strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	p, err := startProcess(t.program(port, heard))
	if err != nil {
		return &stepError{StepStart, fmt.Errorf("starting the tunnel program: %w", err)}
	}
	defer p.stop(t.time.goodbye)
	if err := heard.wait(ctx, t.time.announce, t.time.grace, p.done); err != nil {
		return &stepError{StepProgram, fmt.Errorf("tunnel program: %w", err)}
	}
	t.setUp(State{})
	select {
	case <-ctx.Done():
		s.finish(ctx, t.time.goodbye)
		return nil
	case <-s.done:
		return s.failure()
	case <-p.done:
		return &stepError{StepProgram, errors.New("tunnel program: it ended by itself")}
	}
}

func (t *Tunnel) program(port string, heard *announcement) *exec.Cmd {
	args := make([]string, len(t.cfg.Spec.Args))
	for i, arg := range t.cfg.Spec.Args {
		args[i] = strings.ReplaceAll(arg, "{port}", port)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = t.cfg.Env
	cmd.Stdout, cmd.Stderr = newLineScanner(heard), newLineScanner(heard)
	cmd.WaitDelay = t.time.goodbye // a child of the program may keep the output open
	return cmd
}
