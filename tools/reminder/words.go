package reminder

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

// result turns what happened into what is told.
func (c *creating) result(err error) Result {
	r := c.r
	if err != nil {
		return r.refused(err)
	}
	out := Result{Rooms: r.m.Rooms(), ending: r.m.RoomsLine(), StartsAt: c.startsAt()}
	for _, at := range c.when.rings {
		out.RemindsAt = append(out.RemindsAt, written(at))
	}
	switch {
	case c.unknown:
		out.Status, out.Reason, out.Retry = StatusUnknown, "unknown_outcome", problem.Later
		out.Summary = r.say("카카오의 응답이 오지 않아 톡캘린더에 들어갔는지 알 수 없어요.", "Kakao did not respond, so it is not known whether the reminder is in the calendar.")
		out.NextStep = r.say("1분 뒤에 같은 내용으로 다시 요청해 주세요. 톡캘린더를 확인하고, 없을 때만 만들어요.", "Ask again with the same content after a minute: the calendar is checked first, and it is created only if it is not there.")
	case c.earlier:
		out.Status, out.EventID = StatusAlreadyCreated, c.id
		out.Summary = r.sayf("이미 톡캘린더에 있는 알림이에요. 다시 만들지 않았어요: %s", "This reminder is already in the calendar; it was not created again: %s", c.told())
	default:
		out.Status, out.EventID = StatusCreated, c.id
		out.Summary = strings.TrimSpace(r.sayf("톡캘린더에 알림을 넣었어요: %s", "The reminder is in your KakaoTalk calendar: %s", c.told()) + " " + r.leavesOut(c.q, c.when))
	}
	out.Summary = r.m.Marked(out.Summary)
	return out
}

func (c *creating) startsAt() string {
	if c.when.allDay {
		return c.event.Start.Format(time.DateOnly)
	}
	return written(c.when.start)
}

// shown is the reminder for the person who is asked.
func (c *creating) shown() string {
	lines := []string{c.q.Title, c.point()}
	if c.q.Place != "" {
		lines = append(lines, c.r.say("장소: ", "Place: ")+c.q.Place)
	}
	lines = append(lines, c.reminds())
	if c.q.Note != "" {
		lines = append(lines, c.q.Note)
	}
	return strings.Join(lines, "\n")
}

// told is the reminder in one line, with what is known of how KakaoTalk reminds.
func (c *creating) told() string {
	return fmt.Sprintf("%s, %s. %s", c.q.Title, c.point(), c.reminds())
}

func (c *creating) point() string {
	text := c.r.point(c.when)
	if c.repeat.words != "" {
		text += ", " + c.repeat.words
	}
	return text
}

// reminds says when KakaoTalk reminds, and no more than is known of how.
func (c *creating) reminds() string {
	r := c.r
	var at []string
	for _, ring := range c.when.rings {
		at = append(at, r.clock(ring))
	}
	text := r.sayf("카카오톡이 휴대전화의 알림 설정에 따라 알려요: %s.", "KakaoTalk reminds you then, depending on the phone's notification settings: %s.", strings.Join(at, ", "))
	switch r.Rings() {
	case RingsLoud:
		text += " " + r.say("알림 테스트에서는 소리나 진동이 있었어요.", "In a test it came with a sound or vibration.")
	case RingsSilent:
		text += " " + r.say("알림 테스트에서는 소리나 진동이 없었어요.", "In a test it came without a sound or vibration.")
	case RingsNot:
		text += " " + r.say("알림 테스트에서는 알림이 오지 않았어요. 휴대전화의 카카오톡 알림 설정을 확인해 주세요.", "In a test nothing came: check KakaoTalk's notification settings on the phone.")
	}
	return text
}

// refused is the result of a call that created nothing.
func (r *Reminders) refused(err error) Result {
	why := r.Refusal(err)
	out := Result{Status: StatusNotCreated, Reason: why.Reason, NextStep: why.Next, Retry: why.Retry, LoginURL: why.URL, Rooms: r.m.Rooms(), ending: r.m.LastLines(why.URL)}
	out.Summary = r.m.Marked(strings.TrimSpace(why.What + " " + r.say("알림을 만들지 않았어요.", "The reminder was not created.")))
	return out
}

