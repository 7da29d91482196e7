package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/tools/kakao"
)

// ours is one entry of ours in a client.
type ours struct {
	client clients.Client
	name   string
}

// runUninstallAll lists what is there, asks once, removes it, and names what
// only the user can remove. With --sandbox that is the sandbox's entries alone.
// only: it ends with the list.
func runUninstallAll(ctx context.Context, o *options, only, agreed bool) error {
	a, err := newApp(o, false)
	if err != nil {
		return err
	}
	defer a.close()
	if a.practice == nil && a.broken != nil { // the login may be where a wrong setting does not lead
		return usageError{a.broken}
	}
	say, out := a.say, &printer{w: o.sys.stderr}
	if only {
		out.w = o.sys.stdout // the list is what was asked for
	}
	entries := a.ourEntries()
	var running *service
	if a.practice == nil {
		running = installedService(ctx, o.sys)
	}
	a.listAll(out, entries, running)
	if only || a.practice != nil && len(entries) == 0 {
		return out.err
	}
	if !agreed {
		if err := agree(ctx, o.sys, say); err != nil {
			return err
		}
	}
	failed := a.removeEntries(ctx, entries)
	if a.practice != nil {
		a.tellKept(out, say("남겨 둔 것:", "Kept:"))
		return failed
	}
	failed = errors.Join(failed, running.remove(ctx, o.sys.plainEnv()), a.removeLogin(ctx), a.removeHome())
	out.line(say(
		"\n직접 지워야 하는 것:\n- 카카오디벨로퍼스의 앱: %s\n- 올려 둔 메시지 페이지가 있다면 그 페이지\n- 친구들의 앱 연결: 친구가 카카오톡 [설정] > [카카오계정] > [연결된 서비스 관리]에서 끊을 수 있어요\n- 이 프로그램: %s",
		"\nWhat only you can remove:\n- the app at Kakao Developers: %s\n- a message page, if you published one\n- your friends' connections to the app: they cut them in KakaoTalk's settings\n- this program: %s"), devconsole.URL, o.sys.executable)
	a.tellKept(out, "")
	if failed == nil {
		out.line("%s", say("✔ 그 밖에는 모두 지웠어요.", "✔ Everything else is removed."))
	}
	return failed
}

// listAll tells what goes and what stays.
func (a *app) listAll(out *printer, entries []ours, running *service) {
	for _, e := range entries {
		out.line("- %s: %s (%s)", e.client.Title, e.name, e.client.File())
	}
	if running != nil {
		out.line(a.say("- 자동 실행 서비스: %s", "- service: %s"), running)
	}
	if a.practice == nil {
		out.line(a.say("- 카카오 로그인(앱 연결까지)과 클라이언트 시크릿: %s\n- 설정 폴더: %s", "- Kakao login, with the app's connection, and client secret: %s\n- settings folder: %s"), a.storeWords(), a.settings.home)
	} else if len(entries) == 0 {
		out.line("%s", a.say("지울 연습용 등록이 없어요.", "There is no practice entry to remove."))
	}
	var made []string
	if len(entries) > 0 {
		made = append(made, a.say("- 고치는 설정 파일마다 그 옆에 남기는 백업(*.kakaotalk-mcp.bak)", "- beside each settings file that is changed, a backup of it (*.kakaotalk-mcp.bak)"))
	}
	a.tellKept(out, a.say("지우지 않고 남겨 두는 것:", "What stays:"), made...)
}

// tellKept names, below a heading, the files of ours that are the user's: what
// clients' settings were before a change, and the log that they asked for.
func (a *app) tellKept(out *printer, heading string, kept ...string) {
	for _, c := range clients.All(clientSystem(a.sys, a.lang)) {
		if b := c.Backup(); b != "" {
			kept = append(kept, fmt.Sprintf(a.say("- 고치기 전의 %s 설정: %s", "- the settings of %s before a change: %s"), c.Title, b))
		}
	}
	if log := a.settings.get("KAKAO_LOG_FILE"); log != "" && a.logFile != nil {
		kept = append(kept, fmt.Sprintf(a.say("- 로그: %s", "- the log: %s"), log))
	}
	if heading != "" && len(kept) > 0 {
		kept = slices.Insert(kept, 0, heading)
	}
	for _, line := range kept {
		out.line("%s", line)
	}
}

// agree asks whether all may go.
func agree(ctx context.Context, sys surroundings, say sayer) error {
	if !isTerminal(sys.stdin) {
		return usageError{errors.New(say("모두 지우려면 --yes를 붙여 주세요", "add --yes to remove everything"))}
	}
	fmt.Fprint(sys.stderr, say("모두 지울까요? [y/N] ", "Remove all of it? [y/N] "))
	answer, err := readLine(ctx, sys.stdin)
	if err != nil {
		return err
	}
	if !yes(strings.ToLower(answer)) {
		fmt.Fprintln(sys.stderr, say("아무것도 지우지 않았어요.", "Nothing was removed."))
		return context.Canceled
	}
	return nil
}

