package messenger

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
)

// Written says by what the user has written somebody down.
type Written string

const (
	ByAlias    Written = "alias"
	ByApproval Written = "always_allow"
	BySetting  Written = "KAKAO_ALLOW"
)

// Gone is somebody whom the user has written down by a uuid that is not among the
// friends: a uuid can change (Kakao docs: KakaoTalk social, friends).
type Gone struct {
	By   Written
	Name string // the user's word for them, else their name at the time; "" if only the uuid is known
	UUID string
	// Like are friends who have that name now. Whether one of them is the same
	// person the user alone can tell.
	Like []Friend
}

// Written returns how many people the user has written down, and who of them are
// not among friends.
func (m *Messenger) Written(friends []kakao.Friend) (count int, gone []Gone, err error) {
	data, err := m.aliases.Read()
	if err != nil {
		return 0, nil, m.aliasProblem(err)
	}
	var all []Gone
	for alias, uuid := range data.Aliases {
		all = append(all, Gone{By: ByAlias, Name: alias, UUID: uuid})
	}
	for uuid, name := range data.Approved {
		all = append(all, Gone{By: ByApproval, Name: name, UUID: uuid})
	}
	aliases := m.aliases.ByUUID("")
	for _, word := range m.cfg.Allow {
		uuid, alias, err := m.aliases.Of(word)
		switch {
		case err != nil || alias != "": // an alias, which is listed already
		case aliases[word] != "":
			uuid, alias = word, aliases[word]
		default:
			uuid, alias = word, data.Approved[word]
		}
		if alias != word {
			all = append(all, Gone{By: BySetting, Name: alias, UUID: uuid})
		}
	}
	labels := m.labels("")
	for _, g := range all {
		if slices.ContainsFunc(friends, func(f kakao.Friend) bool { return f.UUID == g.UUID }) {
			continue
		}
		for _, f := range friends {
			if g.Name != "" && hangul.Bare(f.Nickname) == hangul.Bare(g.Name) {
				g.Like = append(g.Like, labels.of(f))
			}
		}
		g.Name = bubble.Clean(g.Name, maxAlias)
		gone = append(gone, g)
	}
	key := func(g Gone) string { return string(g.By) + g.Name + g.UUID }
	sort.Slice(gone, func(a, b int) bool { return key(gone[a]) < key(gone[b]) })
	return len(all), gone, nil
}

// reach finds out, as far as the friend list in memory tells, who of the receivers
// cannot get a message. Its error is about somebody who is no friend any more. began
// is when the call did: what an older list says is looked up again.
func (s *sending) reach(ctx context.Context, began time.Time) error {
	m := s.m
	all := m.friends.usable()
	if s.r.ToMe || all == nil {
		return nil // Kakao will tell
	}
	doubtful := func(r Receiver) bool {
		i, ok := all.byUUID[r.UUID]
		return !ok || all.list[i].Unreachable
	}
	if !slices.ContainsFunc(s.receivers, doubtful) {
		return nil
	}
	if all.at.Before(began) {
		m.friends.drop()
		var err error
		if all, err = m.friends.all(ctx, s.h); err != nil {
			return err
		}
	}
	if r := s.gone(all); r != nil {
		return r
	}
	s.receivers = slices.DeleteFunc(s.receivers, func(r Receiver) bool {
		private := doubtful(r)
		if private {
			s.unreached = append(s.unreached, *m.failure(r, kakao.Failure{Code: kakao.CodeProfilePrivate}))
		}
		return private
	})
	return nil
}

// gone refuses a message to people who are not in the friend list; nil if all are.
func (s *sending) gone(all *snapshot) error {
	m := s.m
	var names, uuids []string
	for _, r := range s.receivers {
		if _, ok := all.byUUID[r.UUID]; !ok {
			names, uuids = append(names, r.Called(m.cfg.Lang)), append(uuids, r.UUID)
		}
	}
	if len(names) == 0 {
		return nil
	}
	r := &Refusal{Problem: problem.Problem{Reason: "unknown_uuid", Retry: problem.No, Next: m.findAgain(),
		What: fmt.Sprintf(m.say("친구 목록에 없는 사람이 있어서 메시지를 보내지 않았어요: %s.", "Some recipients are not in the friend list, so the message was not sent: %s."), strings.Join(names, ", "))}}
	_, written, err := m.Written(all.list)
	if err != nil {
		return err
	}
	for _, g := range written {
		if slices.Contains(uuids, g.UUID) {
			r.suggest(m, g)
		}
	}
	return r
}

// suggest adds who has the name of somebody who is gone.
func (r *Refusal) suggest(m *Messenger, g Gone) {
	for _, f := range g.Like {
		if !slices.ContainsFunc(r.Candidates, func(c Friend) bool { return c.UUID == f.UUID }) {
			r.Candidates = append(r.Candidates, f)
		}
	}
	if len(g.Like) == 0 || r.Retry == problem.AfterUser {
		return
	}
	r.Retry = problem.AfterUser
	r.Next = fmt.Sprintf(m.say("같은 이름의 친구가 있어요. 같은 사람인지 사용자에게 확인한 다음, 맞으면 사용자가 터미널에서 %s로 다시 정해야 해요.",
		"A friend has this name. Ask the user whether it is the same person; if so, the user has to set it anew with %s in a terminal."), m.command("friends"))
	if m.cfg.Typed {
		r.Next = fmt.Sprintf(m.say("같은 이름의 친구가 있어요. 같은 사람이면 %s로 다시 정해 주세요.", "A friend has this name. If it is the same person, set it anew with %s."), m.command("friends alias"))
	}
}

// takenOver tells the person about friends who have the name of somebody who was
// always allowed and is gone; "" if there are none.
func (s *sending) takenOver(all *snapshot) string {
	_, gone, err := s.m.Written(all.list)
	if err != nil {
		return ""
	}
	for _, g := range gone {
		for _, f := range g.Like {
			if g.By != ByAlias && slices.ContainsFunc(s.receivers, func(r Receiver) bool { return r.UUID == f.UUID }) {
				return fmt.Sprintf(s.m.say("전에 허용한 %s은 지금 친구 목록에 없어요. 같은 사람인지 확인해 주세요.", "You allowed %s before, but they are not in the friend list now. Make sure that this is the same person."), s.m.cfg.Lang.Person(g.Name))
			}
		}
	}
	return ""
}
