package messenger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
)

// programMax is how many characters of a program's name are shown.
const programMax = 40

// question is what the person is asked about this message.
func (s *sending) question(ctx context.Context) (ask.Question, error) {
	m := s.m
	content := s.plan.Shown.Revealed()
	q := ask.Question{Key: s.key(s.exact), Same: s.key(s.content), Lang: m.cfg.Lang, Program: bubble.Clean(s.h.Program(), programMax), Rooms: m.cfg.Rooms,
		Title:   m.say("카카오톡 메시지를 보낼까요?", "Send this KakaoTalk message?"),
		Message: content.Text, Pictures: content.Pictures, Buttons: content.Buttons, Travels: s.plan.Travels,
		Answers: []ask.Choice{{Verdict: ask.Once, Label: m.say("이번만 보내기", "Send once")}}}
	if s.picture != nil {
		q.File = ask.File{Name: oneLine(bubble.Reveal(norm.NFC.String(s.picture.Path))), Type: s.picture.Type, Data: s.picture.Data}
		q.Travels = strings.TrimSpace(q.Travels + " " + m.uploadNote())
	}
	if s.r.ToMe {
		q.Title = m.say("나와의 채팅으로 카카오톡 메시지를 보낼까요?", "Send this KakaoTalk message to your own chat?")
		if carriers := m.maker.Carriers(s.r.Content); len(carriers) > 0 {
			q.Remark = m.say("이미지나 링크 주소에 담긴 내용이 다른 사이트로 전달될 수 있어요: ", "Information in an image or link address may be sent to another site: ") +
				strings.Join(compose.Shown{Pictures: carriers}.Revealed().Pictures, " ")
		}
	} else if err := s.addPeople(ctx, &q); err != nil {
		return ask.Question{}, err
	}
	q.Answers = append(q.Answers, ask.Choice{Verdict: ask.Cancel, Label: m.say("취소", "Cancel")})
	return q, nil
}

// addPeople says who gets it, and who else could be meant.
func (s *sending) addPeople(ctx context.Context, q *ask.Question) error {
	m := s.m
	all, err := m.friends.all(ctx, s.h)
	if err != nil {
		return err
	}
	twins := false
	for k, r := range s.receivers {
		if i, ok := all.byUUID[r.UUID]; ok {
			s.receivers[k].seen = all.list[i].Nickname
		}
		p, twin := m.shownAs(ctx, all, r, s.account)
		twins = twins || twin
		if name, ok := m.aliases.Approved(r.UUID); ok && s.receivers[k].renamed(name) {
			p.Detail = joined(p.Detail, m.say("전에 허용했을 때의 이름: ", "name when you allowed them: ")+ask.Quoted(bubble.Clean(name, nameMax)))
		}
		if f := &s.fates[k]; f.unknown {
			p.Detail = joined(p.Detail, m.say("이미 보냈을 수 있어서 다시 보내지 않음", "may have it already, not sent again"))
		} else if !f.open() {
			p.Detail = joined(p.Detail, m.say("이미 받아서 다시 보내지 않음", "has it already, not sent again"))
		}
		q.To = append(q.To, p)
	}
	remark := func(text string) { q.Remark = strings.TrimSpace(q.Remark + " " + text) }
	if twins {
		remark(m.say("이름이 같은 친구가 또 있어요. 맞는 사람인지 확인해 주세요.", "Another friend has the same name. Make sure it is the right person."))
	}
	remark(s.takenOver(all))
	remark(m.agreedToAnother(q.To))
	for _, r := range s.receivers {
		if r.meant != "" || r.profile == "" {
			continue // a word of this call is looked at before
		}
		if known, same, err := m.journal.NameMeant(ctx, s.account, hangul.Bare(r.profile), r.UUID); err == nil && known && !same {
			remark(fmt.Sprintf(m.say("전에 %s에게 보낸 메시지는 다른 친구가 받았어요.", "The last message to %s went to another friend."), m.cfg.Lang.Person(bubble.Clean(r.profile, nameMax))))
		}
	}
	for _, f := range s.unreached {
		remark(fmt.Sprintf(m.say("%s에게는 보내지 못해요.", "%s cannot get it."), f.called))
	}
	if s.choice != nil {
		q.Word = bubble.Clean(s.choice.word, nameMax)
		for _, f := range s.choice.friends {
			p, _ := m.person(ctx, all, f, s.account, s.choice.word)
			q.Choose = append(q.Choose, p)
		}
	}
	if m.cfg.Confirm == ConfirmAlways {
		return nil // who is always asked about is not asked about less
	}
	label := m.say("이 친구에게는 항상 보내기", "Always send to this friend")
	if len(q.To)+min(len(q.Choose), 1) > 1 {
		label = m.say("이 친구들에게는 항상 보내기", "Always send to these friends")
	}
	q.Answers = append(q.Answers, ask.Choice{Verdict: ask.Always, Label: label})
	return nil
}

