package tunnel

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Kind says how the public reaches the viewer.
type Kind string

// The kinds. Their texts are those of the setting.
const (
	Off      Kind = "off"
	External Kind = "external" // a proxy of the user forwards to ViewerAddr
	SRVUS    Kind = "srv.us"   // the free SSH service of that name
	SSH      Kind = "ssh"      // a server of the user's
	Exec     Kind = "exec"     // a program of the user's
)

const srvusDomain = "srv.us"

// ErrPassword refuses a setting that holds one: logging in takes a key.
var ErrPassword = errors.New("ssh:// address must not hold a password; a key is used")

// Spec is a parsed tunnel setting. Its String and log value leave out the
// arguments of a program, which may hold a token.
type Spec struct {
	Kind Kind
	// User, Host and Port are the SSH server's.
	User, Host string
	Port       int
	// BindHost and BindPort are what the server is asked to listen on. On srv.us
	// the port is a label that selects one of the key's names.
	BindHost string
	BindPort uint32
	// Socket is asked for instead of BindHost and BindPort when not empty.
	Socket string
	// Args is the program and its arguments.
	Args []string
}

// String describes the setting without secrets.
func (s Spec) String() string {
	switch s.Kind {
	case SSH:
		return "ssh to " + s.addr()
	case Exec:
		if len(s.Args) > 0 {
			return "exec " + path.Base(strings.ReplaceAll(s.Args[0], `\`, "/"))
		}
	}
	return string(s.Kind)
}

// LogValue implements [slog.LogValuer].
func (s Spec) LogValue() slog.Value { return slog.StringValue(s.String()) }

func (s Spec) addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// bind is what the server is asked to listen on.
func (s Spec) bind() string { return net.JoinHostPort(s.BindHost, strconv.Itoa(int(s.BindPort))) }

// authorizedKeysLine lets key do nothing on the server but open this tunnel
// (sshd(8), AUTHORIZED_KEYS FILE FORMAT). dropbear knows fewer options, cannot fix
// the port, and refuses a line with one that it does not know. srv.us has no
// accounts.
func (s Spec) authorizedKeysLine(key ssh.PublicKey, dropbear bool) string {
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	switch {
	case s.Kind != SSH:
		return line
	case dropbear:
		return `no-pty,no-agent-forwarding,no-X11-forwarding,command="/bin/false" ` + line
	}
	listen := s.bind()
	if s.Socket != "" {
		listen = "localhost:1" // no port: permitlisten does not cover sockets
	}
	return fmt.Sprintf(`restrict,port-forwarding,permitlisten="%s",command="/bin/false" %s`, listen, line)
}

// announces reports whether the SSH server tells the name in a session's output.
// One that is asked to bind a name, not an address, chooses it itself and may
// silently choose another.
func (s Spec) announces() bool {
	return s.Kind == SRVUS || s.Socket == "" && s.BindHost != "localhost" && net.ParseIP(s.BindHost) == nil
}

// Parse reads a tunnel setting: off, external, srv.us,
// ssh://user@host[:port]?bind=ADDRESS:PORT, ssh://user@host[:port]?socket=/PATH,
// or exec:PROGRAM ARG… (words as in a shell, nothing expanded; the command
// replaces {port} later). Errors never repeat the setting: it may hold a token.
func Parse(setting string) (Spec, error) {
	setting = strings.TrimSpace(setting)
	switch k := Kind(setting); k {
	case Off, External:
		return Spec{Kind: k}, nil
	case SRVUS:
		// "nomatch" keeps the service from looking the user name up elsewhere.
		return Spec{Kind: SRVUS, User: "nomatch", Host: srvusDomain, Port: 22, BindHost: "localhost", BindPort: 1}, nil
	}
	if command, ok := strings.CutPrefix(setting, "exec:"); ok {
		args, err := Words(command)
		if err != nil {
			return Spec{}, fmt.Errorf("tunnel setting: exec: %w", err)
		}
		return Spec{Kind: Exec, Args: args}, nil
	}
	if strings.HasPrefix(setting, "ssh://") {
		s, err := parseSSH(setting)
		if err != nil {
			return Spec{}, fmt.Errorf("tunnel setting: %w", err)
		}
		return s, nil
	}
	return Spec{}, errors.New("tunnel setting: must be off, external, srv.us, ssh://…, or exec:…")
}

func parseSSH(setting string) (Spec, error) {
	u, err := url.Parse(setting)
	if err != nil {
		return Spec{}, errors.New("ssh:// address is not a valid URL")
	}
	s := Spec{Kind: SSH, User: u.User.Username(), Host: strings.ToLower(u.Hostname()), Port: 22}
	switch _, password := u.User.Password(); {
	case password:
		return Spec{}, ErrPassword
	case s.User == "" || s.Host == "":
		return Spec{}, errors.New("ssh:// address needs user@host")
	case u.Path != "" && u.Path != "/" || u.Fragment != "":
		return Spec{}, errors.New("ssh:// address has no path; use ?bind=127.0.0.1:9000 or ?socket=/run/talk/talk.sock")
	case strings.ContainsAny(s.User+s.Host, " \t\r\n\x00"):
		return Spec{}, errors.New("ssh:// address holds spaces")
	}
	if p := u.Port(); p != "" {
		if s.Port, err = parsePort(p); err != nil {
			return Spec{}, fmt.Errorf("ssh:// server port: %w", err)
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Spec{}, errors.New("ssh:// address: the part after ? is not valid")
	}
	if len(query) != 1 || len(query["bind"])+len(query["socket"]) != 1 {
		return Spec{}, errors.New("ssh:// address needs exactly one of ?bind=127.0.0.1:9000 and ?socket=/run/talk/talk.sock")
	}
	if query.Has("socket") {
		s.Socket = query.Get("socket")
		if !strings.HasPrefix(s.Socket, "/") || strings.ContainsAny(s.Socket, "\x00\r\n") {
			return Spec{}, errors.New("ssh:// socket must be an absolute path on the server")
		}
		return s, nil
	}
	host, port, err := net.SplitHostPort(query.Get("bind"))
	if err != nil || host == "" || strings.ContainsAny(host, " \t\r\n\x00\",\\") {
		return Spec{}, errors.New("ssh:// bind must be ADDRESS:PORT, such as 127.0.0.1:9000")
	}
	n, err := parsePort(port)
	if err != nil {
		return Spec{}, fmt.Errorf("ssh:// bind port: %w", err)
	}
	s.BindHost, s.BindPort = host, uint32(n)
	return s, nil
}

func parsePort(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, errors.New("must be a number from 1 to 65535")
	}
	return int(n), nil
}
