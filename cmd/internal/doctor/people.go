package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
)

// friendPage is how many friends are asked for at once: the most that Kakao gives.
const friendPage = 100

// maxShownName is how many characters of a name are shown.
const maxShownName = 30

// person is somebody whom the user has written down by uuid.
type person struct {
	as   string // what they are written down as
	name string // the user's word for them, or their name at the time
	uuid string
	mend string // arguments that write them down anew, but for who it is; "" if a setting does
}

// writtenDown are all aliases, approvals and entries of KAKAO_ALLOW.
func (d *Doctor) writtenDown() ([]person, error) {
	m := d.Messenger()
	aliases, err := m.Aliases()
	if err != nil {
		return nil, err
	}
	approved, err := m.Approved()
	if err != nil {
		return nil, err
	}
	var list []person
	for _, a := range aliases {
		list = append(list, person{d.Lang.Say("별칭", "alias"), a.Name, a.UUID, fmt.Sprintf("friends alias '%s'", a.Name)})
	}
	for _, a := range approved {
		list = append(list, person{d.Lang.Say("항상 허용", "always allowed"), a.Name, a.UUID, "friends allow"})
	}
	for _, who := range d.Settings.Allow.Who {
		if !slices.ContainsFunc(list, func(p person) bool { return hangul.Fold(p.name) == hangul.Fold(who) }) {
			list = append(list, person{as: "KAKAO_ALLOW", name: d.Settings.ShownEntry(who), uuid: who})
		}
	}
	return list, nil
}

// checkPeople looks for people written down by a uuid that is no longer among the
// friends: a uuid can change. Who has their name now is a suggestion for the user,
// who alone knows whether that is the same person.
func (d *Doctor) checkPeople(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	list, err := d.writtenDown()
	switch {
	case err != nil:
		return d.refused(Fail, "", "", err)
	case len(list) == 0:
		return d.skip("별칭이나 항상 허용한 친구가 없어요.", "There are no aliases and no friends who are always allowed.")
	case !rec.HasFriends():
		return d.skip("친구 목록에 동의하지 않아서 확인하지 않았어요.", "Not checked: no consent to the friend list.")
	}
	friends, err := d.everybody(ctx)
	if err != nil {
		return d.refused(Warn, "친구 목록을 불러오지 못했어요.", "The friend list could not be loaded.", err)
	}
	var gone, hints []string
	for _, p := range list {
		if slices.ContainsFunc(friends, func(f kakao.Friend) bool { return f.UUID == p.uuid }) {
			continue
		}
		name := bubble.Clean(p.name, maxShownName)
		gone = append(gone, p.as+" "+name)
		if p.mend != "" && slices.ContainsFunc(friends, func(f kakao.Friend) bool { return hangul.Fold(f.Nickname) == hangul.Fold(p.name) }) {
			hints = append(hints, d.Lang.Sayf("이름이 같은 친구가 있어요. 같은 사람이면 다시 정해 주세요: `%s %s '%s'`", "A friend has this name now. If it is the same person: `%s %s '%s'`", d.Env.Command(), p.mend, name))
		}
	}
	if len(gone) == 0 {
		return d.pass("별칭과 항상 허용한 친구가 모두 친구 목록에 있어요(%d).", "All aliases and friends who are always allowed are in the friend list (%d).", len(list))
	}
	if len(hints) < len(gone) {
		hints = append(hints, d.Lang.Sayf("uuid가 바뀌었거나 더 이상 목록에 없는 친구예요. `%s friends`로 찾아서 다시 정해 주세요.", "Their uuid has changed, or they are no longer in the list. Find them with `%s friends` and set it again.", d.Env.Command()))
	}
	return d.problem(Warn, d.Lang.Sayf("지금 친구 목록에 없어서 메시지를 보낼 수 없어요: %s", "Not in the friend list now, so no message can be sent: %s", strings.Join(gone, ", ")), strings.Join(hints, "\n"))
}

// everybody is the whole friend list.
func (d *Doctor) everybody(ctx context.Context) (list []kakao.Friend, err error) {
	for offset := 0; offset >= 0; {
		var page kakao.FriendPage
		if _, err := d.asked(ctx, func(access string) (err error) {
			page, err = d.Kakao.Friends(ctx, access, offset, friendPage)
			return err
		}); err != nil {
			return nil, err
		}
		list = append(list, page.Friends...)
		offset = page.Next
	}
	return list, nil
}
