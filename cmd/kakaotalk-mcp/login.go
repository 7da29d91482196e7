package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/mdp/qrterminal/v3"
	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
)

type loginOptions struct {
	switching, noBrowser, friends bool
}

func newLogin(o *options, say sayer) *cobra.Command {
	var l loginOptions
	c := &cobra.Command{
		Use:   "login",
		Short: say("카카오계정으로 로그인하기", "log in with a Kakao account"),
		Long: say(`브라우저를 열어 카카오계정으로 로그인하고, 토큰을 운영체제의 키체인에 저장해요.
다른 프로그램이 이미 로그인 화면을 열어 두었다면 그 로그인을 이어받아요.`,
			`Opens the browser for the Kakao login and keeps the tokens in the system's
keychain. A login that another program has open is taken over.`),
		Example: `  kakaotalk-mcp login
  kakaotalk-mcp login --friends
  kakaotalk-mcp login --no-browser`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogin(cmd.Context(), o, l) },
	}
	c.Flags().BoolVar(&l.switching, "switch", false, say("다른 카카오계정으로 바꾸기", "change to another Kakao account"))
	c.Flags().BoolVar(&l.noBrowser, "no-browser", false, say("브라우저를 열지 않고 주소를 주고받기 (SSH, 컨테이너)", "exchange addresses instead of opening a browser (SSH, containers)"))
	c.Flags().BoolVar(&l.friends, "friends", false, say("친구 목록 동의까지 한 번에 받기", "ask for the friend list consent too"))
	return c
}

func runLogin(ctx context.Context, o *options, l loginOptions) error {
	a, err := newApp(o, true)
	if err != nil {
		return err
	}
	defer func() { a.close() }()
	session, err := a.needSession()
	if err != nil {
		return err
	}
	keychainCtx, cancel := a.keychainPatience(ctx)
	defer cancel()
	if err := a.store.Probe(keychainCtx); errors.Is(err, keychain.ErrUnavailable) && a.store.Kind() == "keychain" {
		offered, err := a.offerFileStore(ctx, o)
		if err != nil {
			return err
		}
		a, session = offered, offered.session
	}
	r := auth.LoginOptions{Switch: l.switching}
	if l.friends {
		r.Purpose = auth.ForFriends
	}
	if !l.switching {
		rec, err := session.Current(keychainCtx)
		switch {
		case err == nil && rec.Allows(r.Purpose):
			fmt.Fprintf(o.sys.stderr, a.say("이미 로그인되어 있어요: %s (계정을 바꾸려면 --switch)\n", "Already logged in: %s (change accounts with --switch)\n"), a.who(rec.Nickname, rec.Subject))
			return nil
		case err != nil && !errors.Is(err, auth.ErrLoginNeeded):
			return err // a login would meet the same problem
		}
	}
	if session.Pending() != "" {
		fmt.Fprintln(o.sys.stderr, a.say("다른 프로그램이 열어 둔 로그인을 이어받아요.", "Taking over the login that another program has open."))
	}
	r.Show = func(ctx context.Context, page string) error { return a.showLogin(ctx, page, r.Purpose, l.noBrowser) }
	rec, err := session.Login(ctx, r)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.sys.stderr, a.say("로그인했어요: %s\n", "Logged in: %s\n"), a.who(rec.Nickname, rec.Subject))
	return nil
}

// keychainPatience bounds the first use of the keychain: a person at a terminal
// may be typing its password, a script waits for nobody.
func (a *app) keychainPatience(ctx context.Context) (context.Context, context.CancelFunc) {
	if isTerminal(a.sys.stdin) {
		return context.WithTimeout(ctx, keychainInteractive)
	}
	return context.WithTimeout(ctx, keychainServe)
}

// showLogin puts the login page in front of a person at a terminal.
func (a *app) showLogin(ctx context.Context, page string, p auth.Purpose, noBrowser bool) error {
	err := a.sys.stderr
	fmt.Fprintf(err, a.say("카카오 로그인 주소:\n\n  %s\n\n", "Kakao login page:\n\n  %s\n\n"), page)
	lost := a.comeBack()
	if lost != "" {
		tell(err, lost)
	}
	if !noBrowser {
		tell(err, a.say("브라우저에서 로그인해 주세요. 기다리고 있어요(Ctrl-C로 취소).", "Finish the login in the browser; waiting (Ctrl-C cancels)."))
		if a.browser().Open(page) == nil {
			return nil
		}
		tell(err, a.say("브라우저를 열 수 없었어요. 위 주소를 직접 열어 주세요.", "No browser could be opened; please open the address above."))
	}
	shown, perr := url.Parse(page)
	if perr != nil {
		return errors.New("showing the login page: not an address")
	}
	if u := a.redirectOf(page, p); a.practice != nil { // its pages are on this computer as well
		tell(err, fmt.Sprintf(a.say("SSH로 접속했다면 내 컴퓨터에서 이렇게 한 번 더 접속한 뒤 주소를 열어 주세요:\n  ssh -L %[1]s:127.0.0.1:%[1]s -L %[2]s:127.0.0.1:%[2]s 서버",
			"Over SSH, connect once more like this and open the address on your computer:\n  ssh -L %[1]s:127.0.0.1:%[1]s -L %[2]s:127.0.0.1:%[2]s SERVER"), u.Port(), shown.Port()))
	} else if u.Scheme == "http" {
		tell(err, fmt.Sprintf(a.say("SSH로 접속했다면 내 컴퓨터에서 이렇게 한 번 더 접속한 뒤 주소를 열어 주세요:\n  ssh -L %[1]s:127.0.0.1:%[1]s 서버\n또는 아무 컴퓨터에서 로그인한 다음 마지막에 열린 주소(%[2]s?…)를 여기에 붙여 넣어 주세요.",
			"Over SSH, connect once more like this and open the address on your computer:\n  ssh -L %[1]s:127.0.0.1:%[1]s SERVER\nOr log in anywhere and paste the address where the browser ended (%[2]s?…) here."), u.Port(), u))
		if hint := a.placeHint(); hint != "" {
			tell(err, hint)
		}
	} else if lost != "" {
		tell(err, fmt.Sprintf(a.say("또는 로그인한 다음 마지막에 열린 주소(%s?…)를 여기에 붙여 넣어 주세요.", "Or paste the address where the browser ended (%s?…) here."), u))
	}
	if a.practice == nil && (noBrowser || !isLoopback(shown.Hostname())) && isTerminal(a.sys.stderr) { // a phone cannot open the sandbox
		qrterminal.GenerateHalfBlock(page, qrterminal.L, err)
	}
	return a.pasteCallback(ctx)
}

