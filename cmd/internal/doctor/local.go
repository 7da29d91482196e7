package doctor

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
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/config"
)

func (d *Doctor) checkSettings(context.Context) Finding {
	if d.Broken != nil {
		return d.problem(Fail, d.Lang.Sayf("설정에 문제가 있어요: %v", "There is a problem with the settings: %v", d.Broken),
			d.Lang.Sayf("%s 또는 환경 변수를 고쳐 주세요.", "Correct %s or the environment.", filepath.Join(d.Settings.Home, "config.env")))
	}
	if d.Session == nil {
		return d.problem(Fail, d.Lang.Say("REST API 키(KAKAO_CLIENT_ID)가 없어요.", "There is no REST API key (KAKAO_CLIENT_ID)."),
			d.Lang.Sayf("`%s setup`을 실행해 주세요. 키는 %s에 있어요.", "Run `%s setup`. The key is under %s.", d.Env.Command(), devconsole.Key.Path(d.Lang)))
	}
	if unknown := d.Unknown(); unknown != "" {
		return d.problem(Warn, d.Lang.Sayf("이런 이름의 설정은 없어서 쓰이지 않아요: %s", "There are no such settings, so these do nothing: %s", unknown),
			d.Lang.Say("이름을 바르게 고쳐 주세요. 이름은 README의 설정 표에 있어요.", "Correct the names; the README lists the settings."))
	}
	var origins []string
	for _, id := range config.All() {
		if from := d.Settings.Origin(id); from != config.FromDefault && d.Settings.IsShown(id) {
			origins = append(origins, id.Name()+" ("+d.Origin(from)+")")
		}
	}
	return d.pass("설정을 읽었어요: %s", "Settings read: %s", strings.Join(origins, ", "))
}

func (d *Doctor) checkHome(context.Context) Finding {
	home := d.Settings.Home
	fi, err := os.Lstat(home)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return d.pass("설정 폴더는 처음 쓸 때 만들어요: %s", "The settings folder is made on first use: %s", home)
	case err != nil || !fi.IsDir():
		return d.problem(Fail, d.Lang.Sayf("설정 폴더를 쓸 수 없어요: %s", "The settings folder cannot be used: %s", home), d.Lang.Say("폴더인지, 권한이 있는지 확인해 주세요.", "Make sure it is a folder of yours."))
	case runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0:
		return d.problem(Warn, d.Lang.Sayf("다른 사용자가 설정 폴더를 볼 수 있어요: %s", "Other users can look into the settings folder: %s", home), fmt.Sprintf("chmod 700 '%s'", home))
	case !d.Env.IsPrivate(home):
		// The access list of the profile does not reach there; what the folder's own says, no document makes easy to tell.
		return d.problem(Warn, d.Lang.Sayf("설정 폴더가 내 사용자 폴더 밖에 있어서 다른 사용자가 볼 수 있어요: %s", "The settings folder is outside your user folder, where others may look into it: %s", home),
			fmt.Sprintf(`icacls "%s" /inheritance:r /grant:r "%s:(OI)(CI)F"`, home, d.Env.Vars.Get("USERNAME")))
	}
	f, err := os.CreateTemp(home, ".doctor-*")
	if err != nil {
		return d.problem(Fail, d.Lang.Sayf("설정 폴더에 파일을 저장할 수 없어요: %s", "The settings folder cannot be written to: %s", home), d.Lang.Say("권한과 남은 디스크 공간을 확인해 주세요.", "Check permissions and free disk space."))
	}
	f.Close()
	os.Remove(f.Name())
	return d.pass("설정 폴더: %s", "Settings folder: %s", home)
}

