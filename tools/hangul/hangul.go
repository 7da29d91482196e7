// Package hangul finds people's names the way Korean search fields do: exact, beginning, inside, by initial consonants
// (초성) and while the last syllable is still being typed.
//
// It owns folding, comparing and ranking of names and nothing else: it knows no friends, no wording, no network. It
// imports the standard library and golang.org/x/text/unicode/norm.
package hangul

import "slices"

// Rank says how well a name answers a query; a smaller one is better, None is no match.
type Rank int

const (
	Exact     Rank = iota + 1 // the whole name
	Prefix                    // the name begins with the query
	Inside                    // the query stands further inside
	Initials                  // initial consonants, also mixed with syllables: ㅎㄱㄷ, 홍ㄱㄷ
	HalfTyped                 // the last syllable is incomplete: 홍기, 홍길도, 김짐 (김지민)

	None Rank = 0
)

// Hit is one matching name.
type Hit struct {
	I    int // position in the list given to NewIndex
	Rank Rank
}

// Index holds folded names. It is built once, never changes and may be searched from several goroutines.
type Index struct {
	runes []rune // all folded names, one after the other: one allocation, and neighbours in the processor's cache
	ends  []int32
}

// NewIndex folds names. Their order is the order of hits of equal rank.
func NewIndex(names []string) *Index {
	size := 0
	for _, name := range names {
		size += len(name)
	}
	x := &Index{runes: make([]rune, 0, size), ends: make([]int32, 0, len(names))}
	for _, name := range names {
		for _, r := range Fold(name) {
			x.runes = append(x.runes, r)
		}
		x.ends = append(x.ends, int32(len(x.runes)))
	}
	x.runes = slices.Clip(slices.Clone(x.runes)) // bytes were counted, far fewer runes came
	return x
}

// Search returns every match, best rank first and within a rank in the order of the index. A blank query has none.
func (x *Index) Search(query string) []Hit {
	q := newQuery(query)
	if len(q.plain) == 0 {
		return nil
	}
	var byRank [HalfTyped + 1][]Hit // buckets: sorting 10,000 hits would cost more than finding them
	for i := range x.ends {
		rank := q.rank(x.name(i))
		if rank == None {
			continue
		}
		byRank[rank] = append(byRank[rank], Hit{i, rank})
	}
	return slices.Concat(byRank[Exact:]...)
}

// Exact returns the positions of all names that are equal to query after folding, in the order of the index.
func (x *Index) Exact(query string) []int {
	q := []rune(Fold(query))
	if len(q) == 0 {
		return nil
	}
	var found []int
	for i := range x.ends {
		if slices.Equal(x.name(i), q) {
			found = append(found, i)
		}
	}
	return found
}

func (x *Index) name(i int) []rune {
	start := int32(0)
	if i > 0 {
		start = x.ends[i-1]
	}
	return x.runes[start:x.ends[i]]
}
