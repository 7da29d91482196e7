package auth

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kakaotalk-mcp/auth/loopback"
)

// A friend counts for Kakao only once a login of theirs to the app has come to a
// token (Kakao docs: KakaoTalk social, friends). An invite is such a login: its
// tokens complete the connection and are dropped at once.

// maxInviteFailures is how many codes an invitation may fail with before it is
// closed: each costs a token request, and Kakao limits those for the whole app.
const maxInviteFailures = 10

// Guest is a friend who has connected to the app.
type Guest struct {
	Name    string   // nickname, "" if not consented
	Missing []string // consent items without which they cannot be found or messaged
	Self    bool     // it was the owner's own account: nobody new is connected
}

// Invite returns the address where a friend logs in to the app. redirect is the
// registered redirect URI where it ends.
func (s *Session) Invite(ctx context.Context, redirect string) (page string, err error) {
	_, page, err = s.invite(ctx, redirect)
	return page, err
}

// invite returns a new invitation with its page.
func (s *Session) invite(ctx context.Context, redirect string, more ...oauth2.AuthCodeOption) (in invitation, page string, err error) {
	key, err := s.inviteSecret(ctx)
	if err != nil {
		return in, "", err
	}
	cfg, err := s.oauthConfig(ctx, ForFriends)
	if err != nil {
		return in, "", s.asProblem(err)
	}
	cfg.RedirectURL = redirect
	id := make([]byte, inviteID)
	rand.Read(id) // never fails
	in = s.invitationOf(key, id, binary.BigEndian.AppendUint64(nil, uint64(s.now().Add(inviteLife).Unix())))
	return in, cfg.AuthCodeURL(in.state, append(more, oauth2.S256ChallengeOption(in.verifier), oidc.Nonce(in.nonce))...), nil
}

// AcceptInvite completes a friend's login from the callback's query. Their
// tokens are used for nothing and kept nowhere.
func (s *Session) AcceptInvite(ctx context.Context, redirect string, q url.Values) (Guest, error) {
	in, err := s.openInvite(ctx, q.Get("state"))
	if err != nil {
		return Guest{}, err
	}
	if e := q.Get("error"); e != "" {
		return Guest{}, s.refusal(e, q.Get("error_description"))
	}
	if s.inviteFailed(in, 1) > maxInviteFailures { // counted beforehand: many may come at once
		return Guest{}, s.inviteProblem(false)
	}
	g, err := s.exchange(ctx, ForFriends, redirect, q.Get("code"), in.verifier)
	if !refused(err) {
		s.inviteFailed(in, -1)
	}
	if err != nil {
		return Guest{}, s.tokenProblem(err)
	}
	who, err := s.verify(ctx, g.idToken, in.nonce, s.signingKeys)
	if err != nil {
		return Guest{}, s.verifyProblem(err)
	}
	rec := Record{Scopes: g.scopes}
	owner, err := s.load(ctx) // without one it cannot be known
	return Guest{Name: who.nickname, Missing: rec.missing(ForFriends), Self: err == nil && owner.Subject == who.subject}, nil
}

// refused reports whether the token endpoint said no, as it does to a wrong code;
// an outage says nothing about the guest.
func refused(err error) bool {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	return ok && r.Response.StatusCode < 500
}

// inviteFailed adds to the count of an invitation's failures in this process and
// returns it.
func (s *Session) inviteFailed(in invitation, more int) int {
	s.mu.Lock()
	n := s.failures[in.state] + more
	s.failures[in.state] = n
	s.mu.Unlock()
	return n
}

// InviteHere lets a friend log in on this computer, within ten minutes: the port is one
// that logins need. show gets the page's address.
func (s *Session) InviteHere(ctx context.Context, show func(page string) error) (Guest, error) {
	if s.under().ID != "" { // it has the port
		return Guest{}, s.loginOpen()
	}
	redirect := s.RedirectURI(ForFriends)
	// The owner may be logged in to Kakao here.
	in, page, err := s.invite(ctx, redirect, oauth2.SetAuthURLParam("prompt", "login"))
	if err != nil {
		return Guest{}, err
	}
	type result struct {
		guest Guest
		err   error
	}
	results := make(chan result, 1)
	_, base := s.publicCallback()
	listener, err := loopback.Listen(loopback.Config{
		Base: base, Paths: []string{ForFriends.CallbackPath()}, State: in.state, Pages: s.callbackPages(),
		Complete: func(ctx context.Context, q url.Values) loopback.Page {
			ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
			defer cancel()
			guest, err := s.AcceptInvite(ctx, redirect, q)
			results <- result{guest, err}
			return s.GuestPage(guest, err)
		},
	})
	if err != nil {
		return Guest{}, s.asProblem(err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_ = listener.Close(closing)
	}()
	if err := show(page); err != nil {
		return Guest{}, err
	}
	over := time.NewTimer(s.lasts)
	defer over.Stop()
	select {
	case r := <-results:
		return r.guest, r.err
	case <-over.C:
		return Guest{}, s.inviteLeftOpen(redirect)
	case <-ctx.Done():
		return Guest{}, ctx.Err()
	}
}

// GuestPage is what the friend's browser shows at the end: in both languages,
// because it is not the owner's.
func (s *Session) GuestPage(g Guest, err error) loopback.Page {
	page := loopback.Page{Status: 400, Lang: "ko"}
	switch {
	case err == nil && g.Self:
		page.Title = "초대한 사람의 계정이에요 · This is the inviter's own account"
		page.Body = []string{"새로 연결된 친구가 없어요. 친구가 자기 카카오계정으로 로그인해야 해요.", "No new friend was connected. The friend has to log in with their own Kakao account."}
	case err == nil && len(g.Missing) == 0:
		page.Status = 200
		page.Title = "연결됐어요, 고마워요! · Connected, thank you!"
		page.Body = []string{"이제 초대한 친구가 나에게 카카오톡 메시지를 보낼 수 있어요. 이 창은 닫아도 돼요.", "The friend who invited you can now send you KakaoTalk messages. You can close this tab."}
	case err == nil:
		page.Title = "동의가 더 필요해요 · More consent is needed"
		page.Body = []string{"[카카오톡 메시지 전송]과 [카카오 서비스 내 친구목록]에 모두 동의해야 연결돼요. 링크를 다시 열어 주세요.", "Please open the link again and agree to both items."}
	default:
		page.Title = "연결하지 못했어요 · Not connected"
		switch reasonOf(err) {
		case "login_declined":
			page.Body = []string{"로그인을 취소했어요. 마음이 바뀌면 링크를 다시 열어 주세요.", "You cancelled. Open the link again if you change your mind."}
		case "invite_invalid", "invite_expired", "login_failed":
			page.Body = []string{"링크가 오래됐거나 이미 사용됐을 수 있어요. 초대한 친구에게 새 링크를 부탁해 주세요.", "The link may be old or used. Please ask your friend for a new one."}
		default:
			page.Body = []string{"지금은 연결할 수 없어요. 잠시 후 링크를 다시 열어 보고, 계속되면 초대한 친구에게 알려 주세요.", "It does not work right now. Open the link again in a moment, and tell your friend if it keeps failing."}
		}
	}
	return page
}
