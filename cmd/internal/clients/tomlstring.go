package clients

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func (s *tomlScanner) shortString() (string, error) {
	quote := s.rest()[:1]
	line := strings.TrimSuffix(upTo(s.rest(), "\n"), "\n")
	for i := 1; i < len(line); i++ {
		if quote == `"` && line[i] == '\\' {
			i++
		} else if line[i] == quote[0] {
			text, ok := line[1:i], true
			if quote == `"` {
				text, ok = unescapeTOML(text)
			}
			if !ok {
				return "", s.fail("a string holds an unknown escape")
			}
			s.at += i + 1
			return text, nil
		}
	}
	return "", s.fail("a string does not end in its line")
}

func (s *tomlScanner) longString() (string, error) {
	quote := s.rest()[:3]
	body := s.rest()[3:]
	for i := 0; i < len(body); i++ {
		if quote == `"""` && body[i] == '\\' {
			i++
			continue
		}
		if !strings.HasPrefix(body[i:], quote) {
			continue
		}
		for n := 0; n < 2 && strings.HasPrefix(body[i+1:], quote); n++ {
			i++ // up to two quotes may stand before the closing three
		}
		text, ok := strings.TrimPrefix(strings.TrimPrefix(body[:i], "\r"), "\n"), true
		if quote == `"""` {
			text, ok = unescapeTOML(text)
		}
		if !ok {
			return "", s.fail("a string holds an unknown escape")
		}
		s.at += 3 + i + 3
		return text, nil
	}
	return "", s.fail("a string does not end")
}

// unescapeTOML decodes a basic string.
func unescapeTOML(s string) (string, bool) {
	short := map[byte]string{'b': "\b", 't': "\t", 'n': "\n", 'f': "\f", 'r': "\r", 'e': "\x1b", '"': `"`, '\\': `\`}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}
	var out strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			out.WriteString(s)
			return out.String(), true
		}
		out.WriteString(s[:i])
		if s = s[i+1:]; s == "" {
			return "", false
		}
		if plain, ok := short[s[0]]; ok {
			out.WriteString(plain)
			s = s[1:]
		} else if n := digits[s[0]]; n > 0 && len(s) > n {
			code, err := strconv.ParseUint(s[1:1+n], 16, 32)
			if err != nil || !utf8.ValidRune(rune(code)) {
				return "", false
			}
			out.WriteRune(rune(code))
			s = s[1+n:]
		} else if line := strings.TrimLeft(s, " \t\r"); strings.HasPrefix(line, "\n") {
			s = strings.TrimLeft(line, " \t\r\n")
		} else {
			return "", false
		}
	}
}