// Refusal words any error of a call about reminders.
func (r *Reminders) Refusal(err error) *messenger.Refusal {
	if why := r.ofKakao(err); why != nil {
		return why
	}
	why := *r.m.Refusal(err)
	switch why.Reason {
	case "declined":
		why.What = r.say("취소했어요.", "Cancelled.")
	case "unanswered", "confirmation_open":
		why.What = r.say("확인 창에서 아직 답하지 않았어요.", "The confirmation has not been answered.")
	case "server_ending":
		why.What = r.say("확인을 기다리는 동안 프로그램이 종료됐어요.", "The program ended while it waited for the confirmation.")
	case "not_shown":
		why.What = r.say("AI 클라이언트가 확인 창을 보여 주지 않고 거절했어요.", "The AI client refused the confirmation without showing it.")
	case "cannot_ask":
		why.What, why.Next = r.say("확인을 받을 수 없어요.", "It could not be confirmed."),
			r.say("브라우저를 열 수 있는 곳에서 다시 요청하거나 톡캘린더에 직접 넣어 달라고 사용자에게 말해 주세요.", "Tell the user to ask again where a browser can be opened, or to add it in KakaoTalk.")
	case "login_pending", "consent_missing":
		if r.cfg.Rooms == "" { // an item that was never set up shows as an error on Kakao's page
			why.Next += "\n" + r.sayf("로그인 화면에 KOE205가 보이면 %s에서 %s 항목을 [이용 중 동의]로 설정해 주세요.", "If the login page shows KOE205, set %[2]s to [이용 중 동의] under %[1]s.",
				devconsole.Consent.Name(r.cfg.Lang), r.item())
		}
	}
	return &why
}

// item is the consent item that the calendar takes.
func (r *Reminders) item() string { return devconsole.Item(r.cfg.Lang, "talk_calendar") }

// ofKakao words what Kakao says of the calendar; nil for everything that means the same
// there as for messages.
func (r *Reminders) ofKakao(err error) *messenger.Refusal {
	if field, ok := errors.AsType[*kakao.FieldError](err); ok {
		return r.ofField(field)
	}
	answer, ok := errors.AsType[*kakao.Error](err)
	if !ok {
		return nil
	}
	refusal := func(reason string, retry problem.Retry, what, next string) *messenger.Refusal {
		return &messenger.Refusal{Problem: problem.Problem{Reason: reason, Retry: retry, What: what, Next: next}}
	}
	switch answer.Code {
	case kakao.CodeConsentMissing, kakao.CodeNotEnabled:
		return refusal("consent_missing", problem.AfterUser, r.sayf("톡캘린더 동의항목에 동의하지 않았거나 앱에 설정되어 있지 않아요(%d).", "The calendar's consent item is not agreed to, or not set up for the app (%d).", answer.Code),
			r.sayf("%s에서 %s 항목을 [이용 중 동의]로 설정한 다음 다시 요청하면 동의 화면이 열려요.", "Set %[2]s to [이용 중 동의] under %[1]s and ask again; the consent page opens.", devconsole.Consent.Name(r.cfg.Lang), r.item()))
	case kakao.CodeNoPermission:
		return refusal("no_permission", problem.AfterUser, r.say("이 앱은 이 계정의 톡캘린더를 사용할 권한이 없어요(-5).", "The app has no permission for this account's calendar (-5)."),
			r.sayf("심사를 받지 않은 앱은 멤버의 톡캘린더만 사용할 수 있어요. 로그인한 계정이 %s에 있는지 확인해 주세요.", "An app without review can use its members' calendars only. Make sure that the account is under %s.", devconsole.Members.Name(r.cfg.Lang)))
	case kakao.CodeNotTalkUser:
		return refusal("not_a_talk_user", problem.AfterUser, r.say("이 카카오계정은 카카오톡을 사용하지 않아서 톡캘린더가 없어요(-501).", "This Kakao account does not use KakaoTalk, so it has no calendar (-501)."),
			r.sayf("이 계정으로 카카오톡에 가입하거나 `%s login --switch`로 카카오톡을 사용하는 계정에 로그인해 주세요.", "Sign up to KakaoTalk with it, or log in with an account that uses KakaoTalk: `%s login --switch`.", r.cfg.Command))
	case kakao.CodeNoEvent:
		return refusal("no_event", problem.No, r.say("톡캘린더에 없는 일정이에요. 이미 지워졌을 수 있어요(-520).", "There is no such event in the calendar; it may have been deleted (-520)."),
			r.sayf("남아 있는 알림은 `%s reminders`로 볼 수 있어요.", "`%s reminders` shows the reminders that are left.", r.cfg.Command))
	case kakao.CodeBadParameter:
		return refusal("bad_request", problem.No, r.say("톡캘린더에 넣을 수 없는 내용이에요(-2).", "The calendar does not take this content (-2)."),
			r.say("repeat나 minutes_before를 빼고 더 단순하게 요청하거나 카카오톡에서 직접 넣어 달라고 사용자에게 말해 주세요.", "Ask for something simpler, without repeat or minutes_before, or tell the user to add it in KakaoTalk."))
	case kakao.CodeQuota:
		return refusal("quota", problem.Later, r.say("내 앱의 톡캘린더 사용 한도를 넘었어요(-10).", "Your Kakao app has reached a limit of the calendar (-10)."), r.afterLimit(answer.Rule.Period()))
	}
	return nil
}

