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

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/config"
)

func (d *Doctor) checkSettings(context.Context) Finding {
	if d.Broken != nil {
		return d.problem(Fail, d.Lang.Sayf("설정에 문제가 있어요: %v", "There is a problem with the settings: %v", d.Broken),
			d.Lang.Sayf("%s 또는 환경 변수를 고쳐 주세요.", "Fix %s or the environment variables.", d.Settings.ConfigFile()))
	}
	if d.Session == nil {
		return d.problem(Fail, d.Lang.Say("REST API 키(KAKAO_CLIENT_ID)를 아직 입력하지 않았어요.", "No REST API key (KAKAO_CLIENT_ID) has been entered yet."),
			d.Lang.Sayf("`%s setup`을 실행해 주세요. 키는 %s에 있어요.", "Run `%s setup`. The key is under %s.", d.Env.Command(), devconsole.Key.Path(d.Lang)))
	}
	if unknown := d.Unknown(); unknown != "" {
		return d.problem(Warn, d.Lang.Sayf("없는 설정이라 적용되지 않았어요: %s", "These settings do not exist, so they have no effect: %s", unknown),
			d.Lang.Say("이름을 바르게 고쳐 주세요. 이름은 README의 설정 표에 있어요.", "Fix the names. The README lists the settings."))
	}
	if info, err := os.Stat(d.Settings.ImageDir); d.Settings.ImageDir != "" && (err != nil || !info.IsDir()) {
		return d.problem(Warn, d.Lang.Sayf("KAKAO_IMAGE_DIR 폴더가 없어서 이 컴퓨터의 사진을 보낼 수 없어요: %s", "The folder KAKAO_IMAGE_DIR does not exist, so pictures on this computer cannot be sent: %s", d.Settings.ImageDir),
			d.Lang.Say("폴더를 만들거나 설정을 고쳐 주세요.", "Create the folder, or fix the setting."))
	}
	var origins []string
	for _, id := range config.All() {
		if from := d.Settings.Origin(id); from != config.FromDefault && d.Settings.IsShown(id) {
			origins = append(origins, id.Name()+" ("+d.Origin(from)+")")
		}
	}
	return d.pass("설정을 불러왔어요: %s", "Settings read: %s", strings.Join(origins, ", "))
}

func (d *Doctor) checkHome(context.Context) Finding {
	home := d.Settings.Home
	fi, err := os.Lstat(home)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return d.skip("설정 폴더를 아직 만들지 않았어요. 처음 사용할 때 만들어요: "+home, "The settings folder is created on first use: "+home)
	case err != nil || !fi.IsDir():
		return d.problem(Fail, d.Lang.Sayf("설정 폴더를 사용할 수 없어요: %s", "The settings folder cannot be used: %s", home), d.Lang.Say("폴더인지, 권한이 있는지 확인해 주세요.", "Check that it is a folder and that you have permission."))
	case runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0:
		return d.problem(Warn, d.Lang.Sayf("다른 사용자가 설정 폴더를 볼 수 있어요: %s", "Other users can see the settings folder: %s", home), fmt.Sprintf("chmod 700 '%s'", home))
	case !d.Env.IsPrivate(home):
		// The access list of the profile does not reach there; what the folder's own says, no document makes easy to tell.
		return d.problem(Warn, d.Lang.Sayf("설정 폴더가 내 사용자 폴더 밖에 있어서 다른 사용자가 볼 수 있어요: %s", "The settings folder is outside your user folder, where others may see it: %s", home),
			fmt.Sprintf(`icacls "%s" /inheritance:r /grant:r "%s:(OI)(CI)F"`, home, d.Env.Vars.Get("USERNAME")))
	}
	if err := writable(home); err != nil {
		if p := problem.OfFile(d.Lang, err); p != nil {
			return d.problem(Fail, p.What, p.Next)
		}
		return d.problem(Fail, d.Lang.Sayf("설정 폴더에 파일을 저장할 수 없어요: %s", "Files cannot be saved in the settings folder: %s", home), d.Lang.Say("남은 디스크 공간을 확인해 주세요.", "Check the free disk space."))
	}
	return d.pass("설정 폴더에 저장할 수 있어요: %s", "Files can be saved in the settings folder: %s", home)
}

