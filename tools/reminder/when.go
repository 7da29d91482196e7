package reminder

import (
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

const (
	// grid is the raster of all times in Kakao's calendar (Kakao docs: Talk Calendar >
	// Create event).
	grid        = 5 * time.Minute
	usualLength = 30 // minutes
	maxLength   = 43_200
	// dayReminder is when a whole day is reminded of, counted from midnight: at
	// midnight itself people sleep.
	dayReminder = 9 * 60 // minutes
	maxBefore   = 43_200
	maxBefores  = 2
)

// when is the time of a reminder.
type when struct {
	start  time.Time // of a whole day, its first instant in the computer's zone
	allDay bool
	before []int // as Kakao counts: minutes before the start, a whole day's from midnight
	rings  []time.Time
}

// Ways to write a time. RFC 3339 leaves out what models write all the same.
var (
	localForms  = []string{"2006-01-02T15:04", "2006-01-02T15:04:05"}
	offsetForms = []string{"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04:05Z0700"}
)

// when reads the time of a request, which has to be to come and on the grid.
func (r *Reminders) when(q Request) (when, *messenger.Refusal) {
	w, refused := r.start(q.At)
	if refused != nil {
		return w, refused
	}
	now := r.now()
	switch {
	case w.allDay && w.start.Before(dayOf(now, r.cfg.Location)), !w.allDay && !w.start.After(now):
		return w, r.bad("past", r.sayf("이미 지났어요: %s. 지금은 %s이에요.", "That is in the past: %s. The time now is %s.", r.point(w), r.present()),
			r.say("at에 앞으로의 날짜나 시각을 넣어 다시 요청해 주세요.", "Call again with a later time in at."))
	case !w.allDay && !w.start.Equal(w.start.Truncate(grid)):
		early := w.start.Truncate(grid)
		return w, r.bad("off_grid", r.sayf("톡캘린더의 시각은 5분 단위라서 %s에는 넣을 수 없어요.", "The calendar takes times in steps of 5 minutes; %s is not one of them.", r.clock(w.start)),
			r.sayf("at에 %s 또는 %s 중 하나를 넣어 다시 요청해 주세요.", "Call again with one of these in at: %s or %s.", written(early), written(early.Add(grid))))
	case w.allDay && q.Minutes != 0:
		return w, r.bad("bad_minutes", r.say("날짜만 있는 알림에는 minutes를 사용할 수 없어요.", "minutes does not go with a date alone."), r.say("minutes를 빼고 다시 요청해 주세요.", "Call again without minutes."))
	case q.Minutes < 0 || q.Minutes > maxLength || q.Minutes%5 != 0:
		return w, r.bad("bad_minutes", r.sayf("minutes는 5에서 %d 사이의 5의 배수여야 해요.", "minutes must be a multiple of 5 from 5 to %d.", maxLength), r.say("minutes를 고쳐 다시 요청해 주세요.", "Call again with such a number."))
	}
	return r.reminders(w, q.Before)
}

// start reads the first part of a time: when it begins.
func (r *Reminders) start(text string) (when, *messenger.Refusal) {
	text = strings.Replace(strings.ToUpper(strings.TrimSpace(text)), " ", "T", 1)
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return when{start: dayOf(day, r.cfg.Location), allDay: true}, nil
	}
	for _, form := range offsetForms {
		if at, err := time.Parse(form, text); err == nil {
			return when{start: at.In(r.cfg.Location)}, nil
		}
	}
	for _, form := range localForms {
		if wall, err := time.Parse(form, text); err == nil {
			return r.local(wall)
		}
	}
	return when{}, r.bad("bad_time", r.sayf("at을 날짜나 시각으로 읽을 수 없어요. 지금은 %s이에요.", "at is not a date or time. The time now is %s.", r.present()),
		r.sayf("at에 %[1]sT15:00 또는 %[1]s 같은 형식으로 넣어 다시 요청해 주세요.", "Call again with at like %[1]sT15:00 or %[1]s.", r.now().AddDate(0, 0, 1).Format(time.DateOnly)))
}

