package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"time"
)

const (
	maxShown      = 500              // newest messages on the rooms page
	eventInterval = 25 * time.Second // comment line that keeps an idle event stream open
)

// room is a chat room as its sender sees it.
type room struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Self     bool     `json:"self"`
	Calendar bool     `json:"calendar,omitempty"` // reminders of Talk Calendar
	Bubbles  []bubble `json:"bubbles"`            // oldest first
}

// bubble is a message, flattened so that the page draws every type alike.
type bubble struct {
	Kind        string      `json:"kind"`
	Text        string      `json:"text,omitempty"`
	Image       bool        `json:"image,omitempty"`   // there is a picture
	Picture     string      `json:"picture,omitempty"` // where, if it was uploaded here; others are not loaded
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Note        string      `json:"note,omitempty"`
	Rows        [][2]string `json:"rows,omitempty"`
	Entries     [][2]string `json:"entries,omitempty"` // title and description of a list's entries
	Buttons     []Button    `json:"buttons"`
	Preview     string      `json:"preview"`
	At          time.Time   `json:"at"`
	Truncated   bool        `json:"truncated,omitempty"`
	Start       *time.Time  `json:"start,omitempty"` // of a reminder's event
	AllDay      bool        `json:"all_day,omitempty"`
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
		Owner: owner, Sent: s.today().sender[owner], Limit: s.senderLimit(),
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
	s.ring()
	for _, r := range s.rung {
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
		v.Rooms[i].Bubbles = append(v.Rooms[i].Bubbles, bubble{
			Kind: "reminder", Title: r.Title, Description: r.Place, Note: r.Note, Buttons: []Button{},
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
	slices.SortFunc(list, func(a, b acquaintance) int { return compareNames(a.Name, b.Name) })
	return list
}

func (s *Sandbox) showRooms(w http.ResponseWriter, _ *http.Request) {
	s.writePage(w, http.StatusOK, "rooms.html", nil)
}

func (s *Sandbox) serveRoomsData(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	answer{http.StatusOK, s.roomsView()}.write(w)
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
