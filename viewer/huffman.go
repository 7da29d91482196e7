package viewer

import (
	"math/bits"
	"sort"
)

// codeSizes gives each symbol with a count the size of its Huffman code, at
// most limit bits. A code set always has two members: some readers refuse a
// single one.
func codeSizes(counts []int, limit int) []int {
	type node struct {
		count       int
		left, right int // -1 and the symbol for a leaf
	}
	for least := 1; ; least *= 2 {
		var nodes []node
		for s, n := range counts {
			if n > 0 {
				nodes = append(nodes, node{max(n, least), -1, s})
			}
		}
		for s := 0; len(nodes) < 2; s++ {
			if counts[s] == 0 {
				nodes = append(nodes, node{least, -1, s})
			}
		}
		leaves := len(nodes)
		sort.SliceStable(nodes, func(a, b int) bool { return nodes[a].count < nodes[b].count })
		// Two queues: leaves in order, and joined nodes, which come in order too.
		leaf, joined := 0, leaves
		lightest := func() int {
			if leaf < leaves && (joined == len(nodes) || nodes[leaf].count <= nodes[joined].count) {
				leaf++
				return leaf - 1
			}
			joined++
			return joined - 1
		}
		for range leaves - 1 {
			a, b := lightest(), lightest()
			nodes = append(nodes, node{nodes[a].count + nodes[b].count, a, b})
		}
		depth, sizes, deepest := make([]int, len(nodes)), make([]int, len(counts)), 0
		for i := len(nodes) - 1; i >= 0; i-- {
			if n := nodes[i]; n.left < 0 {
				sizes[n.right] = depth[i]
				deepest = max(deepest, depth[i])
			} else {
				depth[n.left], depth[n.right] = depth[i]+1, depth[i]+1
			}
		}
		// Too deep: lift the rare ones, which flattens the tree.
		if deepest <= limit {
			return sizes
		}
	}
}

// canonical turns code sizes into codes (RFC 1951, 3.2.2), bits reversed
// because Huffman codes are written from their highest bit.
func canonical(sizes []int) []int {
	var next [maxCodeBits + 2]int
	for _, s := range sizes {
		if s > 0 {
			next[s+1]++
		}
	}
	for s := 1; s < len(next); s++ {
		next[s] += next[s-1]
		next[s] <<= 1
	}
	// next[s] is now the first code of size s: (first + count of the size before) * 2.
	codes := make([]int, len(sizes))
	for i, s := range sizes {
		if s > 0 {
			codes[i] = int(bits.Reverse16(uint16(next[s])) >> (16 - s))
			next[s]++
		}
	}
	return codes
}
