package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/auth/loopback"
)

// pending words a login that waits for the person; its page is in Problem.URL. shown:
// the page is open in their browser. news comes first.
func (s *Session) pending(page string, shown bool, news string) error {
	l := s.cfg.Lang
	if s.cfg.Sandbox && s.cfg.Typed { // its page ends with the command
		return &problem.Problem{Reason: "login_pending", Retry: problem.AfterUser, Err: ErrLoginNeeded,
			What: l.Say("연습용 카카오에 로그인하지 않았어요.", "You did not log in to the practice Kakao."),
			Next: l.Say("연습에서는 명령마다 새로 로그인해요. 터미널에서 다시 실행하면 로그인할 때까지 기다려요.", "Each practice command needs its own login. Run it again in a terminal: it waits for the login there.")}
	}
	what := l.Say("카카오 로그인이 필요해요. 로그인 주소를 브라우저에서 열어 로그인해 주세요.", "You need to log in to Kakao. Open the login page in a browser and log in.")
	if shown {
		what = l.Say("카카오 로그인이 필요해요. 브라우저에 열린 로그인 화면에서 로그인해 주세요.", "You need to log in to Kakao. Log in on the page that opened in your browser.")
	}
	if page == "" {
		what = l.Say("카카오 로그인이 필요해서 로그인 화면을 준비하고 있어요.", "You need to log in to Kakao. The login page is being prepared.")
	}
	next := s.orTyped(l.Say("사용자가 로그인했다고 말할 때까지 다시 호출하지 마세요.", "Do not call again until the user says that they have logged in."),
		"로그인을 마친 다음 같은 명령을 다시 실행해 주세요.", "Finish the login, then run the same command again.")
	if !s.cfg.Sandbox {
		next += "\n" + l.Sayf("브라우저가 없으면 터미널에서 %s를 실행해 주세요.", "Without a browser, run %s in a terminal.", s.command("login --no-browser")) + s.pageHelp(s.RedirectOf(page, ForMe))
	}
	return &problem.Problem{Reason: "login_pending", Retry: problem.AfterUser, Err: ErrLoginNeeded, What: strings.TrimSpace(news + " " + what), Next: next, URL: page}
}

// pageCodes are the likeliest codes on Kakao's own error page.
var pageCodes = []string{"KOE006", "KOE205", "KOE101", "KOE004", "KOE005"}

// pageHelp says, in lines of their own, what the codes on Kakao's own error page
// mean: that page never calls back, so this is the only place to explain it.
func (s *Session) pageHelp(redirect string) string {
	if s.cfg.Sandbox {
		return "" // no console can be seen to
	}
	help := "\n" + s.cfg.Lang.Say("카카오 화면에 오류 코드가 보이면 이렇게 해 주세요.", "If Kakao's page shows an error code:")
	for _, code := range pageCodes {
		m, _ := devconsole.Explain(code)
		next := m.Next(s.cfg.Lang, m.Menu.Name(s.cfg.Lang), s.command("setup"))
		if m.Menu == devconsole.Redirect {
			next = strings.TrimSuffix(next, ".") + ": " + redirect
		}
		help += "\n- " + code + ": " + next
	}
	return help
}

// RedirectOf returns the redirect URI in a login page's address, that of p if it has
// none. A page taken over from another program may be for another purpose.
func (s *Session) RedirectOf(page string, p Purpose) string {
	if u, err := url.Parse(page); err == nil && u.Query().Get("redirect_uri") != "" {
		return u.Query().Get("redirect_uri")
	}
	return s.RedirectURI(p)
}

// leftOpen words a login at this callback path that never came back.
func (s *Session) leftOpen(path string) error {
	return &problem.Problem{Reason: "login_expired", Retry: problem.AfterUser, Err: ErrLoginNeeded,
		What: s.cfg.Lang.Say("로그인 시간(10분)이 지났어요.", "The login timed out after 10 minutes."),
		Next: s.orTyped(s.cfg.Lang.Say("사용자가 원하면 한 번 더 요청해 주세요. 로그인 화면이 다시 열려요.", "If the user wants it, call again. The login page then opens again."),
			"같은 명령을 다시 실행하면 로그인 화면이 다시 열려요.", "To open the login page again, run the same command again.") + s.pageHelp(s.cfg.CallbackURL+path)}
}

