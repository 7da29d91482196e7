// Package quota counts one app's calls against Kakao's daily limits of friend messages
// and of the calendar. Kakao docs: Quota. It knows people by their ids; who uses it locks.
package quota

import "time"

const (
	appDaily       = 30_000 // all friend messages of the app
	calendarDaily  = 30_000 // calls of the calendar, of the app
	senderDaily    = 100
	receiverDaily  = 100
	pairDaily      = 20
	preReviewDaily = 30 // per sender, before the app is reviewed
)

// Day holds the counters of the current day; the zero value has counted nothing.
type Day struct {
	now      func() time.Time
	reviewed func() bool // the app may send to friends who are no members

	day              string
	app, calendar    int
	sender, receiver map[int64]int
	pair             map[pair]int
}

// pair is a sender and a receiver.
type pair struct{ from, to int64 }

// New returns the counters of an app.
func New(now func() time.Time, reviewed func() bool) *Day { return &Day{now: now, reviewed: reviewed} }

// turn begins a new day. Kakao's is taken to turn over at midnight in Korea.
func (d *Day) turn() {
	if day := d.now().In(time.FixedZone("KST", 9*60*60)).Format(time.DateOnly); d.day != day {
		d.Reset()
		d.day = day
	}
}

// Reset sets everything to zero.
func (d *Day) Reset() {
	*d = Day{now: d.now, reviewed: d.reviewed, sender: map[int64]int{}, receiver: map[int64]int{}, pair: map[pair]int{}}
}

// Limit is how many friend messages a person may send a day.
func (d *Day) Limit() int {
	if d.reviewed() {
		return senderDaily
	}
	return preReviewDaily
}

// Sent is how many friend messages a person has sent today.
func (d *Day) Sent(person int64) int {
	d.turn()
	return d.sender[person]
}

// UseUp lets the person have sent the day's last friend message.
func (d *Day) UseUp(person int64) {
	d.turn()
	d.sender[person] = d.Limit()
}

// AppOver tells whether the app has sent its last friend message of the day.
func (d *Day) AppOver() bool {
	d.turn()
	return d.app >= appDaily
}

// Over returns code and text of the limit that a message would exceed, 0 for none.
func (d *Day) Over(from, to int64) (code int, text string) {
	d.turn()
	switch {
	case d.sender[from] >= d.Limit():
		return -532, "daily message limit per sender has been exceeded."
	case d.receiver[to] >= receiverDaily:
		return -533, "daily message limit per receiver has been exceeded."
	case d.pair[pair{from, to}] >= pairDaily:
		return -536, "daily message limit per sender and receiver has been exceeded."
	}
	return 0, ""
}

// CountMessage counts a friend message.
func (d *Day) CountMessage(from, to int64) {
	d.turn()
	d.app++
	d.sender[from]++
	d.receiver[to]++
	d.pair[pair{from, to}]++
}

// CountCalendar counts a call of the calendar; over is one too many.
func (d *Day) CountCalendar() (over bool) {
	d.turn()
	d.calendar++
	return d.calendar > calendarDaily
}
