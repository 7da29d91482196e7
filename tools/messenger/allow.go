package messenger

import (
	"errors"
	"fmt"
	"slices"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/aliases"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao"
)

// allowed applies KAKAO_ALLOW: when it is set, nobody else is messaged.
func (m *Messenger) allowed(receivers []Receiver, c *choice) error {
	if m.cfg.Allow == nil {
		return nil
	}
	if c != nil {
		if c.friends = slices.DeleteFunc(c.friends, func(f kakao.Friend) bool { return !m.allows(f.UUID) }); len(c.friends) == 0 {
			receivers = append(receivers, Receiver{Name: bubble.Clean(c.word, nameMax), own: true})
		}
	}
	for _, r := range receivers {
		if !m.allows(r.UUID) {
			return &Refusal{Problem: problem.Problem{Reason: "not_allowed", Retry: problem.No,
				What: fmt.Sprintf(m.say("받는 사람이 KAKAO_ALLOW에 없어서 메시지를 보내지 않았어요: %s.", "The recipient is not in KAKAO_ALLOW, so the message was not sent: %s."), r.Called(m.cfg.Lang)) + m.allowedBefore(r.UUID),
				Next: m.onlyTheUser("KAKAO_ALLOW")}}
		}
	}
	return nil
}

// allowedBefore tells of somebody with the name of a friend whom KAKAO_ALLOW means
// and who is gone; "" if there is none.
func (m *Messenger) allowedBefore(uuid string) string {
	all := m.friends.usable()
	if all == nil {
		return ""
	}
	_, gone, _ := m.Written(all.list)
	if !slices.ContainsFunc(gone, func(g Gone) bool {
		return m.allows(g.UUID) && slices.ContainsFunc(g.Like, func(f Friend) bool { return f.UUID == uuid })
	}) {
		return ""
	}
	return " " + m.say("KAKAO_ALLOW에 적은 같은 이름의 친구는 지금 친구 목록에 없어요. uuid가 바뀌었을 수 있어요.", "The friend that KAKAO_ALLOW means by this name is not in the friend list now. Their uuid may have changed.")
}

// onlyTheUser is the next step after a setting held a message back.
func (m *Messenger) onlyTheUser(setting string) string {
	if m.cfg.Typed {
		return fmt.Sprintf(m.say("바꾸려면 %s 설정을 고쳐 주세요.", "To change this, edit the setting %s."), setting)
	}
	return m.say("이 설정은 사용자만 바꿀 수 있어요.", "Only the user can change this setting.")
}

// allows reports whether KAKAO_ALLOW names uuid, itself or by an alias.
func (m *Messenger) allows(uuid string) bool {
	return slices.ContainsFunc(m.cfg.Allow, func(word string) bool {
		if word == uuid {
			return true
		}
		aliased, _, err := m.aliases.Of(word)
		return err == nil && aliased == uuid
	})
}

func (m *Messenger) aliasProblem(err error) error {
	if p := problem.OfFile(m.cfg.Lang, err); p != nil {
		return &Refusal{Problem: *p, silent: true}
	}
	m.cfg.Log.Error("alias file", "err", err)
	if errors.Is(err, aliases.ErrNewer) {
		return &Refusal{silent: true, Problem: problem.Problem{Reason: "home_unusable", Retry: problem.AfterUser,
			What: fmt.Sprintf(m.say("더 새로운 버전이 만든 별칭 파일이에요(%s).", "A newer version wrote the alias file (%s)."), m.aliases.Path),
			Next: m.say(updateKo, updateEn)}}
	}
	return &Refusal{silent: true, Problem: problem.Problem{Reason: "home_unusable", Retry: problem.AfterUser,
		What: fmt.Sprintf(m.say("별칭 파일을 사용할 수 없어요(%s).", "The alias file cannot be used (%s)."), m.aliases.Path),
		Next: m.say("파일을 확인하거나 다른 곳으로 옮겨 주세요.", "Check the file, or move it elsewhere.")}}
}
