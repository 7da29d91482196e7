package viewer

import (
	"math"
	"math/bits"
)

// Sizes of the DEFLATE alphabets (RFC 1951, 3.2.5 and 3.2.7).
const (
	literalCodes  = 286
	distanceCodes = 30
	lengthCodes   = 19

	endOfBlock    = 256
	firstLength   = 257
	maxCodeBits   = 15
	maxLengthBits = 7
)

// codeOrder is the order in which a block states the sizes of its length codes.
var codeOrder = [lengthCodes]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// symbol is a length as DEFLATE writes it: a code and extra bits.
type symbol struct {
	code, extra, value int
}

func lengthSymbol(length int) symbol {
	if length == maxMatch {
		return symbol{code: literalCodes - 1}
	}
	n := length - minMatch
	if n < 8 {
		return symbol{code: firstLength + n}
	}
	extra := bits.Len(uint(n)) - 3
	return symbol{firstLength + extra*4 + n>>extra, extra, n & (1<<extra - 1)}
}

func distanceCode(distance int) int {
	n := distance - 1
	if n < 4 {
		return n
	}
	extra := bits.Len(uint(n)) - 2
	return extra*2 + n>>extra
}

func distanceExtra(code int) int {
	return max(0, code/2-1)
}

// block is a sequence of tokens with the counts of its symbols.
type block struct {
	tokens    []token
	literals  [literalCodes]int
	distances [distanceCodes]int
}

func newBlock(tokens []token) *block {
	b := &block{tokens: tokens}
	b.literals[endOfBlock] = 1
	for _, t := range tokens {
		if t.length == 0 {
			b.literals[t.literal]++
			continue
		}
		b.literals[lengthSymbol(int(t.length)).code]++
		b.distances[distanceCode(int(t.distance))]++
	}
	return b
}

// model prices symbols by how often this block used them.
func (b *block) model() costs {
	literal, distance := prices(b.literals[:]), prices(b.distances[:])
	var c costs
	copy(c.literal[:], literal)
	for l := minMatch; l <= maxMatch; l++ {
		s := lengthSymbol(l)
		c.length[l] = literal[s.code] + float32(s.extra)
	}
	for d := range c.distance {
		c.distance[d] = distance[d] + float32(distanceExtra(d))
	}
	return c
}

// prices is the entropy of each symbol; one never used costs as much as one
// used once, so that a later round may try it.
func prices(counts []int) []float32 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	out := make([]float32, len(counts))
	for i, n := range counts {
		out[i] = float32(math.Log2(float64(max(sum, 1)) / float64(max(n, 1))))
	}
	return out
}

// encode writes the tokens as one final block with dynamic codes.
func (b *block) encode() []byte {
	literals, distances := codeSizes(b.literals[:], maxCodeBits), codeSizes(b.distances[:], maxCodeBits)
	nl, nd := trimmed(literals, firstLength), trimmed(distances, 1)
	runs := runLengths(append(append([]int{}, literals[:nl]...), distances[:nd]...))
	counts := make([]int, lengthCodes)
	for _, r := range runs {
		counts[r.code]++
	}
	sizes := codeSizes(counts, maxLengthBits)
	ordered := make([]int, lengthCodes)
	for i, c := range codeOrder {
		ordered[i] = sizes[c]
	}
	nc := trimmed(ordered, 4)

	var w bitWriter
	w.write(1, 1) // the last block
	w.write(2, 2) // with dynamic codes
	w.write(nl-firstLength, 5)
	w.write(nd-1, 5)
	w.write(nc-4, 4)
	for _, size := range ordered[:nc] {
		w.write(size, 3)
	}
	codes := canonical(sizes)
	for _, r := range runs {
		w.write(codes[r.code], sizes[r.code])
		w.write(r.value, r.extra)
	}
	lc, dc := canonical(literals), canonical(distances)
	for _, t := range b.tokens {
		if t.length == 0 {
			w.write(lc[t.literal], literals[t.literal])
			continue
		}
		s := lengthSymbol(int(t.length))
		w.write(lc[s.code], literals[s.code])
		w.write(s.value, s.extra)
		d := distanceCode(int(t.distance))
		w.write(dc[d], distances[d])
		w.write((int(t.distance)-1)&(1<<distanceExtra(d)-1), distanceExtra(d))
	}
	w.write(lc[endOfBlock], literals[endOfBlock])
	return w.flush()
}

// trimmed is the number of sizes up to the last that is not zero, at least least.
func trimmed(sizes []int, least int) int {
	n := len(sizes)
	for n > least && sizes[n-1] == 0 {
		n--
	}
	return n
}

// runLengths writes code sizes with the repeat codes 16, 17 and 18.
func runLengths(sizes []int) []symbol {
	var out []symbol
	for i := 0; i < len(sizes); {
		size, n := sizes[i], 1
		for i+n < len(sizes) && sizes[i+n] == size {
			n++
		}
		i += n
		if size != 0 {
			out = append(out, symbol{code: size})
			n--
		}
		for n >= 3 {
			switch {
			case size != 0:
				r := min(n, 6)
				out, n = append(out, symbol{16, 2, r - 3}), n-r
			case n <= 10:
				out, n = append(out, symbol{17, 3, n - 3}), 0
			default:
				r := min(n, 138)
				out, n = append(out, symbol{18, 7, r - 11}), n-r
			}
		}
		for ; n > 0; n-- {
			out = append(out, symbol{code: size})
		}
	}
	return out
}

// bitWriter packs bits from the lowest up, as DEFLATE wants them.
type bitWriter struct {
	out  []byte
	acc  uint64
	held int
}

func (w *bitWriter) write(value, size int) {
	w.acc |= uint64(value) << w.held
	for w.held += size; w.held >= 8; w.held -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
}

func (w *bitWriter) flush() []byte {
	if w.held > 0 {
		w.write(0, 8-w.held)
	}
	return w.out
}
