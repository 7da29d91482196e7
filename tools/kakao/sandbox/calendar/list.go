package calendar

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"sort"
	"strconv"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/fields"
)

// eventTime is how Kakao writes instants.
const eventTime = "2006-01-02T15:04:05Z"

const (
	maxListed     = 1000 // events in one answer
	maxListedSpan = 31 * 24 * time.Hour
)

// Query is what a list of events is asked for; a page token holds it.
type Query struct {
	From, To time.Time
	Limit    int
	Skip     int
}

// List returns the occurrences that a query asks for, in their order, as Kakao writes
// them, and the token of the next page, "" if there is none.
func (c *Calendar) List(owner int64, q Query) (page []any, next string) {
	type entry struct {
		at   time.Time
		body map[string]any
	}
	var all []entry
	for _, e := range c.events {
		if e.Owner != owner {
			continue
		}
		for _, at := range e.rule.between(e.start.In(e.zone), q.From.Add(-e.end.Sub(e.start)), q.To) {
			if !e.endOf(at).After(q.From) {
				continue
			}
			all = append(all, entry{at, map[string]any{
				"id": e.ID, "title": fields.Text(e.Event, "title"), "type": "USER", "calendar_id": Primary, "is_host": true,
				"is_recur_event": e.Repeats(), "color": colourOf(e.Event), "time": map[string]any{
					"start_at": written(at, e.allDay()), "end_at": written(e.endOf(at), e.allDay()),
					"time_zone": e.zone.String(), "all_day": e.allDay(), "lunar": false,
				},
			}})
		}
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].at.Before(all[b].at) })
	rest := all[min(q.Skip, len(all)):]
	page = []any{}
	for _, e := range rest[:min(q.Limit, len(rest))] {
		page = append(page, e.body)
	}
	if len(rest) > q.Limit {
		q.Skip += q.Limit
		token, _ := json.Marshal(q) // times and numbers
		next = base64.RawURLEncoding.EncodeToString(token)
	}
	return page, next
}

// written is an instant as Kakao writes it; of an all-day event, its date.
func written(at time.Time, allDay bool) string {
	if allDay {
		return at.Format("2006-01-02") + "T00:00:00Z"
	}
	return at.UTC().Format(eventTime)
}

func colourOf(event map[string]any) string {
	if colour := fields.Text(event, "color"); colour != "" {
		return colour
	}
	return "BLUE"
}

// ReadQuery reads preset, from and to, or next_page_token; fault is what Kakao would
// refuse, "" if it takes them.
func ReadQuery(params url.Values, now time.Time) (q Query, fault string) {
	if token := params.Get("next_page_token"); token != "" {
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || json.Unmarshal(raw, &q) != nil || len(params) != 1 {
			return q, "next_page_token must be Kakao's, and alone."
		}
		return q, ""
	}
	zone, ok := location(params.Get("time_zone"))
	if !ok {
		return q, "time_zone is unknown."
	}
	q.Limit = 100
	if text := params.Get("limit"); params.Has("limit") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxListed {
			return q, "limit must be 1 to 1000."
		}
		q.Limit = n
	}
	byPreset, byTime := params.Has("preset"), params.Has("from") || params.Has("to")
	if byPreset == byTime {
		return q, "either preset, or from and to."
	}
	if byPreset {
		q.From, q.To = presetSpan(params.Get("preset"), now.In(zone))
		if q.From.IsZero() {
			return q, "preset is unknown."
		}
		return q, ""
	}
	from, err1 := time.Parse(eventTime, params.Get("from"))
	to, err2 := time.Parse(eventTime, params.Get("to"))
	if err1 != nil || err2 != nil || !to.After(from) || to.Sub(from) > maxListedSpan {
		return q, "from and to must be UTC times, at most 31 days apart."
	}
	q.From, q.To = from, to
	return q, ""
}

// presetSpan returns the span of a preset, zero for an unknown one. A week begins on Sunday.
func presetSpan(preset string, now time.Time) (from, to time.Time) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch preset {
	case "TODAY":
		return day, day.AddDate(0, 0, 1)
	case "THIS_WEEK":
		sunday := day.AddDate(0, 0, -int(day.Weekday()))
		return sunday, sunday.AddDate(0, 0, 7)
	case "THIS_MONTH":
		first := day.AddDate(0, 0, 1-day.Day())
		return first, first.AddDate(0, 1, 0)
	}
	return from, to
}

// location returns the zone of an IANA name, Kakao's default for "".
func location(name string) (*time.Location, bool) {
	if name == "" || name == "Asia/Seoul" {
		return time.FixedZone("Asia/Seoul", 9*60*60), true // known on computers without a zone database, too
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil && name != "Local"
}
