package calendar

import (
	"net/url"
	"slices"
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

// List returns somebody's occurrences from one time to another, in their order, as Kakao
// writes them, and whether there are more than limit; fault is what Kakao would refuse of
// these three parameters, "" if it takes them.
func (c *Calendar) List(owner int64, params url.Values) (page []any, more bool, fault string) {
	limit := 100
	if params.Has("limit") {
		var err error
		if limit, err = strconv.Atoi(params.Get("limit")); err != nil || limit < 1 || limit > maxListed {
			return nil, false, "limit must be 1 to 1000."
		}
	}
	from, err1 := time.Parse(eventTime, params.Get("from"))
	to, err2 := time.Parse(eventTime, params.Get("to"))
	if err1 != nil || err2 != nil || !to.After(from) || to.Sub(from) > maxListedSpan {
		return nil, false, "from and to must be UTC times, at most 31 days apart."
	}
	type entry struct {
		at   time.Time
		body map[string]any
	}
	var all []entry
	for _, e := range c.events {
		if e.Owner != owner {
			continue
		}
		for _, at := range e.rule.between(e.start.In(e.zone), from.Add(-e.end.Sub(e.start)), to) {
			if !e.endOf(at).After(from) {
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
	slices.SortStableFunc(all, func(a, b entry) int { return a.at.Compare(b.at) })
	page = []any{}
	for _, e := range all[:min(limit, len(all))] {
		page = append(page, e.body)
	}
	return page, len(all) > limit, ""
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

// location returns the zone of an IANA name, Kakao's default for "".
func location(name string) (*time.Location, bool) {
	if name == "" || name == "Asia/Seoul" {
		return time.FixedZone("Asia/Seoul", 9*60*60), true // known on computers without a zone database, too
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil && name != "Local"
}
