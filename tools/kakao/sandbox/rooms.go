package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/template"
)

const (
	maxShown      = 500              // newest messages on the rooms page
	eventInterval = 25 * time.Second // comment line that keeps an idle event stream open
)

// room is a chat room as its sender sees it.
type room struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Self     bool              `json:"self"`
	Calendar bool              `json:"calendar,omitempty"` // reminders of Talk Calendar
	Bubbles  []template.Bubble `json:"bubbles"`            // oldest first
}

// acquaintance is a friend for whom the page has switches.
type acquaintance struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Private bool   `json:"private"`
}

// roomsView is everything the page shows.
type roomsView struct {
	Rooms  []room     `json:"rooms"` // the owner's own first, then the one with the newest message
	Sent   int        `json:"sent"`  // by the owner today, to friends
	Limit  int        `json:"limit"`
	Owner  int64      `json:"owner"`
	Faults faultsJSON `json:"faults"`

	TalkUser bool           `json:"talk_user"` // the owner has KakaoTalk
	Friends  []acquaintance `json:"friends"`
	Ahead    int64          `json:"ahead_s"` // seconds by which the sandbox's clock is ahead
}

func (s *Sandbox) roomsView() roomsView {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.order[0]
	v := roomsView{
		Owner: owner, Sent: s.quota.Sent(owner), Limit: s.quota.Limit(),
		Rooms:  []room{{ID: fmt.Sprintf("%d-%d", owner, owner), Title: s.people[owner].Nickname, Self: true}},
		Faults: jsonFaults(s.faults), TalkUser: s.people[owner].TalkUser, Friends: s.acquaintances(owner),
		Ahead: int64(s.offset.Seconds()),
	}
	index := map[string]int{v.Rooms[0].ID: 0}
	for _, d := range s.deliveries[max(0, len(s.deliveries)-maxShown):] {
		id := fmt.Sprintf("%d-%d", d.From, d.To)
		i, ok := index[id]
		if !ok {
			i = len(v.Rooms)
			index[id] = i
			title := s.people[d.To].Nickname
			if d.From != owner {
				title = s.people[d.From].Nickname + " → " + title
			}
			v.Rooms = append(v.Rooms, room{ID: id, Title: title, Self: d.From == d.To})
		}
		v.Rooms[i].Bubbles = append(v.Rooms[i].Bubbles, s.newBubble(d))
	}
	s.addReminders(&v, index)
	others := v.Rooms[1:]
	newest := func(r room) time.Time { return r.Bubbles[len(r.Bubbles)-1].At }
	sort.SliceStable(others, func(a, b int) bool { return newest(others[a]).After(newest(others[b])) })
	return v
}

// addReminders adds a room of the calendar for everybody whom it has reminded.
func (s *Sandbox) addReminders(v *roomsView, index map[string]int) {
	for _, r := range s.calendar.Reminders(s.now()) {
		id := fmt.Sprintf("calendar-%d", r.To)
		i, ok := index[id]
		if !ok {
			i = len(v.Rooms)
			index[id] = i
			title := s.say("톡캘린더", "Talk Calendar")
			if r.To != v.Owner {
				title += " → " + s.people[r.To].Nickname
			}
			v.Rooms = append(v.Rooms, room{ID: id, Title: title, Calendar: true})
		}
		v.Rooms[i].Bubbles = append(v.Rooms[i].Bubbles, template.Bubble{
			Kind: "reminder", Title: r.Title, Description: r.Place, Note: r.Note, Buttons: []template.Button{},
			Preview: r.Title, At: r.At, Start: &r.Start, AllDay: r.AllDay,
		})
	}
}

// acquaintances are the owner's friends in the sample world, by name.
func (s *Sandbox) acquaintances(owner int64) []acquaintance {
	list := []acquaintance{}
	for _, id := range s.order {
		if p := s.people[id]; !s.generated[id] && s.reachable(owner, id) {
			list = append(list, acquaintance{id, p.Nickname, p.MessagesOff || p.PrivateProfile})
		}
	}
	sort.Slice(list, func(a, b int) bool { return compareNames(list[a].Name, list[b].Name) < 0 })
	return list
}

func (s *Sandbox) showRooms(w http.ResponseWriter, _ *http.Request) {
	s.writePage(w, http.StatusOK, "rooms.html", nil)
}

func (s *Sandbox) serveRoomsData(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	success(s.roomsView()).write(w)
}

// serveRoomsEvents tells the page that something changed; it then loads the data anew.
func (s *Sandbox) serveRoomsEvents(w http.ResponseWriter, r *http.Request) {
	changes := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[changes] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, changes)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	idle := time.NewTicker(eventInterval)
	defer idle.Stop()
	line := "data: hello\n\n"
	for {
		if _, err := w.Write([]byte(line)); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changes:
			line = "data: changed\n\n"
		case <-s.untilRing():
			line = "data: rings\n\n"
		case <-idle.C:
			line = ":\n\n"
		}
	}
}

func (s *Sandbox) newBubble(d Delivery) template.Bubble {
	b := template.Bubble{Kind: "template", Buttons: d.Buttons, Preview: d.Text, At: d.At, Truncated: d.Truncated}
	if d.Template == nil {
		b.Title = s.say("템플릿 ", "Template ") + strconv.FormatInt(d.TemplateID, 10)
		b.Preview = b.Title
		for _, name := range slices.Sorted(maps.Keys(d.TemplateArgs)) {
			b.Rows = append(b.Rows, [2]string{name, d.TemplateArgs[name]})
		}
		return b
	}
	if b.Kind, _ = d.Template["object_type"].(string); b.Kind == "text" {
		b.Text = d.Text
		return b
	}
	b.Draw(d.Template, s.say, s.ownPicture)
	return b
}
