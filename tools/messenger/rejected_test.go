package messenger

import (
	"testing"

	"kakaotalk-mcp/auth"
)

// TestBothKnownTokensRejected: Kakao ends all access tokens, the one this process
// has in memory and the newer one that another process stored. The refresh token is
// good: nobody has to log in, and the login is not deleted.
func TestBothKnownTokensRejected(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	other := w.NewSession(w.cfg.Home, w.Server.APIURL, w.Store)
	old, err := other.Token(t.Context(), auth.Request{Purpose: auth.ForFriends})
	if err != nil {
		t.Fatal(err)
	}
	other.Rejected(old)
	if renewed, err := other.Token(t.Context(), auth.Request{Purpose: auth.ForFriends}); err != nil || renewed == old {
		t.Fatalf("not renewed: %v", err)
	}
	w.Kakao.ExpireAccessTokens()
	w.Kakao.ResetRequests()
	w.want(w.call(toolToMe, `{"message":"안녕"}`), StatusSent, "", "")
	w.WantArrived("me: 안녕")
	paths := map[string]int{}
	for _, r := range w.Kakao.Requests() {
		paths[r.Path]++
	}
	if paths["/oauth/authorize"] != 0 || paths["/oauth/token"] != 1 {
		t.Errorf("requests: %v, want one refresh and no login", paths)
	}
}
