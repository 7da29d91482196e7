package messenger

import (
	"testing"
)

func TestSendWarmCostsOneRequest(t *testing.T) {
	w := loggedIn(t)
	w.call(toolToMe, `{"message":"하나"}`)
	if n := len(w.Kakao.Requests()); n != 1 {
		t.Errorf("%d requests for a message to me, want 1", n)
	}
	w.call(toolSearch, `{"query":"홍길동"}`)
	for _, call := range []string{`{"to":["홍길동"],"message":"둘"}`, `{"to":"홍길동 님","message":"셋"}`, `{"uuid":"` + w.UUID("홍길동") + `","message":"넷"}`} {
		w.Kakao.ResetRequests()
		w.want(w.call(toolSend, call), StatusSent, "", "")
		if n := len(w.Kakao.Requests()); n != 1 {
			t.Errorf("%d requests for %s, want 1", n, call)
		}
	}
	w.WantArrived("me: 하나", "홍길동: 둘", "홍길동: 셋", "홍길동: 넷")
}
