package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestNamedAnswers switches each on for good: what a message, the friends list and
// the user endpoint get, with a token that is as good as new.
func TestNamedAnswers(t *testing.T) {
	rule := func(id float64, name string) object {
		return object{"code": -10.0, "msg": "API limit has been exceeded.", "rule_id": id, "rule_name": name, "rule_desc": "user, push, payment 제외. 개발자 계정 또는 앱으로 제외."}
	}
	says := func(code float64, msg string) object { return object{"code": code, "msg": msg} }
	tests := map[sandbox.Answer]struct {
		status int
		body   object
	}{
		sandbox.TokenUnknown:    {401, says(-401, "this access token does not exist")},
		sandbox.TokenExpired:    {401, says(-401, "this access token is already expired")},
		sandbox.AddressRefused:  {401, says(-401, "ip mismatched! callerIp=203.0.113.10. check out registered ips.")},
		sandbox.DomainMismatch:  {401, says(-401, "domain mismatched! caller=http://localhost. check out registered web domains.")},
		sandbox.KeyDeactivated:  {401, says(-401, "appKey(5b0c2f7e91d84a36b2c7e0f15d9a8e43) is already deactivated")},
		sandbox.NoToken:         {401, says(-401, "no authentication key!")},
		sandbox.FeatureOff:      {403, says(-3, "[카톡 비서] App disabled [talk_message] scopes for [TALK_MEMO_DEFAULT_SEND] API on developers.kakao.com. Enable it first.")},
		sandbox.AppGone:         {400, says(-301, "app does not exist.")},
		sandbox.NotTalkUser:     {400, says(-501, "given account is not connected to any talk user.")},
		sandbox.Maintenance:     {503, says(-9798, "service is under maintenance.")},
		sandbox.TooManyRequests: {429, says(-10, "API limit has been exceeded.")},
		sandbox.Quota:           {400, says(-10, "API limit has been exceeded.")},
		sandbox.QuotaSecond:     {400, rule(3, "[API Total] 앱당 초당 총 사용량")},
		sandbox.QuotaDay:        {400, rule(2, "[TALK] 일반 앱에 대해 앱당 하루 총 사용량")},
		sandbox.QuotaMonth:      {400, rule(1, "[API Total] 일반 앱에 대해 개발자당 한달 총 사용량")},
	}
	onAuthHost := []sandbox.Answer{sandbox.AuthorizeBroken, sandbox.AuthorizeLogin, sandbox.AuthorizeNoLogin, sandbox.PKCEMismatch}
	if n := len(sandbox.AnswerNames()); n != len(tests)+len(onAuthHost) {
		t.Errorf("%d answers, %d tested", n, len(tests)+len(onAuthHost))
	}
	w := start(t)
	token := w.full("")
	for name, c := range tests {
		t.Run(string(name), func(t *testing.T) {
			w.SetFaults(sandbox.Faults{Answer: name, FailCount: -1})
			calls := map[string]func() (int, object){
				"memo": func() (int, object) {
					return w.post(token, memoPath, url.Values{"template_object": {textTemplate(t, "x")}})
				},
				"send":    func() (int, object) { return w.send(token, w.uuids("김지민"), "x") },
				"friends": func() (int, object) { return w.get(token, "/v1/api/talk/friends") },
				"me":      func() (int, object) { return w.get(token, "/v2/user/me") },
				"logout":  func() (int, object) { return w.post(token, "/v1/user/logout", nil) },
			}
			for call, do := range calls {
				if status, body := do(); status != c.status || !cmp.Equal(c.body, body) {
					t.Errorf("%s: %d %v, want %d %v", call, status, body, c.status, c.body)
				}
			}
			// The auth host goes on as ever.
			if status, body := w.refresh("unknown"); body["error_code"] != "KOE322" {
				t.Errorf("refresh: %d %v", status, body)
			}
		})
	}
	w.SetFaults(sandbox.Faults{})
	if n := len(w.Deliveries()); n != 0 {
		t.Errorf("%d messages arrived", n)
	}
	if status := w.memo(t.Context(), token); status != http.StatusOK {
		t.Errorf("the token is worth nothing afterwards: %d", status)
	}
}

func TestNamedAnswerOnceAndOnOnePath(t *testing.T) {
	w := start(t)
	token := w.full("")
	w.SetFaults(sandbox.Faults{Answer: sandbox.AddressRefused, FailPath: "/v2/api/talk", FailNth: 2})
	if status, _ := w.get(token, "/v2/user/me"); status != 200 {
		t.Errorf("another path: %d", status)
	}
	var got []int
	for range 3 {
		got = append(got, w.memo(t.Context(), token))
	}
	if diff := cmp.Diff([]int{200, 401, 200}, got); diff != "" || len(w.Deliveries()) != 2 {
		t.Errorf("%d arrived (-want +got):\n%s", len(w.Deliveries()), diff)
	}
}

