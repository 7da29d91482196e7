package reminder

import (
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
	"kakaotalk-mcp/tools/messenger"
)

var korea = time.FixedZone("", 9*60*60)

// world is a sandbox Kakao whose owner has agreed to the calendar, and our reminders.
type world struct {
	*sandboxtest.World
	cfg Config
	r   *Reminders
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t)}
	w.Kakao.Connect(w.Kakao.Owner().ID, "profile_nickname", "friends", "talk_message", "talk_calendar")
	w.LogIn()
	w.cfg = Config{Location: korea, Config: messenger.Config{Session: w.Session, Kakao: &kakao.Client{BaseURL: w.Server.APIURL, HTTP: kakao.NewHTTPClient()},
		Home: w.Home, Lang: "ko", Command: "/opt/kakaotalk-mcp", Confirm: messenger.ConfirmFriends, Now: w.Kakao.Now}}
	for _, c := range change {
		c(&w.cfg)
	}
	w.r = w.process()
	return w
}

// process is another process of the same user.
func (w *world) process() *Reminders { return New(messenger.New(w.cfg.Config), w.cfg) }

// soon is a time on the grid, so many hours from now, as a request has it.
func (w *world) soon(hours int) string {
	return written(w.Kakao.Now().In(korea).Truncate(time.Hour).Add(time.Duration(hours+1) * time.Hour))
}

func (w *world) create(q Request) Result {
	w.T.Helper()
	return w.createIn(w.r, q)
}

func (w *world) createIn(r *Reminders, q Request) Result {
	w.T.Helper()
	out, err := r.Create(w.T.Context(), q, messenger.Nobody{})
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

// want checks a result's status and reason, and how many events are in the calendar.
func (w *world) want(out Result, status, reason string, events int) {
	w.T.Helper()
	if n := len(w.Kakao.CalendarEvents()); out.Status != status || out.Reason != reason || n != events {
		w.T.Errorf("status %q, reason %q, %d events; want %q, %q, %d\n%s", out.Status, out.Reason, n, status, reason, events, out.Text())
	}
}

// requests counts those to the calendar since the last reset.
func (w *world) requests() (n int) {
	for _, r := range w.Kakao.Requests() {
		if strings.HasPrefix(r.Path, "/v2/api/calendar/") {
			n++
		}
	}
	return n
}

const createPath = "/v2/api/calendar/create/event"

func (w *world) cut(f sandbox.Faults) { w.Kakao.SetFaults(f) }
