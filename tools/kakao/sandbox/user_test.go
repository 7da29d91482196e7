package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAuthorizationHeader(t *testing.T) {
	w := start(t)
	token := w.login("", "")["access_token"].(string)
	for name, c := range map[string]struct {
		header string
		status int
		code   float64
		msg    string
	}{
		"none":      {"", 401, -401, "no authentication key!"},
		"unknown":   {"Bearer nonsense", 401, -401, "this access token does not exist"},
		"KakaoAK":   {"KakaoAK " + token, 401, -401, "no authentication key!"},
		"Basic":     {"Basic " + token, 401, -401, "no authentication key!"},
		"malformed": {"Bearer " + strings.Repeat("x", 300), 400, -2, "too long for access token."},
		"good":      {"Bearer " + token, 200, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			// A token in the query must not help.
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.srv.APIURL+"/v1/user/access_token_info", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", c.header)
			status, body := w.read(http.DefaultClient.Do(req))
			want(t, status, body, c.status, c.code)
			if msg, _ := body["msg"].(string); msg != c.msg {
				t.Errorf("msg %q", msg)
			}
		})
	}
}

func TestUserMe(t *testing.T) {
	w := start(t)
	token := w.login("", "")["access_token"].(string)
	_, got := w.get(token, "/v2/user/me")
	expected := object{
		"id": float64(w.Owner().ID), "properties": object{"nickname": "김하늘"},
		"kakao_account": object{
			"profile_nickname_needs_agreement": false,
			"profile":                          object{"nickname": "김하늘", "is_default_nickname": false},
		},
	}
	ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "connected_at" })
	if diff := cmp.Diff(expected, got, ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, got = w.get(w.full(""), "/v2/user/me")
	if diff := cmp.Diff(object{"uuid": w.UUID(w.Owner().ID)}, got["for_partner"]); diff != "" {
		t.Errorf("for_partner with talk_message (-want +got):\n%s", diff)
	}
}

func TestAccessTokenInfoAndUserInfo(t *testing.T) {
	w := start(t)
	token := w.login("", "")["access_token"].(string)
	w.Advance(100e9)
	_, info := w.get(token, "/v1/user/access_token_info")
	left := info["expires_in"].(float64)
	if left > 21499 || left < 21400 || info["app_id"] != float64(w.App().ID) || info["id"] != float64(w.Owner().ID) {
		t.Errorf("access_token_info: %v", info)
	}
	_, info = w.get(token, "/v1/oidc/userinfo")
	if diff := cmp.Diff(object{"sub": "4100000001", "nickname": "김하늘"}, info); diff != "" {
		t.Errorf("userinfo (-want +got):\n%s", diff)
	}
	_, info = w.get(token, "/v1/api/talk/profile")
	if diff := cmp.Diff(object{"nickName": "김하늘", "profileImageURL": "", "thumbnailURL": "", "countryISO": "KR"}, info); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
}

func TestNoTalkUser(t *testing.T) {
	w := start(t)
	token := w.full("심재현")
	for _, path := range []string{"/v1/api/talk/profile", "/v1/api/talk/friends"} {
		status, body := w.get(token, path)
		want(t, status, body, 400, -501)
	}
	status, body := w.post(token, "/v2/api/talk/memo/default/send", url.Values{"template_object": {textTemplate(t, "hi")}})
	want(t, status, body, 400, -501)
}

func TestScopes(t *testing.T) {
	w := start(t)
	token := w.login("", "")["access_token"].(string)
	_, got := w.get(token, "/v2/user/scopes")
	expected := object{"id": float64(w.Owner().ID), "scopes": []any{
		object{"id": "profile_nickname", "display_name": "닉네임", "type": "PRIVACY", "using": true, "agreed": true, "revocable": false},
		object{"id": "friends", "display_name": "카카오 서비스 내 친구목록(프로필사진, 닉네임, 즐겨찾기 포함)", "type": "PRIVACY", "using": true, "agreed": false},
		object{"id": "talk_message", "display_name": "카카오톡 메시지 전송", "type": "SERVICE", "using": true, "agreed": false},
		object{"id": "talk_calendar", "display_name": "톡캘린더 및 일정 생성, 조회, 편집/삭제", "type": "SERVICE", "using": true, "agreed": false},
	}}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, got = w.get(token, "/v2/user/scopes?scopes="+url.QueryEscape(`["friends"]`))
	if n := len(got["scopes"].([]any)); n != 1 {
		t.Errorf("%d scopes when one is asked for", n)
	}
}

