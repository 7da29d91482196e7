package messenger

import (
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/lookalike"
)

// nameMax is how many characters of a nickname are shown, KakaoTalk's own limit:
// strangers choose them.
const nameMax = 20

// Friend is one person of the friend list.
type Friend struct {
	Name     string `json:"name"` // the user's alias, else the nickname
	UUID     string `json:"uuid"`
	Favorite bool   `json:"favorite"`
	Nickname string `json:"profile_nickname"`
	Alias    string `json:"alias,omitempty"`
	Image    string `json:"profile_image,omitempty"` // only where two hits share a name
	// NotReachable: no message can reach this friend, as Remark says.
	NotReachable bool   `json:"not_reachable,omitempty"`
	Remark       string `json:"-"`
	// Lookalikes says what of the profile name is not what it looks like.
	Lookalikes string `json:"lookalike_letters,omitempty"`
}

// labels are the user's own words for people, read once for many friends.
type labels struct {
	lang    wording.Lang
	noName  string
	private string
	aliases map[string]string // uuid → alias
}

// labels prefers the alias that is word; "": none.
func (m *Messenger) labels(word string) labels {
	return labels{m.cfg.Lang, m.say("(이름 없음)", "(no name)"), m.say("메시지를 받을 수 없음: 프로필 비공개", "cannot be messaged: the profile is not public"), m.aliases.ByUUID(word)}
}

// profile is a friend's own name as it is shown.
func (l labels) profile(f kakao.Friend) string {
	if nick := bubble.Clean(f.Nickname, nameMax); nick != "" {
		return nick
	}
	return l.noName
}

// of prepares a friend for display.
func (l labels) of(f kakao.Friend) Friend {
	nick := bubble.Clean(f.Nickname, nameMax)
	out := Friend{Name: l.profile(f), UUID: f.UUID, Favorite: f.Favorite, Nickname: nick, Alias: bubble.Clean(l.aliases[f.UUID], maxAlias), Lookalikes: lookalike.Letters(l.lang, nick)}
	if out.Alias != "" {
		out.Name = out.Alias
	}
	if f.Unreachable {
		out.NotReachable, out.Remark = true, l.private
	}
	return out
}

// Label is a name; behind an alias stands the nickname.
func (f Friend) Label() string {
	if f.Alias != "" && f.Nickname != "" && f.Nickname != f.Alias {
		return f.Alias + " (" + f.Nickname + ")"
	}
	return f.Name
}

// row is a friend as a line of a text for models: the name, which a stranger chose,
// cannot end its quotation marks and so no uuid in it can be taken for one.
func (f Friend) row() string {
	name := ask.Quoted(f.Name)
	if f.Alias != "" && f.Nickname != "" && f.Nickname != f.Alias {
		name += " (" + ask.Quoted(f.Nickname) + ")"
	}
	row := "- " + name + " (uuid: " + f.UUID + ")"
	if remarks := f.Remarks(); remarks != "" {
		row += " – " + remarks
	}
	return row
}

// Remarks is what to know of a friend in a list, "" where there is nothing.
func (f Friend) Remarks() string {
	return strings.Join(slices.DeleteFunc([]string{f.Lookalikes, f.Remark}, func(r string) bool { return r == "" }), ", ")
}

// markTwins adds pictures where two of the friends share a name, so that people
// can tell them apart.
func markTwins(friends []Friend, image func(uuid string) string) {
	count := map[string]int{}
	for _, f := range friends {
		count[hangul.Fold(f.Name)]++
	}
	for i := range friends {
		if count[hangul.Fold(friends[i].Name)] > 1 {
			friends[i].Image = image(friends[i].UUID)
		}
	}
}
