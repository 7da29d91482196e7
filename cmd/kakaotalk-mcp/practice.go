package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// practice is the embedded Kakao of --sandbox with its throw-away home.
type practice struct {
	kakao  *sandbox.Sandbox
	server *sandbox.Server
	home   *tempHome
	rooms  string
}

// passedOn are the real settings that count in the sandbox too, and only from
// the environment: no file of the real home is read.
var passedOn = append([]string{"KAKAO_LANG", "KAKAO_LOG_LEVEL", "KAKAO_LOG_FILE", "KAKAO_CONFIRM", "KAKAO_READ_ONLY", "BROWSER"}, modelSettings...)

// modelSettings are those of chat's model, which is a real one in a rehearsal, too.
var modelSettings = []string{"CLOVA_API_KEY", "CHAT_BASE_URL", "CHAT_MODEL", "CHAT_API_KEY"}

// practiceSettings are those that count before there is a sandbox.
func practiceSettings(sys surroundings) settings {
	s := settings{values: map[string]value{}}
	for name, text := range defaults {
		s.set(name, text, fromDefault)
	}
	for _, name := range passedOn {
		if v := strings.TrimSpace(environment(sys.environ, name)); v != "" {
			s.set(name, v, fromEnvironment)
		}
	}
	return s
}

// startPractice starts the sandbox. Its settings still have to be checked.
func startPractice(sys surroundings) (*practice, settings, error) {
	var s settings
	home, err := newTempHome(os.TempDir())
	if err != nil {
		return nil, s, err
	}
	p := &practice{kakao: sandbox.New(), home: home}
	if p.server, err = p.kakao.Start(); err != nil {
		p.close()
		return nil, s, fmt.Errorf("starting the sandbox: %w", err)
	}
	port, err := freePort()
	if err != nil {
		p.close()
		return nil, s, err
	}
	callback := "http://localhost:" + strconv.Itoa(port)
	p.kakao.UpdateApp(func(app *sandbox.App) {
		app.RedirectURIs = []string{callback + "/auth/callback", callback + "/friends/callback"}
	})
	// The check of the console steps has something to find.
	p.kakao.SetVariants(sandbox.Variants{KOE205First: true})
	p.rooms = p.server.RoomsURL()
	s = practiceSettings(sys)
	p.kakao.SetEnglish(s.language(sys) == "en")
	app := p.kakao.App()
	s.home = home.dir
	for name, text := range map[string]string{
		"KAKAOTALK_MCP_HOME": home.dir, "KAKAO_CLIENT_ID": app.Key, "KAKAO_CLIENT_SECRET": app.Secret, "KAKAO_TOKEN_STORE": "file",
		"KAKAO_CALLBACK_URL": callback, "KAKAO_AUTH_URL": p.server.AuthURL, "KAKAO_API_URL": p.server.APIURL,
	} {
		s.set(name, text, fromSandbox)
	}
	return p, s, nil
}

func (p *practice) close() {
	if p.server != nil {
		p.server.Close()
	}
	p.home.remove()
}

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
		var taken *net.OpError
		if err == nil {
			v6.Close()
			return port, nil
		}
		if errors.As(err, &taken) && !hasIPv6() {
			return port, nil
		}
	}
	return 0, errors.New("finding a free port: none on both loopback addresses")
}

func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}
