package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
)

func (a *app) checkSettings(context.Context) finding {
	if a.broken != nil {
		return a.problem(fail, fmt.Sprintf(a.say("설정에 문제가 있어요: %v", "There is a problem with the settings: %v"), a.broken),
			fmt.Sprintf(a.say("%s 또는 환경 변수를 고쳐 주세요.", "Correct %s or the environment."), filepath.Join(a.settings.home, "config.env")))
	}
	if a.session == nil {
		return a.problem(fail, a.say("REST API 키(KAKAO_CLIENT_ID)가 없어요.", "There is no REST API key (KAKAO_CLIENT_ID)."),
			fmt.Sprintf(a.say("`%s setup`을 실행해 주세요. 키는 %s에 있어요.", "Run `%s setup`. The key is under %s."), a.sys.command(), devconsole.Key.Path(wording.Of(a.lang))))
	}
	var origins []string
	for _, s := range a.settings.visible() {
		if s.Origin != fromDefault {
			origins = append(origins, s.Name+" ("+a.origin(s.Origin)+")")
		}
	}
	return a.pass("설정을 읽었어요: %s", "Settings read: %s", strings.Join(origins, ", "))
}

func (a *app) checkHome(context.Context) finding {
	home := a.settings.home
	fi, err := os.Lstat(home)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return a.pass("설정 폴더는 처음 쓸 때 만들어요: %s", "The settings folder is made on first use: %s", home)
	case err != nil || !fi.IsDir():
		return a.problem(fail, fmt.Sprintf(a.say("설정 폴더를 쓸 수 없어요: %s", "The settings folder cannot be used: %s"), home), a.say("폴더인지, 권한이 있는지 확인해 주세요.", "Make sure it is a folder of yours."))
	case runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0:
		return a.problem(warn, fmt.Sprintf(a.say("다른 사용자가 설정 폴더를 볼 수 있어요: %s", "Other users can look into the settings folder: %s"), home), fmt.Sprintf("chmod 700 '%s'", home))
	}
	f, err := os.CreateTemp(home, ".doctor-*")
	if err != nil {
		return a.problem(fail, fmt.Sprintf(a.say("설정 폴더에 파일을 저장할 수 없어요: %s", "The settings folder cannot be written to: %s"), home), a.say("권한과 남은 디스크 공간을 확인해 주세요.", "Check permissions and free disk space."))
	}
	f.Close()
	os.Remove(f.Name())
	return a.pass("설정 폴더: %s", "Settings folder: %s", home)
}

func (a *app) checkStore(ctx context.Context) finding {
	defer removeNew(a.settings.home, filepath.Join(a.settings.home, "secrets"))()
	err := a.store.Probe(ctx)
	switch {
	case err == nil && a.store.Kind() == "file":
		return a.problem(warn, a.say("로그인 정보를 키체인이 아니라 파일에 저장하고 있어요(KAKAO_TOKEN_STORE=file).", "The login is kept in a file, not in the keychain (KAKAO_TOKEN_STORE=file)."),
			a.say("본인만 읽을 수 있는 파일이지만, 키체인을 쓸 수 있다면 그쪽이 더 안전해요.", "Only you can read it, yet a keychain is safer where there is one."))
	case err == nil:
		return a.pass("키체인에 저장하고 읽을 수 있어요.", "The keychain can be written and read.")
	case errors.Is(err, keychain.ErrLocked):
		return a.problem(fail, a.say("키체인이 잠겨 있거나 응답하지 않아요.", "The keychain is locked or does not answer."), a.say("로그인 키링의 잠금을 풀어 주세요.", "Unlock the login keyring."))
	}
	return a.problem(fail, a.say("쓸 수 있는 키체인이 없어요.", "There is no usable keychain."),
		fmt.Sprintf(a.say("`%s login`을 실행하면 파일에 저장하는 방법을 안내해 드려요.", "Run `%s login`; it offers to keep the login in a file."), a.sys.command()))
}

// removeNew returns what removes those of the folders that are not there now:
// an examination leaves none behind. One that got a file meanwhile stays.
func removeNew(outer, inner string) func() {
	var made []string
	for _, dir := range []string{inner, outer} {
		if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
			made = append(made, dir)
		}
	}
	return func() {
		for _, dir := range made {
			_ = os.Remove(dir)
		}
	}
}

func (a *app) checkPort(ctx context.Context) finding {
	u, err := url.Parse(a.settings.get("KAKAO_CALLBACK_URL"))
	if err != nil || u.Scheme != "http" {
		return a.skip("로그인이 공개 주소로 돌아와서 포트를 쓰지 않아요.", "Logins come back to a public address; no port is needed.")
	}
	if a.session != nil && a.session.Pending() != "" {
		return a.pass("지금 로그인이 진행 중이라 포트 %s번을 쓰고 있어요.", "A login is under way and uses port %s.", u.Port())
	}
	for _, address := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(address, u.Port()))
		if err == nil {
			l.Close()
			continue
		}
		if address == "::1" && !hasIPv6() {
			continue
		}
		return a.portTaken(ctx, u.Port())
	}
	return a.pass("로그인에 쓸 포트 %s번이 비어 있어요.", "Port %s is free for logins.", u.Port())
}

// portTaken says who holds the port, as far as the system tells.
func (a *app) portTaken(ctx context.Context, port string) finding {
	change := fmt.Sprintf(a.say("KAKAO_CALLBACK_URL의 포트를 바꾸면 %s에도 새로 등록해야 해요.", "If you change the port in KAKAO_CALLBACK_URL, register the new redirect URIs under %s."), devconsole.Redirect.Path(wording.Of(a.lang)))
	if reserved := reservedRange(ctx, port); reserved != "" {
		return a.problem(fail, fmt.Sprintf(a.say("로그인에 쓸 포트 %s번을 Windows가 예약해 두었어요(%s).", "Windows reserves port %s, which logins need (%s)."), port, reserved), change)
	}
	if p, ok := portHolder(ctx, port); ok {
		return a.problem(fail, fmt.Sprintf(a.say("로그인에 쓸 포트 %s번을 다른 프로그램이 쓰고 있어요: %s", "Port %s, which logins need, is taken by %s"), port, p),
			a.say("그 프로그램을 종료해 주세요.", "Quit that program.")+"\n"+change)
	}
	hint := fmt.Sprintf("lsof -i :%s", port)
	if runtime.GOOS == "windows" {
		hint = fmt.Sprintf("netstat -ano | findstr :%s", port)
	}
	return a.problem(fail, fmt.Sprintf(a.say("로그인에 쓸 포트 %s번을 다른 프로그램이 쓰고 있거나 시스템이 막고 있어요.", "Port %s, which logins need, is taken or reserved."), port), hint+"\n"+change)
}

func (a *app) checkVersion(context.Context) finding {
	return a.pass("kakaotalk-mcp %s (%s/%s), %s", "kakaotalk-mcp %s (%s/%s), %s", version(), runtime.GOOS, runtime.GOARCH, a.sys.executable)
}
