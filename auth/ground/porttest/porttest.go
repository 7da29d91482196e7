// Package porttest finds ports for tests. It is for tests only, may be imported by
// those of every package, and imports nothing of this module.
package porttest

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// Those that systems give to whoever asks for any are left out: one of them might be
// taken before it is used.
const first, ports = 10_000, 22_000

var given sync.Map

// Closed returns a port on which nobody listens, on either loopback address. A process
// is given each of them once.
func Closed(t testing.TB) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(first + rand.IntN(ports))
		if _, again := given.LoadOrStore(port, true); !again && free("tcp4", "127.0.0.1:"+port) && free("tcp6", "[::1]:"+port) {
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// free reports whether nobody listens on an address; where IPv6 is not there at all,
// nobody does.
func free(network, address string) bool {
	l, err := net.Listen(network, address)
	if err == nil {
		l.Close()
	}
	return err == nil || network == "tcp6" && !errors.Is(err, syscall.EADDRINUSE)
}
