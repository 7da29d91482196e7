package sandbox_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestRoomsData(t *testing.T) {
	w := start(t)
	token := w.full("")
	send := func(template object) {
		t.Helper()
		status, body := w.post(token, memoPath, url.Values{"template_object": {jsonText(t, template)}})
		want(t, status, body, 200, 0)
	}
	send(object{"object_type": "list", "header_title": "할 일", "contents": []any{content(), content()}, "header_link": link("https://example.com")})
	send(object{"object_type": "location", "address": "판교역로 166", "address_title": "카카오", "content": content(), "social": object{"like_count": 3}})
	send(object{"object_type": "commerce", "content": object{"title": "t", "image_url": "https://x.example/a.png", "link": object{}},
		"commerce": object{"regular_price": 12000, "discount_price": 9000, "discount_rate": 25}})
	send(object{"object_type": "feed", "content": content(), "item_content": object{
		"items": []any{object{"item": "사과", "item_op": "2개"}}, "sum": "합계", "sum_op": "2개"}})
	w.post(token, "/v2/api/talk/memo/send", url.Values{"template_id": {"7"}, "template_args": {`{"a":"b"}`}})
	w.send(token, w.uuids("김지민"), "안녕")
	w.post(w.full("김지민"), memoPath, url.Values{"template_object": {textTemplate(t, "나에게")}})

	_, got := w.read(http.Get(w.srv.RoomsURL() + "/data"))
	button := []any{object{"title": "자세히 보기", "url": "https://example.com", "dead": false}}
	owner, friend := "4100000001", jsonText(t, w.person("김지민"))
	expected := []any{
		object{"id": owner + "-" + owner, "title": "김하늘", "self": true, "bubbles": []any{
			object{"kind": "list", "title": "할 일", "entries": []any{[]any{"제목", ""}, []any{"제목", ""}}, "preview": "할 일", "buttons": button},
			object{"kind": "location", "title": "제목", "note": "📍 카카오 판교역로 166", "rows": []any{[]any{"좋아요", "3"}}, "preview": "제목", "buttons": button},
			object{"kind": "commerce", "title": "t", "image": true, "preview": "t", "buttons": []any{},
				"rows": []any{[]any{"정가", "12000원"}, []any{"할인가", "9000원"}, []any{"할인율", "25%"}}},
			object{"kind": "feed", "title": "제목", "preview": "제목", "buttons": button, "rows": []any{[]any{"사과", "2개"}, []any{"합계", "2개"}}},
			object{"kind": "template", "title": "템플릿 7", "preview": "템플릿 7", "buttons": []any{}, "rows": []any{[]any{"a", "b"}}},
		}},
		object{"id": friend + "-" + friend, "title": "김지민 → 김지민", "self": true, "bubbles": []any{
			object{"kind": "text", "text": "나에게", "preview": "나에게", "buttons": []any{}},
		}},
		object{"id": owner + "-" + friend, "title": "김지민", "self": false, "bubbles": []any{
			object{"kind": "text", "text": "안녕", "preview": "안녕", "buttons": []any{}},
		}},
	}
	ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "at" })
	if diff := cmp.Diff(expected, got["rooms"], ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got["sent"] != 1.0 || got["limit"] != 30.0 {
		t.Errorf("quota %v of %v", got["sent"], got["limit"])
	}
}
