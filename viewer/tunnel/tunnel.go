// Package tunnel gives the viewer a public https address, without a service
// that needs an account.
//
// It owns: the meaning of the tunnel setting, the connection (SSH reverse
// forward, a program of the user, or the user's own proxy) and its life, the
// SSH key and the known hosts, the election of the one process that holds the
// tunnel, the words for its state, and the text of a user service. It imports the
// standard library, x/crypto/ssh, x/sys (Windows) and the ground. What is served, which Host is answered and how
// often is the handler's business; the handler it is given must be the public
// one, because everything in it can be reached by anybody.
//
// The address is fixed by the configuration: chat apps open only addresses
// registered beforehand. A server that announces another name is an error.
package tunnel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Config is what a tunnel needs. Empty fields mean what their comment says.
type Config struct {
	Spec Spec
	// BaseURL is the public address, https, without a trailing slash. A host that
	// the server or program announces must equal its host. It may be empty for
	// srv.us only, where the key decides the name.
	BaseURL string
	// KeyFile is the private key for SSH kinds; made (ed25519, 0600) when missing.
	KeyFile string
	// KnownHosts is the file of accepted server keys; made when missing.
	KnownHosts string
	// HostKey is the server's SHA256:… fingerprint. When set it decides alone.
	HostKey string
	// ViewerAddr is the loopback address (IP:port) to listen on for external and exec.
	ViewerAddr string
	// Handler answers the public.
	Handler http.Handler
	// AskHostKey is asked once about an unknown server key; nil means no. It may
	// take as long as a human needs.
	AskHostKey func(host, fingerprint string) bool
	// OnChange is called with every new State, one call at a time.
	OnChange func(State)
	// Env is the environment of an exec program; nil means ours. Pass one without
	// secrets.
	Env []string
	// Log gets connection events, never addresses of visitors. nil: nothing.
	Log *slog.Logger
}

// State is what others may know about the tunnel.
type State struct {
	// Up: the forward is granted and the line answered, or the local listener is
	// open and the program has announced the address. The public address itself
	// is not fetched.
	Up bool `json:"up"`
	// URL is the public address, without a trailing slash.
	URL string `json:"url"`
	// Since is when Up got its present value.
	Since time.Time `json:"since"`
	// LastError is why it is not up; empty while up.
	LastError string `json:"last_error,omitempty"`
	// Failed is where that came from, see [StepOf].
	Failed Step `json:"failed,omitempty"`
	// Listens is where an SSH server takes visitors, if that is not where it was asked
	// to, such as "127.0.0.1:9000, [::1]:9000". Guessed: it let nobody look, and this
	// is what its kind does unless told otherwise.
	Listens string `json:"listens,omitempty"`
	Guessed bool   `json:"guessed,omitempty"`
	// Held: a living process holds the tunnel. [ReadState] finds out.
	Held bool `json:"-"`
}

// Tunnel is one configured public address.
type Tunnel struct {
	cfg  Config
	url  string
	host string // host[:port] of url, in lower case
	time timing
	now  func() time.Time // wall clock

	mu    sync.Mutex
	state State
}

// Run connects and keeps the tunnel up until ctx ends; see [Tunnel.Run].
func Run(ctx context.Context, cfg Config) error {
	t, err := New(cfg)
	if err != nil {
		return err
	}
	return t.Run(ctx)
}

// New checks the configuration without connecting. For srv.us it reads or makes
// the key, and returns an [*AddressError] if BaseURL is not the key's address.
func New(cfg Config) (*Tunnel, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	t := &Tunnel{cfg: cfg, time: defaultTiming, now: time.Now}
	if cfg.Handler == nil {
		return nil, errors.New("tunnel: no handler")
	}
	if err := t.setAddress(); err != nil {
		return nil, err
	}
	switch cfg.Spec.Kind {
	case External, Exec:
		if cfg.Spec.Kind == Exec && len(cfg.Spec.Args) == 0 {
			return nil, errors.New("tunnel: no program")
		}
		if err := checkLoopback(cfg.ViewerAddr); err != nil {
			return nil, err
		}
	case SRVUS, SSH:
		if cfg.KeyFile == "" || (cfg.KnownHosts == "" && cfg.HostKey == "") {
			return nil, errors.New("tunnel: SSH needs a key file and a known hosts file or host key fingerprint")
		}
		if cfg.HostKey != "" && !IsFingerprint(cfg.HostKey) {
			return nil, errors.New("tunnel: the host key must look like SHA256: and 43 characters")
		}
	default:
		return nil, errors.New("tunnel: switched off")
	}
	t.state = State{URL: t.url, Since: t.now(), Held: true}
	return t, nil
}

// Run keeps the tunnel up until ctx ends, then returns nil. Whatever may pass by
// itself is tried again with growing pauses. It returns an error where only a
// human can help: [*HostKeyError], [*AuthError], [*AddressError] (after several
// tries), or an unusable key or known hosts file. Call it once.
func (t *Tunnel) Run(ctx context.Context) error {
	switch t.cfg.Spec.Kind {
	case External:
		return t.keep(ctx, t.external)
	case Exec:
		return t.keep(ctx, t.command)
	}
	return t.runSSH(ctx)
}

// State returns the present state.
func (t *Tunnel) State() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state
}

// change publishes a new state. It is called from Run's goroutine only, so that
// changes arrive in order.
func (t *Tunnel) change(to State) {
	t.mu.Lock()
	old := t.state
	to.URL, to.Since, to.Held = old.URL, old.Since, true
	if to.Up != old.Up {
		to.Since = t.now()
	}
	t.state = to
	t.mu.Unlock()
	if to != old && t.cfg.OnChange != nil {
		t.cfg.OnChange(to)
	}
}

func (t *Tunnel) setUp(to State) {
	t.cfg.Log.Info("tunnel up", "url", t.url)
	to.Up = true
	t.change(to)
}

// setAddress fixes the public address from the configuration.
func (t *Tunnel) setAddress() error {
	if t.cfg.Spec.Kind == SRVUS {
		name, err := SRVUSHost(t.cfg.KeyFile, int(t.cfg.Spec.BindPort))
		if err != nil {
			return err
		}
		t.host, t.url = name, "https://"+name
		if t.cfg.BaseURL == "" {
			return nil
		}
	}
	host, err := baseHost(t.cfg.BaseURL)
	if err != nil {
		return err
	}
	if t.host != "" && host != t.host {
		return &AddressError{Want: host, Got: t.host}
	}
	t.host, t.url = host, t.cfg.BaseURL
	return nil
}

// baseHost returns the host[:port] of a public base address.
func baseHost(base string) (string, error) {
	if base == "" {
		return "", errors.New("tunnel: the public address (KAKAO_BASE_URL) is not set")
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || !plainHost(u.Hostname()) || u.User != nil ||
		base != "https://"+u.Host {
		return "", errors.New("tunnel: the public address must be https://HOST, without a path or trailing slash")
	}
	return normalHost(u.Host), nil
}

// checkLoopback refuses addresses that other machines can reach: the local
// listener speaks plain http and trusts whoever sits in front of it.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("tunnel: the viewer's address must be IP:port, such as 127.0.0.1:17655")
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("tunnel: the viewer listens on loopback only (127.0.0.1 or [::1]), not on %s", host)
	}
	return nil
}
