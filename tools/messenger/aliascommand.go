package messenger

import (
	"context"
	"slices"
	"sort"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/aliases"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/lookalike"
	"kakaotalk-mcp/tools/oneself"
)

// What follows is for the owner's commands. No tool reaches it.

const (
	// maxAlias bounds an alias, in characters.
	maxAlias = 30
	// approvedMax is how much of a name is kept with an approval: all of what Kakao's
	// answer is read for. A name that was cut would be the same after a change.
	approvedMax = 1 << 10
)

// SetAlias makes alias stand for the friend that who (uuid or exact name) means.
func (m *Messenger) SetAlias(ctx context.Context, alias, who string, h Human) (Receiver, error) {
	alias = strings.TrimSpace(alias)
	if bubble.Clean(alias, maxAlias) != alias || hangul.Fold(alias) == "" || bubble.Broken(alias) {
		return Receiver{}, m.bad("bad_alias", "별칭이 비어 있거나 너무 길거나, 사용할 수 없는 글자가 있어요.", "The alias is empty, too long or has characters that cannot be used.",
			"보이는 글자로 된 30자 이하의 한 줄로 정해 주세요.", "Choose one line of visible text, at most 30 characters.")
	}
	if oneself.Means(alias) && hangul.Fold(alias) != oneself.Darling {
		return Receiver{}, m.bad("bad_alias", "나를 가리키는 말은 별칭으로 사용할 수 없어요.", "A word that means you cannot be an alias.", "다른 말로 정해 주세요.", "Choose another word.")
	}
	r, err := m.one(ctx, who, h)
	if err != nil {
		return Receiver{}, err
	}
	taken, err := m.aliases.Meant(alias)
	if err != nil {
		return Receiver{}, m.aliasProblem(err)
	}
	if i := slices.IndexFunc(taken, func(t aliases.Alias) bool { return t.UUID != r.UUID }); i >= 0 {
		return Receiver{}, m.bad("alias_taken", "이미 다른 친구의 별칭이에요: "+taken[i].Word+".", "This is another friend's alias already: "+taken[i].Word+".",
			"먼저 이렇게 지워 주세요: "+m.command("friends alias --remove '"+taken[i].Word+"'"), "Remove it first: "+m.command("friends alias --remove '"+taken[i].Word+"'"))
	}
	if slices.ContainsFunc(m.cfg.Allow, func(word string) bool { return hangul.Fold(word) == hangul.Fold(alias) }) && !m.allows(r.UUID) {
		done, err := m.consent(ctx, h, r, "alias "+alias, m.say("KAKAO_ALLOW에 있는 별칭이라서, 이제 이 친구에게 메시지를 보낼 수 있게 돼요. 별칭을 정할까요?",
			"This alias is in KAKAO_ALLOW, so messages to this friend will be allowed. Set the alias?"), m.say("별칭 정하기", "Set alias"))
		if err != nil {
			return Receiver{}, err
		}
		defer done()
	}
	return Receiver{Name: alias, UUID: r.UUID, own: true}, m.changeAliases(func(p *aliases.Data) {
		p.Forget(alias)
		p.Aliases[alias] = r.UUID
	})
}

// RemoveAlias forgets an alias and returns it as it was written.
func (m *Messenger) RemoveAlias(alias string) (Receiver, error) {
	uuid, known, err := m.aliases.Of(alias)
	if err != nil {
		return Receiver{}, m.aliasProblem(err)
	}
	if known == "" {
		shown, see := bubble.Clean(alias, maxAlias), m.command("friends alias --list")
		return Receiver{}, m.bad("no_alias", "없는 별칭이에요: "+shown+".", "No such alias: "+shown+".", "별칭 목록: "+see, "To see the aliases, run "+see+".")
	}
	return Receiver{Name: known, UUID: uuid, own: true}, m.changeAliases(func(p *aliases.Data) { p.Forget(known) })
}

// Aliases lists the owner's aliases by name.
func (m *Messenger) Aliases() ([]Receiver, error) {
	data, err := m.aliases.Read()
	if err != nil {
		return nil, m.aliasProblem(err)
	}
	list := make([]Receiver, 0, len(data.Aliases))
	for alias, uuid := range data.Aliases {
		list = append(list, Receiver{Name: alias, UUID: uuid, own: true})
	}
	return sorted(list), nil
}

// AllowFriend lets messages to a friend go out without asking, if the person agrees.
func (m *Messenger) AllowFriend(ctx context.Context, who string, h Human) (Receiver, error) {
	r, err := m.one(ctx, who, h)
	if err != nil {
		return Receiver{}, err
	}
	done, err := m.consent(ctx, h, r, "allow", m.say("앞으로 이 친구에게는 묻지 않고 보낼까요?", "Send to this friend without asking from now on?"), m.say("항상 허용하기", "Always allow"))
	if err != nil {
		return Receiver{}, err
	}
	defer done()
	return r, m.approve(r)
}

