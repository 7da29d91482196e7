package messenger

import (
	"fmt"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
)

// maxCandidates is how many people a name that fits nobody exactly is answered with.
const maxCandidates = 10

// unclear answers a name that several friends have, or none, with candidates.
// Of several whose name it is the person may choose one.
func (m *Messenger) unclear(all *snapshot, word string, exact []int) error {
	r := m.unclearRefusal(all, word, exact)
	if len(exact) < 2 || len(exact) > maxCandidates {
		return r
	}
	c := &choice{word: word, refusal: r}
	for _, i := range exact {
		c.friends = append(c.friends, all.list[i])
	}
	return c
}

// Error makes a choice the error of a name that is not clear.
func (c *choice) Error() string { return c.refusal.Error() }

// Unwrap is what it comes to where nobody can choose.
func (c *choice) Unwrap() error { return c.refusal }

func (m *Messenger) unclearRefusal(all *snapshot, word string, exact []int) *Refusal {
	picks := exact
	if len(picks) == 0 {
		picks = m.nearest(all, word)
	}
	r := &Refusal{Problem: problem.Problem{Retry: problem.AfterUser}, silent: true, Candidates: m.candidates(all, picks, word)}
	shown := bubble.Clean(word, nameMax)
	switch {
	case len(exact) > 1:
		r.Reason = "ambiguous_name"
		r.What = fmt.Sprintf(m.say("이름이 '%s'인 친구가 %d명이에요.", "%[2]d friends are named %[1]q."), shown, len(exact))
	case len(picks) > 0:
		r.Reason = "no_exact_name"
		r.What = fmt.Sprintf(m.say("이름이 정확히 '%s'인 친구가 없어요.", "No friend is named exactly %q."), shown)
	default:
		r.Reason = "no_such_friend"
		r.What = fmt.Sprintf(m.say("'%s'에 맞는 친구를 찾지 못했어요.", "No friends match %q."), shown)
	}
	if len(picks) > maxCandidates {
		r.What += " " + fmt.Sprintf(m.say("후보 %d명 중 %d명만 보여 줘요.", "Showing %[2]d of %[1]d candidates."), len(picks), maxCandidates)
	}
	r.Next = m.say("누구에게 보낼지 사용자에게 물어보고, 그 친구의 uuid로 다시 보내 주세요. 카카오에는 휴대전화에 저장한 이름이 아니라 프로필 이름이 나와요.",
		"Ask the user who to send it to, then send it again to that friend's uuid. Kakao only knows profile names, not the names saved on the user's phone.")
	switch {
	case m.cfg.Typed && len(picks) == 0:
		r.Next = m.findAgain()
	case m.cfg.Typed:
		r.Next = m.say("카카오에는 휴대전화에 저장한 이름이 아니라 프로필 이름이 나와요. 친구를 골라 그 친구의 uuid로 다시 실행해 주세요.",
			"Kakao only knows profile names, not the names saved on your phone. Choose a friend and run it again with that uuid.")
	}
	return r
}

// renamed answers a nickname whose only owner is not the person it meant before.
func (m *Messenger) renamed(all *snapshot, word string, hits []int) *Refusal {
	r := m.unclearRefusal(all, word, hits)
	r.Reason = "name_changed_owner"
	r.What = fmt.Sprintf(m.say("지난번에 '%s' 이름으로 찾은 친구와 지금 이 이름을 사용하는 친구가 달라요. 친구가 이름을 바꿨을 수 있어요.", "Last time, %q was a different friend. Someone may have changed their profile name."),
		bubble.Clean(all.list[hits[0]].Nickname, nameMax))
	alias := m.say("앞으로도 이 이름으로 보내려면 사용자가 터미널에서 %s로 별칭을 정하면 돼요.", "To keep using a name for this friend, the user can set an alias with %s in a terminal.")
	if m.cfg.Typed {
		alias = m.say("앞으로도 이 이름으로 보내려면 %s로 별칭을 정해 주세요.", "To keep using a name for this friend, set an alias with %s.")
	}
	r.Next += " " + fmt.Sprintf(alias, m.command("friends alias"))
	return r
}

func (m *Messenger) candidates(all *snapshot, picks []int, word string) []Friend {
	labels := m.labels(word)
	var out []Friend
	for _, i := range picks[:min(len(picks), maxCandidates)] {
		out = append(out, labels.of(all.list[i]))
	}
	markTwins(out, all.image)
	return out
}

// nearest searches for the word, then for less and less of its beginning: an
// agent's 지민아 or 김지민팀장 should still bring the right people up.
func (m *Messenger) nearest(all *snapshot, word string) []int {
	for _, q := range []string{word, hangul.TrimHonorific(word), firstRunes(word, 3), firstRunes(word, 2)} {
		if picks := m.match(all, q); len(picks) > 0 {
			return picks
		}
	}
	return nil
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}