// local finds the instant at which clocks here show a time. Where they are put
// forward there is none, where they are put back there are two.
func (r *Reminders) local(wall time.Time) (when, *messenger.Refusal) {
	var found []time.Time
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(r.cfg.Location).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(r.cfg.Location)
		if at.Format(time.DateTime) == wall.Format(time.DateTime) && !slices.ContainsFunc(found, at.Equal) {
			found = append(found, at)
		}
	}
	switch len(found) {
	case 0:
		return when{}, r.bad("no_such_time", r.sayf("시계가 앞당겨지는 때라 이 컴퓨터의 시간대에 없는 시각이에요: %s.", "Clocks here are put forward over %s: there is no such time.", wall.Format("2006-01-02 15:04")),
			r.say("다른 시각을 넣거나 +09:00 같은 시간대를 붙여 다시 요청해 주세요.", "Call again with another time, or with an offset such as +09:00."))
	case 2:
		return when{}, r.bad("time_twice", r.sayf("시계가 늦춰지는 때라 이 컴퓨터의 시간대에 두 번 있는 시각이에요: %s.", "Clocks here are put back: %s comes twice.", wall.Format("2006-01-02 15:04")),
			r.sayf("at에 %s 또는 %s 중 하나를 넣어 다시 요청해 주세요.", "Call again with one of these in at: %s or %s.", written(found[0]), written(found[1])))
	}
	return when{start: found[0]}, nil
}

// reminders adds when it is reminded of.
func (r *Reminders) reminders(w when, before []int) (when, *messenger.Refusal) {
	if len(before) == 0 {
		before = []int{0}
	}
	if len(before) > maxBefores || slices.ContainsFunc(before, func(n int) bool { return n < 0 || n > maxBefore || n%5 != 0 }) {
		return w, r.bad("bad_minutes_before", r.sayf("minutes_before는 0에서 %d 사이의 5의 배수로, %d개까지예요.", "minutes_before takes multiples of 5 from 0 to %d, at most %d of them.", maxBefore, maxBefores),
			r.say("minutes_before를 고쳐 다시 요청해 주세요.", "Call again with such numbers."))
	}
	before = slices.Clone(before)
	slices.Sort(before)
	for _, n := range slices.Compact(before) {
		if w.allDay {
			n -= dayReminder
		}
		w.before = append(w.before, n)
		w.rings = append(w.rings, w.start.Add(-time.Duration(n)*time.Minute))
	}
	if early := w.rings[len(w.rings)-1]; !early.After(r.now()) {
		return w, r.bad("reminder_past", r.sayf("알림 시각이 이미 지났어요: %s. 지금은 %s이에요.", "The time to remind at has passed: %s. The time now is %s.", r.clock(early), r.present()),
			r.say("minutes_before를 줄이거나 at을 바꿔 다시 요청해 주세요.", "Call again with fewer minutes_before or another at."))
	}
	return w, nil
}

// event is the reminder as Kakao takes it; its repetition is missing.
func (w when) event(q Request) kakao.Event {
	e := kakao.Event{Title: q.Title, Description: q.Note, Place: q.Place, AllDay: w.allDay, Reminders: w.before}
	if w.allDay { // its dates count; not every day of every zone has a midnight
		e.Start = time.Date(w.start.Year(), w.start.Month(), w.start.Day(), 0, 0, 0, 0, time.UTC)
		// Whether the end of a whole day is that day or the next midnight is not known;
		// the end has to be later than the start.
		e.End = e.Start.AddDate(0, 0, 1)
		return e
	}
	length := q.Minutes
	if length == 0 {
		length = usualLength
	}
	e.Start, e.End = w.start, w.start.Add(time.Duration(length)*time.Minute)
	return e
}

// dayOf is the first instant of a date. Where clocks are put forward at midnight, that
// is an hour later, and Go takes midnight for the last hour of the day before.
func dayOf(date time.Time, in *time.Location) time.Time {
	first := time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, in)
	if first.Day() != date.Day() {
		first = first.Add(time.Hour)
	}
	return first
}

// written is an instant as the tool's arguments and results have it.
func written(t time.Time) string { return t.Format(time.RFC3339) }

var weekdays = [...]string{"일", "월", "화", "수", "목", "금", "토"}

// clock is an instant as people read it. Where the computer's clock is not Korea's, a
// container's for example, the person has to see that.
func (r *Reminders) clock(t time.Time) string {
	if _, offset := t.Zone(); offset != 9*60*60 {
		return r.date(t) + t.Format(" 15:04 (-07:00)")
	}
	return r.date(t) + t.Format(" 15:04")
}

func (r *Reminders) date(t time.Time) string {
	return t.Format(time.DateOnly) + r.say("("+weekdays[t.Weekday()]+")", t.Format(" (Mon)"))
}

// present is the time of this moment with its offset: models guess dates wrongly.
func (r *Reminders) present() string {
	now := r.now()
	return r.date(now) + now.Format(" 15:04 -07:00")
}

// point is when a reminder's event begins.
func (r *Reminders) point(w when) string {
	if w.allDay {
		return r.date(w.start)
	}
	return r.clock(w.start)
}
