package hangul

import "slices"

// query is a folded search text, prepared once and compared with every name.
type query struct {
	plain  []rune // as folded
	letter []rune // compound consonants written as two initials
	tails  []tail // what the last letter may turn into with the next key strokes
}

// tail is one way in which the last syllable of a query can go on: the name has a syllable that begins with these
// letters, and, when next is set, its following syllable begins with next.
type tail struct {
	initial, vowel, final rune // final 0: any or none
	exact                 bool // the syllable must have exactly this final (0: none)
	next                  rune
}

func newQuery(s string) query {
	folded := Fold(s)
	q := query{plain: []rune(folded), letter: []rune(spread(folded))}
	if n := len(q.letter); n > 0 && isSyllable(q.letter[n-1]) {
		initial, vowel, final := split(q.letter[n-1])
		q.tails = []tail{{initial: initial, vowel: vowel, final: final}}
		if two, ok := compound[final]; ok {
			q.tails = append(q.tails, tail{initial, vowel, two[0], true, two[1]})
		} else if final != 0 {
			q.tails = append(q.tails, tail{initial, vowel, 0, true, final})
		}
	}
	return q
}

func (q *query) rank(name []rune) Rank {
	best := None
	for at := range name {
		rest := name[at:]
		switch {
		case hasPrefix(rest, q.plain):
			switch {
			case at > 0:
				return Inside
			case len(rest) == len(q.plain):
				return Exact
			}
			return Prefix
		case best == Initials: // only a better one counts
		case sameOrInitial(rest, q.letter):
			best = Initials
		case q.halfTypedAt(rest):
			best = HalfTyped
		}
	}
	return best
}

func hasPrefix(s, prefix []rune) bool {
	return len(s) >= len(prefix) && slices.Equal(s[:len(prefix)], prefix)
}

// sameOrInitial matches the letters one by one; a consonant also stands for a syllable that begins with it.
func sameOrInitial(name, letters []rune) bool {
	if len(name) < len(letters) {
		return false
	}
	for i, r := range letters {
		if name[i] != r && initialOf(name[i]) != r {
			return false
		}
	}
	return true
}

func (q *query) halfTypedAt(name []rune) bool {
	last := len(q.letter) - 1
	if len(q.tails) == 0 || len(name) <= last || !isSyllable(name[last]) || !sameOrInitial(name, q.letter[:last]) {
		return false
	}
	return slices.ContainsFunc(q.tails, func(t tail) bool { return t.matches(name[last:]) })
}

func (t tail) matches(name []rune) bool {
	initial, vowel, final := split(name[0])
	if initial != t.initial {
		return false
	}
	if t.exact {
		return vowel == t.vowel && final == t.final && len(name) > 1 && initialOf(name[1]) == t.next
	}
	if t.final == 0 {
		return vowel == t.vowel || grows(vowel, t.vowel) // 기 to 길, 고 to 광
	}
	return vowel == t.vowel && grows(final, t.final) // 갑 to 값
}

// grows tells whether one more key stroke turns letter from into to.
func grows(to, from rune) bool { return compound[to][0] == from && from != 0 }