// shownAs is a receiver for display, by the word that was said.
func (m *Messenger) shownAs(ctx context.Context, all *snapshot, r Receiver, account string) (p ask.Person, twin bool) {
	i, ok := all.byUUID[r.UUID]
	if !ok {
		return ask.Person{UUID: r.UUID, Name: r.Name}, false
	}
	p, twin = m.person(ctx, all, all.list[i], account, "")
	if r.own {
		p.Name = r.Name
	}
	return p, twin
}

// person is a friend for display; a twin, whose name others have too or one that looks
// the same where it is cut, with what tells them apart. word is what was said.
func (m *Messenger) person(ctx context.Context, all *snapshot, f kakao.Friend, account, word string) (p ask.Person, twin bool) {
	labels := m.labels(word)
	shown := labels.of(f)
	p = ask.Person{UUID: f.UUID, Name: shown.Name, Profile: shown.Nickname, Lookalikes: shown.Lookalikes, Detail: shown.Remark}
	full, cut := hangul.Bare(f.Nickname), hangul.Bare(labels.profile(f))
	twin = slices.ContainsFunc(all.list, func(o kakao.Friend) bool {
		return o.UUID != f.UUID && (hangul.Bare(o.Nickname) == full || hangul.Bare(labels.profile(o)) == cut)
	})
	if !twin {
		return p, false
	}
	p.Picture = f.Thumbnail
	if f.Favorite {
		p.Detail = joined(p.Detail, m.say("즐겨찾기", "favourite"))
	}
	if at, err := m.journal.LastTo(ctx, account, f.UUID); err == nil && !at.IsZero() {
		p.Detail = joined(p.Detail, fmt.Sprintf(m.say("%s에 보낸 적 있음", "last message at %s"), at.Local().Format("01-02 15:04")))
	}
	p.Detail = joined(p.Detail, m.say("uuid 끝자리 ", "uuid ends in ")+f.UUID[max(0, len(f.UUID)-4):])
	return p, true
}

func joined(details, more string) string {
	if details == "" {
		return more
	}
	return details + ", " + more
}

// key identifies what an answer is good for, or what is asked about once at a time:
// this account, this message, these people.
func (s *sending) key(message string) string {
	words := []string{s.account, message, string(s.m.cfg.Confirm)}
	for _, r := range s.receivers {
		f, _ := s.m.friends.known(r.UUID) // another name is another question
		words = append(words, r.UUID, f.Nickname)
	}
	if s.choice != nil {
		words = append(words, "", hangul.Bare(s.choice.word))
		for _, f := range s.choice.friends {
			words = append(words, f.UUID)
		}
	}
	return keyOf(words...)
}

func keyOf(words ...string) string {
	h := sha256.New()
	for _, w := range words {
		fmt.Fprintf(h, "%d:%s", len(w), w)
	}
	return hex.EncodeToString(h.Sum(nil))
}
