package messenger

import (
	"fmt"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/ask"
)

// TestLookalikes: what is written in letters that look like others is marked, what
// people are really called is not.
func TestLookalikes(t *testing.T) {
	for name, want := range map[string][]string{
		"Кim Minsu":    {"К(Cyrillic)"},
		"Annа":         {"а(Cyrillic)"},
		"Аnna Аnna":    {"А(Cyrillic)"},
		"Аннa":         {"a(Latin)"},
		"Κim":          {"Κ(Greek)"},
		"Ρаrk":         {"а(Cyrillic)", "Ρ(Greek)"},
		"Jоհn":         {"о(Cyrillic)", "հ(Armenian)"},
		"ᎢOM kim":      {"Ꭲ(Cherokee)"},
		"ꓗim":          {"ꓗ(Lisu)"},
		"Kⲟng":         {"ⲟ(Coptic)"},
		"ᗪan kim":      {"ᗪ(Canadian Aboriginal)"},
		"홍길동 Кim":      {"К(Cyrillic)"},
		"Ｋｉｍ":          {"Ｋ(another shape)", "ｉ(another shape)"},
		"홍길동１":         {"１(another shape)"},
		"𝐊im":          {"𝐊(another shape)"},
		"Kim 𝟏":        {"𝟏(another shape)"},
		"Kɑng":         {"ɑ(another shape)"},
		"ᴋim":          {"ᴋ(another shape)"},
		"ℓee":          {"ℓ(another shape)"},
		"АВСЕН kim qw": {"А(Cyrillic)", "В(Cyrillic)"},
		"홍길동":          nil, "홍길동 Kim 2": nil, "ㅎㅎ지민": nil, "金민수 DJ": nil, "ユウキ 유키 Yuki": nil, "Анна": nil, "Анна 안나": nil, "Νίκος": nil,
		"José Müller": nil, "Nguyễn Văn": nil, "İpek Şahin": nil, "Łukasz": nil, "สมชาย Somchai": nil, "❤️지민❤️": nil, "지민①팀 ²": nil, "㈜지민": nil, "": nil, "Ⅲ지민": nil, "x²": nil,
	} {
		got := lookalikes("en", name)
		if (got == "") != (want == nil) {
			t.Errorf("%q: %q", name, got)
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q: %q lacks %q", name, got, w)
			}
		}
	}
	if got := lookalikes("en", "ｋｉｍｍｉｎｓｕ"); strings.Count(got, "(") != maxAlikes {
		t.Errorf("a long name: %q", got)
	}
}

// TestLookalikesAreMarked wherever people are told apart: the question, the list, the
// candidates, in both halves of a result.
func TestLookalikesAreMarked(t *testing.T) {
	const mark = "비슷하게 생긴 다른 글자: К(키릴 문자)"
	w := loggedIn(t, asking)
	w.Friend("Kim")
	w.Friend("Кim")
	p := answering(ask.Cancel)
	w.asked(p, toolSend, `{"to":["Кim"],"message":"안녕"}`)
	w.asked(p, toolSend, `{"to":["Kim"],"message":"안녕"}`)
	if q := p.questions(); !strings.Contains(q[0], `"Кim" [`+mark+`]`) || strings.Contains(q[1], mark) {
		t.Errorf("asked %q", q)
	}
	found := w.call(toolSearch, `{"query":"im"}`)
	if rows := found.Text; strings.Count(rows, mark) != 1 || strings.Count(fmt.Sprint(found.Result), mark) != 1 {
		t.Errorf("found %s\n%v", rows, found.Result)
	}
	unclear := w.call(toolSend, `{"to":["Кi"],"message":"안녕"}`)
	if unclear.str("status") != StatusNotSent || !strings.Contains(unclear.Text, mark) || !strings.Contains(fmt.Sprint(unclear.Result), mark) {
		t.Errorf("candidates: %s\n%v", unclear.Text, unclear.Result)
	}
	w.alias("민수", w.UUID("Кim"))
	w.asked(p, toolSend, `{"to":["민수"],"message":"안녕"}`)
	if q := p.questions()[2]; !strings.Contains(q, `"민수" (프로필 이름 "Кim") [`+mark+`]`) {
		t.Errorf("by alias: %q", q)
	}
}