// redirectOf returns the address where a login page ends; a page taken over from
// another program may be for another purpose.
func (a *app) redirectOf(page string, p auth.Purpose) *url.URL {
	redirect := a.session.RedirectURI(p)
	if u, err := url.Parse(page); err == nil && u.Query().Get("redirect_uri") != "" {
		redirect = u.Query().Get("redirect_uri")
	}
	u, err := url.Parse(redirect)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// placeHint says how a browser elsewhere reaches this computer, where that can
// be told from the surroundings.
func (a *app) placeHint() string {
	if environment(a.sys.environ, "WSL_DISTRO_NAME") != "" {
		return a.say("WSL에서는 Windows 브라우저에서 위 주소를 그대로 열면 돼요.", "Under WSL, just open the address in your Windows browser.")
	}
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			return a.say("컨테이너 안에서는 브라우저가 이 프로그램에 연결할 수 없어요. 마지막에 열린 주소를 붙여 넣어 주세요.", "A browser cannot reach into this container: paste the address where it ended.")
		}
	}
	return ""
}

// pasted are the lines of stdin that are not blank, up to its end.
func (a *app) pasted(ctx context.Context) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(io.LimitReader(a.sys.stdin, 1<<20))
		for in.Scan() {
			line := strings.TrimSpace(in.Text())
			if line == "" {
				continue
			}
			select {
			case lines <- line:
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// pasteCallback reads addresses from stdin until one is taken as the callback.
// The end of stdin is no error: the browser may still call back.
func (a *app) pasteCallback(ctx context.Context) error {
	lines := a.pasted(ctx)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			if u, err := url.Parse(line); err == nil && u.Query().Get("state") != "" {
				status, _, err := a.session.Forward(ctx, u.Path, u.RawQuery)
				if err == nil && (status == http.StatusOK || status == http.StatusForbidden) {
					return nil // taken; how it ended is told elsewhere
				}
			}
			fmt.Fprintln(a.sys.stderr, a.say("이 로그인의 주소가 아니에요. 로그인 뒤 브라우저 주소창에 있는 주소 전체를 붙여 넣어 주세요.", "That is not this login's address. Paste the whole address from the browser after logging in."))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// offerFileStore asks whether the login may live in a file, because there is no
// keychain, and writes the choice down.
func (a *app) offerFileStore(ctx context.Context, o *options) (*app, error) {
	hint := a.say("이 컴퓨터에는 쓸 수 있는 키체인이 없어요. 로그인 정보를 파일(본인만 읽을 수 있음)에 저장하려면 KAKAO_TOKEN_STORE=file로 설정해 주세요.",
		"There is no usable keychain here. To keep the login in a file (readable by you only), set KAKAO_TOKEN_STORE=file.")
	if !isTerminal(a.sys.stdin) {
		return nil, errors.New(hint)
	}
	fmt.Fprint(a.sys.stderr, a.say("이 컴퓨터에는 쓸 수 있는 키체인이 없어요. 로그인 정보를 본인만 읽을 수 있는 파일에 저장할까요? [y/N] ",
		"There is no usable keychain here. Keep the login in a file that only you can read? [y/N] "))
	answer, err := readLine(ctx, a.sys.stdin)
	if err != nil {
		return nil, err
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" && answer != "네" && answer != "예" {
		return nil, fmt.Errorf("%w: %s", auth.ErrDeclined, hint)
	}
	if err := editConfig(a.settings.home, "KAKAO_TOKEN_STORE", "file"); err != nil {
		return nil, worded(err, a.say)
	}
	changed, err := newApp(o, true)
	if err != nil {
		return nil, err
	}
	if changed.store.Kind() != "file" {
		changed.close()
		return nil, errors.New(a.say("KAKAO_TOKEN_STORE가 환경 변수나 --env-file에 따로 정해져 있어서 바꿀 수 없었어요. 그 값을 file로 바꿔 주세요.", "KAKAO_TOKEN_STORE is set in the environment or --env-file, which comes first. Set it to file there."))
	}
	a.close()
	return changed, nil
}

// errNoAnswer is the end of what can be read, as in a script.
var errNoAnswer error = &settingProblem{ko: "입력이 없어서 멈췄어요. 터미널에서 다시 실행해 주세요", en: "there was no answer: run it again in a terminal"}

func readLine(ctx context.Context, in io.Reader) (string, error) {
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := bufio.NewReader(in).ReadString('\n')
		got <- line{strings.TrimSpace(text), err}
	}()
	select {
	case l := <-got:
		if l.err != nil && l.text == "" {
			return "", errNoAnswer
		}
		return l.text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
