package journal

import (
	"context"
	"time"
)

// Usage counts messages to friends, of one account, by Korean days.
type Usage struct {
	Today   int // delivered or possibly delivered today
	BestDay int // the most that were delivered on any past day: that many are allowed
	pair    func(receiver string) int
}

// Pair returns how many of Today's went to receiver.
func (u Usage) Pair(receiver string) int {
	if u.pair == nil {
		return 0
	}
	return u.pair(receiver)
}

// Used returns the usage of an account; of "", before a login was read, that of the
// account that sent most today. It writes nothing.
func (j *Journal) Used(ctx context.Context, account string) (Usage, error) {
	var u Usage
	err := j.read(ctx, func(k key) error {
		today := dayOf(j.now().UnixNano())
		for name, a := range j.accounts {
			if account != "" && name != k.hash("account", account) {
				continue
			}
			sent, pairs := a.since(today)
			u.Today, u.BestDay = max(u.Today, sent), max(u.BestDay, a.bestBefore(today))
			u.pair = func(receiver string) int { return pairs[k.hash("pair", account, receiver)] }
		}
		return nil
	})
	return u, err
}

// since counts what may have been sent today, by pair too. A later day is today before
// the clock was set back.
func (a *account) since(today int64) (sent int, pairs map[hash]int) {
	pairs = map[hash]int{}
	for d, count := range a.days {
		if d < today {
			continue
		}
		sent += count.possible
		for pair, n := range count.pairs {
			pairs[pair] += n
		}
	}
	return sent, pairs
}

func (a *account) bestBefore(today int64) int {
	best := a.best
	for d, count := range a.days {
		if d < today {
			best = max(best, count.delivered)
		}
	}
	return best
}

// LastTo returns when account last sent, or possibly sent, something to receiver; zero if that is longer ago than
// entries are kept. It writes nothing.
func (j *Journal) LastTo(ctx context.Context, account, receiver string) (last time.Time, err error) {
	err = j.read(ctx, func(k key) error {
		pair := k.hash("pair", account, receiver)
		for _, events := range j.events {
			for _, e := range events {
				if at := time.Unix(0, e.at); e.hashes[2] == pair && at.After(last) {
					last = at
				}
			}
		}
		return nil
	})
	return last, err
}

// LearnName remembers that nickname now means uuid, at the time of a send. Nicknames are compared byte by byte: fold
// them first.
func (j *Journal) LearnName(ctx context.Context, account, nickname, uuid string) error {
	return j.write(ctx, func(k key) ([]record, error) {
		name, meant := k.name(account, nickname, uuid)
		if have, known := j.names[name]; known && have.hashes[1] == meant {
			return nil, nil
		}
		r := record{kind: kindName, at: j.now().UnixNano(), hashes: [3]hash{name, meant}}
		return []record{r}, nil
	})
}

// NameMeant tells whether nickname is known and whether it meant this uuid when it was last learnt. It writes nothing.
func (j *Journal) NameMeant(ctx context.Context, account, nickname, uuid string) (known, same bool, err error) {
	err = j.read(ctx, func(k key) error {
		name, meant := k.name(account, nickname, uuid)
		var have meaning
		have, known = j.names[name]
		same = known && have.hashes[1] == meant
		return nil
	})
	return known, same, err
}

func (k key) name(account, nickname, uuid string) (name, meant hash) {
	return k.hash("name", account, nickname), k.hash("uuid", account, uuid)
}
