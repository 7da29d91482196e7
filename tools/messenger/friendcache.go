package messenger

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
)

const (
	// friendsFresh is how long a read friend list is taken as current.
	friendsFresh = 60 * time.Second
	// friendsPage is Kakao's largest page.
	friendsPage = 100
	// friendsParallel bounds the pages asked for at the same time.
	friendsParallel = 10
	// friendsMax bounds what a wrong total_count can make us read.
	friendsMax = 20_000
)

// snapshot is the whole friend list at one moment, favourites first.
type snapshot struct {
	at      time.Time
	account string         // whose friends they are
	list    []kakao.Friend // nicknames as they are shown, and what is cut off there
	byUUID  map[string]int
	index   *hangul.Index
}

func newSnapshot(list []kakao.Friend) *snapshot {
	s := &snapshot{list: list, byUUID: make(map[string]int, len(list))}
	names := make([]string, len(list))
	for i, f := range list {
		s.byUUID[f.UUID] = i
		names[i] = f.Nickname
	}
	s.index = hangul.NewIndex(names)
	return s
}

// friendCache keeps the friend list for a while and reads it once for many callers.
type friendCache struct {
	m       *Messenger
	reading chan struct{} // holds one value while somebody reads
	mu      sync.Mutex
	last    *snapshot
	stale   bool
}

func newFriendCache(m *Messenger) *friendCache {
	return &friendCache{m: m, reading: make(chan struct{}, 1)}
}

// usable returns the last list if it is the account's and not found wrong since.
func (d *friendCache) usable() *snapshot {
	account := d.m.cfg.Session.Account()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil || d.stale || d.last.account != account {
		return nil
	}
	return d.last
}

// current returns a list no older than friendsFresh, or nil.
func (d *friendCache) current() *snapshot {
	if s := d.usable(); s != nil && d.m.now().Sub(s.at) < friendsFresh {
		return s
	}
	return nil
}

// known returns what was last seen of a uuid, however long ago: enough to name a
// person, not to decide who is meant.
func (d *friendCache) known(uuid string) (kakao.Friend, bool) {
	s := d.usable()
	if s == nil {
		return kakao.Friend{}, false
	}
	i, ok := s.byUUID[uuid]
	if !ok {
		return kakao.Friend{}, false
	}
	return s.list[i], true
}

// drop makes the next all read the list anew.
func (d *friendCache) drop() {
	d.mu.Lock()
	d.stale = true
	d.mu.Unlock()
}

// all returns the whole list, from memory while it is fresh.
func (d *friendCache) all(ctx context.Context, h Human) (*snapshot, error) {
	if s := d.current(); s != nil {
		return s, nil
	}
	select {
	case d.reading <- struct{}{}:
		defer func() { <-d.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := d.current(); s != nil {
		return s, nil // the caller before us read it
	}
	at := d.m.now() // before reading: what changes meanwhile may be missed
	list, err := d.read(ctx, h)
	if err != nil {
		return nil, err
	}
	s := newSnapshot(list)
	s.at, s.account = at, d.m.cfg.Session.Account()
	d.mu.Lock()
	d.last, d.stale = s, false
	d.mu.Unlock()
	return s, nil
}

// read fetches the first page, which may ask for a login, then the others in
// parallel, then whatever lies behind a total that was too small.
func (d *friendCache) read(ctx context.Context, h Human) ([]kakao.Friend, error) {
	first, err := d.page(ctx, h, 0, friendsPage)
	if err != nil {
		return nil, err
	}
	list, next := first.Friends, first.Next
	if count := min(first.Total, friendsMax); next == friendsPage && count > friendsPage {
		pages := make([]kakao.FriendPage, (count+friendsPage-1)/friendsPage)
		if err := d.readAll(ctx, h, pages); err != nil {
			return nil, err
		}
		for _, p := range pages[1:] {
			list = append(list, p.Friends...)
		}
		next = pages[len(pages)-1].Next
	}
	for more := 0; next > 0 && len(list) < friendsMax && more < friendsMax/friendsPage; more++ {
		p, err := d.page(ctx, h, next, friendsPage)
		if err != nil {
			return nil, err
		}
		list, next = append(list, p.Friends...), p.Next
	}
	return unique(list), nil
}

// readAll fills pages but the first, a few at a time.
func (d *friendCache) readAll(ctx context.Context, h Human, pages []kakao.FriendPage) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var readers sync.WaitGroup
	var turn atomic.Int64
	for range min(friendsParallel, len(pages)-1) {
		readers.Go(func() {
			for i := int(turn.Add(1)); i < len(pages) && ctx.Err() == nil; i = int(turn.Add(1)) {
				p, err := d.page(ctx, h, i*friendsPage, friendsPage)
				if err != nil {
					cancel(err) // one page missing: the list would be wrong
					return
				}
				pages[i] = p
			}
		})
	}
	readers.Wait()
	return context.Cause(ctx)
}

func (d *friendCache) page(ctx context.Context, h Human, offset, limit int) (kakao.FriendPage, error) {
	var page kakao.FriendPage
	err := d.m.read(ctx, h, func(token string) (err error) {
		page, err = d.m.cfg.Kakao.Friends(ctx, token, offset, limit)
		return err
	})
	for i, f := range page.Friends { // what nobody sees tells nobody apart
		page.Friends[i].Nickname = bubble.Clean(f.Nickname, approvedMax)
	}
	return page, err
}

// unique drops repeats: a friend who moves between two pages is listed twice.
func unique(list []kakao.Friend) []kakao.Friend {
	seen := make(map[string]bool, len(list))
	out := list[:0]
	for _, f := range list {
		if f.UUID != "" && !seen[f.UUID] {
			seen[f.UUID] = true
			out = append(out, f)
		}
	}
	return out
}

// ownUUID reports whether uuid is the user's own. Not being able to tell counts
// as no: the receiver is refused as unknown then.
func (m *Messenger) ownUUID(ctx context.Context, h Human, uuid string) (bool, error) {
	var own string
	err := m.read(ctx, h, func(token string) (err error) {
		own, err = m.cfg.Kakao.OwnUUID(ctx, token)
		return err
	})
	if _, answered := errors.AsType[*kakao.Error](err); answered {
		return false, nil
	}
	return err == nil && own != "" && own == uuid, err
}

func (s *snapshot) image(uuid string) string {
	if i, ok := s.byUUID[uuid]; ok {
		return s.list[i].Thumbnail
	}
	return ""
}
