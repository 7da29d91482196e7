package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestCompaction(t *testing.T) {
	dir := home(t)
	c := &clock{noon.Add(-50 * time.Hour)}
	j, other := open(t, c, dir), open(t, c, dir)
	if err := j.LearnName(t.Context(), "1", "지민", "a"); err != nil {
		t.Fatal(err)
	}
	send(t, j, items("old", "old2"), Delivered, Delivered)
	c.Time = noon
	send(t, j, items("friend", "gone", "maybe"), Delivered, Refused, Uncertain)
	claim := begin(t, j, items("flying"), false)
	look(t, other, items("friend"))

	largest := 0
	for n := range 120 { // 12,000 messages to oneself
		c.Time = c.Add(time.Second)
		list := make([]Item, 100)
		for i := range list {
			list[i] = Item{"1", Me, fmt.Sprint(n), i}
		}
		send(t, j, list, make([]Outcome, len(list))...)
		info, err := os.Stat(filepath.Join(dir, fileName))
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, int(info.Size()/recordSize)-1)
	}
	if largest > maxRecords || largest < keepRecords {
		t.Errorf("the file grew to %d records, want at most %d", largest, maxRecords)
	}
	for _, j := range []*Journal{j, other, open(t, c, dir)} {
		got := look(t, j, items("friend", "gone", "maybe", "flying", "old"))
		at := time.Unix(0, noon.UnixNano())
		equal(t, "states", []Status{{Sent, at, false}, {}, {Unknown, at, false}, {InFlight, at, false}, {}}, got)
		u, err := j.Used(t.Context(), "1")
		if err != nil || u.Today != 3 || u.BestDay != 2 {
			t.Errorf("usage %+v, %v", u, err)
		}
		if known, same, err := j.NameMeant(t.Context(), "1", "지민", "a"); !known || !same || err != nil {
			t.Errorf("name: %v, %v, %v", known, same, err)
		}
		last := look(t, j, []Item{{"1", Me, "119", 99}, {"1", Me, "0", 0}})
		if last[0].State != Unknown || last[1].State != Fresh {
			t.Errorf("newest and oldest of too many: %v", last)
		}
	}
	if err := j.Finish(t.Context(), claim, []Outcome{Delivered}); err != nil {
		t.Fatal(err)
	}
	if got := look(t, other, items("flying"))[0].State; got != Sent {
		t.Errorf("finished after the rewriting: state %d", got)
	}
}

// A reader that knew the old file must not take the new one, grown to the same length, for a continuation.
func TestRewrittenByAnother(t *testing.T) {
	c := &clock{noon}
	dir := home(t)
	j, other := open(t, c, dir), open(t, c, dir)
	send(t, j, items("a", "b", "c"), Delivered, Delivered, Delivered)
	look(t, other, items("a"))
	c.Time = c.Add(maxWindow)
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	list := items("d", "e", "f", "g")
	send(t, j, list, Delivered, Delivered, Delivered, Delivered)
	for i, status := range look(t, other, list) {
		if status.State != Sent {
			t.Errorf("item %d is in state %d", i, status.State)
		}
	}
}

func TestNamesAreBounded(t *testing.T) {
	c := &clock{noon}
	j := open(t, c, home(t))
	send(t, j, items("a"), Delivered)
	for i := range maxNames + 10 {
		j.apply(record{kind: kindName, at: 1, hashes: [3]hash{{byte(i), byte(i >> 8)}, {1}}})
	}
	records := j.newestNames()
	if len(records) != maxNames || records[0].hashes[0] != (hash{10}) {
		t.Errorf("%d names, the first is %v", len(records), records[0].hashes[0])
	}
}

// TestNewestSurvivesAClockSetBack: what was sent a moment ago is not the first to go
// when the journal is rewritten, although thousands of older entries seem to be from
// the future.
func TestNewestSurvivesAClockSetBack(t *testing.T) {
	dir := home(t)
	c := &clock{noon}
	j := open(t, c, dir)
	mine := func(content string, n int) []Item {
		list := make([]Item, n)
		for part := range list {
			list[part] = Item{"1", Me, content, part}
		}
		return list
	}
	for round := range 19 {
		begin(t, j, mine(strconv.Itoa(round), 500), false)
	}
	c.Time = noon.Add(-10 * time.Minute)
	send(t, j, mine("new", 1), Delivered)
	before := readFile(t, dir, fileName)
	for round := range 12 { // rewritten twice: the first time must not mix up their order either
		c.Time = c.Add(time.Second)
		begin(t, j, mine("more "+strconv.Itoa(round), 300), false)
	}
	if bytes.HasPrefix(readFile(t, dir, fileName), before[:recordSize]) {
		t.Fatal("the journal was not rewritten")
	}
	for name, j := range map[string]*Journal{"same": j, "another": open(t, c, dir)} {
		if got := look(t, j, mine("new", 1))[0].State; got != Sent {
			t.Errorf("%s process: the newest message is %v", name, got)
		}
	}
}

// TestRewrittenWhileTheClockIsWrong: the clock is set back, the journal rewritten,
// and the clock set right again: what was sent a minute ago is known as such. An entry
// from far ahead becomes one of now, or it would stay for years.
func TestRewrittenWhileTheClockIsWrong(t *testing.T) {
	dir := home(t)
	c := &clock{noon}
	j := open(t, c, dir)
	send(t, j, items("minute"), Delivered)
	c.Time = noon.Add(1000 * time.Hour)
	send(t, j, items("far"), Delivered)
	before := readFile(t, dir, fileName)
	c.Time = noon.Add(-15 * time.Minute)
	for round := range 21 {
		list := make([]Item, 500)
		for part := range list {
			list[part] = Item{"1", Me, strconv.Itoa(round), part}
		}
		begin(t, j, list, false)
	}
	if bytes.HasPrefix(readFile(t, dir, fileName), before[:recordSize]) {
		t.Fatal("the journal was not rewritten")
	}
	c.Time = noon.Add(time.Minute)
	got := look(t, open(t, c, dir), items("minute", "far"))
	at := time.Unix(0, noon.UnixNano())
	equal(t, "states", []Status{{Sent, at, false}, {}}, got)
}
