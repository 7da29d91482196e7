// Package oneself knows the words by which people, and the AI they work with, mean
// themselves and their own chat. It imports the standard library, tools/hangul and
// golang.org/x/text/unicode/norm.
package oneself

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/tools/hangul"
)

// Darling is a word for oneself, and for one's sweetheart: who makes it an alias means
// the latter.
const Darling = "자기"

// What words for oneself and one's own chat are made of, folded. 사용자 and user are what an
// AI calls the one it works for; to me is none, since Tome is a name.
var (
	selves    = []string{"나", "저", Darling, "자신", "본인", "사용자", "나자신", "저자신", "내자신", "제자신", "자기자신", "나본인", "저본인", "me", "myself", "self", "oneself", "yourself", "user", "theuser"}
	particles = []string{"에게", "한테", "께", "에게로", "한테로", "에게만", "한테만", "만", "만보기"}
	datives   = []string{"내게", "제게", "tomyself", "toself", "sendtome", "sendtomyself", "sendtoself", "notetome", "notetomyself", "notetoself", "messagetomyself", "messagetoself", "chatwithmyself", "chatwithme", "meonly", "onlyme", "justme", "myselfonly", "myaccount", "내계정", "제계정", "본인계정"}
	whose     = []string{"나와의", "나와", "나의", "내", "저와의", "저와", "저의", "제", "자신과의", "나자신과의", "저자신과의", "자기자신과의", "본인과의", "본인", "사용자", "사용자와의",
		"my", "myown", "myself", "your", "yourown", "own", "self", "me", "users", "usersown", "theusers", "theusersown"}
	rooms     = []string{"채팅", "채팅방", "대화", "대화방", "톡", "톡방", "카톡", "카톡방", "카카오톡", "chat", "chatroom", "kakaotalk", "kakaotalkchat"}
	roomwards = []string{"에", "으로", "로"}
	doings    = []string{"보내기", "쓰기", "메모", "메모하기", "메시지보내기"}
)

// Means tells words for oneself, also with an honorific, which are no names: a friend who is
// called so can be reached by uuid, or by an alias that is none.
func Means(word string) bool { return slices.ContainsFunc(hangul.Forms(norm.NFKC.String(word)), means) }

// means takes a word in one of its forms, also one in brackets: 나!, 나(나와의채팅).
func means(form string) bool {
	parts := strings.FieldsFunc(form, func(r rune) bool { return unicode.IsPunct(r) || strings.ContainsRune("~<>|^+=", r) })
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(part string) bool {
		return !slices.Contains(selves, part) && !isMine(part) && !endsIn(part, doings, isMine)
	})
}

// isMine tells 나에게, 내게, 나와의채팅 and 나와의채팅으로.
func isMine(s string) bool {
	return slices.Contains(datives, s) || endsIn(s, particles, func(s string) bool { return slices.Contains(selves, s) }) ||
		isRoom(s) || endsIn(s, roomwards, isRoom)
}

func isRoom(s string) bool {
	return endsIn(s, rooms, func(s string) bool { return slices.Contains(whose, s) })
}

// endsIn reports whether s is something that is, with one of ends behind it.
func endsIn(s string, ends []string, is func(string) bool) bool {
	return slices.ContainsFunc(ends, func(end string) bool {
		rest, ok := strings.CutSuffix(s, end)
		return ok && is(rest)
	})
}