// ourEntries finds the entries of this program in the clients, wherever its file
// lies.
func (a *app) ourEntries() []ours {
	var list []ours
	for _, c := range clients.All(clientSystem(a.sys, a.lang)) {
		for _, practice := range []bool{false, true} {
			if a.practice != nil && !practice {
				continue
			}
			e := clientEntry(surroundings{executable: lasting(a.sys.executable)}, practice)
			if s, err := c.Status(e); err != nil {
				fmt.Fprintf(a.sys.stderr, "✘ %s: %v\n", c.Title, err)
			} else if s == clients.Same || s == clients.Different {
				list = append(list, ours{c, e.Name})
			}
		}
	}
	return list
}

func (a *app) storeWords() string {
	if a.store.Kind() == "file" {
		return a.say("파일", "a file")
	}
	return a.say("키체인", "the keychain")
}

// lasting is a path that package clients accepts when it only compares.
func lasting(executable string) string {
	if strings.HasPrefix(executable, os.TempDir()) || strings.Contains(executable, "go-build") {
		return "/usr/local/bin/kakaotalk-mcp"
	}
	return executable
}

func (a *app) removeEntries(ctx context.Context, entries []ours) error {
	var failed error
	for _, e := range entries {
		if _, err := e.client.Uninstall(ctx, e.name, clients.Options{}); err != nil {
			fmt.Fprintf(a.sys.stderr, "✘ %s: %v\n", e.client.Title, err)
			failed = errSilent
		}
	}
	return failed
}

// removeLogin cuts the connection at Kakao as far as it can be reached, and
// deletes record and secret.
func (a *app) removeLogin(ctx context.Context) error {
	if a.session == nil {
		if a.store.Kind() != "file" {
			fmt.Fprintln(a.sys.stderr, a.say("! KAKAO_CLIENT_ID가 없어서 키체인에 로그인 정보가 있는지 확인하지 못했어요. 클라이언트 설정에만 적어 두었다면 환경 변수로 정하고 다시 실행해 주세요.",
				"! Without KAKAO_CLIENT_ID it is not known whether the keychain holds a login. If only a client's settings have it, set it in the environment and run this again."))
		}
		return nil
	}
	if rec, err := a.session.Current(ctx); err == nil {
		var answer *kakao.Error
		if err := a.kakao.Unlink(ctx, rec.Access); err != nil && !errors.As(err, &answer) {
			fmt.Fprintln(a.sys.stderr, a.say("카카오에 연결하지 못해서 앱 연결은 끊지 못했어요. 카카오톡의 [연결된 서비스 관리]에서 끊어 주세요.", "Kakao could not be reached, so the app's connection stays; cut it in KakaoTalk's settings."))
		}
	} else if !errors.Is(err, auth.ErrLoginNeeded) {
		fmt.Fprintln(a.sys.stderr, err)
	}
	failed := errors.Join(a.session.Forget(ctx), a.store.Delete(ctx, secretName(a.settings.get("KAKAO_CLIENT_ID"))))
	if errors.Is(failed, keychain.ErrUnavailable) {
		return nil // nothing can have been kept there
	}
	return failed
}

// ourFiles are the names this program uses in its settings folder. Nothing else
// is deleted there: the folder is a setting and may have been set to anything.
var ourFiles = []string{
	"config.env", "friends.json", "friends.lock", "journal", "journal.key", "journal.lock", "journal.damaged",
	"login.lock", "login.json", "refresh.lock", "invite.key", "tab.lock", "tab.json", "tab.time", "secrets", "messages", "proven.json",
	"tunnel.lock", "tunnel.json", "tunnel_ed25519", "tunnel_ed25519.lock", "known_hosts",
}

// removeHome deletes our files, and the folder if that leaves it empty.
func (a *app) removeHome() error {
	var failed error
	for _, name := range ourFiles {
		failed = errors.Join(failed, os.RemoveAll(filepath.Join(a.settings.home, name)))
	}
	if left, err := os.ReadDir(a.settings.home); err == nil && len(left) > 0 {
		fmt.Fprintf(a.sys.stderr, a.say("다른 파일이 있어서 설정 폴더는 남겨 두었어요: %s\n", "%s holds other files and was kept.\n"), a.settings.home)
		return failed
	}
	if err := os.Remove(a.settings.home); err != nil && !errors.Is(err, os.ErrNotExist) {
		failed = errors.Join(failed, fmt.Errorf("removing the settings folder: %w", err))
	}
	return failed
}
