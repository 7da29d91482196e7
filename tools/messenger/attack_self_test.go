package messenger

import (
	"testing"

	"kakaotalk-mcp/tools/ask"
)

// TestWordsForOneself: who takes one for a name does not get what the user wants to send to
// themselves, and no alias takes it over.
func TestWordsForOneself(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	for _, word := range []string{"나", "저", "본인", "나에게", "나한테", "나께", "저에게", "저한테", "내게", "제게", "자신", "나 자신", "나자신", "저 자신", "자기 자신에게", "자기에게", "나와의 채팅", "나에게만", "나한테만", "나만", "나만 보기", "내 계정", "only me", "me only", "my account", "나와의채팅", "내 채팅", "내 채팅방",
		"나와의 대화", "나와의 톡방", "나의 카카오톡", "나와의 채팅으로", "나와의 채팅방에", "나에게 보내기", "나에게 쓰기", "내게쓰기", "나한테 메시지 보내기", "나와의 채팅에 메모하기", "사용자", "사용자에게",
		"me", "ME", "Me.", "myself", "self", "To myself", "send to me", "note to self", "my chat", "my own chat", "your own chat", "own chat", "myself chat", "the user's own chat", "the user", "user",
		"ⓜⓔ", "ｍｅ", "나!", "나~", "나^^", "나·", "“나”", "(나)", "나님", "@나", "@me", "나와의 채팅님", "나와의 채팅 (나)", "나(나와의 채팅)", "me / my chat", "나\u200b", "나\u3164", "ᄂ\u1161"} {
		w.Friend(word)
		w.restart()
		w.want(w.call(toolSend, w.to(word, "하나")), StatusNotSent, "own_chat", "no")
		if r, err := w.m.SetAlias(t.Context(), word, "정서연", Nobody{}); err == nil {
			t.Errorf("alias %q was taken: %+v", word, r)
		}
	}
	w.want(w.call(toolSend, `{"uuid":"`+w.UUID("나와의 채팅")+`","message":"둘"}`), StatusSent, "", "")
	w.alias("나친구", w.UUID("나"))
	w.want(w.call(toolSend, w.to("나친구", "셋")), StatusSent, "", "")
	w.WantArrived("나와의 채팅: 둘", "나: 셋")
}

// TestNamesLikeWordsForOneself can be said as ever.
func TestNamesLikeWordsForOneself(t *testing.T) {
	t.Parallel()
	w := loggedIn(t, asking)
	for _, name := range []string{"나나", "나로", "나리", "저스틴", "제니", "내꺼", "자기야", "나연", "나(길동)", "나♡", "Tome", "Mei", "Mina", "Users Lee", "Chat Kim", "채팅", "카톡", "한나", "나경에게"} {
		w.Friend(name)
		w.restart()
		w.want(w.asked(answering(ask.Once), toolSend, w.to(name, name)), StatusSent, "", "")
	}
	// A sweetheart, whom nobody but the user calls so.
	w.want(w.call(toolSend, w.to("자기", "하나")), StatusNotSent, "own_chat", "no")
	w.alias("자기", "홍길동")
	w.want(w.asked(answering(ask.Once), toolSend, w.to("자기", "하나")), StatusSent, "", "")
}
