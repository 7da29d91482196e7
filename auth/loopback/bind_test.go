package loopback

import (
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"kakaotalk-mcp/auth/ground/porttest"

	"github.com/google/go-cmp/cmp"
)

func TestParseBase(t *testing.T) {
	tests := []struct {
		base  string
		binds []string // empty means refused
		host  string
	}{
		{"http://localhost:17654", []string{"127.0.0.1:17654", "[::1]:17654"}, "localhost:17654"},
		{"http://localhost:17654/", []string{"127.0.0.1:17654", "[::1]:17654"}, "localhost:17654"},
		{"http://LOCALHOST:17654", []string{"127.0.0.1:17654", "[::1]:17654"}, "localhost:17654"},
		{"http://127.0.0.1:17654", []string{"127.0.0.1:17654"}, "127.0.0.1:17654"},
		{"http://[::1]:17654", []string{"[::1]:17654"}, "[::1]:17654"},
		{"http://localhost", []string{"127.0.0.1:80", "[::1]:80"}, "localhost"},
		{"http://[::1]:80", []string{"[::1]:80"}, "[::1]"},
		{base: "http://localhost:0"},
		{base: "http://localhost:65536"},
		{base: "http://localhost:017654"},
		{base: "https://localhost:17654"},
		{base: "http://example.com:17654"},
		{base: "http://127.0.0.2:17654"},
		{base: "http://0.0.0.0:17654"},
		{base: "http://localhost:17654/auth"},
		{base: "http://u:p@localhost:17654"},
		{base: "http://localhost:17654?x"},
		{base: "localhost:17654"},
		{base: "http://local host"},
	}
	for _, test := range tests {
		addresses, hosts, err := parseBase(test.base)
		if (err == nil) != (test.binds != nil) {
			t.Errorf("%s: %v", test.base, err)
			continue
		}
		if err != nil {
			continue
		}
		var binds []string
		for _, a := range addresses {
			binds = append(binds, a.hostPort)
		}
		if diff := cmp.Diff(test.binds, binds); diff != "" {
			t.Errorf("%s: addresses (-want +got):\n%s", test.base, diff)
		}
		if diff := cmp.Diff([]string{test.host}, hosts); diff != "" {
			t.Errorf("%s: hosts (-want +got):\n%s", test.base, diff)
		}
	}
}

func TestPortInUse(t *testing.T) {
	l, origin := start(t, Config{})
	cfg := Config{Paths: []string{"/"}, State: testState, Complete: succeed}
	for _, b := range []string{origin, base("127.0.0.1", strconv.Itoa(l.Port()))} {
		cfg.Base = b
		_, err := Listen(cfg)
		if !errors.Is(err, ErrPortInUse) || !strings.Contains(err.Error(), strconv.Itoa(l.Port())) {
			t.Errorf("%s: %v", b, err)
		}
	}
}

// Whoever holds [::1] would receive what is meant for localhost.
func TestIPv6PortInUse(t *testing.T) {
	needIPv6(t)
	port := porttest.Closed(t)
	taken, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Base: base("localhost", port), Paths: []string{"/"}, State: testState, Complete: succeed}
	if _, err := Listen(cfg); !errors.Is(err, ErrPortInUse) {
		t.Errorf("localhost: %v", err)
	}
	// IPv4 was given back, and is enough where only it was asked for.
	cfg.Base = base("127.0.0.1", port)
	l, err := Listen(cfg)
	if err != nil {
		t.Fatalf("127.0.0.1: %v", err)
	}
	l.Close(t.Context())
	taken.Close()
}

func TestBindErrors(t *testing.T) {
	opError := func(err error) error {
		return &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", err)}
	}
	tests := []struct {
		name    string
		v4, v6  error
		want    error
		sockets int
	}{
		{"fine", nil, nil, nil, 2},
		{"IPv6 off", nil, opError(syscall.EADDRNOTAVAIL), nil, 1},
		{"no IPv6 in the kernel", nil, opError(syscall.EAFNOSUPPORT), nil, 1},
		{"IPv6 taken", nil, opError(syscall.EADDRINUSE), ErrPortInUse, 0},
		{"IPv6 taken, Windows", nil, opError(wsaeAddrInUse), ErrPortInUse, 0},
		{"IPv6 reserved, Windows", nil, opError(wsaeAccess), ErrPortForbidden, 0},
		{"IPv4 taken", opError(syscall.EADDRINUSE), nil, ErrPortInUse, 0},
		{"IPv4 reserved, Windows", opError(wsaeAccess), nil, ErrPortForbidden, 0},
		{"low port", opError(syscall.EACCES), nil, ErrPortForbidden, 0},
		{"IPv4 off", opError(syscall.EADDRNOTAVAIL), nil, syscall.EADDRNOTAVAIL, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			open := 0
			bind := func(network, _ string) (net.Listener, error) {
				if err := map[string]error{"tcp4": test.v4, "tcp6": test.v6}[network]; err != nil {
					return nil, err
				}
				open++
				return &countedListener{open: &open}, nil
			}
			addresses, _, err := parseBase("http://localhost:17654")
			if err != nil {
				t.Fatal(err)
			}
			_, err = bindAll(addresses, bind)
			if !errors.Is(err, test.want) || err != nil && !strings.Contains(err.Error(), "17654") {
				t.Errorf("%v, want %v", err, test.want)
			}
			if open != test.sockets {
				t.Errorf("%d sockets open, want %d", open, test.sockets)
			}
		})
	}
}

type countedListener struct {
	net.Listener
	open *int
}

func (l *countedListener) Close() error {
	*l.open--
	return nil
}
