package sandbox

// Daily limits of friend messages. Kakao's day is taken to turn over at midnight in Korea.
const (
	appDaily       = 30_000 // all friend messages of the app
	senderDaily    = 100
	receiverDaily  = 100
	pairDaily      = 20
	preReviewDaily = 30 // per sender, before the app has the permission
)

// pair is a sender and a receiver.
type pair struct{ from, to int64 }

// counters count the friend messages of one day.
type counters struct {
	day              string
	app              int
	calendar         int // calls of the calendar, of the whole app
	sender, receiver map[int64]int
	pair             map[pair]int
}

// today returns the counters of the current day.
func (s *Sandbox) today() *counters {
	day := s.now().In(kst()).Format("2006-01-02")
	if s.quota.day != day {
		s.quota = counters{day: day, sender: map[int64]int{}, receiver: map[int64]int{}, pair: map[pair]int{}}
	}
	return &s.quota
}

func (s *Sandbox) senderLimit() int {
	if s.app.Permission {
		return senderDaily
	}
	return preReviewDaily
}

// overQuota returns code and text of the limit that a message would exceed, 0 for none.
func (s *Sandbox) overQuota(from, to int64) (int, string) {
	c := s.today()
	switch {
	case c.sender[from] >= s.senderLimit():
		return -532, "daily message limit per sender has been exceeded."
	case c.receiver[to] >= receiverDaily:
		return -533, "daily message limit per receiver has been exceeded."
	case c.pair[pair{from, to}] >= pairDaily:
		return -536, "daily message limit per sender and receiver has been exceeded."
	}
	return 0, ""
}

func (s *Sandbox) countMessage(from, to int64) {
	c := s.today()
	c.app++
	c.sender[from]++
	c.receiver[to]++
	c.pair[pair{from, to}]++
}

// UseUpQuota lets the person have sent the day's last friend message (-532 until the
// day turns over). Messages to oneself are not counted.
func (s *Sandbox) UseUpQuota(person int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.today().sender[person] = s.senderLimit()
	s.changed()
}

// ResetQuota sets all counters of the day to zero, as [도구] > [초기화 도구] does.
func (s *Sandbox) ResetQuota() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota = counters{}
	s.changed()
}