// ask sends the authorization request as a program does: without cookies, and
// without following.
func (w *world) ask(pairs ...string) (status int, location string) {
	w.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(w.authorizeURL(pairs...))
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location")
}

func TestAuthorizeAnswers(t *testing.T) {
	w := start(t)
	w.SetFaults(sandbox.Faults{Answer: sandbox.AuthorizeBroken, FailCount: -1})
	if status, location := w.ask("scope", "birthday"); status != 500 || location != "" {
		t.Errorf("broken: %d to %q", status, location)
	}
	w.SetFaults(sandbox.Faults{Answer: sandbox.AuthorizeNoLogin, FailCount: -1})
	for _, scope := range []string{"friends", "birthday"} {
		if status, location := w.ask("scope", scope); status != 302 || location != w.callback+"?error=login_required&state=s%20t%261" {
			t.Errorf("no login: %d to %q", status, location)
		}
	}
	if page := w.visit(&sandbox.Visitor{}, "redirect_uri", "http://elsewhere.example"); page.KOE != "KOE006" {
		t.Errorf("redirected to an address that is not registered: %s", page.URL)
	}

	w.SetFaults(sandbox.Faults{Answer: sandbox.AuthorizeLogin, FailCount: -1})
	for _, pairs := range [][]string{{"scope", "birthday"}, {"client_id", "nobody"}, {"redirect_uri", "http://x"}, {"prompt", "none"}} {
		if status, location := w.ask(pairs...); status != 302 || !strings.HasPrefix(location, "/login?continue=%2Foauth%2Fauthorize%3F") {
			t.Errorf("account login for %v: %d to %q", pairs, status, location)
		}
	}
	// A person gets on from there, and then learns what is wrong.
	visitor := &sandbox.Visitor{Person: "김지민"}
	if page := w.visit(visitor, "scope", "birthday"); page.KOE != "KOE205" {
		t.Errorf("ended at %s", page.URL)
	}
	if page := w.visit(visitor, "scope", "friends,talk_message"); page.URL.Query().Get("code") == "" {
		t.Errorf("ended at %s", page.URL)
	}
	if page, err := (&sandbox.Visitor{}).Visit(t.Context(), w.srv.AuthURL+"/login?continue=https%3A%2F%2Fevil.example%2F"); err == nil {
		t.Errorf("the login leads to %s", page.URL)
	}
}

func TestPKCEMismatchOnDemand(t *testing.T) {
	w := start(t)
	code := w.code(&sandbox.Visitor{})
	w.SetFaults(sandbox.Faults{Answer: sandbox.PKCEMismatch})
	status, body := w.token(code)
	if status != 400 || body["error_code"] != "KOE313" || !strings.HasPrefix(body["error_description"].(string), "PKCE validation failed.") {
		t.Errorf("got %d %v", status, body)
	}
	w.full("") // the switch was for one request
}

// What is not known of Kakao can be switched: before or after the account login.
func TestWhenConsentItemsAreTold(t *testing.T) {
	w := start(t)
	for _, pairs := range [][]string{{"scope", "account_email"}, {"scope", "openid", "prompt", "none"}} {
		if pairs[1] == "openid" {
			w.UpdateApp(func(a *sandbox.App) { a.OIDCOn = false })
		}
		w.SetVariants(sandbox.Variants{})
		if status, location := w.ask(pairs...); status != 302 || !strings.Contains(location, "/login?") && !strings.Contains(location, "error=login_required") {
			t.Errorf("%v, told after the login: %d to %q", pairs, status, location)
		}
		w.SetVariants(sandbox.Variants{KOE205First: true})
		if status, location := w.ask(pairs...); status != 400 || location != "" {
			t.Errorf("%v, told before the login: %d to %q", pairs, status, location)
		}
	}
	w.SetVariants(sandbox.Variants{})
	if page := w.visit(&sandbox.Visitor{}, "scope", "account_email"); page.KOE != "KOE205" || page.Status != 400 {
		t.Errorf("after the login: %s with %d", page.URL, page.Status)
	}
}

func TestFailureInfos(t *testing.T) {
	w := start(t)
	token := w.full("")
	for field, v := range map[string]sandbox.Variants{"failure_info": {}, "failure_infos": {FailureInfos: true}} {
		w.SetVariants(v)
		_, body := w.send(token, w.uuids("김지민", "고은채"), "안녕")
		if list, ok := body[field].([]any); !ok || len(list) != 1 || len(body) != 2 {
			t.Errorf("%s: %v", field, body)
		}
	}
}

