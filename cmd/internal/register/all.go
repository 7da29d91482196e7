package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/tools/reminder"
)

// ours is one entry of ours in a client.
type ours struct {
	client clients.Client
	name   string
}

// AllOptions say how to remove everything.
type AllOptions struct {
	OnlyList bool // ends with the list
	Agreed   bool // does not ask
	Program  bool // the caller removes the program's file afterwards
}

// All lists what is there, asks once, removes it, and names what
// only the user can remove. With --sandbox that is the sandbox's entries alone.
func All(ctx context.Context, o *app.Options, opt AllOptions) error {
	a, err := app.New(o, false)
	if err != nil {
		return err
	}
	defer a.Close()
	if a.Sandbox == nil && a.Broken != nil { // the login may be where a wrong setting does not lead
		return cli.Usage(a.Broken)
	}
	out := &cli.Printer{W: o.Env.Stderr}
	if opt.OnlyList {
		out.W = o.Env.Stdout // the list is what was asked for
	}
	entries := ourEntries(a)
	var running *service
	if a.Sandbox == nil {
		running = installedService(ctx, o.Env)
	}
	listAll(a, out, entries, running, opt.Program)
	if opt.OnlyList || a.Sandbox != nil && len(entries) == 0 {
		return out.Err
	}
	if !opt.Agreed {
		if err := agree(ctx, a); err != nil {
			return err
		}
	}
	failed := removeEntries(ctx, a, entries)
	if a.Sandbox != nil {
		tellKept(a, out, a.Lang.Say("지우지 않은 파일:", "Files that were not removed:"))
		return failed
	}
	failed = errors.Join(failed, running.remove(ctx, a.PlainVars()), removeLogin(ctx, a), removeHome(a))
	out.Tell("%s", onlyYou(a.Lang, o.Env.Executable, opt.Program))
	tellKept(a, out, "")
	if failed == nil {
		out.Tell("%s", a.Lang.Say("✔ 나머지는 모두 지웠어요.", "✔ Everything else was removed."))
	}
	return failed
}

// listAll tells what goes and what stays.
func listAll(a *app.App, out *cli.Printer, entries []ours, running *service, program bool) {
	for _, e := range entries {
		out.Tell("- %s: %s (%s)", e.client.Title, e.name, e.client.File())
	}
	if running != nil {
		out.Tell(a.Lang.Say("- 자동 실행 서비스: %s", "- service: %s"), running)
	}
	if a.Sandbox == nil {
		out.Tell(a.Lang.Say("- 카카오 로그인(앱 연결 포함)과 클라이언트 시크릿: %s", "- Kakao login (with the app connection) and client secret: %s"), storeWords(a))
		if _, err := os.Lstat(a.Settings.Home); !errors.Is(err, os.ErrNotExist) {
			out.Tell(a.Lang.Say("- 설정 폴더: %s", "- settings folder: %s"), a.Settings.Home)
		}
	} else if len(entries) == 0 {
		out.Tell("%s", a.Lang.Say("지울 연습용 등록이 없어요.", "There are no practice entries to remove."))
	}
	if program {
		out.Tell(a.Lang.Say("- 프로그램 파일: %s", "- program file: %s"), a.Env.Executable)
	}
	if n := reminder.Count(a.Settings.Home); n > 0 && a.Sandbox == nil {
		out.Tell(a.Lang.Say("- 톡캘린더에 넣은 알림(%d개)은 지우지 않아요. 지우려면 먼저 `%s reminders`를 실행해 주세요.", "- The reminders in your calendar (%d) are not removed; to delete them, run `%s reminders` first."), n, a.Env.Command())
	}
	var made []string
	if len(entries) > 0 {
		made = append(made, a.Lang.Say("- 바뀌는 설정 파일의 백업(*.kakaotalk-mcp*.bak)", "- backups of the settings files that change (*.kakaotalk-mcp*.bak)"))
	}
	tellKept(a, out, a.Lang.Say("지우지 않는 파일:", "Files that are not removed:"), made...)
}

// tellKept names, below a heading, the files of ours that are the user's: what
// clients' settings were before a change, and the log that they asked for.
func tellKept(a *app.App, out *cli.Printer, heading string, kept ...string) {
	for _, c := range clients.All(System(a.Env, a.Lang)) {
		for _, b := range c.Backups() {
			kept = append(kept, a.Lang.Sayf("- %s 설정의 백업: %s", "- backup of the settings of %s: %s", c.Title, b))
		}
	}
	if log := a.LogPath(); log != "" {
		kept = append(kept, a.Lang.Sayf("- 로그: %s", "- log: %s", log))
	}
	if heading != "" && len(kept) > 0 {
		kept = slices.Insert(kept, 0, heading)
	}
	for _, line := range kept {
		out.Tell("%s", line)
	}
}

// agree asks whether all may go.
func agree(ctx context.Context, a *app.App) error {
	if !cli.IsTerminal(a.Env.Stdin) {
		return cli.Misuse(a.Lang.Say("모두 지우려면 --yes를 붙여 주세요", "Add --yes to remove everything"))
	}
	yes, err := a.Terminal.YesNo(ctx, a.Lang.Say("모두 지울까요? [y/N] ", "Remove all of it? [y/N] "), false)
	if err != nil {
		return err
	}
	if !yes {
		cli.Tell(a.Env.Stderr, a.Lang.Say("취소해서 지우지 않았어요.", "Cancelled. Nothing was removed."))
		return fmt.Errorf("%w%w", cli.ErrSilent, context.Canceled)
	}
	return nil
}

