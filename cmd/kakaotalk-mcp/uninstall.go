package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/tools/kakao"
)

func newUninstall(o *options, say sayer) *cobra.Command {
	var opt clients.Options
	var all, agreed bool
	c := &cobra.Command{
		Use:   "uninstall {<client>... | --all}",
		Short: say("AI 클라이언트에서 빼거나 모두 지우기", "unregister from AI clients, or remove everything"),
		Long: say("--all은 클라이언트 등록, 로그인(카카오 연결 끊기), 클라이언트 시크릿, 설정 폴더를 보여 주고 한 번 물어본 뒤 모두 지워요.",
			"--all lists client entries, login (with the connection at Kakao), client secret and settings folder, asks once, and removes them."),
		Example: `  kakaotalk-mcp uninstall claude-code
  kakaotalk-mcp uninstall claude-code --sandbox
  kakaotalk-mcp uninstall --all`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return usageError{errors.New(say("클라이언트 이름이나 --all 중 하나를 적어 주세요", "name clients, or use --all"))}
			}
			if all {
				return runUninstallAll(cmd.Context(), o, agreed)
			}
			return runUninstall(cmd.Context(), o, opt, args)
		},
	}
	c.Flags().BoolVar(&opt.Print, "print", false, say("바꿀 내용만 보여 주고 쓰지 않기", "show the change, write nothing"))
	c.Flags().BoolVar(&all, "all", false, say("이 프로그램이 남긴 것 모두 지우기", "remove everything this program left"))
	c.Flags().BoolVar(&agreed, "yes", false, say("--all에서 묻지 않기", "do not ask with --all"))
	return c
}

func runUninstall(ctx context.Context, o *options, opt clients.Options, names []string) error {
	lang := quickLang(o.sys)
	say := speaker(lang)
	chosen, err := pick(clients.All(clientSystem(o.sys, lang)), names, say)
	if err != nil {
		return err
	}
	var failed error
	for _, c := range chosen {
		name := clientEntry(o.sys, o.sandbox).Name
		change, err := c.Uninstall(ctx, name, opt)
		if err != nil {
			fmt.Fprintf(o.sys.stderr, "✘ %s: %v\n", c.Title, err)
			failed = errSilent
			continue
		}
		printChange(o.sys, say, c, change, name, opt.Print)
	}
	return failed
}

// ours is one entry of ours in a client.
type ours struct {
	client clients.Client
	name   string
}

// runUninstallAll lists what is there, asks once, removes it, and names what
// only the user can remove. With --sandbox that is the sandbox's entries alone.
func runUninstallAll(ctx context.Context, o *options, agreed bool) error {
	a, err := newApp(o, false)
	if err != nil {
		return err
	}
	defer a.close()
	say, out := a.say, o.sys.stderr
	entries := a.ourEntries()
	for _, e := range entries {
		fmt.Fprintf(out, "- %s: %s (%s)\n", e.client.Title, e.name, e.client.File())
	}
	var running *service
	if a.practice == nil {
		if running = installedService(ctx, o.sys); running != nil {
			fmt.Fprintf(out, say("- 자동 실행 서비스: %s\n", "- service: %s\n"), running)
		}
		fmt.Fprintf(out, say("- 카카오 로그인(앱 연결까지)과 클라이언트 시크릿: %s\n- 설정 폴더: %s\n", "- Kakao login, with the app's connection, and client secret: %s\n- settings folder: %s\n"), a.storeWords(), a.settings.home)
	} else if len(entries) == 0 {
		fmt.Fprintln(out, say("지울 연습용 등록이 없어요.", "There is no practice entry to remove."))
		return nil
	}
	if !agreed {
		if err := agree(ctx, o.sys, say); err != nil {
			return err
		}
	}
	failed := a.removeEntries(ctx, entries)
	if a.practice != nil {
		return failed
	}
	failed = errors.Join(failed, running.remove(ctx, o.sys.plainEnv()), a.removeLogin(ctx), a.removeHome())
	fmt.Fprintf(out, say(
		"\n직접 지워야 하는 것:\n- 카카오디벨로퍼스의 앱: %s\n- 올려 둔 메시지 페이지가 있다면 그 페이지\n- 친구들의 앱 연결: 친구가 카카오톡 [설정] > [카카오계정] > [연결된 서비스 관리]에서 끊을 수 있어요\n- 이 프로그램: %s\n",
		"\nWhat only you can remove:\n- the app at Kakao Developers: %s\n- a message page, if you published one\n- your friends' connections to the app: they cut them in KakaoTalk's settings\n- this program: %s\n"), consoleURL, o.sys.executable)
	if failed == nil {
		fmt.Fprintln(out, say("✔ 모두 지웠어요.", "✔ All of it is removed."))
	}
	return failed
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
	"login.lock", "login.json", "refresh.lock", "tab.lock", "tab.json", "tab.time", "secrets", "messages", "proven.json",
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
