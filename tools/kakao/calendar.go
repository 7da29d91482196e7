package kakao

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limits of an event. Kakao's page on them is known from transcriptions only; where
// they differ, the smaller number is kept.
const (
	maxEventTitle    = 50 // Kakao docs: Talk Calendar > Create event, as all below
	maxEventText     = 5000
	maxEventPlace    = 50
	maxReminders     = 2
	eventGridMinutes = 5
	earliestReminder = 43_200 // minutes before the start
	latestReminder   = 0
	// latestAllDay lets an all-day event remind until the end of its first day.
	latestAllDay = -1440
	// maxEventSpan and maxEvents bound a list of events.
	maxEventSpan = 31 * 24 * time.Hour
	maxEvents    = 1000
	maxRRule     = 500

	primaryCalendar = "primary"
	seoul           = "Asia/Seoul" // Kakao's default
	eventTime       = "2006-01-02T15:04:05Z"
)

// Event is an event in the user's own KakaoTalk calendar; of one that is there, ID, title,
// start and AllDay are read. How KakaoTalk reminds of it,
// the phone's settings say.
type Event struct {
	ID          string // Kakao's; not for CreateEvent
	Title       string // at most 50 UTF-16 units
	Start, End  time.Time
	TimeZone    string // IANA name, for display and repetition; "" is Asia/Seoul
	AllDay      bool   // Start and End are midnights in their own location, of which the date counts
	RRule       string // RFC 5545 without "RRULE:"; "" once
	Description string // at most 5,000 UTF-16 units
	Place       string // at most 50 UTF-16 units
	Reminders   []int  // at most 2, minutes before Start, on the five-minute grid: 0 to 43,200; all-day from -1,440
}

// Validate returns a *FieldError for the first thing Kakao would refuse, nil if there
// is none. Times in the past are not refused.
func (e Event) Validate() error {
	var c check
	c.text("title", e.Title, maxEventTitle, true)
	c.eventTime("time.start_at", e.Start, e.AllDay)
	c.eventTime("time.end_at", e.End, e.AllDay)
	if !e.End.After(e.Start) {
		c.fail("time.end_at", BadValue, 0)
	}
	if strings.ContainsFunc(e.TimeZone, notInZoneName) {
		c.fail("time.time_zone", BadValue, 0)
	}
	c.text("rrule", e.RRule, maxRRule, false)
	if e.RRule != "" && !strings.HasPrefix(e.RRule, "FREQ=") || strings.ContainsFunc(e.RRule, notInRule) {
		c.fail("rrule", BadValue, 0)
	}
	c.text("description", e.Description, maxEventText, false)
	c.text("location.name", e.Place, maxEventPlace, false)
	c.count("reminders", len(e.Reminders), 0, maxReminders)
	latest := latestReminder
	if e.AllDay {
		latest = latestAllDay
	}
	for i, minutes := range e.Reminders {
		at := index("reminders", i)
		c.between(at, minutes, latest, earliestReminder)
		if minutes%eventGridMinutes != 0 {
			c.fail(at, OffGrid, eventGridMinutes)
		}
	}
	return c.result()
}

func (c *check) eventTime(path string, at time.Time, allDay bool) {
	_, minute, second := at.Clock()
	switch {
	case at.IsZero():
		c.fail(path, Required, 0)
	case allDay && at.Format("15:04:05.999999999") != "00:00:00":
		c.fail(path, BadValue, 0)
	case minute%eventGridMinutes != 0 || second != 0 || at.Nanosecond() != 0:
		c.fail(path, OffGrid, eventGridMinutes)
	}
}

func notInZoneName(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/_+-", r))
}

