package login

import (
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// refusals are all answers with code -401, given to every token for as long as
// they are switched on. Only the first two may be about the token: they cost one
// renewal, which does not help either.
var refusals = []struct {
	answer  sandbox.Answer
	renewed int    // renewals of a command that asks the API
	words   string // what every command that meets it says, split by |
}{
	{sandbox.TokenUnknown, 1, "다시 로그인해도 바뀌지 않아요(-401)|[호출 허용 IP 주소]"},
	{sandbox.TokenExpired, 1, "다시 로그인해도 바뀌지 않아요(-401)|[호출 허용 IP 주소]"},
	{sandbox.AddressRefused, 0, "IP 주소를 허용하지 않아요(203.0.113.10, -401)|[앱] > [플랫폼 키] > [REST API 키] > [호출 허용 IP 주소]|이 주소를 추가"},
	{sandbox.DomainMismatch, 0, "플랫폼이나 도메인과 맞지 않아요(-401)|[앱] > [플랫폼 키] > [REST API 키]|setup"},
	{sandbox.KeyDeactivated, 0, "비활성화된 REST API 키예요(-401)|[앱] > [플랫폼 키] > [REST API 키]|다시 활성화"},
	{sandbox.NoToken, 0, "로그인 정보가 빠졌어요(-401)|프록시"},
}

// metBy are commands and what they ask of Kakao.
var metBy = []struct {
	name  string
	args  []string
	asks  bool   // it asks the API with the login's token
	code  int    // exit code
	words string // beside those of the refusal, split by |
}{
	{"to me", []string{"send", "me", "안녕"}, true, e2etest.ExitError, "보내지 않았어요"},
	{"to a friend", []string{"send", "홍길동", "안녕"}, true, e2etest.ExitError, "보내지 않았어요"},
	{"search", []string{"friends", "홍길동"}, true, e2etest.ExitError, ""},
	{"doctor", []string{"doctor"}, true, e2etest.ExitError, "✘ 로그인"},
	{"setup", []string{"setup", "--for", "friends", "--clients", "none"}, true, e2etest.ExitError, "✔ REST API 키"},
	{"status", []string{"status"}, false, e2etest.ExitOK, ""},
	{"logout", []string{"logout"}, true, e2etest.ExitError, "로그아웃하지 못했어요|로그인 정보는 그대로|--force"},
}

// TestRefusalsThatAreNotAboutTheLogin: whatever of these Kakao answers, the login
// stays, no browser opens, and the words name what to put right.
func TestRefusalsThatAreNotAboutTheLogin(t *testing.T) {
	t.Parallel()
	for _, r := range refusals {
		t.Run(string(r.answer), func(t *testing.T) {
			t.Parallel()
			c := e2etest.NewComputer(t)
			c.Set("KAKAO_CONFIRM", "never")
			c.LogIn("--friends")
			tabs := len(c.Opened())
			for _, m := range metBy {
				c.Kakao.SetFaults(sandbox.Faults{Answer: r.answer, FailCount: -1})
				c.Kakao.ResetRequests()
				out, errs, code := c.Run(m.args...)
				c.Kakao.SetFaults(sandbox.Faults{})
				if code != m.code {
					t.Errorf("%s: exit code %d, want %d", m.name, code, m.code)
				}
				words := m.words
				if m.asks {
					words += "|" + r.words
				}
				for _, word := range strings.Split(words, "|") {
					if !strings.Contains(out+errs, word) {
						t.Errorf("%s: %q is not in:\n%s%s", m.name, word, out, errs)
					}
				}
				wantRenewed := 0
				if m.asks {
					wantRenewed = r.renewed
				}
				if got := renewals(c.Kakao); got != wantRenewed {
					t.Errorf("%s: %d renewals, want %d", m.name, got, wantRenewed)
				}
				if strings.Contains(out+errs, "login --switch") {
					t.Errorf("%s leads to a new login:\n%s%s", m.name, out, errs)
				}
				if m.asks && m.name != "doctor" && m.name != "setup" {
					if got := asked(c.Kakao); got != 1+wantRenewed {
						t.Errorf("%s: %d requests to the API, want %d", m.name, got, 1+wantRenewed)
					}
				}
				if !c.Status(e2etest.ExitOK).Login.LoggedIn {
					t.Fatalf("%s: the login is gone", m.name)
				}
			}
			if got := len(c.Opened()) - tabs; got != 0 {
				t.Errorf("%d tabs were opened", got)
			}
			c.Expect(e2etest.ExitOK, "", "send", "me", "다시") // it works again as soon as Kakao does
			if got := len(c.Opened()) - tabs; got != 0 {
				t.Errorf("a login was asked for afterwards")
			}
		})
	}
}

// TestRefusedInSetup: the login of a setup works and the first message is refused.
func TestRefusedInSetup(t *testing.T) {
	t.Parallel()
	for _, r := range refusals {
		t.Run(string(r.answer), func(t *testing.T) {
			t.Parallel()
			c := e2etest.NewComputer(t)
			c.Kakao.SetFaults(sandbox.Faults{Answer: r.answer, FailCount: -1})
			out, errs, code := c.Run("setup", "--for", "me", "--clients", "none")
			if code != e2etest.ExitError {
				t.Errorf("exit code %d", code)
			}
			for _, word := range strings.Split(r.words, "|") {
				if !strings.Contains(out+errs, word) {
					t.Errorf("%q is not in:\n%s%s", word, out, errs)
				}
			}
			if got := renewals(c.Kakao); got != r.renewed {
				t.Errorf("%d renewals, want %d", got, r.renewed)
			}
			if tabs := len(c.Opened()); tabs != 1 || !c.Status(e2etest.ExitOK).Login.LoggedIn {
				t.Errorf("%d tabs, logged in %v", tabs, c.Status(e2etest.ExitOK).Login.LoggedIn)
			}
		})
	}
}

// TestTokenEndedElsewhere: these two are about the token for once; one renewal and
// all goes on.
func TestTokenEndedElsewhere(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_CONFIRM", "never")
	c.LogIn("--friends")
	for _, m := range metBy {
		if !m.asks {
			continue
		}
		c.Kakao.ExpireAccessTokens()
		c.Kakao.ResetRequests()
		if _, errs, code := c.Run(m.args...); code != e2etest.ExitOK && m.name != "doctor" {
			t.Errorf("%s: exit code %d\n%s", m.name, code, errs)
		}
		if got := renewals(c.Kakao); got != 1 {
			t.Errorf("%s: %d renewals, want 1", m.name, got)
		}
	}
	if c.Status(e2etest.ExitLogin).Login.LoggedIn {
		t.Error("still logged in after the logout")
	}
}

// TestLogoutByForce deletes what Kakao does not confirm, and says what that means.
func TestLogoutByForce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Faults{
		"refused": {Answer: sandbox.AddressRefused, FailCount: -1},
		"offline": {FailPath: "/v1/user", Cut: "before", FailCount: -1},
	} {
		c := e2etest.NewComputer(t)
		c.LogIn()
		c.Kakao.SetFaults(fault)
		c.Expect(e2etest.ExitError, "--force", "logout")
		if !c.Status(e2etest.ExitOK).Login.LoggedIn {
			t.Errorf("%s: the login is gone", name)
		}
		c.Expect(e2etest.ExitOK, "카카오에서는 로그아웃되지 않았을 수 있어요", "logout", "--force")
		if c.Status(e2etest.ExitLogin).Login.LoggedIn {
			t.Errorf("%s: still logged in", name)
		}
	}
}

// renewals counts the refreshes that were asked for.
func renewals(kakao *sandbox.Sandbox) (n int) {
	for _, r := range kakao.Requests() {
		if r.Path == "/oauth/token" && r.Form.Get("grant_type") == "refresh_token" {
			n++
		}
	}
	return n
}

// asked counts the requests to the API.
func asked(kakao *sandbox.Sandbox) (n int) {
	for _, r := range kakao.Requests() {
		if r.Host == "api" {
			n++
		}
	}
	return n
}
