package auth

import (
	"strconv"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestNicknameIsAskedForWhereTheAppHasIt: from when that is known, every process asks
// for it, whatever the login is for and whatever became of the one before; who has
// not set it up logs in by number.
func TestNicknameIsAskedForWhereTheAppHasIt(t *testing.T) {
	t.Parallel()
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
			if err := w.session().AskNickname(has); err != nil { // as setup --no-login does
				t.Fatal(err)
			}
			named := func(after string, o LoginOptions) {
				t.Helper()
				rec, err := w.session().Login(t.Context(), o)
				if err != nil || (rec.Nickname != "") != has || !rec.Allows(o.Purpose) {
					t.Errorf("after %s: %+v %v", after, rec, err)
				}
			}
			named("the set-up", LoginOptions{})
			named("a message to a friend", LoginOptions{Request: Request{Purpose: ForFriends}})
			named("a switch", LoginOptions{Switch: true})
			if err := w.session().Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.kakao.Unlink(w.kakao.Owner().ID)
			named("unlinking", LoginOptions{})
		})
	}
}

// A login that has it tells that the app has it, also where no set-up said so.
func TestNicknameOfALoginIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.kakao.Connect(w.kakao.Owner().ID, nickname)
	w.mustToken(w.session(), ForMe)
	if !w.session().asksNickname() {
		t.Error("forgotten")
	}
	if w.session(func(c *Config) { c.ClientID = "0123456789abcdef0123456789abcdef" }).asksNickname() {
		t.Error("believed of another app")
	}
}

// From a page that shows an error code nobody comes back, so the next one is without
// the item that may be why.
func TestNicknameIsNotAskedForAfterALoginThatNobodyFinished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.kakao.UpdateApp(func(a *sandbox.App) { delete(a.Items, nickname) })
	s := w.session()
	if err := s.AskNickname(true); err != nil {
		t.Fatal(err)
	}
	s.lasts = time.Second
	if _, err := w.token(s, ForMe); err == nil {
		t.Fatal("logged in by a page that cannot open")
	}
	s.lasts = attemptLife
	w.advance(tabInterval)
	if rec, err := s.Login(t.Context(), LoginOptions{}); err != nil || rec.Nickname != "" {
		t.Errorf("%+v %v", rec, err)
	}
}
