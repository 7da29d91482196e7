package doctor

import (
	"context"
	"errors"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/tools/kakao"
)

func (d *Doctor) checkLogin(ctx context.Context) Finding {
	if d.Session == nil {
		return d.notYet()
	}
	rec, err := d.Session.Current(ctx)
	switch {
	case errors.Is(err, auth.ErrLoginNeeded):
		return d.problem(Warn, d.Lang.Say("로그인되어 있지 않아요.", "Nobody is logged in."), d.Lang.Sayf("처음 쓸 때 브라우저가 열려요. 지금 하려면 `%s login`을 실행해 주세요.", "The browser opens on first use; to log in now, run `%s login`.", d.Env.Command()))
	case err != nil:
		return d.problem(Fail, err.Error(), "")
	}
	var refused error
	var answer *kakao.Error
	err = d.Session.Use(ctx, func(r *auth.Record) bool {
		_, refused = d.Kakao.TokenInfo(ctx, r.Access)
		return errors.As(refused, &answer) && answer.TokenRefused()
	})
	switch {
	case errors.Is(err, auth.ErrLoginNeeded), errors.As(refused, &answer) && answer.Code == kakao.CodeNotLinked:
		return d.problem(Fail, d.Lang.Say("저장된 로그인이 만료됐거나 해제됐어요.", "The saved login has expired or was revoked."), d.Lang.Sayf("`%s login --switch`로 다시 로그인해 주세요.", "Log in again with `%s login --switch`.", d.Env.Command()))
	case err != nil:
		return d.problem(Fail, err.Error(), "")
	case refused != nil && answer != nil && answer.Code == kakao.CodeUnauthorized:
		return d.refused(Fail, "", "", refused)
	case refused != nil:
		return d.refused(Warn, "로그인 상태를 확인하지 못했어요.", "The login could not be checked.", refused)
	}
	return d.pass("%s 계정으로 로그인되어 있어요.", "Logged in as %s.", d.Who(rec.Nickname, rec.Subject))
}

// refused is the finding about a question that Kakao did not answer, in the words
// that a message would be refused with.
func (d *Doctor) refused(status, ko, en string, err error) Finding {
	why := d.Messenger().Refusal(err)
	return d.problem(status, strings.TrimSpace(d.Lang.Say(ko, en)+" "+why.What), why.Next)
}

// current returns the login for the checks that need one, or the finding to skip.
func (d *Doctor) current(ctx context.Context) (*auth.Record, *Finding) {
	if d.Session == nil {
		f := d.notYet()
		return nil, &f
	}
	rec, err := d.Session.Current(ctx)
	if err != nil {
		f := d.skip("로그인되어 있지 않아서 확인하지 않았어요.", "Not checked: nobody is logged in.")
		return nil, &f
	}
	return rec, nil
}

func (d *Doctor) checkConsents(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	scopes, err := d.Kakao.Scopes(ctx, rec.Access)
	if err != nil {
		return d.refused(Warn, "동의 상태를 확인하지 못했어요.", "The consents could not be read.", err)
	}
	var unset, open []string
	for _, id := range []string{"talk_message", "friends"} {
		state := "unset"
		for _, s := range scopes {
			if s.ID == id && s.Agreed {
				state = "agreed"
			} else if s.ID == id && s.Using {
				state = "open"
			}
		}
		switch state {
		case "unset":
			unset = append(unset, devconsole.Item(id))
		case "open":
			open = append(open, devconsole.Item(id))
		}
	}
	switch {
	case len(unset) > 0:
		return d.unsetItems(unset)
	case len(open) > 0:
		return d.problem(Warn, d.Lang.Sayf("아직 동의하지 않은 항목이 있어요: %s", "Items not consented to yet: %s", strings.Join(open, ", ")), d.Lang.Say("필요할 때 동의 화면이 저절로 열려요.", "The consent page opens by itself when it is needed."))
	}
	return d.pass("필요한 동의가 모두 있어요.", "All needed consents are given.")
}

func (d *Doctor) checkFriends(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	if !rec.HasFriends() {
		return d.skip("친구 목록에 동의하지 않아서 확인하지 않았어요.", "Not checked: no consent to the friend list.")
	}
	page, err := d.Kakao.Friends(ctx, rec.Access, 0, 1)
	var answer *kakao.Error
	switch {
	case errors.As(err, &answer) && (answer.Code == -5 || answer.Code == -3):
		return d.problem(Fail, d.Lang.Say("이 앱이나 계정에는 친구 목록 권한이 없어요.", "The app or account has no permission for the friend list."), d.Lang.Sayf("내 계정이 %s에 있는지 확인해 주세요.", "Make sure your account is under %s.", devconsole.Members.Path(d.Lang)))
	case err != nil:
		return d.refused(Warn, "친구 목록을 불러오지 못했어요.", "The friend list could not be read.", err)
	case page.Total == 0:
		return d.problem(Warn, d.Lang.Say("볼 수 있는 친구가 없어요.", "No friend is visible."),
			howFriendsShow(d.Lang, d.Env.Command()))
	}
	return d.pass("친구 %d명이 보여요.", "%d friends are visible.", page.Total)
}

func (d *Doctor) checkQuota(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	q, err := d.Messenger().Quota(ctx, rec.Subject)
	switch {
	case err != nil:
		return d.problem(Warn, d.Lang.Say("전송 기록을 읽지 못했어요.", "The send journal could not be read."), d.Lang.Say("설정 폴더의 권한을 확인해 주세요.", "Check the settings folder's permissions."))
	case q.Used >= q.Limit:
		return d.problem(Warn, d.Lang.Sayf("오늘 친구에게 %d개를 보내서 하루 한도(약 %d개)를 다 썼어요.", "%d messages to friends today: the daily limit (about %d) is used up.", q.Used, q.Limit), d.Lang.Say("내일 다시 보낼 수 있어요.", "It works again tomorrow."))
	}
	return d.pass("오늘 친구에게 %d개를 보냈어요(하루 한도 약 %d개).", "%d messages to friends today (limit about %d).", q.Used, q.Limit)
}
