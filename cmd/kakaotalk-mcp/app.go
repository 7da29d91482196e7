package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

// Deadlines of the keychain: a server must answer, a person at a terminal may be
// typing the unlock password.
const (
	keychainServe       = 4 * time.Second
	keychainInteractive = 90 * time.Second
)

// app is the program put together: the one place where the parts meet.
type app struct {
	sys      surroundings
	settings settings
	lang     string
	say      sayer
	log      *slog.Logger
	kakao    *kakao.Client
	store    keychain.Store
	session  *auth.Session // nil without KAKAO_CLIENT_ID
	practice *practice     // the sandbox, or nil
	logFile  io.Closer
	broken   error // settings that cannot work; told at the first tool call
}

// newApp reads the settings and builds the parts. Nothing here touches network,
// keychain, ports or files other than the settings; the sandbox, when asked for,
// is started. interactive: a person waits at a terminal.
func newApp(o *options, interactive bool) (*app, error) {
	a := &app{sys: o.sys}
	var err error
	if o.sandbox {
		if a.practice, a.settings, err = startPractice(o.sys); err != nil {
			return nil, err
		}
		a.broken = worded(a.settings.check(), speaker(a.settings.language(o.sys)))
	} else {
		a.settings, a.broken = loadSettings(o.sys, o.envFile)
	}
	a.lang = a.settings.language(o.sys)
	a.say = speaker(a.lang)
	if err := a.openLog(); err != nil && a.broken == nil {
		a.broken = err
	}
	if a.broken != nil && interactive {
		a.close()
		return nil, usageError{a.broken}
	}
	api := kakao.NewHTTPClient()
	var login http.RoundTripper // the usual one
	if a.log.Enabled(context.Background(), slog.LevelDebug) {
		api.Transport = loggedRequests{api.Transport, a.log}
		login = loggedRequests{http.DefaultTransport, a.log}
	}
	a.kakao = &kakao.Client{BaseURL: a.settings.get("KAKAO_API_URL"), HTTP: api}
	a.store = a.newStore(interactive)
	if a.settings.get("KAKAO_CLIENT_ID") != "" && a.broken == nil {
		a.session = auth.New(auth.Config{
			ClientID:    a.settings.get("KAKAO_CLIENT_ID"),
			Secret:      a.clientSecret,
			AuthURL:     a.settings.get("KAKAO_AUTH_URL"),
			APIURL:      a.settings.get("KAKAO_API_URL"),
			CallbackURL: a.settings.get("KAKAO_CALLBACK_URL"),
			Home:        a.settings.home,
			Store:       a.store,
			Open:        a.browser().Open,
			Lang:        wording.Of(a.lang),
			Command:     o.sys.command(),
			Typed:       interactive,
			Log:         a.log,
			Transport:   login,
		})
	}
	return a, nil
}

// close ends pending logins and the sandbox.
func (a *app) close() {
	if a.session != nil {
		a.session.Close()
	}
	if a.practice != nil {
		a.practice.close()
	}
	if a.logFile != nil {
		a.logFile.Close()
	}
}

func (a *app) newStore(interactive bool) keychain.Store {
	if a.settings.get("KAKAO_TOKEN_STORE") == "file" {
		return keychain.NewFile(filepath.Join(a.settings.home, "secrets"))
	}
	timeout := keychainServe
	if interactive {
		timeout = keychainInteractive
	}
	return keychain.NewKeychain(keychain.Options{Service: "kakaotalk-mcp", Timeout: timeout})
}

// secretName is the store's name of an app's client secret.
func secretName(clientID string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(clientID) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	name := b.String()
	return "secret-" + name[:min(len(name), 16)]
}

// clientSecret is KAKAO_CLIENT_SECRET, else what setup put into the store.
func (a *app) clientSecret(ctx context.Context) (string, error) {
	if s := a.settings.get("KAKAO_CLIENT_SECRET"); s != "" {
		return s, nil
	}
	raw, err := a.store.Get(ctx, secretName(a.settings.get("KAKAO_CLIENT_ID")))
	if errors.Is(err, keychain.ErrNotFound) {
		return "", nil // the console allows apps without one
	}
	return string(raw), err
}

func (a *app) browser() auth.Browser {
	display := environment(a.sys.environ, "DISPLAY") != "" || environment(a.sys.environ, "WAYLAND_DISPLAY") != ""
	return auth.Browser{Program: environment(a.sys.environ, "BROWSER"), Display: display || runtime.GOOS != "linux"}
}

// messenger is what commands send messages and find friends with.
func (a *app) messenger() *messenger.Messenger {
	c := a.messengerConfig()
	c.Typed = true
	return messenger.New(c)
}

// messengerConfig says what the Messenger works with.
func (a *app) messengerConfig() messenger.Config {
	c := messenger.Config{
		Kakao:     a.kakao,
		Home:      a.settings.home,
		Lang:      wording.Of(a.lang),
		Command:   a.sys.command(),
		Confirm:   messenger.Confirm(strings.ToLower(a.settings.get("KAKAO_CONFIRM"))),
		Allow:     a.settings.list("KAKAO_ALLOW"),
		ReadOnly:  a.settings.on("KAKAO_READ_ONLY"),
		LinkHosts: a.settings.linkHosts(),
		Broken:    a.broken,
		Log:       a.log,
	}
	if a.session != nil { // a nil *auth.Session would be a non-nil interface
		c.Session = a.session
	}
	if a.practice != nil {
		c.Rooms = a.practice.rooms
	}
	if p := a.newPages(); p != nil {
		c.Pages = p
	}
	return c
}

// openLog writes to stderr, or to KAKAO_LOG_FILE (0600). After an error the log
// goes to stderr.
func (a *app) openLog() (err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.settings.get("KAKAO_LOG_LEVEL"))); err != nil {
		level = slog.LevelWarn
	}
	var out io.Writer = a.sys.stderr
	if path := a.settings.get("KAKAO_LOG_FILE"); path != "" {
		var f *os.File
		if f, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
			err = fmt.Errorf("KAKAO_LOG_FILE: %w", err)
		} else {
			out, a.logFile = f, f
		}
	}
	a.log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
	return err
}

// needSession returns the session, or what to do to get one.
func (a *app) needSession() (*auth.Session, error) {
	if a.session == nil {
		return nil, fmt.Errorf(a.say("아직 설정하지 않았어요. `%s setup`을 실행하거나 KAKAO_CLIENT_ID를 넣어 주세요", "not set up yet: run `%s setup`, or set KAKAO_CLIENT_ID"), a.sys.command())
	}
	return a.session, nil
}
