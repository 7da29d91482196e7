// Package app is the program put together, with the real Kakao or with the
// sandbox: the one place where settings, login, messages, pages and tunnel meet.
//
// It may import every package of the product that does the work, and of cmd config,
// terminal and cli; commands and the guided ones (setup, doctor, register) take an
// [App] from it. What a command says and asks is theirs.
package app

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
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
	"kakaotalk-mcp/tools/reminder"
)

// Deadlines of the keychain: a server must answer, a person at a terminal may be
// typing the unlock password.
const (
	keychainServe       = 4 * time.Second
	keychainInteractive = 90 * time.Second
)

// Options are what a command is started with: the process around it, and the
// flags that every command has.
type Options struct {
	Env      *cli.Env
	Config   *config.Source
	Terminal *terminal.Terminal
	EnvFile  string // --env-file
	Sandbox  bool   // --sandbox
	// KeychainWait bounds the keychain where nobody can be typing its password.
	KeychainWait time.Duration
}

// NewOptions are those of a process whose flags have not been read.
func NewOptions(env *cli.Env) *Options {
	source := config.NewSource(env)
	return &Options{Env: env, Config: source, Terminal: terminal.New(env, source.Lang()), KeychainWait: keychainServe}
}

// UseHome makes path the settings folder, as KAKAOTALK_MCP_HOME does.
func (o *Options) UseHome(path string) {
	o.Env.Vars = append(o.Env.Vars, config.Home.Name()+"="+path)
	o.Config = config.NewSource(o.Env)
}

// Lang is the owner's language, as far as it is known without --env-file.
func (o *Options) Lang() wording.Lang { return o.Config.Lang() }

// Settings reads the settings, those of --env-file included.
func (o *Options) Settings() (*config.Settings, error) { return o.Config.Load(o.EnvFile) }

// App is the program put together.
type App struct {
	Env      *cli.Env
	Settings *config.Settings
	Lang     wording.Lang
	Terminal *terminal.Terminal
	Log      *slog.Logger
	Kakao    *kakao.Client
	Store    keychain.Store
	Session  *auth.Session // nil without KAKAO_CLIENT_ID
	Sandbox  *Sandbox      // or nil
	Broken   error         // settings that cannot work; told at the first tool call

	interactive  bool
	desk         *ask.Desk // where the person is asked
	keychainWait time.Duration
	logFile      io.Closer
}

// New reads the settings and builds the parts. Nothing here touches network,
// keychain, ports or files other than the settings; the sandbox, when asked for,
// is started. interactive: a person waits at a terminal, and wrong settings are an
// error.
func New(o *Options, interactive bool) (*App, error) {
	a := &App{Env: o.Env, keychainWait: o.KeychainWait, interactive: interactive}
	var err error
	if o.Sandbox {
		if a.Sandbox, err = startSandbox(o.Lang()); err != nil {
			return nil, err
		}
		a.Settings, a.Broken = o.Config.Sandbox(a.Sandbox.settings)
	} else {
		a.Settings, a.Broken = o.Settings()
	}
	a.Lang = a.Settings.Lang
	a.Terminal = o.Terminal.In(a.Lang)
	if err := a.openLog(); err != nil && a.Broken == nil {
		a.Broken = err
	}
	if a.Broken != nil && interactive {
		a.Close()
		return nil, cli.Usage(a.Broken)
	}
	api := kakao.NewHTTPClient()
	if a.debugs() {
		api.Transport = loggedRequests{api.Transport, a.Log}
	}
	a.Kakao = &kakao.Client{BaseURL: a.Settings.APIURL, HTTP: api}
	a.Store = a.newStore(interactive)
	a.desk = ask.NewDesk(a.Browser().Open, nil)
	detach := func(ctx context.Context, w auth.Wanted) error { return a.startKeeper(ctx, interactive, w) }
	if a.Sandbox != nil {
		detach = nil // its Kakao ends with this process
	}
	if a.Settings.ClientID != "" && a.Broken == nil {
		a.Session = auth.New(auth.Config{
			ClientID:    a.Settings.ClientID,
			Secret:      a.ClientSecret,
			AuthURL:     a.Settings.AuthURL,
			APIURL:      a.Settings.APIURL,
			CallbackURL: a.Settings.CallbackURL,
			Home:        a.Settings.Home,
			Store:       a.Store,
			Open:        a.Browser().Open,
			Lang:        a.Lang,
			Command:     o.Env.Command(),
			Typed:       interactive,
			Sandbox:     a.Sandbox != nil,
			Detach:      detach,
			Log:         a.Log,
			Transport:   a.loginTransport(),
		})
	}
	return a, nil
}

func (a *App) debugs() bool { return a.Log.Enabled(context.Background(), slog.LevelDebug) }

// loginTransport carries the requests to the login host; nil is the usual one.
func (a *App) loginTransport() http.RoundTripper {
	if a.debugs() {
		return loggedRequests{http.DefaultTransport, a.Log}
	}
	return nil
}

// Close ends questions, pending logins and the sandbox.
func (a *App) Close() {
	if a.desk != nil {
		a.desk.Close()
	}
	if a.Session != nil {
		a.Session.Close()
	}
	if a.Sandbox != nil {
		a.Sandbox.close()
	}
	if a.logFile != nil {
		a.logFile.Close()
	}
}

func (a *App) newStore(interactive bool) keychain.Store {
	if a.Settings.TokenStore == config.KeptInFile {
		return keychain.NewFile(filepath.Join(a.Settings.Home, "secrets"))
	}
	return keychain.NewKeychain(a.keychainTimeout(interactive), a.slowKeychain)
}

