package loopback

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

var (
	// ErrPortInUse: another program, or another login, listens on the port.
	ErrPortInUse = errors.New("port in use")
	// ErrPortForbidden: the system does not give the port to us. On Windows it is
	// reserved (netsh interface ipv4 show excludedportrange protocol=tcp), on unix
	// below 1024.
	ErrPortForbidden = errors.New("port forbidden")
)

// Windows' own numbers; package syscall's names have invented values there.
const (
	wsaeAccess    = syscall.Errno(10013)
	wsaeAddrInUse = syscall.Errno(10048)
)

type bindFunc func(network, address string) (net.Listener, error)

// address is one socket to bind.
type address struct {
	network, hostPort string
	optional          bool // do without it where the system lacks the family
}

// parseBase returns the sockets for a base URL and the Host values that a
// browser sends there.
func parseBase(base string) (addresses []address, hosts []string, err error) {
	if base == "" {
		return []address{{network: "tcp4", hostPort: "127.0.0.1:0"}}, nil, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, nil, errors.New("callback listener: the base must look like http://localhost:17654")
	}
	name, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" {
		port = "80"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
		return nil, nil, errors.New("callback listener: the base needs a port from 1 to 65535")
	}
	v4 := address{network: "tcp4", hostPort: net.JoinHostPort("127.0.0.1", port)}
	v6 := address{network: "tcp6", hostPort: net.JoinHostPort("::1", port)}
	switch name {
	case "localhost":
		v6.optional = true
		addresses = []address{v4, v6}
	case "127.0.0.1":
		addresses = []address{v4}
	case "::1":
		addresses = []address{v6}
	default:
		return nil, nil, errors.New("callback listener: the base must name localhost, 127.0.0.1 or [::1]")
	}
	host := net.JoinHostPort(name, port)
	if port == "80" { // the default port is not sent
		host = strings.TrimSuffix(host, ":80")
	}
	return addresses, []string{host}, nil
}

// bindAll binds every address or none.
func bindAll(addresses []address, bind bindFunc) ([]net.Listener, error) {
	var sockets []net.Listener
	for _, a := range addresses {
		socket, err := bind(a.network, a.hostPort)
		if err != nil {
			err = bindError(a.hostPort, err)
			// A taken or reserved port is no missing family: whoever has [::1] would
			// get the browser's callback.
			if a.optional && !errors.Is(err, ErrPortInUse) && !errors.Is(err, ErrPortForbidden) {
				continue
			}
			for _, s := range sockets {
				s.Close()
			}
			return nil, err
		}
		sockets = append(sockets, socket)
	}
	return sockets, nil
}

func bindError(hostPort string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, wsaeAddrInUse):
		err = ErrPortInUse
	case errors.Is(err, syscall.EACCES), errors.Is(err, wsaeAccess):
		err = ErrPortForbidden
	}
	return fmt.Errorf("listening on %s: %w", hostPort, err)
}
