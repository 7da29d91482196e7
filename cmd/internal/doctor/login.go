package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/tools/kakao"
)

// asked puts a question to Kakao with the stored login, which is renewed once where
// Kakao no longer takes it, and returns the login that it was put with. The error
// is about the login, or Kakao's.
func (d *Doctor) asked(ctx context.Context, question func(access string) error) (*auth.Record, error) {
	var rec *auth.Record
	var refused error
	err := d.Session.Use(ctx, func(r *auth.Record) bool {
		rec, refused = r, question(r.Access)
		answer, ok := errors.AsType[*kakao.Error](refused)
		return ok && answer.TokenRefused()
	})
	if err != nil {
		return nil, err
	}
	return rec, refused
}

// scopes are the app's consent items.
func (d *Doctor) scopes(ctx context.Context) (list []kakao.Scope, err error) {
	_, err = d.asked(ctx, func(access string) (err error) {
		list, err = d.Kakao.Scopes(ctx, access)
		return err
	})
	return list, err
}

// has reports whether the app has a consent item set up.
func has(scopes []kakao.Scope, id string) bool {
	return slices.ContainsFunc(scopes, func(s kakao.Scope) bool { return s.ID == id && (s.Using || s.Agreed) })
}

// wanted are the consent items that the settings need.
func (d *Doctor) wanted() []string {
	items := []string{"talk_message", "friends"}
	if d.Settings.Calendar {
		items = append(items, "talk_calendar")
	}
	return items
}

func (d *Doctor) checkLogin(ctx context.Context) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	f, _ := d.Login(ctx)
	return f
}

// Login asks Kakao whether the stored login still holds; rec is nil unless it does.
// Nothing is opened.
func (d *Doctor) Login(ctx context.Context) (f Finding, rec *auth.Record) {
	_, err := d.Session.Current(ctx)
	if errors.Is(err, auth.ErrLoginNeeded) {
		if d.Sandbox != nil { // each practice is a new one: nothing is logged in, nothing can be beforehand
			f = d.skip("연습용 로그인 화면은 처음 사용할 때 열려요. 카카오계정은 필요 없어요.", "The practice login page opens on first use. You need no Kakao account.")
			f.NoLogin = true
			return f, nil
		}
		f = d.problem(Warn, d.Lang.Say("로그인되어 있지 않아요.", "Not logged in."), d.Lang.Sayf("처음 사용할 때 브라우저가 열려요. 지금 로그인하려면 `%s login`을 실행해 주세요.", "The browser opens on first use. To log in now, run `%s login`.", d.Env.Command()))
		f.NoLogin = true
		return f, nil
	}
	if err == nil {
		rec, err = d.asked(ctx, func(access string) error { return d.Kakao.CheckToken(ctx, access) })
	}
	if err == nil {
		return d.pass("%s 계정으로 로그인되어 있어요.", "Logged in as %s.", d.Who(rec.Nickname, rec.Subject)), rec
	}
	answer, answered := errors.AsType[*kakao.Error](err)
	switch {
	case errors.Is(err, auth.ErrLoginNeeded), answered && answer.Code == kakao.CodeNotLinked:
		f = d.problem(Fail, d.Lang.Say("저장된 로그인이 만료됐거나 해제됐어요.", "The saved login has expired or was revoked."), d.Lang.Sayf("`%s login --switch`로 다시 로그인해 주세요.", "Log in again with `%s login --switch`.", d.Env.Command()))
		f.NoLogin = true
		return f, nil
	case answered && answer.Code == kakao.CodeUnauthorized:
		return d.refused(Fail, "", "", err), nil
	}
	return d.refused(Warn, "카카오에서 로그인 상태를 확인하지 못했어요.", "The login could not be verified.", err), nil
}

// refused is the finding about a question that was not answered, in the words that
// a message would be refused with.
func (d *Doctor) refused(status, ko, en string, err error) Finding {
	if answer, ok := errors.AsType[*kakao.Error](err); ok && answer.Code == kakao.CodeNotTalkUser {
		return d.problem(Fail, d.Lang.Say("이 카카오계정은 카카오톡을 사용하지 않아요(-501).", "This Kakao account does not use KakaoTalk (-501)."),
			d.Lang.Sayf("이 계정으로 카카오톡에 가입하거나, `%s login --switch`를 실행해 카카오톡을 사용하는 계정으로 로그인해 주세요.", "Sign up for KakaoTalk with this account, or run `%s login --switch` and log in with an account that uses KakaoTalk.", d.Env.Command()))
	}
	why := d.Messenger().Refusal(err)
	return d.problem(status, strings.TrimSpace(d.Lang.Say(ko, en)+" "+why.What), why.Next)
}