// afterLimit says when to ask again, which is known only if Kakao tells what the limit counts.
func (r *Reminders) afterLimit(p kakao.Period) string {
	switch p {
	case kakao.Second:
		return r.say("몇 초 뒤에 다시 요청해 주세요.", "Ask again in a few seconds.")
	case kakao.Day:
		return r.say("내일 다시 요청해 주세요.", "Ask again tomorrow.")
	case kakao.Month:
		return r.say("다음 달에 다시 요청해 주세요.", "Ask again next month.")
	}
	return r.say("한도가 언제 풀리는지는 알 수 없어요. 시간이 지난 뒤 다시 요청해 주세요.", "It is not known when the limit ends. Ask again after some time.")
}

// ofField names the argument that does not fit into the calendar.
func (r *Reminders) ofField(e *kakao.FieldError) *messenger.Refusal {
	name := map[string]string{"description": "note", "location.name": "place"}[e.Path]
	if name == "" {
		name = e.Path
	}
	switch e.Rule {
	case kakao.TooLong:
		next := r.sayf("%s 값을 %d자 이하로 줄여 다시 요청해 주세요.", "Call again with %s of at most %d characters.", name, e.Limit)
		if name == "title" {
			next = r.say("짧은 제목을 title에, 나머지를 note에 넣어 다시 요청해 주세요.", "Call again with a short title, and the rest in note.")
		}
		return r.bad("too_long", r.sayf("%s 글자 수가 너무 많아요(최대 %d자).", "%s is too long (at most %d characters).", name, e.Limit), next)
	case kakao.InvalidUTF8:
		return r.bad("broken_text", r.sayf("%s에 깨진 글자가 있어요(UTF-8이 아니에요).", "%s is not valid UTF-8.", name), r.say("원문을 확인해서 UTF-8로 다시 요청해 주세요.", "Call again in UTF-8."))
	case kakao.Required:
		return r.bad("bad_content", r.sayf("%s에 보이는 글자가 없어요.", "%s shows nothing.", name), r.sayf("%s 값을 채워 다시 요청해 주세요.", "Call again with %s.", name))
	}
	return r.bad("bad_content", r.sayf("%s 값이 올바르지 않아요.", "Invalid value for %s.", name), r.sayf("%s 값을 고쳐 다시 요청해 주세요.", "Correct %s and call again.", name))
}