func (s *Session) declinedToOpen(page string) error {
	return &problem.Problem{Reason: "login_declined", Retry: problem.AfterUser, Err: ErrDeclined, URL: page,
		What: s.cfg.Lang.Say("로그인 화면을 열지 않아서 요청을 처리하지 못했어요.", "You chose not to open the login page, so the request was not carried out."),
		Next: s.cfg.Lang.Say("로그인하려면 로그인 주소를 브라우저에서 열어 주세요.", "To log in, open the login page in a browser.") + s.orInTerminal()}
}

// orInTerminal names the command for a login at once.
func (s *Session) orInTerminal() string {
	if s.cfg.Sandbox || s.cfg.Typed {
		return ""
	}
	return " " + s.cfg.Lang.Sayf("터미널에서 %s을 실행해도 돼요.", "Or run %s in a terminal.", s.command("login"))
}

func (s *Session) declined() error {
	return &problem.Problem{Reason: "login_declined", Retry: problem.AfterUser, Err: ErrDeclined,
		What: s.cfg.Lang.Say("카카오 로그인을 취소해서 요청을 처리하지 못했어요.", "The Kakao login was cancelled, so the request was not carried out."),
		Next: s.orTyped(s.cfg.Lang.Say("사용자가 원하면 1분 뒤에 다시 요청해 주세요. 로그인 화면이 다시 열려요.", "If the user wants it, call again after a minute. The login page then opens again.")+s.orInTerminal(),
			"다시 로그인하려면 같은 명령을 다시 실행해 주세요.", "To log in, run the same command again.")}
}

// declinedLately words a call that comes soon after a login was declined: nothing is
// opened for it.
func (s *Session) declinedLately(left time.Duration) error {
	seconds := max(1, int(left.Round(time.Second).Seconds()))
	return &problem.Problem{Reason: "login_declined", Retry: problem.AfterUser, Err: ErrDeclined,
		What: s.cfg.Lang.Say("조금 전에 카카오 로그인을 취소해서 로그인 화면을 열지 않았어요.", "The Kakao login was cancelled a moment ago, so the login page was not opened again."),
		Next: s.orTyped(s.cfg.Lang.Sayf("사용자가 원하면 %d초 뒤에 다시 요청해 주세요. 그때 로그인 화면이 열려요.", "If the user wants it, call again in %d seconds. The login page then opens.", seconds)+s.orInTerminal(),
			fmt.Sprintf("%d초 뒤에 다시 실행하거나, 바로 로그인하려면 %s을 실행해 주세요.", seconds, s.command("login")), fmt.Sprintf("Run it again in %d seconds, or log in now with %s.", seconds, s.command("login")))}
}

// keeperLost words logins that end before the person is done, over and over.
func (s *Session) keeperLost() error {
	return &problem.Problem{Reason: "login_failed", Retry: problem.AfterUser, Err: ErrLoginNeeded,
		What: s.cfg.Lang.Say("로그인을 기다리는 프로그램이 계속 종료돼서 로그인하지 못했어요.", "The program that waits for the login keeps ending, so the login failed."),
		Next: s.cfg.Lang.Sayf("보안 프로그램이 막고 있는지 확인하고, 터미널에서 %s을 실행해 주세요.", "Check whether security software is blocking it, then run %s in a terminal.", s.command("login"))}
}

// loginOpen words an invitation that has to wait for the owner's own login.
func (s *Session) loginOpen() error {
	return &problem.Problem{Reason: "login_pending", Retry: problem.AfterUser, Err: ErrLoginNeeded,
		What: s.cfg.Lang.Say("내 카카오 로그인 화면이 열려 있어서 지금은 초대할 수 없어요.", "Your own Kakao login page is open, so you cannot invite anyone right now."),
		Next: s.cfg.Lang.Sayf("%s으로 그 로그인을 먼저 마치거나 취소해 주세요. 10분이 지나면 자동으로 닫혀요.", "Finish or cancel that login first with %s. It closes automatically after 10 minutes.", s.command("login"))}
}

