package auth

import (
	"errors"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/auth/loopback"
)

// reasonOf is what the log may say of an error: its text is for people.
func reasonOf(err error) string {
	if p, ok := errors.AsType[*problem.Problem](err); ok {
		return p.Reason
	}
	return ""
}

// Sentinels a caller may match with errors.Is.
var (
	// ErrLoginNeeded: nobody is logged in.
	ErrLoginNeeded = errors.New("login needed")
	// ErrDeclined: the person cancelled the login.
	ErrDeclined = errors.New("login declined")
	// ErrHandedOver is returned by Request.Ask when somebody else shows the page
	// after this call has ended; the next call tells what became of it.
	ErrHandedOver = errors.New("login page handed over")
)

func (s *Session) command(args string) string {
	return "`" + s.cfg.Command + " " + args + "`"
}

// NoCollection words a keychain service that has no place for secrets.
func NoCollection(l wording.Lang) (what, next string) {
	return l.Say("키체인 서비스가 실행 중이지만 저장할 곳이 없어요.", "The keychain service is running, but has no place to save to."),
		l.Say("KeePassXC라면 데이터베이스를 열고 [Database Settings] > [Secret Service Integration]에서 그룹 하나를 공유해 주세요. 다른 키체인이라면 기본 키링을 만들어 주세요.",
			"In KeePassXC, open a database and share a group under [Database Settings] > [Secret Service Integration]; elsewhere, make a default keyring.")
}

// asProblem words errors of the store, the listener and this package.
func (s *Session) asProblem(err error) error {
	if _, worded := errors.AsType[*problem.Problem](err); worded || err == nil {
		return err
	}
	switch {
	case errors.Is(err, errNewer):
		return &problem.Problem{Reason: "update_needed", Retry: problem.AfterUser, Err: err,
			What: s.cfg.Lang.Say("이 프로그램의 더 새로운 버전에서 저장한 로그인이라 사용할 수 없어요.", "The saved login is from a newer version of this program and cannot be used."),
			Next: s.cfg.Lang.Sayf("이 프로그램을 업데이트해 주세요: %s", "Update this program: %s", s.cfg.Command)}
	case errors.Is(err, keychain.ErrLocked):
		return &problem.Problem{Reason: "keychain_locked", Retry: problem.AfterUser, Err: err,
			What: s.cfg.Lang.Say("키체인이 잠겨 있거나 응답하지 않아요.", "The keychain is locked or does not respond."),
			Next: s.cfg.Lang.Say("키체인(로그인 키링) 잠금을 푼 다음 다시 시도해 주세요.", "Unlock the keychain (login keyring), then try again.")}
	case errors.Is(err, keychain.ErrUnavailable) && s.cfg.Store.Kind() == "file":
		return s.homeProblem(err)
	case errors.Is(err, keychain.ErrNoCollection):
		what, next := NoCollection(s.cfg.Lang)
		return &problem.Problem{Reason: "keychain_unavailable", Retry: problem.AfterUser, Err: err, What: what, Next: next}
	case errors.Is(err, keychain.ErrUnavailable):
		return &problem.Problem{Reason: "keychain_unavailable", Retry: problem.AfterUser, Err: err,
			What: s.cfg.Lang.Say("이 컴퓨터에서 사용할 수 있는 키체인을 찾지 못해서 로그인을 안전하게 저장할 수 없어요.", "No keychain is available here, so the login cannot be saved safely."),
			Next: s.cfg.Lang.Sayf("터미널에서 %s을 실행하면 파일에 저장하는 방법을 안내해요.", "Run %s in a terminal. It lets you save the login in a file.", s.command("login"))}
	case errors.Is(err, keychain.ErrTooBig):
		return &problem.Problem{Reason: "login_failed", Retry: problem.No, Err: err,
			What: s.cfg.Lang.Say("로그인 정보가 너무 커서 저장하지 못했어요.", "The login is too large, so it was not saved."),
			Next: s.cfg.Lang.Say("이 프로그램을 최신 버전으로 업데이트해 주세요. 계속되면 개발자에게 알려 주세요.", "Update this program. If it keeps happening, please report it.")}
	case errors.Is(err, loopback.ErrPortForbidden):
		return &problem.Problem{Reason: "port_in_use", Retry: problem.AfterUser, Err: err,
			What: s.cfg.Lang.Sayf("로그인에 사용하는 포트 %s번이 이 컴퓨터에서 예약되어 있어요.", "Port %s, which the login needs, is reserved on this computer.", s.callbackPort()),
			Next: s.cfg.Lang.Say("`netsh interface ipv4 show excludedportrange protocol=tcp`로 예약된 범위를 확인하고, KAKAO_CALLBACK_URL을 다른 포트로 바꾼 다음 새 리다이렉트 URI를 카카오디벨로퍼스 콘솔에 등록해 주세요.",
				"Check the reserved ranges with `netsh interface ipv4 show excludedportrange protocol=tcp`, choose another port in KAKAO_CALLBACK_URL, and register the new redirect URI in the Kakao Developers console."),
		}
	case errors.Is(err, loopback.ErrPortInUse):
		return &problem.Problem{Reason: "port_in_use", Retry: problem.AfterUser, Err: err,
			What: s.cfg.Lang.Sayf("로그인에 필요한 포트 %s번을 다른 프로그램이 사용하고 있어요.", "Another program is using port %s, which the login needs.", s.callbackPort()),
			Next: s.cfg.Lang.Sayf("%s 명령으로 어떤 프로그램인지 확인해서 종료하거나, KAKAO_CALLBACK_URL의 포트를 바꾸고 새 리다이렉트 URI를 카카오디벨로퍼스 콘솔에 등록해 주세요.", "Find it with %s and close it, or change the port in KAKAO_CALLBACK_URL and register the new redirect URI in the Kakao Developers console.", portCommand(s.callbackPort()))}
	}
	return err
}