func notInRule(r rune) bool {
	return !('A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("=;,-+", r))
}

// eventFields is an event on its way to Kakao.
type eventFields struct {
	Title string `json:"title"`
	Time  struct {
		Start  string `json:"start_at"`
		End    string `json:"end_at"`
		Zone   string `json:"time_zone"`
		AllDay bool   `json:"all_day,omitempty"`
	} `json:"time"`
	RRule       string      `json:"rrule,omitempty"`
	Description string      `json:"description,omitempty"`
	Place       *eventPlace `json:"location,omitempty"`
	Reminders   []int       `json:"reminders"` // always told: what Kakao does without is not known
}

type eventPlace struct {
	Name string `json:"name"`
}

func (e Event) fields() eventFields {
	f := eventFields{Title: e.Title, RRule: e.RRule, Description: e.Description, Reminders: append([]int{}, e.Reminders...)}
	f.Time.Start, f.Time.End, f.Time.AllDay = e.written(e.Start), e.written(e.End), e.AllDay
	f.Time.Zone = e.TimeZone
	if e.TimeZone == "" {
		f.Time.Zone = seoul
	}
	if e.Place != "" {
		f.Place = &eventPlace{e.Place}
	}
	return f
}

// written is a time as Kakao reads it; of an all-day event, its date.
func (e Event) written(at time.Time) string {
	if e.AllDay {
		return at.Format("2006-01-02") + "T00:00:00Z"
	}
	return at.UTC().Format(eventTime)
}

// CreateEvent puts an event into the user's calendar and returns its ID. Kakao takes the
// same event twice: [NotSent] tells whether it may be there all the same, [Client.Events]
// whether it is. Errors are as for SendToMe. Kakao docs: Talk Calendar > Create event.
func (c *Client) CreateEvent(ctx context.Context, token string, e Event) (id string, err error) {
	if err := e.Validate(); err != nil {
		return "", err
	}
	text, err := formValue("event", e.fields())
	if err != nil {
		return "", err
	}
	const op = "creating an event"
	var answer struct {
		ID tolerant[string] `json:"event_id"`
	}
	if err := c.post(ctx, op, token, "/v2/api/calendar/create/event", url.Values{"event": {text}}, &answer); err != nil {
		return "", err
	}
	if !plainUUID(answer.ID.V) {
		return "", &requestError{op: op, sent: true, err: errUnreadable}
	}
	return answer.ID.V, nil
}

// Events lists the events of the user's own calendar that are on between two times, at
// most 31 days apart; of events that repeat, each occurrence; of those of other services
// only the ID. It holds 1,000 at most. Kakao docs: Talk Calendar > Retrieve list of events.
func (c *Client) Events(ctx context.Context, token string, from, to time.Time) (events []Event, err error) {
	if !to.After(from) || to.Sub(from) > maxEventSpan {
		return nil, &FieldError{Path: "to", Rule: BadValue}
	}
	query := url.Values{
		"calendar_id": {primaryCalendar}, "limit": {strconv.Itoa(maxEvents)},
		"from": {from.UTC().Format(eventTime)}, "to": {to.UTC().Format(eventTime)},
	}
	var answer struct {
		Events []tolerant[eventAnswer] `json:"events"`
	}
	if err := c.get(ctx, "listing events", token, "/v2/api/calendar/events?"+query.Encode(), &answer); err != nil {
		return nil, err
	}
	for _, e := range answer.Events {
		if plainUUID(e.V.ID.V) {
			events = append(events, e.V.event())
		}
	}
	return events, nil
}

// eventAnswer is an event as Kakao tells of it.
type eventAnswer struct {
	ID    tolerant[string] `json:"id"`
	Title tolerant[string] `json:"title"`
	Time  tolerant[struct {
		Start  tolerant[time.Time] `json:"start_at"`
		AllDay tolerant[bool]      `json:"all_day"`
	}] `json:"time"`
}

func (a eventAnswer) event() Event {
	return Event{ID: a.ID.V, Title: clipped(a.Title.V, maxNickname), Start: a.Time.V.Start.V, AllDay: a.Time.V.AllDay.V}
}

// Event returns an event of the user's own with what lists tell of it, as far as Kakao
// does. One that is not there is CodeNoEvent. Kakao docs: Talk Calendar > Retrieve event.
func (c *Client) Event(ctx context.Context, token, id string) (Event, error) {
	if !plainUUID(id) {
		return Event{}, &FieldError{Path: "event_id", Rule: BadValue}
	}
	var answer struct {
		Event tolerant[eventAnswer] `json:"event"`
	}
	err := c.get(ctx, "retrieving an event", token, "/v2/api/calendar/event?"+url.Values{"event_id": {id}}.Encode(), &answer)
	if err != nil {
		return Event{}, err
	}
	e := answer.Event.V.event()
	e.ID = id
	return e, nil
}

// DeleteEvent removes an event of the user's own, with all occurrences if it repeats. One
// that is not there is CodeNoEvent. Kakao docs: Talk Calendar > Delete event.
func (c *Client) DeleteEvent(ctx context.Context, token, id string, repeats bool) error {
	if !plainUUID(id) {
		return &FieldError{Path: "event_id", Rule: BadValue}
	}
	query := url.Values{"event_id": {id}}
	if repeats {
		query.Set("recur_update_type", "ALL")
	}
	path := "/v2/api/calendar/delete/event?" + query.Encode()
	return c.call(ctx, token, request{op: "deleting an event", method: http.MethodDelete, path: path}, nil)
}
