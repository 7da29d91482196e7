package kakao

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxFriendLimit is the largest page Kakao gives. Kakao docs: KakaoTalk social > Retrieve list of friends.
	maxFriendLimit = 100
	// maxNickname cuts nicknames, in bytes: Kakao allows 20 characters, and a list
	// of thousands is kept in memory.
	maxNickname = 1 << 10
)

// Friend is somebody the user can name as receiver.
type Friend struct {
	UUID      string // valid for this app only, never empty, printable ASCII without spaces
	Nickname  string // profile nickname, a stranger's text of at most 1 KB; "" when missing
	Thumbnail string // http(s) URL; "" when none
	Favorite  bool
	// Unreachable: Kakao says (allowed_msg: false) that a message to this friend
	// is refused with CodeProfilePrivate.
	Unreachable bool
}

// FriendPage is one page of friends, favourites first.
type FriendPage struct {
	Friends []Friend
	Total   int // friends on all pages
	Next    int // offset of the next page, always beyond this one's; -1 at the end
}

type friendsAnswer struct {
	Elements []tolerant[struct {
		UUID      tolerant[string] `json:"uuid"`
		Nickname  tolerant[string] `json:"profile_nickname"`
		Thumbnail tolerant[string] `json:"profile_thumbnail_image"`
		Favorite  tolerant[bool]   `json:"favorite"`
		Allowed   tolerant[*bool]  `json:"allowed_msg"` // nil: not told
	}] `json:"elements"`
	Total    tolerant[int]    `json:"total_count"`
	AfterURL tolerant[string] `json:"after_url"`
}

// Friends returns the page of at most limit friends (1 to 100) from offset
// (from 0). Entries without a uuid that can be one are left out: nobody can write
// to them. So is what goes beyond limit.
// Nobody qualifying is an empty page, not an error.
func (c *Client) Friends(ctx context.Context, token string, offset, limit int) (FriendPage, error) {
	var ck check
	if offset < 0 {
		ck.fail("offset", BadValue, 0)
	}
	ck.between("limit", limit, 1, maxFriendLimit)
	if err := ck.result(); err != nil {
		return FriendPage{}, err
	}
	query := url.Values{
		"offset":          {strconv.Itoa(offset)},
		"limit":           {strconv.Itoa(limit)},
		"friend_order":    {"favorite"},
		"order":           {"asc"},
		"secure_resource": {"true"},
	}
	var answer friendsAnswer
	if err := c.get(ctx, "listing friends", token, "/v1/api/talk/friends?"+query.Encode(), &answer); err != nil {
		return FriendPage{}, err
	}
	return answer.page(offset, limit), nil
}

func (a friendsAnswer) page(offset, limit int) FriendPage {
	page := FriendPage{Next: a.next(offset)}
	for _, e := range a.Elements[:min(len(a.Elements), limit)] {
		if !plainUUID(e.V.UUID.V) {
			continue
		}
		if _, ok := webHost(e.V.Thumbnail.V); !ok || len(e.V.Thumbnail.V) > maxURL {
			e.V.Thumbnail.V = ""
		}
		page.Friends = append(page.Friends, Friend{
			UUID:      e.V.UUID.V,
			Nickname:  clipped(e.V.Nickname.V, maxNickname),
			Thumbnail: e.V.Thumbnail.V,
			Favorite:  e.V.Favorite.V,

			Unreachable: e.V.Allowed.V != nil && !*e.V.Allowed.V,
		})
	}
	page.Total = max(a.Total.V, len(page.Friends))
	return page
}

// plainUUID reports whether s can be a uuid. It is shown to people and to the
// assistant: no line break, escape sequence or invisible character passes.
func plainUUID(s string) bool {
	return s != "" && len(s) <= maxUUIDLen && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// clipped returns at most limit bytes of s, whole characters.
func clipped(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// next takes the offset out of after_url. Its host is never followed, and an
// offset that does not advance would page for ever: then the number of entries
// leads on.
func (a friendsAnswer) next(offset int) int {
	if a.AfterURL.V == "" {
		return -1
	}
	if after, err := url.Parse(a.AfterURL.V); err == nil {
		if n, err := strconv.Atoi(after.Query().Get("offset")); err == nil && n > offset {
			return n
		}
	}
	if n := offset + len(a.Elements); n > offset {
		return n
	}
	return -1
}
