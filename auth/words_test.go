package auth

import (
	"strconv"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// The page at the end of a login says whose it is; a bare number would say nothing.
func TestResultPageNamesTheAccount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, nickname, want string }{
		{"ko", "지민", ">지민 계정으로 연결됐어요."},
		{"ko", "", ">회원번호 OWNERID 계정으로 연결됐어요."},
		{"en", "Jimin", ">Connected as Jimin."},
		{"en", "", ">Connected as user ID OWNERID."},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.lang = wording.Lang(c.lang)
			w.kakao.TamperIDToken(func(id *sandbox.IDToken) { id.Claims["nickname"] = c.nickname })
			w.mustToken(w.session(), ForMe)
			want := strings.Replace(c.want, "OWNERID", strconv.FormatInt(w.kakao.Owner().ID, 10), 1)
			if page := <-w.pages; !strings.Contains(page.Body, want) {
				t.Errorf("no %q on:\n%s", want, page.Body)
			}
		})
	}
}

// What came back instead of a code is shown if it looks like a word of the protocol, and
// is taken for nothing that it does not say.
func TestRefusals(t *testing.T) {
	s := New(Config{Lang: "en", Home: t.TempDir()})
	for _, c := range []struct{ code, description, reason, want string }{
		{"server_error", "", "login_failed", "not completed (server_error)."},
		{"KOE999 <b>", "", "login_failed", "not completed."},
		{"access_denied", "User denied access", "login_declined", "cancelled"},
		{"access_denied", "Not allowed under age 14", "login_declined", "under 14"},
		{"access_denied", "User denied access to talk_message", "login_declined", "cancelled"},
	} {
		if err := s.refusal(c.code, c.description); reason(err) != c.reason || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v", c.code, c.description, err)
		}
	}
}

// Two accounts may have one nickname: then their numbers tell them apart.
func TestAccountsOfOneNickname(t *testing.T) {
	s := New(Config{Lang: "en", Home: t.TempDir()})
	for nicknames, want := range map[[2]string]string{
		{"지민", "하늘"}: "(하늘 instead of 지민)",
		{"지민", "지민"}: "(지민, user ID 22 instead of 지민, user ID 11)",
		{"", "지민"}:   "(지민 instead of user ID 11)",
	} {
		err := s.otherAccount(&Record{Subject: "11", Nickname: nicknames[0]}, identity{subject: "22", nickname: nicknames[1]})
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s lacks %s", err, want)
		}
	}
}