// current is the login for the checks that need one, or the finding to skip.
func (d *Doctor) current(ctx context.Context) (*auth.Record, *Finding) {
	f := d.notYet()
	if d.Session != nil {
		rec, err := d.Session.Current(ctx)
		if err == nil {
			return rec, nil
		}
		f = d.skip("로그인되어 있지 않아서 확인하지 않았어요.", "Not checked: not logged in.")
	}
	return nil, &f
}

func (d *Doctor) checkConsents(ctx context.Context) Finding {
	if _, missing := d.current(ctx); missing != nil {
		return *missing
	}
	scopes, err := d.scopes(ctx)
	if err != nil {
		return d.refused(Warn, "동의 상태를 확인하지 못했어요.", "The consents could not be read.", err)
	}
	var unset, open []string
	for _, id := range d.wanted() {
		switch {
		case !has(scopes, id):
			unset = append(unset, devconsole.Item(d.Lang, id))
		case !slices.ContainsFunc(scopes, func(s kakao.Scope) bool { return s.ID == id && s.Agreed }):
			open = append(open, devconsole.Item(d.Lang, id))
		}
	}
	switch {
	case len(unset) > 0:
		return d.unsetItems(unset)
	case len(open) > 0:
		return d.problem(Warn, d.Lang.Sayf("아직 동의하지 않은 항목이 있어요: %s", "Items not consented to yet: %s", strings.Join(open, ", ")), d.Lang.Say("필요할 때 동의 화면이 자동으로 열려요.", "The consent page opens automatically when it is needed."))
	}
	return d.pass("필요한 항목에 모두 동의했어요.", "All required consents are in place.")
}

func (d *Doctor) checkFriends(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	if !rec.HasFriends() {
		return d.skip("친구 목록에 동의하지 않아서 확인하지 않았어요.", "Not checked: no consent to the friend list.")
	}
	var page kakao.FriendPage
	_, err := d.asked(ctx, func(access string) (err error) {
		page, err = d.Kakao.Friends(ctx, access, 0, 1)
		return err
	})
	answer, answered := errors.AsType[*kakao.Error](err)
	switch {
	case answered && (answer.Code == kakao.CodeNoPermission || answer.Code == kakao.CodeNotEnabled):
		return d.problem(Fail, d.Lang.Say("내 앱이나 계정에 친구 목록을 볼 권한이 없어요.", "Your Kakao app or account has no permission for the friend list."), d.Lang.Sayf("내 계정이 %s에 있는지 확인해 주세요.", "Make sure that your account is under %s.", devconsole.Members.Path(d.Lang)))
	case err != nil:
		return d.refused(Warn, "친구 목록을 불러오지 못했어요.", "The friend list could not be loaded.", err)
	case page.Total == 0:
		return d.problem(Warn, d.Lang.Say("목록에 나타나는 친구가 없어요.", "No friends found."), howFriendsShow(d.Lang, d.Env.Command()))
	case page.Total == 1:
		return d.pass("친구 1명을 불러왔어요.", "1 friend found.")
	}
	return d.pass("친구 %d명을 불러왔어요.", "%d friends found.", page.Total)
}

func (d *Doctor) checkQuota(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	q, err := d.Messenger().Quota(ctx, rec.Subject)
	switch {
	case err != nil:
		return d.refused(Warn, "전송 기록을 확인하지 못했어요.", "The send journal could not be read.", err)
	case q.Used >= q.Limit:
		return d.problem(Warn, d.Lang.Sayf("오늘 이 컴퓨터에서 친구에게 메시지를 %d건 보내서 하루 한도(약 %d건)를 모두 사용했어요.", "Messages sent to friends from this computer today: %d. The daily limit (about %d) is used up.", q.Used, q.Limit), d.Lang.Say("내일 다시 보낼 수 있어요.", "You can send again tomorrow."))
	}
	return d.pass("오늘 이 컴퓨터에서 친구에게 메시지를 %d건 보냈어요(하루 한도 약 %d건).", "Messages sent to friends from this computer today: %d (limit about %d a day).", q.Used, q.Limit)
}
