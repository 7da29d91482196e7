package messenger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/oneself"
)

const (
	// maxReceivers is Kakao's limit of one friends message.
	maxReceivers = 5
	// maxWords is how many words are looked at: some may mean the same person.
	maxWords = 4 * maxReceivers
	// maxWord bounds a name, alias or uuid, in bytes; Kakao's uuids have 34.
	maxWord = 256
)

// Receiver is one person a message goes to.
type Receiver struct {
	Name string `json:"name"`
	UUID string `json:"uuid,omitempty"`
	// Profile is the profile name behind an alias, in lists of the user's own.
	Profile    string `json:"profile_nickname,omitempty"`
	Lookalikes string `json:"lookalike_letters,omitempty"` // what of it is not what it looks like
	meant      string // the bare word that chose this person, "" for a uuid
	profile    string // the profile name, unless they were called by the user's own word
	seen       string // the profile name that the person was shown in a question
	own        bool   // Name is the user's own word for them, or there is none
}

// receiverWords joins both ways to say who is meant. The uuid comes last.
func receiverWords(to []string, uuid string) []string {
	if uuid = strings.TrimSpace(uuid); uuid == "" {
		return to
	}
	return append(slices.Clone(to), uuid)
}

// checkWords refuses what cannot name people, without asking anybody.
func (m *Messenger) checkWords(words []string) error {
	if len(words) == 0 {
		return m.bad("no_receiver", "받는 사람이 없어요.", "No recipient was given.",
			"to에 이름이나 별칭을, 또는 uuid를 넣어 다시 보내 주세요.", "Put names or aliases into to, or give a uuid, and send it again.")
	}
	if len(words) > maxWords {
		return m.tooMany(len(words))
	}
	const nextKo, nextEn = "이름, 별칭이나 uuid를 넣어 다시 보내 주세요.", "Give a name, an alias or a uuid, and send it again."
	for _, w := range words {
		if bubble.Check(w) != nil || hangul.Fold(bubble.Clean(w, maxWord)) == "" {
			return m.bad("bad_receiver", "받는 사람 중에 빈 값이 있어요.", "A recipient is empty.", nextKo, nextEn)
		}
		if len(w) > maxWord || bubble.Broken(w) {
			return m.bad("bad_receiver", "받는 사람의 이름이나 uuid가 너무 길거나 글자가 깨졌어요.", "A recipient is too long or has broken characters.", nextKo, nextEn)
		}
	}
	return nil
}

func (m *Messenger) tooMany(n int) error {
	return &Refusal{Problem: problem.Problem{Reason: "too_many_receivers", Retry: problem.No,
		What: fmt.Sprintf(m.say("한 번에 %d명에게까지 보낼 수 있어요. 받는 사람이 %d명이라 보내지 않았어요.", "You can send to at most %d people at once. This message has %d recipients, so it was not sent."), maxReceivers, n),
		Next: m.say("몇 명씩 나눠서 보내 주세요.", "Send it to fewer people at a time.")}}
}

