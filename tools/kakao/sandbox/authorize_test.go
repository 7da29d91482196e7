package sandbox_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B

func TestErrorPages(t *testing.T) {
	off := func(change func(*sandbox.App)) func(*sandbox.App) { return change }
	for name, c := range map[string]struct {
		app   func(*sandbox.App)
		pairs []string
		koe   string
	}{
		"login off":              {off(func(a *sandbox.App) { a.LoginOn = false }), nil, "KOE004"},
		"test app, no member":    {off(func(a *sandbox.App) { a.TestApp, a.Members = true, nil }), nil, "KOE005"},
		"other redirect URI":     {nil, []string{"redirect_uri", "http://localhost:1/cb"}, "KOE006"},
		"redirect URI and slash": {nil, []string{"redirect_uri", "http://localhost:17654/auth/callback/"}, "KOE006"},
		"127.0.0.1 is another":   {nil, []string{"redirect_uri", "http://127.0.0.1:17654/auth/callback"}, "KOE006"},
		"unknown key":            {nil, []string{"client_id", "nobody"}, "KOE101"},
		"response type":          {nil, []string{"response_type", "id_token"}, "KOE201"},
		"implicit grant":         {nil, []string{"response_type", "token"}, "KOE202"},
		"plain challenge":        {nil, []string{"code_challenge", challenge, "code_challenge_method", "plain"}, "KOE204"},
		"challenge, no method":   {nil, []string{"code_challenge", challenge}, "KOE204"},
		"short challenge":        {nil, []string{"code_challenge", "abc", "code_challenge_method", "S256"}, "KOE204"},
		"unknown prompt":         {nil, []string{"prompt", "nothing"}, "KOE204"},
		"none and login":         {nil, []string{"prompt", "none,login"}, "KOE204"},
		"item not known":         {nil, []string{"scope", "openid,birthday"}, "KOE205"},
		"item not set up":        {nil, []string{"scope", "account_email"}, "KOE205"},
		"item off":               {off(func(a *sandbox.App) { a.Items["friends"] = sandbox.StageOff }), []string{"scope", "friends"}, "KOE205"},
		"openid without OIDC":    {off(func(a *sandbox.App) { a.OIDCOn = false }), []string{"scope", "openid friends"}, "KOE205"},
		"no redirect URI":        {nil, []string{"redirect_uri", "-"}, "KOE207"},
		"no key":                 {nil, []string{"client_id", "-"}, "KOE207"},
		"no response type":       {nil, []string{"response_type", "-"}, "KOE207"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			if c.app != nil {
				w.UpdateApp(c.app)
			}
			page := w.visit(&sandbox.Visitor{}, c.pairs...)
			if page.KOE != c.koe || page.Status != http.StatusBadRequest || !strings.HasPrefix(w.srv.AuthURL, "http://"+page.URL.Host) {
				t.Errorf("ended at %s with status %d and %q, want %s", page.URL, page.Status, page.KOE, c.koe)
			}
		})
	}
}

func TestErrorPageIsKorean(t *testing.T) {
	w := start(t)
	page := w.visit(&sandbox.Visitor{}, "redirect_uri", "http://x")
	if !strings.Contains(page.Body, "<title>앱 관리자 설정 오류 (KOE006)</title>") {
		t.Errorf("page without the expected title: %.300s", page.Body)
	}
}

// TestErrorPagesNameTheMenu as everything else names it: in the reader's language,
// in English with the Korean beside it.
func TestErrorPagesNameTheMenu(t *testing.T) {
	for koe, c := range map[string]struct {
		app   func(*sandbox.App)
		pairs []string
	}{
		"KOE004": {func(a *sandbox.App) { a.LoginOn = false }, nil},
		"KOE005": {func(a *sandbox.App) { a.TestApp, a.Members = true, nil }, nil},
		"KOE006": {nil, []string{"redirect_uri", "http://x"}},
		"KOE101": {nil, []string{"client_id", "nobody"}},
		"KOE205": {nil, []string{"scope", "birthday"}},
	} {
		for _, lang := range []wording.Lang{wording.Korean, wording.English} {
			t.Run(koe+" "+string(lang), func(t *testing.T) {
				w := start(t)
				w.SetEnglish(lang == wording.English)
				if c.app != nil {
					w.UpdateApp(c.app)
				}
				m, _ := devconsole.Explain(koe)
				page := w.visit(&sandbox.Visitor{}, c.pairs...)
				if text := html.UnescapeString(page.Body); page.KOE != koe || !strings.Contains(text, m.Menu.Name(lang)) {
					t.Errorf("%s without %q:\n%s", page.KOE, m.Menu.Name(lang), text)
				}
			})
		}
	}
}

func TestLoginKeepsState(t *testing.T) {
	w := start(t)
	page := w.visit(&sandbox.Visitor{})
	if page.URL.Query().Get("state") != "s t&1" || page.Body != callbackPage || len(page.URL.Query()) != 2 {
		t.Errorf("callback: %s", page.URL)
	}
}

// consentItems walks to the consent page and returns the items asked for there.
func consentItems(t *testing.T, w *world, pairs ...string) map[string]bool {
	t.Helper()
	asked := map[string]bool{}
	for _, id := range []string{"profile_nickname", "profile_image", "account_email", "friends", "talk_message"} {
		// A visitor who insists on unticking gets an error for what cannot be unticked.
		page, _ := (&sandbox.Visitor{Untick: []string{id}, Decline: true}).Visit(t.Context(), w.authorizeURL(pairs...))
		if strings.Contains(page.Body, `value="`+id+`" checked disabled`) {
			asked[id] = true
		} else if page.URL.Query().Get("error") == "access_denied" {
			asked[id] = false
		}
	}
	return asked
}