func (d *Doctor) checkStore(ctx context.Context) Finding {
	defer removeNew(d.Settings.Home, filepath.Join(d.Settings.Home, "secrets"))()
	err := d.Store.Probe(ctx)
	switch {
	case err == nil && d.Store.Kind() == "file":
		return d.problem(Warn, d.Lang.Say("로그인 정보를 키체인이 아니라 파일에 저장하고 있어요(KAKAO_TOKEN_STORE=file).", "The login is kept in a file, not in the keychain (KAKAO_TOKEN_STORE=file)."),
			d.Lang.Sayf("저장 위치: %s. 키체인을 쓸 수 있다면 그쪽이 더 안전해요.", "It is %s. A keychain is safer where there is one.", d.File()))
	case err == nil:
		return d.pass("키체인에 저장하고 읽을 수 있어요.", "The keychain can be written and read.")
	case errors.Is(err, keychain.ErrLocked):
		return d.problem(Fail, d.Lang.Say("키체인이 잠겨 있거나 응답하지 않아요.", "The keychain is locked or does not answer."), d.Lang.Say("로그인 키링의 잠금을 풀어 주세요.", "Unlock the login keyring."))
	}
	return d.problem(Fail, d.Lang.Say("쓸 수 있는 키체인이 없어요.", "There is no usable keychain."),
		d.Lang.Sayf("`%s login`을 실행하면 파일에 저장하는 방법을 안내해 드려요.", "Run `%s login`; it offers to keep the login in a file.", d.Env.Command()))
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

func (d *Doctor) checkPort(ctx context.Context) Finding {
	u, err := url.Parse(d.Settings.CallbackURL)
	if err != nil || u.Scheme != "http" {
		return d.skip("로그인이 공개 주소로 돌아와서 포트를 쓰지 않아요.", "Logins come back to a public address; no port is needed.")
	}
	if d.Session != nil && d.Session.Pending() != "" {
		return d.pass("지금 로그인이 진행 중이라 포트 %s번을 쓰고 있어요.", "A login is under way and uses port %s.", u.Port())
	}
	for _, address := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(address, u.Port()))
		if err == nil {
			l.Close()
			continue
		}
		if address == "::1" && !app.HasIPv6() {
			continue
		}
		return d.portTaken(ctx, u.Port())
	}
	return d.pass("로그인에 쓸 포트 %s번이 비어 있어요.", "Port %s is free for logins.", u.Port())
}

// portTaken says who holds the port, as far as the system tells.
func (d *Doctor) portTaken(ctx context.Context, port string) Finding {
	change := d.Lang.Sayf("KAKAO_CALLBACK_URL의 포트를 바꾸면 %s에도 새로 등록해야 해요.", "If you change the port in KAKAO_CALLBACK_URL, register the new redirect URIs under %s.", devconsole.Redirect.Path(d.Lang))
	if reserved := reservedRange(ctx, port); reserved != "" {
		return d.problem(Fail, d.Lang.Sayf("로그인에 쓸 포트 %s번을 Windows가 예약해 두었어요(%s).", "Windows reserves port %s, which logins need (%s).", port, reserved), change)
	}
	if p, ok := portHolder(ctx, port); ok {
		return d.problem(Fail, d.Lang.Sayf("로그인에 쓸 포트 %s번을 다른 프로그램이 쓰고 있어요: %s", "Port %s, which logins need, is taken by %s", port, p),
			d.Lang.Say("그 프로그램을 종료해 주세요.", "Quit that program.")+"\n"+change)
	}
	hint := fmt.Sprintf("lsof -i :%s", port)
	if runtime.GOOS == "windows" {
		hint = fmt.Sprintf("netstat -ano | findstr :%s", port)
	}
	return d.problem(Fail, d.Lang.Sayf("로그인에 쓸 포트 %s번을 다른 프로그램이 쓰고 있거나 시스템이 막고 있어요.", "Port %s, which logins need, is taken or reserved.", port), hint+"\n"+change)
}

func (d *Doctor) checkVersion(context.Context) Finding {
	return d.pass("kakaotalk-mcp %s (%s/%s), %s", "kakaotalk-mcp %s (%s/%s), %s", d.Env.Version, runtime.GOOS, runtime.GOARCH, d.Env.Executable)
}