// address finds out who is meant: aliases first, then uuids, then names with
// exactly one owner. If one of the words is unclear nobody gets anything.
// A name that fits several is left for the person to settle, one in a call.
func (m *Messenger) address(ctx context.Context, h Human, to []string, uuid string) ([]Receiver, *choice, error) {
	words := receiverWords(to, uuid)
	if err := m.checkWords(words); err != nil {
		return nil, nil, err
	}
	l := &lookup{m: m, h: h, began: m.now()}
	var out []Receiver
	var open *choice
	for i, w := range words {
		r, err := l.find(ctx, strings.TrimSpace(w), i >= len(to))
		if unclear, ok := errors.AsType[*choice](err); ok && (open == nil || hangul.Bare(open.word) == hangul.Bare(unclear.word)) {
			open = unclear
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(out, func(o Receiver) bool { return o.UUID == r.UUID }) {
			out = append(out, r)
		}
	}
	n := len(out)
	if open != nil {
		n++
	}
	if n > maxReceivers {
		return nil, nil, m.tooMany(n)
	}
	return out, open, nil
}

// lookup resolves the words of one call.
type lookup struct {
	m     *Messenger
	h     Human
	began time.Time
}

// find resolves one word. onlyUUID: it was given as a uuid and is not a name.
func (l *lookup) find(ctx context.Context, word string, onlyUUID bool) (Receiver, error) {
	m, name := l.m, bubble.Clean(word, maxWord)
	if !onlyUUID {
		if r, ok, err := l.byAlias(ctx, name); ok || err != nil {
			return r, err
		}
		if oneself.Means(name) {
			return Receiver{}, m.ownChat(name)
		}
	}
	// Who is asked about, or was approved under a name, is looked up as they are called now.
	if f, ok := m.friends.known(word); ok && (m.friends.current() != nil || m.cfg.Confirm == ConfirmNever || m.cfg.Allow != nil && m.allows(word)) {
		return m.receiver(f, ""), nil
	}
	all, err := m.friends.all(ctx, l.h)
	if err != nil {
		return Receiver{}, err
	}
	if onlyUUID || looksLikeUUID(word) && len(all.index.Exact(name)) == 0 {
		if all.at.Before(l.began) { // read for an earlier call: the friend may be new
			m.friends.drop()
			if all, err = m.friends.all(ctx, l.h); err != nil {
				return Receiver{}, err
			}
		}
		i, ok := all.byUUID[word]
		if !ok {
			return Receiver{}, m.unknownUUID(ctx, l.h, word)
		}
		return m.receiver(all.list[i], ""), nil
	}
	if i, ok := all.byUUID[word]; ok {
		return m.receiver(all.list[i], ""), nil
	}
	return m.byName(ctx, all, name)
}

// byAlias takes the user's own word for one person, with or without 님/씨. A friend whose
// name is the word in its own letters, where those of the alias differ, may be meant, too.
func (l *lookup) byAlias(ctx context.Context, word string) (Receiver, bool, error) {
	found, err := l.m.aliases.Meant(word)
	letters := func(s string) string { return hangul.TrimHonorific(hangul.Letters(s)) }
	switch {
	case err != nil:
		return Receiver{}, false, l.m.aliasProblem(err)
	case len(found) == 0:
		return Receiver{}, false, nil
	case len(found) > 1 || letters(word) != letters(found[0].Word):
		all, err := l.m.friends.all(ctx, l.h)
		if err != nil {
			return Receiver{}, false, err
		}
		var picks []int
		for _, r := range found {
			if i, ok := all.byUUID[r.UUID]; ok {
				picks = append(picks, i)
			}
		}
		for i, f := range all.list {
			if len(found) == 1 && f.UUID != found[0].UUID && hangul.Letters(f.Nickname) == hangul.Letters(word) {
				picks = append(picks, i)
			}
		}
		if len(found) > 1 || len(picks) > 1 { // the alias's owner may be gone
			return Receiver{}, false, l.m.unclear(all, word, picks)
		}
	}
	return Receiver{Name: bubble.Clean(l.m.aliases.ByUUID(word)[found[0].UUID], nameMax), UUID: found[0].UUID, meant: hangul.Bare(word), own: true}, true, nil
}

// byName takes a name that exactly one friend has, with or without 님/씨: a friend
// who calls himself 홍길동님 is no better hit than the one who is called 홍길동.
func (m *Messenger) byName(ctx context.Context, all *snapshot, word string) (Receiver, error) {
	var hits []int
	for _, form := range hangul.Forms(word) {
		hits = append(hits, all.index.Exact(form)...)
	}
	hits = append(hits, m.labelled(all, word, hits)...)
	if len(hits) > 0 {
		hits = append(hits, m.impersonated(all, word, hits)...)
	}
	if len(hits) != 1 {
		return Receiver{}, m.unclear(all, word, hits)
	}
	f := all.list[hits[0]]
	r := m.receiver(f, word)
	known, same, err := m.journal.NameMeant(ctx, m.cfg.Session.Account(), r.meant, f.UUID)
	if err != nil {
		return Receiver{}, m.JournalProblem(err)
	}
	if known && !same {
		return Receiver{}, m.renamed(all, word, hits)
	}
	return r, nil
}

// labelled are those not among hits whom lists show as word: an alias with the
// profile name behind it. Somebody may have chosen such a name.
func (m *Messenger) labelled(all *snapshot, word string, hits []int) []int {
	return m.shownAsLabel(all, word, hits, func(form, label string) bool { return form == label })
}

// impersonated are those not among hits who may be meant by a name that somebody took:
// their uuid is in word, or how lists and questions show them, or word is what they show of
// a name too long for them, or in place of none.
func (m *Messenger) impersonated(all *snapshot, word string, hits []int) []int {
	list, labels := m.shownAsLabel(all, word, hits, strings.Contains), m.labels("")
	forms, cut := hangul.Forms(word), strings.Contains(word, "…")
	none := slices.Contains(forms, hangul.Fold(labels.noName))
	if !cut && !none && !slices.ContainsFunc(strings.FieldsFunc(forms[0], func(r rune) bool { return !strings.ContainsRune(uuidLetters, r) }), looksLikeUUID) {
		return list
	}
	for i, f := range all.list {
		if !slices.Contains(hits, i) && !slices.Contains(list, i) && (looksLikeUUID(f.UUID) && strings.Contains(forms[0], hangul.Fold(f.UUID)) ||
			(cut || none) && slices.Contains(forms, hangul.Fold(labels.profile(f)))) {
			list = append(list, i)
		}
	}
	return list
}

// shownAsLabel are those not among hits with an alias, one of whose labels in lists,
// questions and results fits a form of word.
func (m *Messenger) shownAsLabel(all *snapshot, word string, hits []int, fits func(form, label string) bool) (list []int) {
	own, _ := m.Aliases() // unreadable: nothing is shown by them
	for _, a := range own {
		i, ok := all.byUUID[a.UUID]
		if !ok || slices.Contains(hits, i) || slices.Contains(list, i) {
			continue
		}
		f := Friend{Name: a.Name, Alias: a.Name, Nickname: bubble.Clean(all.list[i].Nickname, nameMax)}
		p := ask.Person{Name: f.Name, Profile: f.Nickname}
		for _, label := range []string{f.Label(), p.Label(wording.Korean), p.Label(wording.English), bubble.Clean(a.Name, nameMax)} {
			label = hangul.Fold(label) // the alias itself is looked at before
			if label != hangul.Fold(a.Name) && slices.ContainsFunc(hangul.Forms(word), func(form string) bool { return fits(form, label) }) {
				list = append(list, i)
				break
			}
		}
	}
	return list
}

// receiver is a friend whom a word chose, or "" a uuid.
func (m *Messenger) receiver(f kakao.Friend, word string) Receiver {
	labels := m.labels(word)
	shown := labels.of(f)
	// Who was found under the profile name, in a search perhaps, is called by it, also
	// where the user has a word for them; no name is one, too.
	return Receiver{Name: shown.Name, UUID: f.UUID, meant: hangul.Bare(word), profile: cmp.Or(f.Nickname, labels.noName), own: shown.Alias != "" || shown.Nickname == ""}
}

// Called names somebody in a text: a friend's own word for themselves with 님, the
// user's word as it is.
func (r Receiver) Called(l wording.Lang) string {
	if r.own {
		return r.Name
	}
	return l.Person(r.Name)
}

func (m *Messenger) unknownUUID(ctx context.Context, h Human, uuid string) error {
	own, err := m.ownUUID(ctx, h, uuid)
	if err != nil {
		return err
	}
	if own {
		return &Refusal{Problem: problem.Problem{Reason: "own_uuid", Retry: problem.No,
			What: m.say("자기 자신의 uuid예요.", "This uuid is the user's own, not a friend's."),
			Next: m.ownChatNext()}, silent: true}
	}
	return &Refusal{Problem: problem.Problem{Reason: "unknown_uuid", Retry: problem.No,
		What: m.say("친구 목록에 없는 uuid예요.", "This uuid is not in the friend list."),
		Next: m.findAgain() + " " + m.say("uuid는 카카오디벨로퍼스 앱마다 달라요.", "A uuid is only valid for one Kakao app.")}, silent: true}
}

const uuidLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// looksLikeUUID tells a uuid from a name. Nicknames of such letters exist, so
// names are looked at too.
func looksLikeUUID(s string) bool {
	return len(s) >= 12 && strings.Trim(s, uuidLetters) == "" && strings.ContainsAny(s, "0123456789-_")
}

func (m *Messenger) ownChat(word string) error {
	return &Refusal{Problem: problem.Problem{Reason: "own_chat", Retry: problem.No,
		What: fmt.Sprintf(m.say("나를 가리키는 말은 받는 사람으로 사용할 수 없어요: '%s'.", "%q means you, not a friend."), bubble.Clean(word, nameMax)),
		Next: m.ownChatNext()}, silent: true}
}

// ownChatNext and findAgain name what the reader has: tools or commands.
func (m *Messenger) ownChatNext() string {
	if m.cfg.Typed {
		return fmt.Sprintf(m.say("나와의 채팅으로 보내려면 이렇게 실행해 주세요: %s", "To send to your own chat, run %s."), m.command("send me"))
	}
	return m.say("나와의 채팅으로 보내려면 send_message_to_me를 사용해 주세요.", "To send to the user's own chat, use send_message_to_me.")
}

func (m *Messenger) findAgain() string {
	tool := "search_kakao_friends"
	if m.cfg.Typed {
		tool = m.command("friends")
	}
	return fmt.Sprintf(m.say("%s로 친구를 다시 찾아 주세요.", "Find the friend again with %s."), tool)
}
