package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
)

// KeepLogin is the command, typed by nobody, that keeps a login for ten minutes at
// most: a process of its own, so that the login outlives the server that began it.
const KeepLogin = "keep-login"

// keeperTask is all that a keeper is told. It comes on the keeper's stdin, a pipe of
// its own: other programs can read arguments and environments.
type keeperTask struct {
	Wanted       auth.Wanted   `json:"wanted"`
	ClientID     string        `json:"client_id"`
	Secret       string        `json:"secret,omitempty"`
	AuthURL      string        `json:"auth_url"`
	APIURL       string        `json:"api_url"`
	CallbackURL  string        `json:"callback_url"`
	Home         string        `json:"home"`
	InFile       bool          `json:"in_file"` // where the login is kept
	Typed        bool          `json:"typed"`   // a person at a terminal began it
	KeychainWait time.Duration `json:"keychain_wait"`
	Lang         wording.Lang  `json:"lang"`
	Command      string        `json:"command"`
	LogFile      string        `json:"log_file,omitempty"`
	LogLevel     slog.Level    `json:"log_level"`
}

// maxTask bounds a task, in bytes; a real one takes about 1,000.
const maxTask = 64 << 10

// keeperVars are the environment variables that a keeper may need: for the keychain,
// the network and the system itself.
var keeperVars = []string{
	"HOME", "USER", "LOGNAME", "PATH", "LANG", "LC_ALL", "TMPDIR", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP",
}

// startKeeper starts a keeper for w, cut off from this process, its terminal and its
// client.
func (a *App) startKeeper(ctx context.Context, typed bool, w auth.Wanted) error {
	secret, err := a.ClientSecret(ctx)
	if err != nil {
		return err
	}
	s := a.Settings
	task, err := json.Marshal(keeperTask{Wanted: w, ClientID: s.ClientID, Secret: secret, AuthURL: s.AuthURL, APIURL: s.APIURL, CallbackURL: s.CallbackURL,
		Home: s.Home, InFile: s.TokenStore == config.KeptInFile, Typed: typed, KeychainWait: a.keychainTimeout(typed), Lang: a.Lang, Command: a.Env.Command(), LogFile: s.LogFile, LogLevel: s.LogLevel})
	if err != nil {
		return fmt.Errorf("telling the keeper of a login: %w", err)
	}
	var vars []string
	for _, name := range keeperVars {
		if value, ok := a.Env.Vars.Lookup(name); ok {
			vars = append(vars, name+"="+value)
		}
	}
	// Told before it runs: whatever ends this process now, it knows all it has to.
	r, wr, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("telling the keeper of a login: %w", err)
	}
	defer r.Close()
	_, err = wr.Write(task)
	if err = errors.Join(err, wr.Close()); err != nil {
		return fmt.Errorf("telling the keeper of a login: %w", err)
	}
	cmd, err := startDetached(func() *exec.Cmd {
		cmd := exec.Command(a.Env.Executable, KeepLogin)
		cmd.Env, cmd.Dir, cmd.Stdin = vars, s.Home, r // stdout and stderr are the null device
		return cmd
	})
	if err != nil {
		return fmt.Errorf("starting the keeper of a login: %w", err)
	}
	go cmd.Wait() //nolint:errcheck // how the login ended stands in home
	return nil
}

// RunKeeper keeps the login that stdin tells of, until it is over or ctx ends.
func RunKeeper(ctx context.Context, env *cli.Env) error {
	var t keeperTask
	err := json.NewDecoder(io.LimitReader(env.Stdin, maxTask)).Decode(&t)
	if err != nil {
		return errors.New("this command is started by the others, to keep a login that a person has open")
	}
	env.Stdin.Close()
	a := &App{Env: env, Lang: t.Lang, Settings: &config.Settings{LogFile: t.LogFile, LogLevel: t.LogLevel, Home: t.Home}}
	_ = a.openLog() // without its file it goes to the null device
	defer a.Close()
	if t.InFile {
		a.Store = keychain.NewFile(filepath.Join(t.Home, "secrets"))
	} else {
		a.Store = keychain.NewKeychain(t.KeychainWait, func() {})
	}
	a.Session = auth.New(auth.Config{
		ClientID: t.ClientID, Secret: func(context.Context) (string, error) { return t.Secret, nil },
		AuthURL: t.AuthURL, APIURL: t.APIURL, CallbackURL: t.CallbackURL, Home: t.Home, Store: a.Store,
		Open: func(string) error { return errors.New("a keeper opens nothing") },
		Lang: t.Lang, Command: t.Command, Typed: t.Typed, Log: a.Log, Transport: a.loginTransport(),
	})
	a.Session.Keep(ctx, t.Wanted)
	return nil
}
