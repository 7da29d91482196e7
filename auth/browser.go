package auth

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/pkg/browser"
)

// launchWait is how long a launcher may take to report that it failed. A freshly
// started browser does not return at all, so no answer counts as success.
const launchWait = 2 * time.Second

// Browser opens pages for the person.
type Browser struct {
	Program string // BROWSER: a program, perhaps with arguments; "" for the system's
	Display bool   // a graphical session can be reached; only Linux asks
}

// Open shows an https or loopback http page. It returns once the launcher is
// done or launchWait has passed.
func (b Browser) Open(page string) error {
	if err := openable(page); err != nil {
		return err
	}
	result := make(chan error, 1)
	switch {
	case b.Program != "" || runtime.GOOS == "linux" && !b.Display && wslBrowser():
		if b.Program == "" {
			b.Program = wslView // Windows' browser, reached from WSL without a display of its own
		}
		cmd, err := b.command(page)
		if err != nil {
			return err
		}
		apart(cmd)
		if err := cmd.Start(); err != nil { // its stdout and stderr are the null device
			return fmt.Errorf("starting the program in BROWSER: %w", err)
		}
		go func() { result <- cmd.Wait() }()
	case runtime.GOOS == "linux" && !b.Display:
		// xdg-open would fall through to text browsers on our terminal.
		return errors.New("no graphical session")
	default:
		go func() { result <- browser.OpenURL(page) }()
	}
	select {
	case err := <-result:
		if err != nil {
			return fmt.Errorf("opening the browser: %w", err)
		}
	case <-time.After(launchWait):
	}
	return nil
}

// command builds the call of BROWSER: the whole value if it names a program
// (paths may hold spaces), else its words; %s stands for the address.
func (b Browser) command(page string) (*exec.Cmd, error) {
	if path, err := exec.LookPath(b.Program); err == nil {
		return exec.Command(path, page), nil
	}
	words := strings.Fields(b.Program)
	if len(words) == 0 {
		return nil, errors.New("BROWSER is blank")
	}
	placed := false
	for i, w := range words[1:] {
		if strings.Contains(w, "%s") {
			words[i+1] = strings.ReplaceAll(w, "%s", page)
			placed = true
		}
	}
	if !placed {
		words = append(words, page)
	}
	return exec.Command(words[0], words[1:]...), nil
}

const wslView = "wslview"

func wslBrowser() bool {
	_, err := exec.LookPath(wslView)
	return err == nil
}

func openable(page string) error {
	u, err := url.Parse(page)
	if err != nil {
		return errors.New("not an address that can be opened")
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("refusing to open a %q address", u.Scheme)
}