func TestConsentItems(t *testing.T) {
	for name, c := range map[string]struct {
		connected []string
		scope     string
		want      map[string]bool // value: it is required
	}{
		"plain login never asks for items in use": {nil, "-", map[string]bool{"profile_nickname": true, "profile_image": false}},
		"scope asks for the items named":          {nil, "openid,talk_message", map[string]bool{"talk_message": false}},
		"separated by spaces":                     {nil, "openid talk_message friends", map[string]bool{"talk_message": false, "friends": false}},
		"not for what is agreed":                  {[]string{"talk_message"}, "friends,talk_message", map[string]bool{"friends": false}},
		"plain login asks only for the missing":   {[]string{"profile_nickname"}, "-", map[string]bool{"profile_image": false}},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.UpdateApp(func(a *sandbox.App) { a.Items["profile_image"] = sandbox.StageOptional })
			if c.connected != nil {
				w.Connect(w.Owner().ID, c.connected...)
			}
			if diff := cmp.Diff(c.want, consentItems(t, w, "scope", c.scope)); diff != "" {
				t.Errorf("items asked for (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUntickedItemStillGivesCode(t *testing.T) {
	w := start(t)
	code := w.code(&sandbox.Visitor{Untick: []string{"friends"}}, "scope", "openid,friends,talk_message")
	if _, body := w.token(code); body["scope"] != "talk_message openid" {
		t.Errorf("scope %q", body["scope"])
	}
}

func TestOptionalItemIsAskedOnce(t *testing.T) {
	w := start(t)
	w.UpdateApp(func(a *sandbox.App) { a.Items["talk_message"] = sandbox.StageOptional })
	v := &sandbox.Visitor{Untick: []string{"talk_message"}}
	w.code(v)
	w.ResetRequests()
	w.code(v)
	for _, r := range w.Requests() {
		if r.Path == "/consent" || r.Path == "/login" {
			t.Errorf("second login showed %s", r.Path)
		}
	}
}

func TestDecline(t *testing.T) {
	w := start(t)
	page := w.visit(&sandbox.Visitor{Decline: true})
	want := w.callback + "?error=access_denied&error_description=User%20denied%20access&state=s%20t%261"
	if page.URL.String() != want {
		t.Errorf("got %s\nwant %s", page.URL, want)
	}
	if page := w.visit(&sandbox.Visitor{Decline: true}, "state", "-"); page.URL.Query().Has("state") {
		t.Error("state appeared from nowhere")
	}
}

func TestPrompt(t *testing.T) {
	shown := func(w *world) (pages []string) {
		for _, r := range w.Requests() {
			if r.Method == http.MethodGet && (r.Path == "/login" || r.Path == "/consent") {
				pages = append(pages, r.Path)
			}
		}
		return pages
	}
	for name, c := range map[string]struct {
		session bool
		pairs   []string
		err     string
		pages   []string
	}{
		"none without a session":  {false, []string{"prompt", "none"}, "login_required", nil},
		"none, consent missing":   {true, []string{"prompt", "none", "scope", "friends"}, "consent_required", nil},
		"none, all agreed":        {true, []string{"prompt", "none"}, "", nil},
		"session":                 {true, nil, "", nil},
		"login asks again":        {true, []string{"prompt", "login"}, "", []string{"/login"}},
		"select_account as well":  {true, []string{"prompt", "select_account"}, "", []string{"/login"}},
		"session, more consent":   {true, []string{"scope", "friends"}, "", []string{"/consent"}},
		"create is a login first": {false, []string{"prompt", "create"}, "", []string{"/login", "/consent"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			v := &sandbox.Visitor{}
			if c.session {
				w.code(v)
			}
			w.ResetRequests()
			page := w.visit(v, c.pairs...)
			q := page.URL.Query()
			if q.Get("error") != c.err || q.Get("state") != "s t&1" || (c.err == "") != q.Has("code") {
				t.Errorf("callback %s", page.URL)
			}
			if diff := cmp.Diff(c.pages, shown(w)); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSessionEndsAfterADay(t *testing.T) {
	w := start(t)
	v := &sandbox.Visitor{}
	w.code(v)
	w.Advance(25 * 60 * 60 * 1e9)
	if page := w.visit(v, "prompt", "none"); page.URL.Query().Get("error") != "login_required" {
		t.Errorf("callback %s", page.URL)
	}
}

func TestForgedConsentForm(t *testing.T) {
	w := start(t)
	jar := &onlyCookies{}
	client := &http.Client{Jar: jar}
	resp, err := client.Get(w.authorizeURL())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	flow := resp.Request.URL.Query().Get("flow")
	send := func(path string, form url.Values) string {
		t.Helper()
		form.Set("flow", flow)
		resp, err := client.PostForm(w.srv.AuthURL+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return titleOf(t, resp)
	}
	if title := send("/consent", url.Values{"answer": {"agree"}}); !strings.Contains(title, "로그인 시간이 지났어요") {
		t.Errorf("consent without a login: %q", title)
	}
	send("/login", url.Values{"person": {"4100000001"}})
	if title := send("/consent", url.Values{"answer": {"agree"}}); !strings.Contains(title, "(KOE203)") {
		t.Errorf("consent without the required item: %q", title)
	}
}

func TestNicknamesAreEscaped(t *testing.T) {
	w := start(t)
	evil := `<script>alert(1)</script>" onclick="x`
	w.AddPerson(sandbox.Person{Nickname: evil, TalkUser: true})
	resp, err := http.Get(w.authorizeURL())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := readAll(t, resp)
	if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;") || strings.Contains(body, `" onclick="`) {
		t.Error("a nickname is not escaped on the login page")
	}
	// A person with a browser reads the same name and can pick it.
	w.code(&sandbox.Visitor{Person: evil})
}
