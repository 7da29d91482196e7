package devconsole

import (
	"maps"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
)

// all are the meanings of codes and of refusals that have none of their own.
func all() map[string]Meaning {
	list := maps.Clone(meanings)
	for c, m := range callers {
		list["-401 "+string(c)] = m
	}
	return list
}

// Every code is worded in both languages, says what to do and whether the same
// login again helps, and names its menu.
func TestEveryCodeIsWorded(t *testing.T) {
	for code, m := range all() {
		if m.Reason == "" || m.Retry == "" {
			t.Errorf("%s: reason %q, retry %q", code, m.Reason, m.Retry)
		}
		for _, l := range []wording.Lang{wording.Korean, wording.English} {
			what, next := m.What(l, code), m.Next(l, "MENU", "SETUP")
			if !strings.HasSuffix(what, "("+code+").") || !strings.HasSuffix(next, ".") || strings.ContainsAny(what+next, "{}") {
				t.Errorf("%s: %q %q", code, what, next)
			}
			if strings.Contains(next, "MENU") != (m.Menu != Menu{}) {
				t.Errorf("%s: the menu %q and %q", code, m.Menu, next)
			}
		}
		if m.what.ko == m.what.en || m.next.ko == m.next.en {
			t.Errorf("%s is not in two languages", code)
		}
	}
}

// Codes with one remedy may share it; what is put right in the console never
// shares it with what is not.
func TestRemediesFitTheirCause(t *testing.T) {
	for code, m := range all() {
		inConsole := m.Menu != Menu{}
		if inConsole && m.Retry != problem.AfterUser {
			t.Errorf("%s is put right under %s, yet retry is %q", code, m.Menu, m.Retry)
		}
		for other, o := range all() {
			if m.next == o.next && m.Menu != o.Menu {
				t.Errorf("%s and %s share %q", code, other, m.next.en)
			}
		}
	}
}

// What helps with one refusal of a good login never is what helps with another.
func TestEveryCallerHasItsRemedy(t *testing.T) {
	seen := map[text]Caller{}
	for c, m := range callers {
		for _, words := range []text{m.what, m.next} {
			if other, ok := seen[words]; ok {
				t.Errorf("%q and %q share %q", c, other, words.en)
			}
			seen[words] = c
		}
	}
}

// TestMenusAreNamedAsShown: in Korean with the old menu, in English as the English
// console has it, with the Korean beside it.
func TestMenusAreNamedAsShown(t *testing.T) {
	for got, want := range map[string]string{
		Key.Path(wording.Korean):         "[앱] > [플랫폼 키] > [REST API 키] (예전 메뉴: 내 애플리케이션 > 앱 설정 > 앱 키)",
		Key.Name(wording.Korean):         "[앱] > [플랫폼 키] > [REST API 키]",
		Key.Path(wording.English):        "[App] > [Platform key] > [REST API key] ([앱] > [플랫폼 키] > [REST API 키])",
		Members.Path(wording.English):    "[App] > [Member] ([앱] > [멤버])",
		Templates.Path(wording.Korean):   "[도구] > [메시지 템플릿]",
		Item(wording.Korean, "friends"):  "[카카오 서비스 내 친구목록]",
		Item(wording.English, "friends"): "[Friends List in Kakao Service] ([카카오 서비스 내 친구목록])",
		Item(wording.English, "other"):   "other",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
