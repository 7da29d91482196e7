package kakao

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOwnUUID(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":123456789,"connected_at":"2026-01-02T03:04:05Z","properties":{"nickname":"old"},"for_partner":{"uuid":"u0"}}`: "u0",
		`{"id":9007199254740993}`: "", `{"id":1,"for_partner":null}`: "", `{"id":1,"for_partner":"x"}`: "", `{"id":1,"for_partner":{"uuid":5}}`: "",
	} {
		client, _ := answering(t, 200, body)
		if got, err := client.OwnUUID(t.Context(), testToken); got != want || err != nil {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
}

func TestScopes(t *testing.T) {
	client, _ := answering(t, 200, `{"id":1,"scopes":[
		{"id":"talk_message","display_name":"카카오톡 메시지 전송","type":"SERVICE","using":true,"agreed":true,"revocable":true},
		{"id":"friends","display_name":"친구목록","type":"PRIVACY","using":true,"delegated":false,"agreed":false}]}`)
	got, err := client.Scopes(t.Context(), testToken)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Scope{{"talk_message", true, true}, {"friends", true, false}}, got); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

func TestAnswersWithoutUser(t *testing.T) {
	client, _ := answering(t, 200, `{}`)
	_, me := client.OwnUUID(t.Context(), testToken)
	for _, err := range []error{me, client.CheckToken(t.Context(), testToken)} {
		if !errors.Is(err, errUnreadable) {
			t.Errorf("error %v, want an unreadable answer", err)
		}
	}
}

func TestEndingFails(t *testing.T) {
	client, _ := answering(t, 401, `{"msg":"this access token does not exist","code":-401}`)
	want := error(&Error{Code: -401, Status: 401, Msg: "this access token does not exist"})
	if diff := cmp.Diff(want, client.Logout(t.Context(), testToken)); diff != "" {
		t.Errorf("logout (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, client.Unlink(t.Context(), testToken)); diff != "" {
		t.Errorf("unlink (-want +got):\n%s", diff)
	}
}
