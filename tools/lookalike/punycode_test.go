package lookalike

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/net/idna"
)

func TestHostsAsAskedFor(t *testing.T) {
	lookup := idna.New(idna.MapForLookup(), idna.StrictDomainName(false))
	hosts := []string{"example.com", "카카오.com", "kаkao.com", "ｋakao.com", "www.kakao。com", "bücher.example", "ǅ.example", "日本.jp", "EXAMPLE.한국"}
	rnd := rand.New(rand.NewPCG(5, 6))
	letters := []rune("abcxyz0가각힣뷁аеосрхéüßåαβ日本中文-")
	for range 2000 {
		var label []rune
		for range 1 + rnd.IntN(12) {
			label = append(label, letters[rnd.IntN(len(letters))])
		}
		hosts = append(hosts, "a"+string(label)+"z.com")
	}
	compared := 0
	for _, host := range hosts {
		want, err := lookup.ToASCII(host)
		if err != nil {
			continue // a name that cannot be registered
		}
		compared++
		if got := asciiHost(host); got != want {
			t.Errorf("%q is %q, want %q", host, got, want)
		}
	}
	if compared < len(hosts)/2 {
		t.Errorf("only %d of %d names were compared", compared, len(hosts))
	}
}
