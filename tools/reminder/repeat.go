package reminder

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/tools/messenger"
)

// rules are RFC 5545's words for what a person may ask for, in the order of Repeats.
// Kakao documents no list of the parts that it takes, so no rule has more than it needs.
var rules = [...]struct{ name, rule, ko, en string }{
	{"daily", "FREQ=DAILY", "매일", "every day"},
	{"weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "평일마다", "every weekday"},
	{"weekly", "FREQ=WEEKLY", "매주", "every week"},
	{"monthly", "FREQ=MONTHLY", "매월", "every month"},
	{"yearly", "FREQ=YEARLY", "매년", "every year"},
}

// Repeats are the values of Request.Repeat.
func Repeats() (names []string) {
	for _, r := range rules {
		names = append(names, r.name)
	}
	return names
}

// repetition is how a reminder repeats.
type repetition struct {
	rule  string // RRULE, "" for once
	words string // for people, "" for once
}

// repeat makes the rule of a request that begins at w.
func (r *Reminders) repeat(q Request, w when) (p repetition, refused *messenger.Refusal) {
	name, until := q.Repeat, q.Until
	if name == "" && until != "" {
		return p, r.bad("bad_repeat", r.say("until은 repeat와 함께 사용해야 해요.", "until needs repeat."), r.say("repeat를 넣거나 until을 빼고 다시 요청해 주세요.", "Call again with repeat, or without until."))
	}
	if name == "" {
		return p, nil
	}
	i := slices.Index(Repeats(), name)
	if i < 0 {
		return p, r.bad("bad_repeat", r.say("repeat에 사용할 수 없는 값이에요.", "repeat has no such value."), r.sayf("repeat에 다음 중 하나를 넣어 다시 요청해 주세요: %s", "Call again with one of these in repeat: %s", strings.Join(Repeats(), ", ")))
	}
	if day := w.start.Weekday(); name == "weekdays" && (day == time.Saturday || day == time.Sunday) {
		monday := w.start.AddDate(0, 0, (8-int(day))%7)
		return p, r.bad("bad_repeat", r.sayf("평일 반복은 평일에 시작해야 하는데 주말이에요: %s.", "weekdays has to begin on one; %s is at the weekend.", r.date(w.start)),
			r.sayf("at을 %s로 바꿔 다시 요청해 주세요.", "Call again with at on %s.", monday.Format(time.DateOnly)))
	}
	p.rule, p.words = rules[i].rule, r.say(rules[i].ko, rules[i].en)
	if until == "" {
		return p, nil
	}
	last, err := time.Parse(time.DateOnly, until)
	if err != nil || until < w.start.Format(time.DateOnly) {
		return repetition{}, r.bad("bad_until", r.say("until은 시작하는 날이나 그 뒤의 날짜여야 해요.", "until has to be a date, not before the first one."), r.say("until에 YYYY-MM-DD 형식으로 넣어 다시 요청해 주세요.", "Call again with until as YYYY-MM-DD."))
	}
	p.rule += ";UNTIL=" + w.untilOn(last)
	p.words += r.sayf(", %s까지", " until %s", until)
	return p, nil
}

// untilOn is the end of a repetition whose last day is given, as RFC 5545, 3.3.10
// wants it: a date for whole days, otherwise UTC. It is the start of that day's
// occurrence by the computer's own clock, which may be another offset then.
func (w when) untilOn(last time.Time) string {
	if w.allDay {
		return last.Format("20060102")
	}
	hour, minute, _ := w.start.Clock()
	at := time.Date(last.Year(), last.Month(), last.Day(), hour, minute, 0, 0, w.start.Location())
	return at.UTC().Format("20060102T150405Z")
}

// leavesOut warns of months or years that may not have the day.
func (r *Reminders) leavesOut(q Request, w when) string {
	day, month := w.start.Day(), w.start.Month()
	switch {
	case q.Repeat == "monthly" && day > 28:
		return r.sayf("%d일이 없는 달에는 알림이 없을 수 있어요.", "Months without day %d may be left out.", day)
	case q.Repeat == "yearly" && day == 29 && month == time.February:
		return r.say("2월 29일이 없는 해에는 알림이 없을 수 있어요.", "Years without 29 February may be left out.")
	}
	return ""
}

// seoul is Kakao's default zone.
const seoul = "Asia/Seoul"

// zone is the IANA name of the computer's zone. Its clocks decide when a repetition
// and a whole day come; for a single time, which is an instant, any name will do.
func (r *Reminders) zone(w when, repeats bool) (name string, refused *messenger.Refusal) {
	if name = r.cfg.ZoneName(); name != "" {
		return name, nil
	}
	if name = fixedZone(w.start); name != "" {
		return name, nil
	}
	if !repeats && !w.allDay {
		return seoul, nil
	}
	return "", r.bad("unknown_zone", r.say("이 컴퓨터의 시간대 이름을 알 수 없어서 반복하거나 하루 종일인 알림을 만들 수 없어요.", "The name of this computer's time zone cannot be told, so reminders that repeat or take a whole day cannot be made."),
		r.say("사용자가 TZ 환경 변수를 Asia/Seoul 같은 이름으로 설정하거나, 한 번만 알리는 시각으로 요청해야 해요.", "The user has to set the variable TZ to a name such as Asia/Seoul, or ask for a single time."))
}

// fixedZone names a zone whose clocks are never put forward or back, "" for another.
func fixedZone(from time.Time) string {
	_, offset := from.Zone()
	for month := range 12 {
		if _, other := from.AddDate(0, month, 0).Zone(); other != offset {
			return ""
		}
	}
	switch hours := offset / 3600; {
	case offset == 9*3600:
		return seoul
	case offset%3600 != 0:
		return ""
	case hours == 0:
		return "Etc/UTC"
	default:
		return fmt.Sprintf("Etc/GMT%+d", -hours) // POSIX counts westwards
	}
}
