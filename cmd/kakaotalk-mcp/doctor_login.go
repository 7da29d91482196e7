package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/kakao"
)

func (a *app) checkLogin(ctx context.Context) finding {
	if a.session == nil {
		return a.notYet()
	}
	rec, err := a.session.Current(ctx)
	switch {
	case errors.Is(err, auth.ErrLoginNeeded):
		return a.problem(warn, a.say("로그인되어 있지 않아요.", "Nobody is logged in."), fmt.Sprintf(a.say("처음 쓸 때 브라우저가 열려요. 지금 하려면 `%s login`을 실행해 주세요.", "The browser opens on first use; to log in now, run `%s login`."), a.sys.command()))
	case err != nil:
		return a.problem(fail, err.Error(), "")
	}
	if _, err := a.kakao.TokenInfo(ctx, rec.Access); err != nil {
		var answer *kakao.Error
		if errors.As(err, &answer) && (answer.Code == -401 || answer.Code == -101) {
			return a.problem(fail, a.say("카카오가 저장된 로그인 정보를 더 이상 인정하지 않아요.", "Kakao no longer accepts the saved login."), fmt.Sprintf(a.say("`%s login --switch`로 다시 로그인해 주세요.", "Log in again with `%s login --switch`."), a.sys.command()))
		}
		return a.problem(warn, a.say("카카오가 토큰을 확인해 주지 않았어요.", "Kakao did not confirm the token."), a.say("잠시 후 다시 점검해 주세요.", "Examine again in a while."))
	}
	return a.pass("%s 계정으로 로그인되어 있어요.", "Logged in as %s.", a.who(rec.Nickname, rec.Subject))
}

// current returns the login for the checks that need one, or the finding to skip.
func (a *app) current(ctx context.Context) (*auth.Record, *finding) {
	if a.session == nil {
		f := a.notYet()
		return nil, &f
	}
	rec, err := a.session.Current(ctx)
	if err != nil {
		f := a.skip("로그인되어 있지 않아서 확인하지 않았어요.", "Not checked: nobody is logged in.")
		return nil, &f
	}
	return rec, nil
}

func (a *app) checkConsents(ctx context.Context) finding {
	rec, missing := a.current(ctx)
	if missing != nil {
		return *missing
	}
	scopes, err := a.kakao.Scopes(ctx, rec.Access)
	if err != nil {
		return a.problem(warn, a.say("동의 상태를 읽지 못했어요.", "The consents could not be read."), a.say("잠시 후 다시 점검해 주세요.", "Examine again in a while."))
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
		return a.unsetItems(unset)
	case len(open) > 0:
		return a.problem(warn, fmt.Sprintf(a.say("아직 동의하지 않은 항목이 있어요: %s", "Items not consented to yet: %s"), strings.Join(open, ", ")), a.say("필요할 때 동의 화면이 저절로 열려요.", "The consent page opens by itself when it is needed."))
	}
	return a.pass("필요한 동의가 모두 있어요.", "All needed consents are given.")
}

func (a *app) checkFriends(ctx context.Context) finding {
	rec, missing := a.current(ctx)
	if missing != nil {
		return *missing
	}
	if !rec.HasFriends() {
		return a.skip("친구 목록에 동의하지 않아서 확인하지 않았어요.", "Not checked: no consent to the friend list.")
	}
	page, err := a.kakao.Friends(ctx, rec.Access, 0, 1)
	var answer *kakao.Error
	switch {
	case errors.As(err, &answer) && (answer.Code == -5 || answer.Code == -3):
		return a.problem(fail, a.say("이 앱이나 계정에는 친구 목록 권한이 없어요.", "The app or account has no permission for the friend list."), fmt.Sprintf(a.say("내 계정이 %s에 있는지 확인해 주세요.", "Make sure your account is under %s."), devconsole.Members.Path(wording.Of(a.lang))))
	case err != nil:
		return a.problem(warn, a.say("친구 목록을 읽지 못했어요.", "The friend list could not be read."), a.say("잠시 후 다시 점검해 주세요.", "Examine again in a while."))
	case page.Total == 0:
		return a.problem(warn, a.say("볼 수 있는 친구가 없어요.", "No friend is visible."),
			fmt.Sprintf(a.say("심사 전 앱에서는 나와 친구 모두 %s에 있어야 하고, 친구도 이 앱에 로그인해 동의해야 해요. `%s invite`가 순서를 알려 드려요.", "Before review both people must be under %s, and the friend must log in to the app and consent. `%s invite` shows the steps."), devconsole.Members.Path(wording.Of(a.lang)), a.sys.command()))
	}
	return a.pass("친구 %d명이 보여요.", "%d friends are visible.", page.Total)
}

func (a *app) checkQuota(ctx context.Context) finding {
	rec, missing := a.current(ctx)
	if missing != nil {
		return *missing
	}
	q, err := a.messenger().Quota(ctx, rec.Subject)
	switch {
	case err != nil:
		return a.problem(warn, a.say("전송 기록을 읽지 못했어요.", "The send journal could not be read."), a.say("설정 폴더의 권한을 확인해 주세요.", "Check the settings folder's permissions."))
	case q.Used >= q.Limit:
		return a.problem(warn, fmt.Sprintf(a.say("오늘 친구에게 %d개를 보내서 하루 한도(약 %d개)를 다 썼어요.", "%d messages to friends today: the daily limit (about %d) is used up."), q.Used, q.Limit), a.say("내일 다시 보낼 수 있어요.", "It works again tomorrow."))
	}
	return a.pass("오늘 친구에게 %d개를 보냈어요(하루 한도 약 %d개).", "%d messages to friends today (limit about %d).", q.Used, q.Limit)
}