// consent asks the person for a standing decision about a friend. Whatever
// KAKAO_CONFIRM says: it would still hold under another setting.
func (m *Messenger) consent(ctx context.Context, h Human, r Receiver, what, title, label string) (done func(), err error) {
	account := m.cfg.Session.Account()
	all, err := m.friends.all(ctx, h)
	if err != nil {
		return nil, err
	}
	shown, _ := m.shownAs(ctx, all, r, account)
	q := ask.Question{Key: keyOf(account, what, r.UUID), Lang: m.cfg.Lang, Program: bubble.Clean(h.Program(), programMax), Rooms: m.cfg.Rooms, Title: title, To: []ask.Person{shown},
		Answers: []ask.Choice{{Verdict: ask.Always, Label: label}, {Verdict: ask.Cancel, Label: m.say("취소", "Cancel")}}}
	agreed, err := m.desk.Ask(ctx, q, ask.Way{Form: h.Ask, Page: true, Cuts: h.Cuts(q)})
	if r := m.notAnswered(err); r != nil {
		r.What = m.say("확인을 받지 못해서 바꾸지 않았어요.", "It was not confirmed, so nothing was changed.")
		return nil, r
	}
	if err != nil {
		return nil, err
	}
	if agreed.Verdict == ask.Cancel {
		agreed.Done(m.say("취소해서 바꾸지 않았어요.", "Cancelled. Nothing was changed."))
		return nil, &Refusal{Problem: problem.Problem{Reason: "declined", Retry: problem.AfterUser, What: m.say("취소해서 바꾸지 않았어요.", "Cancelled. Nothing was changed."), Next: m.onlyIfWanted()}}
	}
	return func() { agreed.Done(m.say("허용했어요.", "Allowed.")) }, nil
}

// changeAliases is aliasFile.change with an error for people.
func (m *Messenger) changeAliases(edit func(*aliases.Data)) error {
	if err := m.aliases.Change(edit); err != nil {
		return m.aliasProblem(err)
	}
	return nil
}

// approve writes down whom the owner agreed to message without being asked, under
// the profile name: an alias may go to somebody else.
func (m *Messenger) approve(receivers ...Receiver) error {
	return m.changeAliases(func(p *aliases.Data) {
		for _, r := range receivers {
			name := r.Name
			if f, ok := m.friends.known(r.UUID); ok && f.Nickname != "" {
				name = bubble.Clean(f.Nickname, approvedMax)
			}
			if r.seen != "" { // whatever it is by now
				name = bubble.Clean(r.seen, approvedMax)
			}
			p.Approved[r.UUID] = name
		}
	})
}

// RemoveApproval asks again for a friend, named as in Approved, by alias or uuid, and
// returns them.
func (m *Messenger) RemoveApproval(who string) (Receiver, error) {
	list, err := m.Approved()
	if err != nil {
		return Receiver{}, err
	}
	aliased, _, _ := m.aliases.Of(who)
	hits := slices.DeleteFunc(list, func(r Receiver) bool {
		return r.UUID != who && r.UUID != aliased && hangul.Bare(r.Name) != hangul.Bare(who)
	})
	switch len(hits) {
	case 0:
		shown, see := bubble.Clean(who, maxAlias), m.command("friends allow --list")
		return Receiver{}, m.bad("not_approved", "항상 허용하는 친구가 아니에요: "+shown+".", "Not always allowed: "+shown+".", "항상 허용하는 친구 목록: "+see, "To see who is always allowed, run "+see+".")
	case 1:
		return hits[0], m.changeAliases(func(p *aliases.Data) { delete(p.Approved, hits[0].UUID) })
	}
	r := m.bad("ambiguous_name", "이름이 같은 친구가 여럿이에요.", "Several friends have this name.", "한 명을 골라 이렇게 실행해 주세요.", "Choose one and run one of these.")
	for _, h := range hits {
		r.Candidates = append(r.Candidates, Friend{Name: h.Name, UUID: h.UUID, Nickname: h.Name})
	}
	return Receiver{}, r
}

// AddProfiles puts the profile names of friends beside the user's own words.
func (m *Messenger) AddProfiles(people []Receiver, friends []kakao.Friend) {
	for i, p := range people {
		for _, f := range friends {
			if name := bubble.Clean(f.Nickname, nameMax); f.UUID == p.UUID && name != p.Name {
				people[i].Profile, people[i].Lookalikes = name, lookalike.Letters(m.cfg.Lang, name)
			}
		}
	}
}

// Approved lists the friends who are messaged without asking.
func (m *Messenger) Approved() ([]Receiver, error) {
	data, err := m.aliases.Read()
	if err != nil {
		return nil, m.aliasProblem(err)
	}
	list := make([]Receiver, 0, len(data.Approved))
	for uuid, name := range data.Approved {
		list = append(list, Receiver{Name: bubble.Clean(name, nameMax), UUID: uuid})
	}
	return sorted(list), nil
}

// one resolves a single friend.
func (m *Messenger) one(ctx context.Context, who string, h Human) (Receiver, error) {
	if m.cfg.Session == nil {
		return Receiver{}, m.notSetUp()
	}
	if _, err := m.token(ctx, auth.ForFriends, h); err != nil {
		return Receiver{}, err
	}
	list, unclear, err := m.address(ctx, h, []string{who}, "")
	if err != nil {
		return Receiver{}, err
	}
	if unclear != nil {
		return Receiver{}, unclear.refusal
	}
	return list[0], nil
}

// Explain words an error for the owner.
func (m *Messenger) Explain(err error) error {
	r := *m.Refusal(err)
	r.What = m.Marked(r.What)
	return &r
}

// sorted lists receivers by name.
func sorted(list []Receiver) []Receiver {
	sort.Slice(list, func(a, b int) bool { return list[a].Name+list[a].UUID < list[b].Name+list[b].UUID })
	return list
}