// keychainTimeout bounds the keychain: a person at a terminal may be typing its
// password, a server and a script wait for nobody.
func (a *App) keychainTimeout(interactive bool) time.Duration {
	if interactive && cli.IsTerminal(a.Env.Stdin) {
		return keychainInteractive
	}
	return a.keychainWait
}

// slowKeychain tells a person at a terminal what is waited for.
func (a *App) slowKeychain() {
	if cli.IsTerminal(a.Env.Stdin) && cli.IsTerminal(a.Env.Stderr) {
		cli.Tell(a.Env.Stderr, a.Lang.Say("키체인의 응답을 기다리고 있어요. 암호를 묻는 창이 열려 있는지 확인해 주세요(Ctrl-C로 취소).", "Waiting for the keychain. Check whether a window asks for its password (Ctrl-C cancels)."))
	}
}

// SecretName is the store's name of the app's client secret.
func (a *App) SecretName() string {
	return auth.SecretName(a.Settings.AuthURL, a.Settings.ClientID)
}

// ClientSecret is KAKAO_CLIENT_SECRET, else what setup put into the store.
func (a *App) ClientSecret(ctx context.Context) (string, error) {
	if s := a.Settings.ClientSecret; s != "" {
		return s, nil
	}
	raw, err := a.Store.Get(ctx, a.SecretName())
	if errors.Is(err, keychain.ErrNotFound) {
		return "", nil // the console allows apps without one
	}
	return string(raw), err
}

// Browser opens pages for the user.
func (a *App) Browser() auth.Browser {
	display := a.Env.Vars.Get("DISPLAY") != "" || a.Env.Vars.Get("WAYLAND_DISPLAY") != ""
	return auth.Browser{Program: a.Settings.Browser, Display: display || runtime.GOOS != "linux"}
}

// PlainVars is the environment for programs that are started: none of our settings.
func (a *App) PlainVars() cli.Vars { return config.ChildVars(a.Env.Vars) }

// Messenger is what commands send messages and find friends with.
func (a *App) Messenger() *messenger.Messenger {
	c := a.MessengerConfig()
	c.Typed = true
	return messenger.New(c)
}

// SendToMe sends to the user's own chat for the person who typed a command. The error
// says why it did not arrive.
func (a *App) SendToMe(ctx context.Context, content compose.Content) error {
	result, err := a.Messenger().Send(ctx, messenger.SendRequest{ToMe: true, Content: content}, a.Person())
	if err == nil && result.IsError() {
		err = errors.New(result.Text())
	}
	return err
}

// MessengerConfig says what the Messenger works with.
func (a *App) MessengerConfig() messenger.Config {
	c := messenger.Config{
		Kakao:     a.Kakao,
		Home:      a.Settings.Home,
		Lang:      a.Lang,
		Command:   a.Env.Command(),
		Confirm:   messenger.Confirm(a.Settings.Confirm),
		Desk:      a.desk,
		Allow:     a.Settings.Allow.Who,
		ReadOnly:  a.Settings.ReadOnly,
		ImageDir:  a.Settings.ImageDir,
		LinkHosts: a.Settings.LinkHosts,
		Remark:    a.remark(),
		Broken:    a.Broken,
		Log:       a.Log,
	}
	if a.Settings.Allow.Set && c.Allow == nil {
		c.Allow = []string{} // nobody
	}
	if a.Session != nil { // a nil *auth.Session would be a non-nil interface
		c.Session = a.Session
	}
	if a.Sandbox != nil {
		c.Rooms = a.Sandbox.Rooms
	}
	if p := a.Pages(); p != nil {
		c.Pages = p
	}
	return c
}

// Reminders are the reminders in the user's calendar, made with m.
func (a *App) Reminders(m *messenger.Messenger, c messenger.Config) *reminder.Reminders {
	if a.Sandbox != nil {
		c.Now = a.Sandbox.Kakao.Now // its clock can be turned
	}
	return reminder.New(m, reminder.Config{Config: c, ZoneName: func() string { return ZoneName(a.Env.Vars) }})
}

// TypedReminders are those of somebody who typed a command.
func (a *App) TypedReminders() *reminder.Reminders {
	c := a.MessengerConfig()
	c.Typed = true
	return a.Reminders(messenger.New(c), c)
}

// openLog writes to stderr, or to KAKAO_LOG_FILE (0600). After an error the log
// goes to stderr.
func (a *App) openLog() (err error) {
	var out io.Writer = a.Env.Stderr
	if path := a.Settings.LogFile; path != "" {
		var f *os.File
		if f, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
			err = fmt.Errorf("KAKAO_LOG_FILE: %w", err)
		} else {
			out, a.logFile = f, f
		}
	}
	a.Log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: a.Settings.LogLevel}))
	return err
}

// LogPath is the log's file, "" where there is none.
func (a *App) LogPath() string {
	if a.logFile == nil {
		return ""
	}
	return a.Settings.LogFile
}

// Ready is New for a person's command that needs a session; without one the error says
// what to do.
func Ready(o *Options) (*App, error) {
	a, err := New(o, true)
	if err != nil {
		return nil, err
	}
	if _, err := a.NeedSession(); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// NotSetUp is the reason of a [problem.Problem] where the app's key is missing.
const NotSetUp = "not_set_up"

// NeedSession returns the session, or what to do to get one.
func (a *App) NeedSession() (*auth.Session, error) {
	if a.Session == nil {
		return nil, &problem.Problem{Reason: NotSetUp, Retry: problem.AfterUser,
			What: a.Lang.Say("아직 설정하지 않았어요.", "Not set up yet."),
			Next: a.Lang.Sayf("`%s setup`을 실행하거나 KAKAO_CLIENT_ID를 설정해 주세요.", "Run `%s setup`, or set KAKAO_CLIENT_ID.", a.Env.Command())}
	}
	return a.Session, nil
}
