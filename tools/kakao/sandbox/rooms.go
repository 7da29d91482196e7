package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"
)

const (
	maxShown      = 500              // newest messages on the rooms page
	eventInterval = 25 * time.Second // comment line that keeps an idle event stream open
)

// room is a chat room as its sender sees it.
type room struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Self    bool     `json:"self"`
	Bubbles []bubble `json:"bubbles"` // oldest first
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
}

// roomsView is everything the page shows.
type roomsView struct {
	Rooms  []room     `json:"rooms"` // the owner's own first, then the one with the newest message
	Sent   int        `json:"sent"`  // by the owner today, to friends
	Limit  int        `json:"limit"`
	Owner  int64      `json:"owner"`
	Faults faultsJSON `json:"faults"`
}

func (s *Sandbox) roomsView() roomsView {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.order[0]
	v := roomsView{
		Owner: owner, Sent: s.today().sender[owner], Limit: s.senderLimit(),
		Rooms:  []room{{ID: fmt.Sprintf("%d-%d", owner, owner), Title: s.people[owner].Nickname, Self: true}},
		Faults: jsonFaults(s.faults),
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
	others := v.Rooms[1:]
	newest := func(r room) time.Time { return r.Bubbles[len(r.Bubbles)-1].At }
	sort.SliceStable(others, func(a, b int) bool { return newest(others[a]).After(newest(others[b])) })
	return v
}

func (s *Sandbox) newBubble(d Delivery) bubble {
	b := bubble{Kind: "template", Buttons: d.Buttons, Preview: d.Text, At: d.At, Truncated: d.Truncated}
	if d.Template == nil {
		b.Title = "템플릿 " + strconv.FormatInt(d.TemplateID, 10)
		b.Preview = b.Title
		for _, name := range slices.Sorted(maps.Keys(d.TemplateArgs)) {
			b.Rows = append(b.Rows, [2]string{name, d.TemplateArgs[name]})
		}
		return b
	}
	t := d.Template
	b.Kind = str(t, "object_type")
	if b.Kind == "text" {
		b.Text = d.Text
		return b
	}
	content := object(t, "content")
	b.Image, b.Picture = str(content, "image_url") != "", s.ownPicture(str(content, "image_url"))
	b.Title, b.Description = str(content, "title"), str(content, "description")
	switch b.Kind {
	case "list":
		b.Title = str(t, "header_title")
		contents, _ := t["contents"].([]any)
		for _, entry := range contents {
			m, _ := entry.(map[string]any)
			b.Entries = append(b.Entries, [2]string{str(m, "title"), str(m, "description")})
		}
	case "location":
		b.Note = "📍 " + str(t, "address_title") + " " + str(t, "address")
	case "calendar":
		b.Note = "📅 톡캘린더 일정"
	case "commerce":
		b.Rows = priceRows(object(t, "commerce"))
	}
	if m := object(t, "item_content"); m != nil {
		b.Rows = append(b.Rows, itemRows(m)...)
	}
	for _, f := range socialFields {
		if n, ok := integer(object(t, "social"), f.name); ok {
			b.Rows = append(b.Rows, [2]string{f.label, n})
		}
	}
	return b
}

func priceRows(m map[string]any) [][2]string {
	unit := str(m, "currency_unit")
	if unit == "" {
		unit = "원"
	}
	price := func(n string) string {
		if before, _ := integer(m, "currency_unit_position"); before == "1" {
			return unit + n
		}
		return n + unit
	}
	var rows [][2]string
	if name := str(m, "product_name"); name != "" {
		rows = append(rows, [2]string{"상품", name})
	}
	for _, f := range []struct{ name, label string }{{"regular_price", "정가"}, {"discount_price", "할인가"}} {
		if n, ok := integer(m, f.name); ok {
			rows = append(rows, [2]string{f.label, price(n)})
		}
	}
	if n, ok := integer(m, "discount_rate"); ok {
		rows = append(rows, [2]string{"할인율", n + "%"})
	}
	return rows
}

func itemRows(m map[string]any) [][2]string {
	var rows [][2]string
	list, _ := m["items"].([]any)
	for _, entry := range list {
		pair, _ := entry.(map[string]any)
		rows = append(rows, [2]string{str(pair, "item"), str(pair, "item_op")})
	}
	if sum := str(m, "sum"); sum != "" {
		rows = append(rows, [2]string{sum, str(m, "sum_op")})
	}
	return rows
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
		case <-idle.C:
			line = ":\n\n"
		}
	}
}
