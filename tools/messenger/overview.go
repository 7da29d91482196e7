package messenger

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/tools/kakao"
)

// Friends is the whole friend list, favourites first.
func (m *Messenger) Friends(ctx context.Context, h Human) ([]Friend, error) {
	all, err := m.everybody(ctx, h)
	if err != nil {
		return nil, err
	}
	labels := m.labels("")
	list := make([]Friend, 0, len(all.list))
	for _, f := range all.list {
		list = append(list, labels.of(f))
	}
	return list, nil
}

// Friend is the friend with a uuid.
func (m *Messenger) Friend(ctx context.Context, uuid string, h Human) (Friend, error) {
	all, err := m.everybody(ctx, h)
	if err != nil {
		return Friend{}, err
	}
	i, ok := all.byUUID[uuid]
	if !ok {
		return Friend{}, m.bad("unknown_uuid", "친구 목록에 없는 uuid예요.", "This uuid is not in the friend list.", m.findAgain(), m.findAgain())
	}
	return m.labels("").of(all.list[i]), nil
}

func (m *Messenger) everybody(ctx context.Context, h Human) (*snapshot, error) {
	if m.cfg.Session == nil {
		return nil, m.notSetUp()
	}
	return m.friends.all(ctx, h)
}

// Complete returns the friends whom a half-typed name may mean, all of them for a
// blank one. It looks only at the list in memory, and where there is none at the user's
// own words: typing is not asking.
func (m *Messenger) Complete(typed string) []Friend {
	if m.cfg.Session == nil {
		return nil
	}
	s := m.friends.current()
	if s == nil { // the user's own words are known all the same
		var people []kakao.Friend
		for _, uuid := range slices.Sorted(maps.Keys(m.aliases.ByUUID(""))) {
			people = append(people, kakao.Friend{UUID: uuid})
		}
		s = newSnapshot(people)
	}
	picks := m.match(s, typed)
	if strings.TrimSpace(typed) == "" {
		for i := range s.list {
			picks = append(picks, i)
		}
	}
	labels := m.labels("")
	list := make([]Friend, 0, len(picks))
	for _, i := range picks {
		list = append(list, labels.of(s.list[i]))
	}
	return list
}

// Account is who is logged in, without ever asking for a login; nil if nobody is.
func (m *Messenger) Account(ctx context.Context) (*auth.Record, error) {
	if m.cfg.Session == nil {
		return nil, m.notSetUp()
	}
	rec, err := m.cfg.Session.Current(ctx)
	if errors.Is(err, auth.ErrLoginNeeded) {
		return nil, nil
	}
	return rec, err
}
