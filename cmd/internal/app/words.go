package app

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/viewer/tunnel"
)

func noTunnelForLogin(lang wording.Lang, callback string) string {
	return lang.Sayf("! 로그인을 마칠 수 없어요. KAKAO_TUNNEL이 off라서 %s 요청을 받을 수 없어요. KAKAO_TUNNEL을 설정하거나 KAKAO_CALLBACK_URL을 지워 주세요.",
		"! A login cannot finish: KAKAO_TUNNEL is off, so requests to %s do not reach this computer. Set KAKAO_TUNNEL, or remove KAKAO_CALLBACK_URL.", callback)
}

func nobodyTakesLogin(lang wording.Lang, callback, command string) string {
	return lang.Sayf("! 지금은 로그인을 마칠 수 없어요. 이 컴퓨터에 %s 요청을 받을 프로그램이 실행되고 있지 않아요. 다른 터미널에서 `%s tunnel`을 실행하거나 kakaotalk-mcp를 등록한 AI 클라이언트를 켠 다음 로그인해 주세요.",
		"! A login cannot finish right now: no program on this computer receives requests to %s. Run `%s tunnel` in another terminal, or start an AI client that kakaotalk-mcp is registered with, then log in.", callback, command)
}

// Origin words where a value comes from; a file is named by its path.
func (a *App) Origin(from config.Origin) string {
	switch from {
	case config.FromEnvironment:
		return a.Lang.Say("환경 변수", string(from))
	case config.FromDefault:
		return a.Lang.Say("기본값", string(from))
	case config.FromSandbox:
		return a.Lang.Say("연습용", string(from))
	}
	return string(from)
}

// Unknown names what looks like settings and is none, "" if nothing does.
func (a *App) Unknown() string {
	var list []string
	for _, u := range a.Settings.Unknown {
		list = append(list, fmt.Sprintf("%s (%s)", bubble.Clean(u.Name, maxName), a.Origin(u.Origin)))
	}
	return strings.Join(list, ", ")
}

// remark tells of settings that do nothing because of their names, for a model; "" if
// there are none.
func (a *App) remark() string {
	unknown := a.Unknown()
	if unknown == "" {
		return ""
	}
	return a.Lang.Sayf("없는 설정이라 적용되지 않았어요: %s. 설정 이름이 틀렸는지 확인하라고 사용자에게 알려 주세요.", "There are no such settings, so these do nothing: %s. Tell the user to check their names.", unknown)
}

// maxName is how many characters of a name are shown that may be anybody's.
const maxName = 60

// File words who can read what is saved in the settings folder.
func (a *App) File() string {
	if a.Env.IsPrivate(a.Settings.Home) {
		return a.Lang.Say("본인만 읽을 수 있는 파일", "a file that only you can read")
	}
	return a.Lang.Say("다른 사용자도 읽을 수 있는 파일(설정 폴더가 내 사용자 폴더 밖에 있음)", "a file that others may read (the settings folder is outside your user folder)")
}

// Who words whose login it is: without a consented nickname there is only a number.
func (a *App) Who(name, subject string) string {
	if name == "" || name == subject {
		return a.Lang.Sayf("회원번호 %s", "user ID %s", subject)
	}
	return a.Lang.Sayf("%s (회원번호 %s)", "%s (user ID %s)", name, subject)
}

// Consents names consent items as Kakao's console does.
func (a *App) Consents(items []string) string {
	var list []string
	for _, item := range items {
		if item == "openid" {
			continue // not an item that people agree to
		}
		list = append(list, devconsole.Item(a.Lang, item))
	}
	if len(list) == 0 {
		return a.Lang.Say("없음", "none")
	}
	return strings.Join(list, ", ")
}

// Until words when something ends.
func (a *App) Until(t time.Time) string {
	if t.IsZero() {
		return a.Lang.Say("알 수 없음", "unknown")
	}
	if left := time.Until(t); left <= 0 {
		return a.Lang.Say("만료됨", "expired")
	}
	return a.Lang.Sayf("%s까지", "until %s", t.Local().Format("2006-01-02 15:04"))
}

// TunnelDown says where a tunnel failed that will be tried again; ok is false when
// it will not be. The system's words are for the log.
func (a *App) TunnelDown(s tunnel.State) (text string, ok bool) {
	return strings.TrimSpace(s.Failed.Why(a.Lang) + " " + s.Failed.Next(a.Lang)), s.Failed.Retried()
}

// TunnelProblem words what only a person can fix.
func (a *App) TunnelProblem(err error) error {
	var key *tunnel.HostKeyError
	var auth *tunnel.AuthError
	var address *tunnel.AddressError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &key) && key.Pinned:
		return fmt.Errorf(a.Lang.Say("서버 %s의 키가 KAKAO_TUNNEL_HOSTKEY에 적은 지문과 달라요(%s). 누군가 연결을 가로채고 있을 수 있어요. 관리자에게 확인하고, 키가 정말 바뀌었다면 KAKAO_TUNNEL_HOSTKEY를 고쳐 주세요", "The key of server %s does not match KAKAO_TUNNEL_HOSTKEY (%s). Someone may be intercepting the connection. Check with its administrator, and change KAKAO_TUNNEL_HOSTKEY if the key has really changed"), key.Host, cmp.Or(key.Fingerprint, a.Lang.Say("다른 종류의 키", "a different kind of key")))
	case errors.As(err, &key) && key.Changed:
		return fmt.Errorf(a.Lang.Say("서버 %s의 키가 바뀌었어요(%s). 누군가 연결을 가로채고 있을 수 있어요. 관리자에게 확인한 다음 known_hosts에서 그 줄을 지워 주세요", "The key of server %s has changed (%s). Someone may be intercepting the connection. Check with its administrator, then remove the line from known_hosts"), key.Host, cmp.Or(key.Fingerprint, a.Lang.Say("다른 종류의 키", "a different kind of key")))
	case errors.As(err, &key):
		return fmt.Errorf(a.Lang.Say("처음 연결하는 서버예요: %s (%s). 터미널에서 `%s tunnel`을 실행해 확인하거나 KAKAO_TUNNEL_HOSTKEY에 지문을 적어 주세요", "First connection to server %s (%s). Confirm it with `%s tunnel` in a terminal, or set KAKAO_TUNNEL_HOSTKEY to its fingerprint"), key.Host, key.Fingerprint, a.Env.Command())
	case errors.As(err, &auth):
		return fmt.Errorf(a.Lang.Say("서버(%s)에 등록되지 않은 키예요. %s 계정의 authorized_keys에 이 줄을 추가해 주세요:\n%s", "The key is not registered with server %s. Add this line to the authorized_keys of %s:\n%s"), auth.Host, auth.User, auth.Line)
	case errors.As(err, &address):
		return fmt.Errorf(a.Lang.Say("서버의 주소(%[2]s)가 설정한 주소(%[1]s)와 달라서 멈췄어요. KAKAO_BASE_URL을 확인해 주세요", "The server's address (%[2]s) is not the one in the settings (%[1]s). Check KAKAO_BASE_URL"), address.Want, address.Got)
	}
	step := tunnel.StepOf(err)
	if step.Why(a.Lang) == "" {
		return err
	}
	return errors.New(strings.TrimRight(step.Why(a.Lang)+" "+step.Next(a.Lang), ". "))
}
