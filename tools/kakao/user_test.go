package kakao

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMe(t *testing.T) {
	tests := []struct {
		name, answer string
		want         User
	}{
		{"everything", `{"id":123456789,"connected_at":"2026-01-02T03:04:05Z","properties":{"nickname":"old"},"kakao_account":{"profile_nickname_needs_agreement":false,"profile":{"nickname":"김하늘"}},"for_partner":{"uuid":"u0"}}`,
			User{123456789, "김하늘", "u0"}},
		{"properties only", `{"id":1,"properties":{"nickname":"김하늘"}}`, User{1, "김하늘", ""}},
		{"no consent", `{"id":9007199254740993}`, User{ID: 9007199254740993}},
		{"null", `{"id":1,"properties":null,"kakao_account":{"profile":null},"for_partner":null}`, User{ID: 1}},
		{"odd types", `{"id":1,"properties":[],"kakao_account":{"profile":{"nickname":5}},"for_partner":"x"}`, User{ID: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := answering(t, 200, tt.answer)
			got, err := client.Me(t.Context(), testToken)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
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
	want := []Scope{
		{"talk_message", "카카오톡 메시지 전송", "SERVICE", true, true, true},
		{"friends", "친구목록", "PRIVACY", true, false, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

func TestTokenInfo(t *testing.T) {
	client, _ := answering(t, 200, `{"id":123456789,"expires_in":7199,"app_id":1234}`)
	got, err := client.TokenInfo(t.Context(), testToken)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(TokenInfo{123456789, 1234, 7199 * time.Second}, got); diff != "" {
		t.Errorf("token info (-want +got):\n%s", diff)
	}
}

func TestAnswersWithoutUser(t *testing.T) {
	client, _ := answering(t, 200, `{}`)
	_, me := client.Me(t.Context(), testToken)
	_, info := client.TokenInfo(t.Context(), testToken)
	for _, err := range []error{me, info} {
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
