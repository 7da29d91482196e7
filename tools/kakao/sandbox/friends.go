package sandbox

import (
	"cmp"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxPage = 100 // friends per request

// friend is an element of the friends list, as Kakao writes it: there is no field name.
type friend struct {
	ID         int64  `json:"id"`
	UUID       string `json:"uuid"`
	Favorite   bool   `json:"favorite"`
	Nickname   string `json:"profile_nickname"`
	Thumbnail  string `json:"profile_thumbnail_image"`
	AllowedMsg bool   `json:"allowed_msg"`
}

type listingKey struct {
	person             int64
	friendOrder, order string
}

// listed tells whether b is in a's friends list.
func (s *Sandbox) listed(a, b int64) bool { return s.reachable(a, b) && !s.people[b].PrivateProfile }

// reachable tells whether a and b are friends who both use the app.
func (s *Sandbox) reachable(a, b int64) bool {
	f, ok := s.friendships[a][b]
	if !ok || f.Hidden || f.Blocked || !s.people[b].TalkUser {
		return false
	}
	// Before the review, and in test apps for ever, only members exist for each other.
	if (!s.app.Permission || s.app.TestApp) && (!s.members[a] || !s.members[b]) {
		return false
	}
	l := s.linked(b)
	return l != nil && l.issued && l.agreed["friends"]
}

func (s *Sandbox) listing(person int64, friendOrder, order string) []friend {
	key := listingKey{person, friendOrder, order}
	if list, ok := s.listings[key]; ok {
		return list
	}
	list := []friend{}
	for b, f := range s.friendships[person] {
		if s.listed(person, b) {
			p := s.people[b]
			list = append(list, friend{b, s.uuid(b), f.Favorite, p.Nickname, p.Thumbnail, !p.MessagesOff})
		}
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.Favorite != b.Favorite && friendOrder == "favorite" {
			return a.Favorite
		}
		n := cmp.Or(compareNames(a.Nickname, b.Nickname), cmp.Compare(a.ID, b.ID))
		if order == "desc" {
			return n > 0
		}
		return n < 0
	})
	s.listings[key] = list
	return list
}

// compareNames sorts as KakaoTalk does: Hangul first, then the rest.
func compareNames(a, b string) int {
	hangul := func(s string) int {
		r, _ := utf8.DecodeRuneInString(s)
		if unicode.Is(unicode.Hangul, r) {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(hangul(a), hangul(b)), strings.Compare(a, b))
}

func (s *Sandbox) friends(c *call) *answer {
	offset, ok1 := s.number(c.params, "offset", 0, 0, 1<<31-1)
	limit, ok2 := s.number(c.params, "limit", 10, 1, maxPage)
	order, ok3 := s.choice(c.params, "order", "asc", "desc")
	friendOrder, ok4 := s.choice(c.params, "friend_order", "favorite", "nickname", "age")
	_, ok5 := s.choice(c.params, "secure_resource", "true", "false")
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		return badParameter("Constraints on the parameters are unsatisfied.")
	}
	if !s.people[c.person].TalkUser {
		return notTalkUser()
	}
	all := s.listing(c.person, friendOrder, order)
	favorites := 0
	for _, f := range all {
		if f.Favorite {
			favorites++
		}
	}
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	at := func(offset int) string {
		return c.base + "/v1/api/talk/friends?limit=" + strconv.Itoa(limit) + "&order=" + order +
			"&friend_order=" + friendOrder + "&offset=" + strconv.Itoa(offset)
	}
	body := map[string]any{
		"elements": page, "total_count": len(all), "favorite_count": favorites, "before_url": nil, "after_url": nil,
	}
	if offset > 0 && len(all) > 0 {
		body["before_url"] = at(max(0, min(offset, len(all))-limit))
	}
	if offset+limit < len(all) {
		body["after_url"] = at(offset + limit)
	}
	return success(body)
}

// number reads an integer parameter. Outside its range it is refused in strict mode and
// replaced by the default otherwise.
func (s *Sandbox) number(q url.Values, name string, standard, low, high int) (int, bool) {
	if !q.Has(name) {
		return standard, true
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < low || n > high {
		return standard, !s.strict
	}
	return n, true
}

// choice reads a parameter with fixed values, the first being the default.
func (s *Sandbox) choice(q url.Values, name string, values ...string) (string, bool) {
	if !q.Has(name) {
		return values[0], true
	}
	if v := q.Get(name); slices.Contains(values, v) {
		return v, true
	}
	return values[0], !s.strict
}
