package app

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// Sandbox is the embedded Kakao of --sandbox with its throw-away home.
type Sandbox struct {
	Kakao *sandbox.Sandbox
	Rooms string // address of its chat rooms

	server   *sandbox.Server
	home     *tempHome
	settings map[config.ID]string // those that lead to it
}

func startSandbox(lang wording.Lang) (*Sandbox, error) {
	home, err := newTempHome(os.TempDir())
	if err != nil {
		return nil, err
	}
	s := &Sandbox{Kakao: sandbox.New(), home: home}
	if s.server, err = s.Kakao.Start(); err != nil {
		s.close()
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	port, err := freePort()
	if err != nil {
		s.close()
		return nil, err
	}
	callback := "http://localhost:" + strconv.Itoa(port)
	s.Kakao.UpdateApp(func(app *sandbox.App) {
		app.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	s.Kakao.SetEnglish(lang == wording.English)
	s.Rooms = s.server.RoomsURL()
	app := s.Kakao.App()
	s.settings = map[config.ID]string{
		config.Home: home.dir, config.ClientID: app.Key, config.ClientSecret: app.Secret, config.TokenStore: config.KeptInFile,
		config.CallbackURL: callback, config.AuthURL: s.server.AuthURL, config.APIURL: s.server.APIURL,
	}
	return s, nil
}

func (s *Sandbox) close() {
	if s.server != nil {
		s.server.Close()
	}
	s.home.remove()
}

// RemoveHome deletes the throw-away home, for a process that has no time to close
// the rest. It may be called more than once.
func (s *Sandbox) RemoveHome() { s.home.remove() }

// freePort returns a port that is free on both loopback addresses.
func freePort() (int, error) {
	for range 20 {
		v4, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return 0, fmt.Errorf("finding a free port: %w", err)
		}
		port := v4.Addr().(*net.TCPAddr).Port
		v6, err := net.Listen("tcp6", "[::1]:"+strconv.Itoa(port))
		v4.Close()
		if err == nil {
			v6.Close()
		}
		if err == nil || !HasIPv6() {
			return port, nil
		}
	}
	return 0, errors.New("finding a free port: none on both loopback addresses")
}

// HasIPv6 reports whether this computer has ::1.
func HasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}
