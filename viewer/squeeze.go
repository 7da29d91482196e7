package viewer

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
)

// The limits of squeeze. A link of the usual budget holds far less than
// maxSqueeze, and positions of dictionary and text stay below 1<<16.
const (
	maxSqueeze   = 12 << 10
	squeezeSteps = 3   // rounds of the parser; later ones save less than a byte
	maxChain     = 100 // earlier places looked at for a match: time against size

	minMatch   = 3
	maxMatch   = 258
	windowSize = 32 << 10

	hashBits = 15
)

// squeeze compresses text against the dictionary into one DEFLATE block with
// dynamic codes (RFC 1951). Unlike compress/flate it uses matches of three
// bytes, a Hangul syllable, and weighs every way to cut the text by the bits
// it costs: about 7 % shorter, and slower, so it is for link-sized text.
func squeeze(text string) []byte {
	data := make([]byte, 0, len(dictionary)+len(text))
	data = append(append(data, dictionary...), text...)
	found := findMatches(data, len(dictionary))

	model := flatModel()
	var out *block
	for range squeezeSteps {
		out = newBlock(found.parse(data[len(dictionary):], &model))
		model = out.model()
	}
	return out.encode()
}

// token is a literal byte (length 0) or a reference back.
type token struct {
	length, distance uint16
	literal          byte
}

// match says: up to length bytes repeat what stood distance bytes before.
type match struct {
	length, distance uint16
	code             uint8 // of the distance
}

// matches holds, for each position i of the text, all[from[i]:from[i+1]] by
// growing length, each with the nearest place that has it.
type matches struct {
	all  []match
	from []int

	// Of parse, kept for its next round: the cheapest way found to reach each
	// position, and its last edge.
	price []float32
	step  []match
}

// chain links the places of a text that begin with the same width bytes.
// Position 0 ends it.
type chain struct {
	width, depth int // depth is how many places are looked at: time against size
	head         [1 << hashBits]uint16
	prev         []uint16
}

// dictionaryChains are the same for every text, so they are made once. Short
// repeats are common and worth little: only the nearest are looked at.
var dictionaryChains struct {
	once sync.Once
	list []chain
}

func makeDictionaryChains() {
	chains := []chain{{width: minMatch, depth: 8}, {width: 5, depth: 100}}
	for c := range chains {
		chains[c].prev = make([]uint16, len(dictionary))
		for i := range len(dictionary) - chains[c].width {
			chains[c].link([]byte(dictionary[i:i+chains[c].width]), i)
		}
	}
	dictionaryChains.list = chains
}

func (c *chain) link(at []byte, i int) {
	h := c.hash(at)
	c.prev[i], c.head[h] = c.head[h], uint16(i)
}

func (c *chain) hash(b []byte) uint32 {
	h := uint32(0)
	for _, x := range b[:c.width] {
		h = (h + uint32(x)) * 0x9E3779B1
	}
	return h >> (32 - hashBits)
}

// grown is a copy with room for size positions.
func (c *chain) grown(size int) chain {
	out := *c
	out.prev = make([]uint16, size)
	copy(out.prev, c.prev)
	return out
}

func findMatches(data []byte, start int) *matches {
	dictionaryChains.once.Do(makeDictionaryChains)
	var chains []chain
	for _, c := range dictionaryChains.list {
		chains = append(chains, c.grown(len(data)))
	}
	size := len(data) - start
	found := &matches{
		all:   make([]match, 0, 2*size),
		from:  make([]int, 0, size+1),
		price: make([]float32, size+1),
		step:  make([]match, size+1),
	}
	for i := start; i < len(data); i++ {
		found.from = append(found.from, len(found.all))
		rest := data[i:min(i+maxMatch, len(data))]
		longest := minMatch - 1
		for k := range chains {
			c := &chains[k]
			if len(rest) < c.width || len(rest) == longest {
				break
			}
			for j, n := int(c.head[c.hash(rest)]), 0; j > 0 && i-j <= windowSize && n < c.depth; j, n = int(c.prev[j]), n+1 {
				if data[j+longest] != rest[longest] {
					continue
				}
				if l := commonPrefix(data[j:], rest); l > longest {
					longest = l
					found.all = append(found.all, match{uint16(l), uint16(i - j), uint8(distanceCode(i - j))})
					if l == len(rest) {
						break
					}
				}
			}
			c.link(rest, i)
		}
	}
	found.from = append(found.from, len(found.all))
	return found
}

// commonPrefix counts equal bytes at the start of a and b; a is not shorter.
func commonPrefix(a, b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// costs is the price of each symbol in bits, extra bits included.
type costs struct {
	literal  [256]float32
	length   [maxMatch + 1]float32
	distance [distanceCodes]float32
}

// flatModel is the guess before anything is known of a text.
func flatModel() costs {
	var c costs
	for i := range c.literal {
		c.literal[i] = 7
	}
	for l := minMatch; l <= maxMatch; l++ {
		c.length[l] = 5 + float32(lengthSymbol(l).extra)
	}
	for d := range c.distance {
		c.distance[d] = 4 + float32(distanceExtra(d))
	}
	return c
}

// parse finds the cheapest way to write text under the model: a shortest path
// whose edges are literals and matches.
func (f *matches) parse(text []byte, c *costs) []token {
	price, step := f.price, f.step
	for i := range price {
		price[i] = math.MaxFloat32
	}
	price[0] = 0
	for i, b := range text {
		if p := price[i] + c.literal[b]; p < price[i+1] {
			price[i+1], step[i+1] = p, match{}
		}
		l := minMatch
		for _, m := range f.all[f.from[i]:f.from[i+1]] {
			base := price[i] + c.distance[m.code]
			ahead, lengths := price[i+l:i+int(m.length)+1], c.length[l:m.length+1]
			for k, old := range ahead {
				if p := base + lengths[k]; p < old {
					ahead[k], step[i+l+k] = p, match{uint16(l + k), m.distance, m.code}
				}
			}
			l = int(m.length) + 1
		}
	}
	back := make([]token, 0, len(text)/4)
	for i := len(text); i > 0; {
		s := step[i]
		if s.length == 0 {
			i--
			back = append(back, token{literal: text[i]})
			continue
		}
		i -= int(s.length)
		back = append(back, token{length: s.length, distance: s.distance})
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}