// checkKey refuses a key that Kakao could not know before anything is opened for it.
func (s *Session) checkKey() error {
	if devconsole.IsKey(s.cfg.ClientID) {
		return nil
	}
	return &problem.Problem{Reason: "misconfigured", Retry: problem.AfterUser, Err: errors.New("not a REST API key"),
		What: s.cfg.Lang.Say("KAKAO_CLIENT_ID에 있는 값이 REST API 키가 아니에요(영문자와 숫자 32글자).", "The value of KAKAO_CLIENT_ID is not a REST API key (32 letters and digits)."),
		Next: s.cfg.Lang.Sayf("%s의 값을 %s 명령으로 다시 입력해 주세요.", "Enter the value of %s again with %s.", devconsole.Key.Name(s.cfg.Lang), s.command("setup"))}
}

// refusal words an error that came back on the callback (Kakao docs: Kakao Login,
// request authorization code, error).
func (s *Session) refusal(code, description string) error {
	if code == "access_denied" && strings.Contains(description, "under age") {
		return &problem.Problem{Reason: "login_declined", Retry: problem.No, Err: ErrDeclined,
			What: s.cfg.Lang.Say("만 14세 미만 계정은 내 앱에 로그인할 수 없어요.", "Accounts of people under 14 cannot log in to your Kakao app.")}
	}
	if code == "access_denied" {
		return s.declined()
	}
	what := s.cfg.Lang.Say("카카오 로그인을 마치지 못했어요.", "The Kakao login was not completed.")
	if word := safeWord(code); word != "" {
		what = s.cfg.Lang.Sayf("카카오 로그인을 마치지 못했어요(%s).", "The Kakao login was not completed (%s).", word)
	}
	return &problem.Problem{Reason: "login_failed", Retry: problem.Yes, Err: errors.New("authorization refused: " + safeWord(code)),
		What: what,
		Next: s.cfg.Lang.Say("로그인을 처음부터 다시 해 주세요.", "Log in again from the start.")}
}

// verifyProblem words an ID token that cannot be trusted.
func (s *Session) verifyProblem(err error) error {
	_, expired := errors.AsType[*oidc.TokenExpiredError](err)
	switch {
	case errors.Is(err, errNoIDToken):
		return &problem.Problem{Reason: "misconfigured", Retry: problem.AfterUser, Err: err,
			What: s.cfg.Lang.Say("응답에 ID 토큰이 없어서 누가 로그인했는지 확인하지 못했어요.", "The response has no ID token, so the account could not be verified."),
			Next: s.cfg.Lang.Sayf("%s를 켠 다음 다시 로그인해 주세요.", "Switch on %s, then log in again.", devconsole.OIDC.Name(s.cfg.Lang))}
	case expired:
		return &problem.Problem{Reason: "clock_wrong", Retry: problem.AfterUser, Err: errors.New("the ID token is expired by the local clock"),
			What: s.cfg.Lang.Say("이 컴퓨터의 시계가 맞지 않아서 로그인을 확인하지 못했어요.", "This computer's clock is wrong, so the login could not be verified."),
			Next: s.cfg.Lang.Say("날짜와 시간을 자동으로 맞춘 다음 다시 로그인해 주세요.", "Set the date and time automatically, then log in again.")}
	case errors.Is(err, errNoKeys):
		return &problem.Problem{Reason: "kakao_unavailable", Retry: problem.Later, Err: err,
			What: s.cfg.Lang.Say("카카오 로그인 서버에서 확인용 키를 받지 못해서 로그인을 마치지 못했어요.", "Could not get the verification keys from Kakao's login server, so the login could not be verified."),
			Next: s.cfg.Lang.Say("잠시 후 다시 로그인해 주세요.", "Log in again in a moment.")}
	}
	return &problem.Problem{Reason: "login_failed", Retry: problem.Yes, Err: errors.New("the ID token did not pass verification"),
		What: s.cfg.Lang.Say("받은 로그인 정보가 카카오의 것인지 확인하지 못해서 로그인을 중단했어요.", "The login could not be verified, so it was stopped."),
		Next: s.cfg.Lang.Sayf("다시 로그인해 주세요. 계속되면 %s로 확인해 주세요.", "Log in again. If it keeps failing, run %s.", s.command("doctor"))}
}

