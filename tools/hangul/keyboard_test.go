package hangul

import "strings"

// keyStrokes returns what is pressed on a two-set keyboard to write s.
func keyStrokes(s string) []rune {
	var keys []rune
	press := func(r rune) {
		if two, ok := compound[r]; ok {
			keys = append(keys, two[0], two[1])
		} else if r != 0 {
			keys = append(keys, r)
		}
	}
	for _, r := range s {
		if !isSyllable(r) {
			press(r)
			continue
		}
		initial, vowel, final := split(r)
		press(initial)
		press(vowel)
		press(final)
	}
	return keys
}

// compose is an input method: it shows the syllables that the keys make, as the user sees them while typing.
func compose(keys []rune) string {
	var done strings.Builder
	var c, v, f rune // the syllable being composed
	flush := func() {
		switch {
		case c != 0 && v != 0:
			done.WriteRune(join(c, v, f))
		case c != 0:
			done.WriteRune(c)
		case v != 0:
			done.WriteRune(v)
		}
		c, v, f = 0, 0, 0
	}
	for _, k := range keys {
		switch {
		case strings.ContainsRune(string(vowels), k):
			if f != 0 { // the final moves on and begins the next syllable
				next := f
				f = 0
				if two, ok := compound[next]; ok {
					f, next = two[0], two[1]
				}
				flush()
				c, v = next, k
				continue
			}
			if both := joined(v, k); v != 0 && both != 0 {
				v = both
				continue
			}
			if v != 0 {
				flush()
			}
			v = k
		case strings.ContainsRune(string(initials), k):
			switch both := joined(f, k); {
			case c != 0 && v != 0 && f == 0 && strings.ContainsRune(string(finals), k):
				f = k
			case f != 0 && both != 0:
				f = both
			default:
				flush()
				c = k
			}
		default:
			flush()
			done.WriteRune(k)
		}
	}
	flush()
	return done.String()
}

func joined(a, b rune) rune {
	for r, two := range compound {
		if two == [2]rune{a, b} {
			return r
		}
	}
	return 0
}

func join(c, v, f rune) rune {
	at := func(list []rune, r rune) rune {
		for i, have := range list {
			if have == r {
				return rune(i)
			}
		}
		return 0
	}
	return firstSyllable + (at(initials, c)*vowelCount+at(vowels, v))*finalCount + at(finals, f)
}
