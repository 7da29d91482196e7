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

// TestNicknameIsAskedForWhereTheAppHasIt: a login that asks for it names the account,
// and so do those after it; who has not set it up logs in by number.
func TestNicknameIsAskedForWhereTheAppHasIt(t *testing.T) {
	for _, has := range []bool{true, false} {
		t.Run(strconv.FormatBool(has), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.kakao.UpdateApp(func(a *sandbox.App) {
				delete(a.Items, nickname)
				if has {
					a.Items[nickname] = sandbox.StageRequired
				}
			})
			s := w.session()
			rec, err := s.Login(t.Context(), LoginOptions{Nickname: has})
			if err != nil || (rec.Nickname == w.kakao.Owner().Nickname) != has {
				t.Fatalf("%+v %v", rec, err)
			}
			rec, err = s.Login(t.Context(), LoginOptions{Request: Request{Purpose: ForFriends}})
			if err != nil || (rec.Nickname != "") != has || !rec.HasFriends() {
				t.Errorf("after the consent to the friend list: %+v %v", rec, err)
			}
			rec, err = s.Login(t.Context(), LoginOptions{Switch: true})
			if err != nil || (rec.Nickname != "") != has {
				t.Errorf("after another login: %+v %v", rec, err)
			}
		})
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
