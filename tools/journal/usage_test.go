package journal

import (
	"testing"
	"time"
)

func TestUsage(t *testing.T) {
	c := &clock{noon.Add(-24 * time.Hour)}
	dir := home(t)
	j := open(t, c, dir)
	send(t, j, items("a", "b", "c", Me), Delivered, Delivered, Uncertain, Delivered)
	c.Time = time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("KST", kst)) // the first moment of the day
	send(t, j, []Item{{"1", "a", "x", 0}, {"1", "a", "x", 1}, {"1", "b", "x", 0}, {"1", "c", "x", 0}, {"2", "a", "x", 0}},
		Delivered, Uncertain, Delivered, Refused, Delivered)
	begin(t, j, []Item{{"1", "d", "x", 0}}, false)

	check := func(j *Journal, today, best int) {
		t.Helper()
		u, err := j.Used(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		got := []int{u.Today, u.BestDay, u.Pair("a"), u.Pair("b"), u.Pair("c"), u.Pair("d"), u.Pair(Me)}
		equal(t, "usage", []int{today, best, 2, 1, 0, 1, 0}, got)
	}
	check(j, 4, 2)
	check(open(t, c, dir), 4, 2)
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	check(j, 4, 2)
	check(open(t, c, dir), 4, 2)

	c.Time = c.Add(72 * time.Hour)
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	u, err := j.Used(t.Context(), "1")
	if err != nil || u.Today != 0 || u.BestDay != 2 || u.Pair("a") != 0 {
		t.Errorf("days later: %+v, %v", u, err)
	}
	if u, err := j.Used(t.Context(), "nobody"); err != nil || u.Today+u.BestDay+u.Pair("a") != 0 {
		t.Errorf("nobody: %+v, %v", u, err)
	}
}

func TestNames(t *testing.T) {
	c := &clock{noon}
	dir := home(t)
	j := open(t, c, dir)
	meant := func(nickname, uuid string, wantKnown, wantSame bool) {
		t.Helper()
		for _, j := range []*Journal{j, open(t, c, dir)} {
			known, same, err := j.NameMeant(t.Context(), "1", nickname, uuid)
			if err != nil || known != wantKnown || same != wantSame {
				t.Errorf("%s, %s: known %v, same %v, %v", nickname, uuid, known, same, err)
			}
		}
	}
	learn := func(nickname, uuid string) {
		t.Helper()
		if err := j.LearnName(t.Context(), "1", nickname, uuid); err != nil {
			t.Fatal(err)
		}
	}
	meant("지민", "a", false, false)
	learn("지민", "a")
	meant("지민", "a", true, true)
	meant("지민", "b", true, false)
	before := j.records
	learn("지민", "a")
	if j.records != before {
		t.Error("learning what is known wrote a record")
	}
	learn("지민", "b")
	meant("지민", "b", true, true)
	if err := j.rewriteForTest(t); err != nil {
		t.Fatal(err)
	}
	meant("지민", "b", true, true)
	meant("지민", "a", true, false)
}
