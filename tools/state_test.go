package tools

import (
	"testing"
	"time"
)

func TestStates(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := newStates(func() time.Time { return now })
	sealed := s.seal(state{Kind: "confirm", Call: "c", Question: "q"})
	if s.open(sealed, "other") != nil {
		t.Error("taken for another call")
	}
	if got := s.open(sealed, "c"); got == nil || got.Question != "q" {
		t.Fatalf("got %+v", got)
	}
	if s.open(sealed, "c") != nil {
		t.Error("taken twice")
	}
	late := s.seal(state{Call: "c"})
	now = now.Add(stateLife + time.Second)
	if s.open(late, "c") != nil {
		t.Error("taken after its time")
	}
	if newStates(time.Now).open(s.seal(state{Call: "c"}), "c") != nil {
		t.Error("taken from another process")
	}
}

func FuzzState(f *testing.F) {
	s := newStates(time.Now)
	good := s.seal(state{Kind: "confirm", Call: "c", Question: "q"})
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if got := s.open(token, "c"); got != nil && token != good {
			t.Errorf("took %q", token)
		}
	})
}
