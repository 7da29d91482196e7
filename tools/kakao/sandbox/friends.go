package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
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

// listing is a person's list of friends, favourites first.
func (s *Sandbox) listing(person int64) []friend {
	if list, ok := s.listings[person]; ok {
		return list
	}
	list := []friend{}
	for b, f := range s.friendships[person] {
		if s.listed(person, b) {
			p := s.people[b]
			list = append(list, friend{b, s.uuid(b), f.Favorite, p.Nickname, p.Thumbnail, !p.MessagesOff})
		}
	}
	slices.SortFunc(list, func(a, b friend) int {
		if a.Favorite != b.Favorite {
			if a.Favorite {
				return -1
			}
			return 1
		}
		return cmp.Or(compareNames(a.Nickname, b.Nickname), cmp.Compare(a.ID, b.ID))
	})
	s.listings[person] = list
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

func (s *Sandbox) friends(c *call) answer {
	offset, ok1 := number(c.params, "offset", 0, 0, 1<<31-1)
	limit, ok2 := number(c.params, "limit", 10, 1, maxPage)
	ok3 := choice(c.params, "order", "asc") && choice(c.params, "friend_order", "favorite") && choice(c.params, "secure_resource", "true", "false")
	if !ok1 || !ok2 || !ok3 {
		return badParameter("Constraints on the parameters are unsatisfied.")
	}
	if !s.people[c.person].TalkUser {
		return notTalkUser()
	}
	all := s.listing(c.person)
	favorites := 0
	for _, f := range all {
		if f.Favorite {
			favorites++
		}
	}
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	at := func(offset int) string {
		return c.base + "/v1/api/talk/friends?limit=" + strconv.Itoa(limit) + "&order=asc&friend_order=favorite&offset=" + strconv.Itoa(offset)
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
	return answer{http.StatusOK, body}
}

// number reads an integer parameter; outside its range it is refused.
func number(q url.Values, name string, standard, low, high int) (int, bool) {
	if !q.Has(name) {
		return standard, true
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < low || n > high {
		return 0, false
	}
	return n, true
}

// choice checks a parameter with fixed values. Other orders of the list than the default
// are left out.
func choice(q url.Values, name string, values ...string) bool {
	return !q.Has(name) || slices.Contains(values, q.Get(name))
}