func TestRevokeScopes(t *testing.T) {
	w := start(t)
	token := w.full("")
	w.login("", "") // agrees to the required item
	status, body := w.post(token, "/v2/user/revoke/scopes", url.Values{"scopes": {`["friends"]`}})
	want(t, status, body, 200, 0)
	status, body = w.get(token, "/v1/api/talk/friends")
	want(t, status, body, 403, -402)
	status, body = w.post(token, "/v2/user/revoke/scopes", url.Values{"scopes": {`["profile_nickname"]`}})
	want(t, status, body, 403, -3)
	for _, bad := range []string{`["birthday"]`, `friends`, `[]`, ``} {
		status, body = w.post(token, "/v2/user/revoke/scopes", url.Values{"scopes": {bad}})
		want(t, status, body, 400, -2)
	}
}

func TestMissingConsent(t *testing.T) {
	w := start(t)
	token := w.login("", "openid,talk_message")["access_token"].(string)
	status, body := w.get(token, "/v1/api/talk/friends")
	expected := object{
		"msg": "insufficient scopes.", "code": -402.0, "api_type": "FRIENDS",
		"required_scopes": []any{"friends"}, "allowed_scopes": []any{"talk_message"},
	}
	if diff := cmp.Diff(expected, body); status != 403 || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
	// The consent given now belongs to the new tokens.
	fresh := w.full("")
	if status, body := w.get(fresh, "/v1/api/talk/friends"); status != 200 {
		t.Errorf("new token: %d %v", status, body)
	}
	status, body = w.get(token, "/v1/api/talk/friends")
	want(t, status, body, 403, -402)
	w.WithdrawConsent(w.Owner().ID, "friends")
	status, body = w.get(fresh, "/v1/api/talk/friends")
	want(t, status, body, 403, -402)
}

func TestLogout(t *testing.T) {
	w := start(t)
	first, second := w.login("", ""), w.login("", "")
	status, body := w.post(first["access_token"].(string), "/v1/user/logout", nil)
	want(t, status, body, 200, 0)
	status, body = w.get(first["access_token"].(string), "/v2/user/me")
	want(t, status, body, 401, -401)
	if _, body := w.refresh(first["refresh_token"].(string)); body["error_code"] != "KOE322" {
		t.Errorf("refresh after logout: %v", body)
	}
	status, body = w.get(second["access_token"].(string), "/v2/user/me")
	want(t, status, body, 200, 0)
}

func TestUnlink(t *testing.T) {
	w := start(t)
	login := w.login("", "openid,friends")
	token := login["access_token"].(string)
	status, body := w.post(token, "/v1/user/unlink", nil)
	want(t, status, body, 200, 0)
	status, body = w.get(token, "/v2/user/me")
	want(t, status, body, 401, -401)
	if _, body := w.refresh(login["refresh_token"].(string)); body["error_code"] != "KOE322" {
		t.Errorf("refresh after unlink: %v", body)
	}
	if scope := w.login("", "")["scope"]; scope != "profile_nickname openid" {
		t.Errorf("consents survive: %q", scope)
	}
}

func TestUnlinkInAccountSettings(t *testing.T) {
	w := start(t)
	login := w.login("", "")
	w.Unlink(w.Owner().ID)
	status, body := w.get(login["access_token"].(string), "/v2/user/me")
	want(t, status, body, 400, -101)
	if _, body := w.refresh(login["refresh_token"].(string)); body["error_code"] != "KOE322" {
		t.Errorf("refresh: %v", body)
	}
	status, body = w.get(w.full(""), "/v2/user/me")
	want(t, status, body, 200, 0)
}

func TestUnknownPathAndMethod(t *testing.T) {
	w := start(t)
	token := w.full("")
	status, body := w.get(token, "/v3/nothing")
	want(t, status, body, 404, -2)
	status, body = w.get(token, "/v2/api/talk/memo/default/send")
	want(t, status, body, 405, -2)
}