// account names an account for people: without a consented nickname there is only
// a number.
func (s *Session) account(who identity) string {
	if who.nickname == "" {
		return s.cfg.Lang.Sayf("회원번호 %s", "user ID %s", who.subject)
	}
	return who.nickname
}

func (s *Session) otherAccount(old *Record, who identity) error {
	had := s.account(old.identity())
	has := s.account(who)
	if had == has { // two accounts of one person, or of two who are called alike
		had, has = s.cfg.Lang.Sayf("%s, 회원번호 %s", "%s, user ID %s", had, old.Subject), s.cfg.Lang.Sayf("%s, 회원번호 %s", "%s, user ID %s", has, who.subject)
	}
	return &problem.Problem{Reason: "other_account", Retry: problem.AfterUser, Err: errors.New("consent came from another account"),
		What: s.cfg.Lang.Sayf("로그인한 계정(%s)과 다른 계정(%s)으로 동의했어요. 로그인은 바뀌지 않았어요.", "You agreed with a different account than the one logged in (%[2]s instead of %[1]s). The login is unchanged.", had, has),
		Next: s.cfg.Lang.Sayf("계정을 바꾸려면 %s를 실행해 주세요.", "To change accounts, run %s.", s.command("login --switch"))}
}

func (s *Session) consentMissing(items []string) error {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = devconsole.Item(s.cfg.Lang, item)
	}
	return &problem.Problem{Reason: "consent_missing", Retry: problem.AfterUser, Err: ErrDeclined,
		What: s.cfg.Lang.Sayf("로그인했지만 %s에 동의하지 않아서 이 기능을 사용할 수 없어요.", "You are logged in, but this needs your consent to %s.", strings.Join(list, ", ")),
		Next: s.orTyped(s.cfg.Lang.Say("사용자가 동의하기를 원하면 한 번 더 요청해 주세요. 동의 화면이 다시 열려요.", "If the user wants to consent, call again. The consent page then opens again."),
			"동의하려면 같은 명령을 다시 실행해 주세요. 동의 화면이 다시 열려요.", "To consent, run the same command again. The consent page then opens again.")}
}

// orTyped returns what an assistant is to do, or the words for who typed a command.
func (s *Session) orTyped(assistant, ko, en string) string {
	if s.cfg.Typed {
		return s.cfg.Lang.Say(ko, en)
	}
	return assistant
}

// failed words how a login that this call waited for failed.
func (s *Session) failed(f *failure) error {
	if f == nil {
		f = &failure{"login_failed", s.cfg.Lang.Say("로그인을 마치지 못했어요.", "The login was not completed."),
			s.cfg.Lang.Sayf("브라우저에 나온 설명을 확인하거나 %s을 실행해 주세요.", "Check the explanation in the browser, or run %s.", s.command("login")), problem.AfterUser}
	}
	cause := map[string]error{"keychain_unavailable": keychain.ErrUnavailable, "keychain_locked": keychain.ErrLocked}[f.Reason]
	if cause == nil {
		cause = errors.New("the login failed: " + f.Reason)
	}
	return &problem.Problem{Reason: f.Reason, What: f.What, Next: f.Next, Retry: f.Retry, Err: cause}
}

