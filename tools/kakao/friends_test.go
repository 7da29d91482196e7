package kakao

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFriends(t *testing.T) {
	tests := []struct {
		name   string
		offset int
		answer string
		want   FriendPage
	}{
		{"first page", 0, `{"elements":[
			{"id":1376016924426743837,"uuid":"u1","favorite":true,"profile_nickname":"친구A","profile_thumbnail_image":"https://k.example/a.jpg","allowed_msg":true},
			{"id":9223372036854775807,"uuid":"u2","favorite":false,"profile_nickname":"친구B","profile_thumbnail_image":""}],
			"total_count":11,"favorite_count":1,"before_url":null,
			"after_url":"https://elsewhere.example/v1/api/talk/friends?limit=2&order=asc&friend_order=favorite&offset=2"}`,
			FriendPage{[]Friend{
				{"u1", "친구A", "https://k.example/a.jpg", true, false},
				{"u2", "친구B", "", false, false},
			}, 11, 2}},
		{"profiles that are not public", 0, `{"elements":[{"uuid":"u1","allowed_msg":false},{"uuid":"u2","allowed_msg":null},{"uuid":"u3","allowed_msg":"false"},{"uuid":"u4","allowed_msg":0}],"total_count":4}`,
			FriendPage{[]Friend{{UUID: "u1", Unreachable: true}, {UUID: "u2"}, {UUID: "u3"}, {UUID: "u4"}}, 4, -1}},
		{"nobody", 0, `{"elements":[],"total_count":0}`, FriendPage{Next: -1}},
		{"null everywhere", 0, `{"elements":null,"total_count":null,"favorite_count":null,"after_url":null}`, FriendPage{Next: -1}},
		{"missing and odd values", 0, `{"elements":[{"uuid":"u1"},{"uuid":"u2","id":92233720368547758070,"profile_nickname":null,"favorite":"yes"},
			{"uuid":"u3","id":"5","profile_nickname":7,"profile_thumbnail_image":[]}],"total_count":"3"}`,
			FriendPage{[]Friend{{UUID: "u1"}, {UUID: "u2"}, {UUID: "u3"}}, 3, -1}},
		{"entries nobody can write to", 0, `{"elements":[null,7,{"profile_nickname":"a"},{"uuid":"u1"}],"total_count":4,"favorite_count":-2}`,
			FriendPage{[]Friend{{UUID: "u1"}}, 4, -1}},
		{"empty after_url", 0, `{"elements":[{"uuid":"u1"}],"total_count":1,"after_url":""}`, FriendPage{[]Friend{{UUID: "u1"}}, 1, -1}},
		{"after_url stands still", 5, `{"elements":[{"uuid":"u1"}],"total_count":9,"after_url":"https://k/?offset=5"}`, FriendPage{[]Friend{{UUID: "u1"}}, 9, 6}},
		{"after_url without offset", 5, `{"elements":[{"uuid":"u1"},null],"total_count":9,"after_url":"https://k/?limit=5"}`, FriendPage{[]Friend{{UUID: "u1"}}, 9, 7}},
		{"after_url broken", 5, `{"elements":[{"uuid":"u1"}],"total_count":9,"after_url":":%"}`, FriendPage{[]Friend{{UUID: "u1"}}, 9, 6}},
		{"empty page with after_url", 5, `{"elements":[],"total_count":9,"after_url":"https://k/?offset=0"}`, FriendPage{Total: 9, Next: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := answering(t, 200, tt.answer)
			got, err := client.Friends(t.Context(), testToken, tt.offset, 10)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFriendsArguments(t *testing.T) {
	client := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	tests := []struct {
		offset, limit int
		want          *FieldError
	}{
		{-1, 10, &FieldError{"offset", BadValue, 0}},
		{0, 0, &FieldError{"limit", BadValue, 1}},
		{0, 101, &FieldError{"limit", BadValue, 100}},
	}
	for _, tt := range tests {
		_, err := client.Friends(t.Context(), testToken, tt.offset, tt.limit)
		if diff := cmp.Diff(error(tt.want), err); diff != "" {
			t.Errorf("offset %d, limit %d (-want +got):\n%s", tt.offset, tt.limit, diff)
		}
	}
}

func FuzzFriends(f *testing.F) {
	f.Add(`{"elements":[{"id":1376016924426743837,"uuid":"u1","favorite":true,"profile_nickname":"친구A"}],"total_count":11,"after_url":"https://k/?offset=2"}`, 0)
	f.Add(`{"elements":[null,{"id":1e400}],"after_url":"?offset=-1"}`, 5)
	f.Add(`{"elements":[{}],"after_url":"?"}`, 1<<62)
	f.Fuzz(func(t *testing.T, body string, offset int) {
		var answer friendsAnswer
		if offset < 0 || decodeObject([]byte(body), &answer) != nil {
			return
		}
		page := answer.page(offset, maxFriendLimit)
		if page.Next != -1 && page.Next <= offset {
			t.Errorf("next offset %d after %d", page.Next, offset)
		}
		if page.Total < len(page.Friends) {
			t.Errorf("total %d of %d friends", page.Total, len(page.Friends))
		}
		for _, friend := range page.Friends {
			if friend.UUID == "" {
				t.Errorf("friend without uuid: %v", friend)
			}
		}
	})
}
