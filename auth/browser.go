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
	if b.Program == "" && runtime.GOOS == "linux" {
		// Not by pkg/browser: a browser that is started so is our child, in our process
		// group and with our files, until somebody closes it.
		if b.Program = b.launcher(); b.Program == "" {
			return errors.New("no graphical session, or no program that opens a browser")
		}
	}
	result := make(chan error, 1)
	if b.Program == "" {
		go func() { result <- browser.OpenURL(page) }()
	} else {
		cmd, err := b.command(page)
		if err != nil {
			return err
		}
		apart(cmd)
		if err := cmd.Start(); err != nil { // its files are the null device
			return fmt.Errorf("starting %s: %w", cmd.Args[0], err)
		}
		go func() { result <- cmd.Wait() }()
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

// launcher is the program that opens Linux' browser, "" if there is none: from WSL
// without a display of its own Windows' can be reached. Without a display xdg-open
// would fall through to text browsers.
func (b Browser) launcher() string {
	programs := []string{"wslview"}
	if b.Display {
		programs = []string{"xdg-open", "x-www-browser", "wslview"}
	}
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
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
