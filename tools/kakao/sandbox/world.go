package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Person is somebody with a Kakao account.
type Person struct {
	ID        int64  `json:"id"`
	Nickname  string `json:"nickname"`
	Thumbnail string `json:"thumbnail"` // URL of the 110 px picture, "" for none
	TalkUser  bool   `json:"talk_user"` // uses KakaoTalk; others get -501
	// Both make the profile one that is not public: messages are refused with -530.
	PrivateProfile bool `json:"private_profile"` // not in anybody's friends list
	MessagesOff    bool `json:"messages_off"`    // in the list, with allowed_msg: false
}

// UpdatePerson lets change edit somebody, if there is one with this ID, which stays.
// change must not call the sandbox.
func (s *Sandbox) UpdatePerson(id int64, change func(*Person)) {
	s.change(func() {
		if p := s.people[id]; p != nil {
			change(p)
			p.ID = id
		}
	})
}

// RestorePeople undoes every UpdatePerson.
func (s *Sandbox) RestorePeople() {
	s.change(func() {
		for id, p := range s.asAdded {
			*s.people[id] = p
		}
	})
}

// Friendship is how one person keeps another in KakaoTalk.
type Friendship struct {
	Favorite bool `json:"favorite"`
	Hidden   bool `json:"hidden"`
	Blocked  bool `json:"blocked"`
}

// link is the connection of a person to the app.
type link struct {
	since  time.Time
	issued bool            // a token was issued: only then does the person count as a friend
	agreed map[string]bool // consent items agreed to
	asked  map[string]bool // optional items shown once: plain logins do not ask again
	// cutOutside: the person ended the connection in their Kakao account, not through
	// the API. Access tokens still around answer -101.
	cutOutside bool
}

func newLink(since time.Time) *link {
	return &link{since: since, agreed: map[string]bool{}, asked: map[string]bool{}}
}

// linked returns the person's connection to the app, nil for none.
func (s *Sandbox) linked(person int64) *link {
	if l := s.links[person]; l != nil && !l.cutOutside {
		return l
	}
	return nil
}

// agreed returns the consent items the person has agreed to and the app still uses, sorted.
func (s *Sandbox) agreed(person int64) []string {
	l := s.linked(person)
	if l == nil {
		return nil
	}
	ids := slices.Sorted(maps.Keys(l.agreed))
	return slices.DeleteFunc(ids, func(id string) bool { return !s.app.configured(id) })
}

// change does something, and drops what was known of the world before.
func (s *Sandbox) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	s.worldChanged()
}

// worldChanged drops what was computed from people, links and app settings.
func (s *Sandbox) worldChanged() {
	s.listings = map[listingKey][]friend{}
	s.changed()
}

// People returns everybody in the order they were added; the first is the owner.
func (s *Sandbox) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Person, len(s.order))
	for i, id := range s.order {
		list[i] = *s.people[id]
	}
	return list
}

// Owner returns the person who owns the app: the one people log in as by default.
func (s *Sandbox) Owner() Person { return s.People()[0] }

// AddPerson adds somebody without friends or connection and returns the ID: the given
// one, or a fresh one if it is 0 or taken.
func (s *Sandbox) AddPerson(p Person) (id int64) {
	s.change(func() { id = s.addPerson(p) })
	return id
}

const firstPersonID = 4100000001 // ten digits, as current 회원번호 have

func (s *Sandbox) addPerson(p Person) int64 {
	if p.ID == 0 || s.people[p.ID] != nil {
		p.ID = firstPersonID + int64(len(s.order))
		for s.people[p.ID] != nil {
			p.ID++
		}
	}
	s.people[p.ID], s.asAdded[p.ID] = &p, p
	s.order = append(s.order, p.ID)
	s.byUUID[s.uuid(p.ID)] = p.ID
	return p.ID
}

// Befriend makes b a KakaoTalk friend of a, in this direction only. It replaces how a
// kept b before. Unknown IDs are ignored.
func (s *Sandbox) Befriend(a, b int64, f Friendship) {
	s.change(func() { s.befriend(a, b, f) })
}

func (s *Sandbox) befriend(a, b int64, f Friendship) {
	if s.people[a] == nil || s.people[b] == nil || a == b {
		return
	}
	if s.friendships[a] == nil {
		s.friendships[a] = map[int64]Friendship{}
	}
	s.friendships[a][b] = f
}

// Connect makes the person somebody who finished a login to the app, token included,
// and agreed to these consent items (beside those agreed to before).
func (s *Sandbox) Connect(person int64, scopes ...string) {
	s.change(func() { s.connect(person, scopes) })
}

func (s *Sandbox) connect(person int64, scopes []string) {
	if s.people[person] == nil {
		return
	}
	l := s.linked(person)
	if l == nil {
		l = newLink(s.now())
		s.links[person] = l
	}
	l.issued = true
	for _, id := range scopes {
		l.agreed[id], l.asked[id] = true, true
	}
}

// WithdrawConsent takes back these consents of the person, all of them if none is named.
func (s *Sandbox) WithdrawConsent(person int64, scopes ...string) {
	s.change(func() {
		l := s.linked(person)
		if l == nil {
			return
		}
		if len(scopes) == 0 {
			clear(l.agreed)
		}
		for _, id := range scopes {
			delete(l.agreed, id)
		}
	})
}

// Unlink ends the person's connection from the outside, as in Kakao's account settings:
// refresh tokens end (KOE322), access tokens answer -101 until they expire. (The
// endpoint /v1/user/unlink ends access tokens at once: -401.)
func (s *Sandbox) Unlink(person int64) {
	s.change(func() {
		if l := s.linked(person); l != nil {
			l.cutOutside = true
			s.endGrants(person)
		}
	})
}

// UUID returns how the app names the person. Another app has another name for them.
func (s *Sandbox) UUID(person int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.uuid(person)
}

// ChangeUUID gives the person another uuid, as Kakao may when the state of an
// account changes, and returns it. The old one names nobody any more.
func (s *Sandbox) ChangeUUID(person int64) string {
	s.change(func() {
		delete(s.byUUID, s.uuid(person))
		s.uuidChanges[person]++
		s.byUUID[s.uuid(person)] = person
	})
	return s.UUID(person)
}

func (s *Sandbox) uuid(person int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%d", s.app.ID, person, s.uuidChanges[person]))
	return UUIDMark + base64.RawURLEncoding.EncodeToString(sum[:16]) // 34 characters, as Kakao's
}