func (d *Doctor) checkStore(ctx context.Context) Finding {
	if d.Store.Kind() == "file" { // a keychain may take its time
		d.probing.Lock()
		defer d.probing.Unlock()
	}
	defer removeNew(d.Settings.Home, filepath.Join(d.Settings.Home, "secrets"))()
	err := d.Store.Probe(ctx)
	switch {
	case err == nil && d.Sandbox != nil:
		return d.pass("연습이 끝나면 지워지는 파일에 저장해요.", "Saved in a file that is deleted when the practice ends.")
	case err == nil && d.Store.Kind() == "file":
		return d.problem(Warn, d.Lang.Say("로그인 정보를 키체인이 아니라 파일에 저장해요(KAKAO_TOKEN_STORE=file).", "The login is saved in a file, not in the keychain (KAKAO_TOKEN_STORE=file)."),
			d.Lang.Sayf("저장 위치: %s. 키체인을 사용할 수 있다면 키체인이 더 안전해요.", "Saved in: %s. If you have a keychain, it is safer.", d.File()))
	case err == nil:
		return d.pass("키체인에 저장하고 다시 불러왔어요.", "Saved a value in the keychain and read it back.")
	case errors.Is(err, keychain.ErrNoCollection):
		what, next := auth.NoCollection(d.Lang)
		return d.problem(Fail, what, next)
	case errors.Is(err, keychain.ErrLocked):
		return d.problem(Fail, d.Lang.Say("키체인이 잠겨 있거나 응답하지 않아요.", "The keychain is locked or does not respond."), d.Lang.Say("로그인 키링의 잠금을 풀어 주세요.", "Unlock the login keyring."))
	case d.Store.Kind() == "file":
		if p := problem.OfFile(d.Lang, err); p != nil {
			return d.problem(Fail, p.What, p.Next)
		}
		return d.problem(Fail, d.Lang.Say("로그인 정보를 파일에 저장할 수 없어요.", "The login cannot be saved in a file."), d.Lang.Sayf("%s 폴더의 권한과 남은 디스크 공간을 확인해 주세요.", "Check the permissions of %s and the free disk space.", d.Settings.Home))
	}
	return d.problem(Fail, d.Lang.Say("사용할 수 있는 키체인이 없어요.", "There is no usable keychain."),
		d.Lang.Sayf("`%s login`을 실행하면 파일에 저장하는 방법을 안내해요.", "Run `%s login`. It lets you save the login in a file.", d.Env.Command()))
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
		return d.skip("공개 주소로 로그인하도록 설정되어 있어 이 컴퓨터의 포트는 사용하지 않아요.", "Logins use a public address, so no port is needed on this computer.")
	}
	if d.Session != nil && d.Session.Pending() != "" {
		return d.pass("진행 중인 로그인이 포트 %s번을 사용하고 있어요.", "A login in progress uses port %s.", u.Port())
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
		return d.portTaken(ctx, u.Port(), d.Lang.Sayf("로그인에 사용할 포트 %s번", "port %s, which logins need", u.Port()),
			d.Lang.Sayf("KAKAO_CALLBACK_URL의 포트를 바꾸면 %s에도 새로 등록해야 해요.", "If you change the port in KAKAO_CALLBACK_URL, register the new redirect URIs under %s.", devconsole.Redirect.Path(d.Lang)))
	}
	return d.pass("로그인에 사용할 포트 %s번이 비어 있어요.", "Port %s is free for logins.", u.Port())
}

// portTaken says who holds a port, as far as the system tells. what is the port as
// the middle of a sentence; change says how to use another one.
func (d *Doctor) portTaken(ctx context.Context, port, what, change string) Finding {
	if reserved := reservedRange(ctx, port); reserved != "" {
		return d.problem(Fail, d.Lang.Sayf("Windows가 예약한 범위(%[2]s)에 있어요: %[1]s", "Windows reserves %s (%s).", what, reserved), change)
	}
	if p, ok := portHolder(ctx, port); ok {
		return d.problem(Fail, d.Lang.Sayf("%s에 다른 프로그램이 연결되어 있어요: %s", "Another program uses %s: %s", what, p),
			d.Lang.Say("그 프로그램을 종료해 주세요.", "Quit that program.")+"\n"+change)
	}
	hint := fmt.Sprintf("lsof -i :%s", port)
	if runtime.GOOS == "windows" {
		hint = fmt.Sprintf("netstat -ano | findstr :%s", port)
	}
	return d.problem(Fail, d.Lang.Sayf("%s에 다른 프로그램이 연결되어 있거나 시스템이 막고 있어요.", "Another program uses %s, or the system blocks it.", what), hint+"\n"+change)
}

func (d *Doctor) checkVersion(context.Context) Finding {
	return d.pass("kakaotalk-mcp %s (%s/%s), %s", "kakaotalk-mcp %s (%s/%s), %s", d.Env.Version, runtime.GOOS, runtime.GOARCH, d.Env.Executable)
}