func TestConsentItemOff(t *testing.T) {
	w := start(t)
	token := w.full("")
	w.UpdateApp(func(a *sandbox.App) { a.Items["friends"] = sandbox.StageOff })
	status, body := w.get(token, "/v1/api/talk/friends")
	want(t, status, body, 403, -3)
	if msg := "[카톡 비서] App disabled [friends] scopes for [FRIENDS] API on developers.kakao.com. Enable it first."; body["msg"] != msg {
		t.Errorf("msg %q", body["msg"])
	}
	if status := w.memo(t.Context(), token); status != 200 {
		t.Errorf("a message to oneself needs no friends: %d", status)
	}
}

func TestTemplatePurpose(t *testing.T) {
	w := start(t)
	token := w.full("")
	w.UpdateApp(func(a *sandbox.App) { a.ShareTemplates = []int64{77} })
	for id, code := range map[string]float64{"77": -2, "78": 0} {
		form := url.Values{"template_id": {id}}
		status, body := w.post(token, "/v2/api/talk/memo/send", form)
		form.Set("receiver_uuids", w.uuids("김지민"))
		status2, body2 := w.post(token, "/v1/api/talk/friends/message/send", form)
		if code == 0 {
			want(t, status, body, 200, 0)
			want(t, status2, body2, 200, 0)
			continue
		}
		want(t, status, body, 400, code)
		want(t, status2, body2, 400, code)
		if body["msg"] != "template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType." {
			t.Errorf("msg %q", body["msg"])
		}
	}
	if n := len(w.Deliveries()); n != 2 {
		t.Errorf("%d messages arrived", n)
	}
}

func TestPrivateProfiles(t *testing.T) {
	w := start(t)
	token := w.full("")
	uuid := w.uuids("김지민")
	listed := func() (found, allowed bool) {
		_, body := w.get(token, "/v1/api/talk/friends?limit=100")
		for _, e := range body["elements"].([]any) {
			if f := e.(object); f["profile_nickname"] == "김지민" {
				return true, f["allowed_msg"].(bool)
			}
		}
		return false, false
	}
	for _, c := range []struct {
		change         func(*sandbox.Person)
		found, allowed bool
		status         int
		code           float64
	}{
		{func(p *sandbox.Person) { p.MessagesOff = true }, true, false, 400, -530},
		{func(p *sandbox.Person) { p.PrivateProfile = true }, false, false, 400, -530},
		{func(p *sandbox.Person) { p.MessagesOff = false }, false, false, 400, -530},
		{func(p *sandbox.Person) { p.PrivateProfile = false }, true, true, 200, 0},
		{func(p *sandbox.Person) { p.TalkUser = false }, false, false, 400, -501},
	} {
		w.UpdatePerson(w.person("김지민"), c.change)
		if found, allowed := listed(); found != c.found || allowed != c.allowed {
			t.Errorf("in the list %v, allowed_msg %v", found, allowed)
		}
		status, body := w.send(token, uuid, "안녕")
		want(t, status, body, c.status, c.code)
	}
	if status, body := w.get("", "/v2/user/me"); status != 401 || body["msg"] != "no authentication key!" {
		t.Errorf("without a token: %d %v", status, body)
	}
}

func TestChangedUUID(t *testing.T) {
	w := start(t)
	token := w.full("")
	old, other := w.uuids("김지민"), w.uuids("홍길동")
	fresh := w.ChangeUUID(w.person("김지민"))
	if now := w.uuids("김지민"); now == old || now != jsonText(t, []string{fresh}) {
		t.Errorf("uuid %s after %s", now, old)
	}
	status, body := w.send(token, old, "안녕")
	want(t, status, body, 400, -2)
	for _, uuid := range []string{w.uuids("김지민"), other} {
		status, body = w.send(token, uuid, "안녕")
		want(t, status, body, 200, 0)
	}
	w.UpdateApp(func(a *sandbox.App) { a.ID++ })
	status, body = w.send(token, w.uuids("김지민"), "안녕")
	want(t, status, body, 200, 0)
}

func TestPagesInEnglish(t *testing.T) {
	w := start(t)
	w.SetEnglish(true)
	page := w.visit(&sandbox.Visitor{}, "redirect_uri", "http://x")
	if !strings.Contains(page.Body, "<title>Admin Settings Issue (KOE006)</title>") || !strings.Contains(page.Body, `<html lang="en">`) {
		t.Errorf("error page: %.300s", page.Body)
	}
	if w.full("") == "" || w.full("김지민") == "" {
		t.Error("nobody can log in on the English pages")
	}
	if page := w.visit(&sandbox.Visitor{Person: "홍길동", Decline: true}, "prompt", "login", "scope", "account_email"); page.KOE != "KOE205" {
		t.Errorf("ended at %s", page.URL)
	}
}
