package messenger

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/hangul"
)

// to is a call that sends to word.
func (w *world) to(word, message string) string {
	w.T.Helper()
	raw, err := json.Marshal(map[string]any{"to": []string{word}, "message": message})
	if err != nil {
		w.T.Fatal(err)
	}
	return string(raw)
}

// TestShownAlikeIsOneName: names that lists and questions show alike are one name where it
// is decided who is meant.
func TestShownAlikeIsOneName(t *testing.T) {
	t.Parallel()
	first := map[string]string{} // shown → compared
	for r := rune(0); r < 0xE1000; r++ {
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Cs, unicode.Co) || r >= 0x20000 && r < 0xE0000 {
			continue // themselves only
		}
		for _, name := range []string{string(r) + "민수", "민" + string(r) + "수"} {
			shown, compared := ask.Quoted(bubble.Clean(name, nameMax)), hangul.Fold(bubble.Clean(name, maxWord))
			if have, ok := first[shown]; ok && have != compared {
				t.Errorf("%s: %q is compared as %q, another as %q", shown, name, compared, have)
			}
			first[shown] = compared
		}
	}
	if len(first) < 160_000 {
		t.Errorf("looked at %d names", len(first))
	}
}

// TestNamesThatAreShownAlike: who takes what the screen shows of another's name is that
// other's namesake, and allowed or not does not get what is meant for them.
func TestNamesThatAreShownAlike(t *testing.T) {
	t.Parallel()
	marks := strings.Repeat("\u0301", 80)
	for _, c := range [][2]string{ // the friend's name, the stranger's
		{`민수 "대표"`, `민수 '대표'`}, {"민수 «대표»", `민수 '대표'`}, {"민수 “대표”", `민수 '대표'`}, {"민수 „대표‟", `민수 '대표'`}, {"민수 ″대표″", `민수 '대표'`},
		{"민수 〝대표〞", `민수 '대표'`}, {"민수 〝대표〟", `민수 '대표'`}, {"민수 ＂대표＂", `민수 '대표'`}, {"민수 ‘대표’", `민수 '대표'`}, {`민수 '대표'`, `민수 "대표"`},
		{"민수" + marks, "민수"}, {"민수", "민수" + marks}, {"민\u0301수\u200b", "민\u0301수"}, {"민수\u2800대표", "민수 대표"},
	} {
		w := loggedIn(t, asking)
		friend := w.Kakao.UUID(w.Friend(c[0]))
		w.want(w.asked(answering(ask.Once), toolSend, w.to(c[1], "하나")), StatusSent, "", "") // what the list shows
		stranger := w.Kakao.UUID(w.Friend(c[1]))
		w.restart()
		w.want(w.asked(answering(ask.Always), toolSend, `{"uuid":"`+stranger+`","message":"둘"}`), StatusSent, "", "")
		for _, word := range c {
			no := answering(ask.Cancel)
			w.want(w.asked(no, toolSend, w.to(word, "셋")), StatusNotSent, "declined", "after_user")
			if text := strings.Join(no.questions(), "\n"); !strings.Contains(text, "uuid 끝자리 "+friend[len(friend)-4:]) || !strings.Contains(text, "uuid 끝자리 "+stranger[len(stranger)-4:]) {
				t.Errorf("%q, called %q: %s", c, word, text)
			}
		}
		no := answering(ask.Cancel)
		w.want(w.asked(no, toolSend, `{"uuid":"`+friend+`","message":"넷"}`), StatusNotSent, "declined", "after_user")
		if text := strings.Join(no.questions(), "\n"); !strings.Contains(text, "이름이 같은 친구가 또 있어요") {
			t.Errorf("%q: %s", c, text)
		}
		if n := len(w.Kakao.Deliveries()); n != 2 {
			t.Errorf("%q: %d messages went out", c, n)
		}
	}
}

