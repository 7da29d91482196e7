package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/messenger"
)

// friendPage is how many friends are asked for at once: the most that Kakao gives.
const friendPage = 100

// checkPeople looks for people written down by a uuid that is no longer among the
// friends. Who has their name now is a suggestion for the user, who alone knows
// whether that is the same person.
func (d *Doctor) checkPeople(ctx context.Context) Finding {
	rec, missing := d.current(ctx)
	if missing != nil {
		return *missing
	}
	count, _, err := d.Messenger().Written(nil)
	switch {
	case err != nil:
		return d.refused(Fail, "", "", err)
	case count == 0:
		return d.skip("별칭이나 항상 허용한 친구가 없어요.", "There are no aliases and no friends who are always allowed.")
	case !rec.HasFriends():
		return d.skip("친구 목록에 동의하지 않아서 확인하지 않았어요.", "Not checked: no consent to the friend list.")
	}
	friends, err := d.everybody(ctx)
	if err != nil {
		return d.refused(Warn, "친구 목록을 불러오지 못했어요.", "The friend list could not be loaded.", err)
	}
	_, gone, err := d.Messenger().Written(friends)
	switch {
	case err != nil:
		return d.refused(Fail, "", "", err)
	case len(gone) == 0:
		return d.pass("별칭과 항상 허용한 친구가 모두 친구 목록에 있어요(%d).", "All aliases and friends who are always allowed are in the friend list (%d).", count)
	}
	what, next := d.aboutGone(gone)
	return d.problem(Warn, what, next)
}

// aboutGone says who is gone, and what the user can do about it.
func (d *Doctor) aboutGone(gone []messenger.Gone) (what, next string) {
	var names, hints []string
	for _, g := range gone {
		kind, mend := "KAKAO_ALLOW", ""
		switch g.By {
		case messenger.ByAlias:
			kind, mend = d.Lang.Say("별칭", "alias"), fmt.Sprintf("friends alias '%s'", g.Name)
		case messenger.ByApproval:
			kind, mend = d.Lang.Say("항상 허용", "always allowed"), "friends allow"
		}
		names = append(names, kind+" "+cmp.Or(g.Name, d.Settings.ShownEntry(g.UUID)))
		if len(g.Like) > 0 && mend != "" {
			hints = append(hints, d.Lang.Sayf("이름이 같은 친구가 있어요. 같은 사람이면 다시 정해 주세요: `%s %s '%s'`", "A friend has this name now. If it is the same person: `%s %s '%s'`", d.Env.Command(), mend, g.Like[0].Nickname))
		}
	}
	if len(hints) < len(gone) {
		hints = append(hints, d.Lang.Sayf("uuid가 바뀌었거나 더 이상 목록에 없는 친구예요. `%s friends`로 찾아서 다시 정해 주세요.", "Their uuid has changed, or they are no longer in the list. Find them with `%s friends` and set it again.", d.Env.Command()))
	}
	return d.Lang.Sayf("지금 친구 목록에 없어서 메시지를 보낼 수 없어요: %s", "Not in the friend list now, so no message can be sent: %s", strings.Join(names, ", ")), strings.Join(hints, "\n")
}

// listPatience is how long a list of the user's own waits for Kakao's.
const listPatience = 5 * time.Second

// Friends is the friend list, nil if it cannot be had now. Nothing is opened.
func (d *Doctor) Friends(ctx context.Context) []kakao.Friend {
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	rec, missing := d.current(ctx)
	if missing != nil || !rec.HasFriends() {
		return nil
	}
	friends, err := d.everybody(ctx)
	if err != nil {
		return nil
	}
	return friends
}

// Gone tells which aliases (or who else the user has written down, as by says) are no
// longer among friends; "" if all are.
func (d *Doctor) Gone(friends []kakao.Friend, by messenger.Written) (what, next string) {
	_, gone, _ := d.Messenger().Written(friends)
	gone = slices.DeleteFunc(gone, func(g messenger.Gone) bool { return g.By != by })
	if len(gone) == 0 {
		return "", ""
	}
	return d.aboutGone(gone)
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
