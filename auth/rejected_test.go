package auth

import "testing"

// TestLateRejection: two calls of one process were refused, and the answer to the
// older token comes last. The newer token stays known as refused.
func TestLateRejection(t *testing.T) {
	w := newWorld(t)
	s, other := w.session(), w.session()
	first := w.mustToken(s, ForMe)
	if got := w.mustToken(other, ForMe); got != first {
		t.Fatal("not the stored token")
	}
	other.Rejected(first)
	second := w.mustToken(other, ForMe)
	s.Rejected(first)
	if got := w.mustToken(s, ForMe); got != second {
		t.Fatal("not the token that the other process stored")
	}
	s.Rejected(second)
	s.Rejected(first)
	if third := w.mustToken(s, ForMe); third == second || third == first || !w.works(third) {
		t.Error("a token that was refused is used again")
	}
}
