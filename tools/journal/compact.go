package journal

import (
	"crypto/rand"
	"encoding/binary"
	"maps"
	"slices"
	"sort"
	"time"

	"kakaotalk-mcp/auth/ground/private"
)

const (
	// maxRecords bounds the file: 640 kB, read in a few milliseconds.
	maxRecords = 10_000
	// keepRecords is what rewriting leaves at most, so that it is rare: after 2,500 further records.
	keepRecords = 7_500
	// maxNames are remembered, the last learnt ones; nobody writes to so many people.
	maxNames = 2_500
)

// rewrite writes the journal anew with what still matters, and makes it when there is none.
func (j *Journal) rewrite() error {
	records := j.compacted(j.now())
	var generation hash
	_, _ = rand.Read(generation[:]) // never fails
	content := newHeader(generation)
	for _, r := range records {
		content = r.append(content)
	}
	if j.seen.damaged {
		if err := j.keepDamaged(); err != nil {
			return err
		}
	}
	if err := j.create(fileName, content); err != nil {
		return err
	}
	j.forget()
	for _, r := range records {
		j.apply(r)
	}
	j.records = len(records)
	j.seen = seen{loaded: true, generation: generation, end: int64(len(content))}
	return nil
}

// keepDamaged copies a file that is no journal: it may be somebody's. Moving it would leave a moment without a journal.
func (j *Journal) keepDamaged() error {
	content, err := private.Read(j.path(fileName), maxFileSize)
	if err != nil {
		return unavailable("reading the damaged file", err)
	}
	if len(content) == 0 {
		return nil
	}
	return j.create(damagedName, content)
}

// compacted returns the records that still matter: the events and uploads of the last 24 hours, each account's best
// day, and what names meant.
func (j *Journal) compacted(now time.Time) []record {
	today := dayOf(now.UnixNano())
	records := j.newestNames()
	for h, a := range j.accounts {
		if best := a.bestBefore(today); best > 0 {
			r := record{kind: kindBest, at: now.UnixNano(), hashes: [3]hash{h}}
			binary.LittleEndian.PutUint64(r.hashes[1][:], uint64(best))
			records = append(records, r)
		}
	}
	records = append(records, j.newestPlaces(now)...)
	return append(records, j.liveEvents(now, keepRecords-len(records))...)
}

func (j *Journal) newestNames() []record {
	list := slices.Collect(maps.Values(j.names))
	sort.Slice(list, func(a, b int) bool { return list[a].age < list[b].age })
	records := make([]record, 0, min(len(list), maxNames))
	for _, m := range list[max(0, len(list)-maxNames):] {
		records = append(records, m.record)
	}
	return records
}

// liveEvents returns the events in the order in which they began, which is not that of their times when the clock was
// set back. When there are too many, the oldest messages to oneself go first: they count in no quota that is known.
func (j *Journal) liveEvents(now time.Time, most int) []record {
	var list []event
	for _, events := range j.events {
		for i, e := range events {
			if now.UnixNano()-e.at >= int64(maxWindow) {
				continue // today's, which Usage counts, are younger
			}
			// An entry from far ahead ends being one, or it would stay for years. A smaller lead passes by itself, and
			// perhaps it is the clock that is wrong just now. The position keeps times apart.
			if e.at-now.UnixNano() >= int64(maxWindow) {
				e.at = now.UnixNano() + int64(i)
			}
			list = append(list, e)
		}
	}
	if most = max(0, most); len(list) > most {
		sort.Slice(list, func(a, b int) bool {
			if list[a].friend != list[b].friend {
				return list[b].friend
			}
			return list[a].age < list[b].age
		})
		list = list[len(list)-most:]
	}
	sort.Slice(list, func(a, b int) bool { return list[a].age < list[b].age })
	records := make([]record, len(list))
	for i, e := range list {
		records[i] = e.record
	}
	return records
}