// TestNameOfALine: a name that is made like a line about another friend, with quotation
// marks and what stands behind the name, does not get what the line is copied for.
func TestNameOfALine(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.alias("엄마", "홍길동")
	uuid := w.UUID("홍길동")
	other := w.UUID("정서연")
	for _, lang := range []wording.Lang{wording.Korean, wording.English} {
		w.want(w.call(toolSend, w.to(ask.Person{Name: "엄마", Profile: "홍길동"}.Label(lang), string(lang))), StatusSent, "", "")
	}
	for _, word := range []string{`"엄마"`, `'엄마'`, "“엄마”", "‘엄마’님", "«엄마»"} { // the alias comes first
		w.Friend(word)
		w.restart()
		w.want(w.call(toolSend, w.to(word, word)), StatusSent, "", "")
	}
	for _, d := range w.Kakao.Deliveries() {
		if w.Kakao.UUID(d.To) != uuid {
			t.Errorf("%q went to somebody else", d.Text)
		}
	}
	before := len(w.Kakao.Deliveries())
	for _, word := range []string{`@"엄마"`, `"엄마" ("홍길동")`, `“엄마” (“홍길동”)`, `'엄마' ('홍길동')님`, `"엄마" (profile name "홍길동")`, `"엄마" (프로필 이름 "홍길동")`, "엄마 (프로필 이름 홍길동)",
		`- "엄마" ("홍길동")`, `"엄마" ("홍길동") (uuid: ` + uuid + `)`, `엄마 (홍길동) – 메시지를 받을 수 없음`, `"엄마" (프로필 이름 "홍길동") · 즐겨찾기`, `받는 사람: "엄마" (프로필 이름 "홍길동")`,
		`"정서연" (uuid: ` + other + `)`, `정서연 ` + other, `uuid: ` + other, `- "정서연" (uuid: ` + other + `)`} {
		w.Friend(word)
		w.restart()
		w.want(w.call(toolSend, w.to(word, word)), StatusNotSent, "ambiguous_name", "after_user")
	}
	if n := len(w.Kakao.Deliveries()); n != before {
		t.Errorf("%d messages went out", n-before)
	}
}

// TestLettersOfAnAlias: a friend whose name is the word letter for letter is no less meant
// than the one whose alias differs from it.
func TestLettersOfAnAlias(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ alias, name, word, to, reason string }{
		{"Minsu", "Mınsu", "Mınsu", "Mınsu", ""}, // ı is not i
		{"Minsu", "Mİnsu", "MİNSU", "Mİnsu", ""},
		{"Minsu", "Mınsu", "Minsu", "홍길동", ""},
		{"Minsu", "Ｍinsu", "Ｍinsu", "", "ambiguous_name"},
		{"Ｍinsu", "Minsu", "minsu", "", "ambiguous_name"},
		{"Sam", "ſam", "ſam", "", "ambiguous_name"},
		{"Minsu", "Ｍinsu", "minsu", "홍길동", ""},
		{"Minsu", "MINSU", "minsu님", "홍길동", ""}, // an alias comes before a profile name
		{"Minsu", "Minsu", "ＭINSU", "홍길동", ""},
		{"민수", "민수님", "민수님", "홍길동", ""},
	} {
		w := loggedIn(t)
		w.alias(c.alias, "홍길동")
		w.Friend(c.name)
		w.restart()
		if c.reason != "" {
			w.want(w.call(toolSend, w.to(c.word, "하나")), StatusNotSent, c.reason, "after_user")
			w.WantArrived()
			continue
		}
		w.want(w.call(toolSend, w.to(c.word, "하나")), StatusSent, "", "")
		w.WantArrived(c.to + ": 하나")
	}
}

// TestNamesShownInPlaceOfOthers: what is shown where there is no name, or of an alias too
// long for a result, means whom it stands for, too.
func TestNamesShownInPlaceOfOthers(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	blank := w.Kakao.UUID(w.Friend("\u3164"))
	w.Friend("(이름 없음)")
	w.restart()
	no := answering(ask.Cancel)
	w.want(w.asked(no, toolSend, `{"uuid":"`+blank+`","message":"하나"}`), StatusNotSent, "declined", "after_user")
	w.want(w.asked(no, toolSend, w.to("(이름 없음)", "둘")), StatusNotSent, "declined", "after_user")
	for _, text := range no.questions() {
		if !strings.Contains(text, `"(이름 없음)" · `) || !strings.Contains(text, "uuid 끝자리 "+blank[len(blank)-4:]) {
			t.Error(text)
		}
	}
	const alias = "회사 마케팅팀 팀장님 김지민 대리 서울지점"
	w.alias(alias, "홍길동")
	short := bubble.Clean(alias, nameMax)
	w.Friend(short)
	w.restart()
	p := answering(ask.Cancel)
	w.want(w.asked(p, toolSend, w.to(short, "셋")), StatusNotSent, "declined", "after_user")
	if text := strings.Join(p.questions(), "\n"); !strings.Contains(text, `(프로필 이름 "홍길동")`) || short == alias {
		t.Error(text)
	}
}