// resultPage is what the browser shows at the end of a login.
func (s *Session) resultPage(p Purpose, rec *Record, err error) loopback.Page {
	page := loopback.Page{Status: 200, Lang: string(s.cfg.Lang)}
	if err == nil {
		page.Title = s.cfg.Lang.Say("로그인했어요", "You are logged in")
		page.Body = []string{s.cfg.Lang.Sayf("%s 계정으로 연결됐어요.", "Connected as %s.", s.account(rec.identity()))}
		switch p {
		case ForCalendar:
			page.Body = append(page.Body, s.cfg.Lang.Say("이제 톡캘린더에 알림을 넣을 수 있어요.", "You can now put reminders into your KakaoTalk calendar."))
		case ForFriends:
			page.Body = append(page.Body, s.cfg.Lang.Say("이제 친구를 찾고 친구에게 메시지를 보낼 수 있어요.", "You can now find friends and send them messages."))
		}
		if !s.cfg.Typed { // some clients wait to be told, and cannot see that it is done
			page.Body = append(page.Body, s.cfg.Lang.Say("AI 클라이언트로 돌아가 주세요. 로그인을 기다리고 있으면 계속하기를 눌러 주세요.", "Go back to your AI client. If it still waits for the login, choose to continue."))
		}
		page.Body = append(page.Body, s.cfg.Lang.Say("이 창은 닫아도 돼요.", "You can close this tab."))
		return page
	}
	page.Status = http.StatusForbidden // 400 says that the callback was not of this login
	page.Title = s.cfg.Lang.Say("로그인하지 못했어요", "Login failed")
	if failed, ok := errors.AsType[*problem.Problem](err); ok {
		next := failed.Next
		// Who reads the page is the person, not their assistant.
		again := s.cfg.Lang.Say("다시 하려면 AI 클라이언트에서 한 번 더 요청해 주세요. 이 창은 닫아도 돼요.", "To try again, ask once more in your AI client. You can close this tab.")
		switch failed.Reason {
		case "login_declined":
			page.Title, next = s.cfg.Lang.Say("로그인을 취소했어요", "Login cancelled"), again
		case "consent_missing":
			page.Title, next = s.cfg.Lang.Say("동의가 더 필요해요", "More consent is needed"), again
		}
		page.Body = append(page.Body, failed.What)
		if next != "" {
			page.Body = append(page.Body, next)
		}
	} else {
		page.Body = append(page.Body, s.cfg.Lang.Say("알 수 없는 문제가 생겼어요. 다시 시도해 주세요.", "Something went wrong. Please try again."))
	}
	return page
}

// callbackPages are the pages for everything but the outcome.
func (s *Session) callbackPages() loopback.Pages {
	return loopback.Pages{
		Lang:        string(s.cfg.Lang),
		AlreadyUsed: []string{s.cfg.Lang.Say("이 로그인은 이미 끝났어요.", "This login is already finished.")},
		InProgress: loopback.Text{Title: s.cfg.Lang.Say("로그인을 마무리하고 있어요", "Finishing the login"),
			Body: []string{s.cfg.Lang.Say("잠시만 기다려 주세요.", "Please wait a moment.")}},
		WrongState: loopback.Text{Title: s.cfg.Lang.Say("이 창에서는 로그인할 수 없어요", "This login page is out of date"),
			Body: []string{s.cfg.Lang.Say("예전에 열어 둔 창이에요. 이 창을 닫고 마지막에 열린 창에서 로그인해 주세요.", "This is an older tab. Close it and log in on the newest one.")}},
		NotFound: loopback.Text{Title: s.cfg.Lang.Say("페이지를 찾을 수 없어요", "Page not found"),
			Body: []string{s.cfg.Lang.Say("카카오 로그인에만 사용하는 주소예요.", "This address is only for Kakao logins.")}},
	}
}

// publicCallback returns the Host names and the base that the listener needs
// when callbacks arrive at a public address and are forwarded to this process.
func (s *Session) publicCallback() (hosts []string, base string) {
	u, err := url.Parse(s.cfg.CallbackURL)
	if err != nil || u.Scheme == "http" {
		return nil, s.cfg.CallbackURL
	}
	return []string{u.Host}, ""
}

// portCommand is how to find out who holds a port.
func portCommand(port string) string {
	if runtime.GOOS == "windows" {
		return "`netstat -ano | findstr :" + port + "`"
	}
	return "`lsof -i :" + port + "`"
}

func (s *Session) callbackPort() string {
	u, err := url.Parse(s.cfg.CallbackURL)
	if err != nil {
		return ""
	}
	return u.Port()
}
