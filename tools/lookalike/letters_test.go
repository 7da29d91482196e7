package lookalike

import (
	"strings"
	"testing"
)

// TestLetters: what is written in letters that look like others is marked, what
// people are really called is not.
func TestLetters(t *testing.T) {
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
		"Alex Kⅰm":     {"ⅰ(another shape)"},
		"Ⅿinsu":        {"Ⅿ(another shape)"},
		"Alex Ⅲ":       {"Ⅲ(another shape)"},
		"Mınsu":        {"ı(another shape)"},
		"⾦秀賢":          {"⾦(another shape)"},
		"⺠主":           {"⺠(another shape)"},
		"ﬁnn":          {"ﬁ(another shape)"},
		"ȷin":          {"ȷ(another shape)"},
		"Ǉudmila":      {"Ǉ(another shape)"},
		"𝚨lex":         {"𝚨(another shape)"},
		"ꓮꓡꓰꓫ":         {"ꓮ(Lisu)", "ꓡ(Lisu)", "ꓰ(Lisu)", "ꓫ(Lisu)"},
		"홍길동 ꓮ":        {"ꓮ(Lisu)"},
		"K𐐬ng":         {"𐐬(Deseret)"},
		"𐐬":            {"𐐬(Deseret)"},
		"K𐓪ng":         {"𐓪(Osage)"},
		"Алех":         nil, // л is no Latin letter
		"Сара":         {"С(Cyrillic)", "а(Cyrillic)", "р(Cyrillic)"},
		"Κατ":          nil,
		"ΑΝΝΑ":         {"Α(Greek)", "Ν(Greek)"},
		"Kഠng":         {"ഠ(another script)"},
		"\u212aim":     {"\u212a(another shape)"},
		"J০hn":         {"০(another shape)"},
		"홍길동":          nil, "홍길동 Kim 2": nil, "ㅎㅎ지민": nil, "金민수 DJ": nil, "ユウキ 유키 Yuki": nil, "Анна": nil, "Анна 안나": nil, "Νίκος": nil,
		"José Müller": nil, "Nguyễn Văn": nil, "İpek Şahin": nil, "Łukasz": nil, "สมชาย Somchai": nil, "אבי Avi": nil, "ユキYuki": nil, "金Kim": nil, "अमित Amit": nil, "❤️지민❤️": nil, "지민①팀 ²": nil, "㈜지민": nil, "": nil, "x²": nil,
	} {
		got := Letters("en", name)
		if (got == "") != (want == nil) {
			t.Errorf("%q: %q", name, got)
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q: %q lacks %q", name, got, w)
			}
		}
	}
	if got := Letters("en", "ｋｉｍｍｉｎｓｕ"); strings.Count(got, "(") != maxAlikes {
		t.Errorf("a long name: %q", got)
	}
}