// ourEntries finds the entries of this program in the clients, wherever its file
// lies.
func ourEntries(a *app.App) []ours {
	var list []ours
	for _, c := range clients.All(System(a.Env, a.Lang)) {
		told := ""
		for _, practice := range []bool{false, true} {
			if a.Sandbox != nil && !practice {
				continue
			}
			e := Entry(&cli.Env{Executable: Lasting(a.Env.Executable)}, practice)
			if s, err := c.Status(e); err != nil {
				if told != err.Error() { // a file that cannot be read keeps both back
					told = err.Error()
					cli.Tell(a.Env.Stderr, fmt.Sprintf("✘ %s: %s", c.Title, told))
				}
			} else if s == clients.Same || s == clients.Different {
				list = append(list, ours{c, e.Name})
			}
		}
	}
	return list
}

func storeWords(a *app.App) string {
	if a.Store.Kind() == "file" {
		return a.Lang.Say("파일", "a file")
	}
	return a.Lang.Say("키체인", "the keychain")
}

// isTemporary reports a program that will be gone soon: no client takes such a one.
func isTemporary(executable string) bool {
	return clients.System{OS: runtime.GOOS, TempDir: os.TempDir()}.IsTemporary(executable)
}

// Lasting is a path that package clients accepts when it only compares.
func Lasting(executable string) string {
	if isTemporary(executable) {
		if runtime.GOOS == "windows" {
			return `C:\kakaotalk-mcp\kakaotalk-mcp.exe`
		}
		return "/usr/local/bin/kakaotalk-mcp"
	}
	return executable
}

func removeEntries(ctx context.Context, a *app.App, entries []ours) error {
	var failed error
	for _, e := range entries {
		if _, err := e.client.Uninstall(ctx, e.name, clients.Options{}); err != nil {
			cli.Tell(a.Env.Stderr, fmt.Sprintf("✘ %s: %v", e.client.Title, err))
			failed = cli.ErrSilent
		}
	}
	return failed
}

// removeLogin cuts the connection at Kakao as far as it can be reached, and
// deletes record and secret.
func removeLogin(ctx context.Context, a *app.App) error {
	if a.Session == nil {
		if a.Store.Kind() != "file" {
			cli.Tell(a.Env.Stderr, loginUnknown(a.Lang))
		}
		return nil
	}
	a.Session.Abandon(ctx)
	keychained := a.Store.Kind() == config.KeptInKeychain
	login, _ := a.Session.Status(ctx) // what keeps it from being read does so below
	switch err := a.EndLogin(ctx, true); {
	case err == nil, errors.Is(err, auth.ErrLoginNeeded) && login.Subject == "", keychained && errors.Is(err, keychain.ErrUnavailable):
	default:
		cli.Tell(a.Env.Stderr, a.NotDisconnected(err))
	}
	failed := errors.Join(a.Session.Forget(ctx), a.Store.Delete(ctx, a.SecretName()))
	if errors.Is(failed, keychain.ErrUnavailable) {
		if keychained {
			cli.Tell(a.Env.Stderr, noKeychain(a.Lang))
		}
		return nil // files go with the folder
	}
	return failed
}

// ourFiles are the names this program uses in its settings folder. Nothing else
// is deleted there: the folder is a setting and may have been set to anything.
var ourFiles = []string{
	"config.env", "friends.json", "friends.lock", "journal", "journal.key", "journal.lock", "journal.damaged", "sending.lock", "reminders.json", "reminders.lock",
	"login.lock", "login.json", "refresh.lock", "invite.key", "tab.lock", "tab.json", "tab.time", "nickname.app", "secrets", "messages", "proven.json",
	"upload.lock", "tunnel.lock", "tunnel.json", "tunnel_ed25519", "tunnel_ed25519.lock", "known_hosts",
}

// IsOurs reports whether a file of that name in the settings folder is ours: one of
// ourFiles, or what a killed writer left, which may hold a key. Earlier versions
// put a number behind the name of the file that they wrote.
func IsOurs(name string) bool {
	if slices.Contains(ourFiles, name) || private.IsLeftover(name) {
		return true
	}
	for _, of := range []string{"config.env.", "friends.json.", "proven.json."} {
		if number, ok := strings.CutPrefix(name, of); ok && number != "" && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return false
}

// removeHome deletes our files, and the folder if that leaves it empty.
func removeHome(a *app.App) error {
	home := a.Settings.Home
	list, err := os.ReadDir(home)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return notRemoved(a, err)
	}
	var failed error // the first: the others have the same cause, as a rule
	kept := false
	for _, entry := range list {
		if IsOurs(entry.Name()) {
			path := filepath.Join(home, entry.Name())
			failed = cmp.Or(failed, private.Repeat(func() error { return os.RemoveAll(path) }))
		} else {
			kept = true
		}
	}
	if failed != nil {
		return notRemoved(a, failed)
	}
	if kept {
		cli.Tell(a.Env.Stderr, a.Lang.Sayf("다른 파일이 있어서 설정 폴더를 지우지 않았어요: %s", "The settings folder has other files and was not removed: %s", home))
		return nil
	}
	if err := private.Remove(home); err != nil {
		return notRemoved(a, err)
	}
	return nil
}

func notRemoved(a *app.App, err error) error {
	return fmt.Errorf(a.Lang.Say("설정 폴더를 모두 지우지 못했어요: %w", "The settings folder was not removed: %w"), err)
}
