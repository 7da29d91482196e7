package app

import (
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/private"
)

// A page that was published before links got a newer format, and seen to open then,
// goes on getting links that it can read.
func TestLinksFitThePublishedPage(t *testing.T) {
	const page = "https://example.github.io/talk/"
	p := &Pages{URL: page, home: t.TempDir()}
	check := func(when, want string) {
		t.Helper()
		links := p.Page("안녕하세요", 1)
		if len(links) != 1 || !strings.HasPrefix(links[0], page+"#"+want) {
			t.Errorf("%s: %v, want format %s", when, links, want)
		}
	}
	check("new", "2")
	for _, old := range []string{`{"v":1,"page":"` + page + `"}`, `{"v":1,"page":"` + page + `","stored":"https://talk.example.com"}`} {
		if err := private.Write(p.home+"/"+provenFile, []byte(old)); err != nil {
			t.Fatal(err)
		}
		check("seen to open before", "1")
		if !p.Proven("page") {
			t.Error("what was seen to open counts no more")
		}
	}
	if err := p.Prove("page"); err != nil {
		t.Fatal(err)
	}
	check("seen to open now", "2")
	if err := private.Write(p.home+"/"+provenFile, []byte(`{"v":1,"page":"https://other.example/"}`)); err != nil {
		t.Fatal(err)
	}
	check("another page", "2")
}
