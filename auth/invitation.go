package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
)

const (
	inviteFile = "invite.key"
	// inviteLife is how long an invitation may lie in a chat before it is opened.
	inviteLife = 24 * time.Hour
	inviteKey  = 32 // bytes
	inviteID   = 16 // bytes
)

// inviteSecret returns this home's key for invitations, made on first use. It
// serves no other purpose: an invite's state means nothing to the owner's login.
func (s *Session) inviteSecret(ctx context.Context) ([]byte, error) {
	path := filepath.Join(s.cfg.Home, inviteFile)
	if key, err := private.Read(path, inviteKey); err == nil && len(key) == inviteKey {
		return key, nil
	}
	// Missing, or left half-written: one process makes it, in one step.
	lock, err := s.lock(ctx, refreshLock)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	if key, err := private.Read(path, inviteKey); err == nil && len(key) == inviteKey {
		return key, nil
	}
	key := make([]byte, inviteKey)
	rand.Read(key) // never fails
	if err := private.Write(path, key); err != nil {
		return nil, s.homeProblem(err)
	}
	return key, nil
}

func derive(key []byte, purpose string, data ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("invite-" + purpose + "\x00"))
	for _, d := range data {
		h.Write(d)
	}
	return h.Sum(nil)
}

// invitation is what a state stands for; verifier and nonce follow from it, so
// that whichever process gets the callback can complete it.
type invitation struct{ state, verifier, nonce string }

func (s *Session) invitationOf(key, id, expiry []byte) invitation {
	mac := derive(key, "state", id, expiry, []byte(s.cfg.ClientID))
	text := base64.RawURLEncoding.EncodeToString
	return invitation{
		state:    "i." + text(append(append(append([]byte{}, id...), expiry...), mac...)),
		verifier: text(derive(key, "verifier", id)),
		nonce:    text(derive(key, "nonce", id)),
	}
}

// IsInvite reports whether a callback's state claims to be an invitation's.
func IsInvite(state string) bool { return strings.HasPrefix(state, "i.") }

// openInvite checks a state's signature and date.
func (s *Session) openInvite(ctx context.Context, state string) (invitation, error) {
	key, err := s.inviteSecret(ctx)
	if err != nil {
		return invitation{}, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(state, "i."))
	if err != nil || !IsInvite(state) || len(raw) != inviteID+8+sha256.Size {
		return invitation{}, s.inviteProblem(false)
	}
	id, expiry := raw[:inviteID], raw[inviteID:inviteID+8]
	in := s.invitationOf(key, id, expiry)
	if !hmac.Equal([]byte(in.state), []byte(state)) {
		return invitation{}, s.inviteProblem(false)
	}
	if s.now().Unix() > int64(binary.BigEndian.Uint64(expiry)) {
		return invitation{}, s.inviteProblem(true)
	}
	return in, nil
}

func (s *Session) inviteProblem(late bool) error {
	if late {
		return &problem.Problem{Reason: "invite_expired", Retry: problem.AfterUser, Err: errors.New("invitation expired"),
			What: s.cfg.Lang.Say("초대 링크의 유효 시간(24시간)이 지났어요.", "The invitation link has expired (24 hours)."),
			Next: s.cfg.Lang.Say("초대한 사람에게 새 링크를 부탁해 주세요.", "Please ask for a new link.")}
	}
	return &problem.Problem{Reason: "invite_invalid", Retry: problem.No, Err: errors.New("invitation invalid"),
		What: s.cfg.Lang.Say("올바른 초대 링크가 아니에요.", "This is not a valid invitation link."),
		Next: s.cfg.Lang.Say("링크 전체를 다시 확인해 주세요.", "Check that the link is complete.")}
}

// inviteLeftOpen words a friend's login that never came back to this computer.
func (s *Session) inviteLeftOpen(redirect string) error {
	return &problem.Problem{Reason: "invite_expired", Retry: problem.AfterUser, Err: errors.New("nobody finished the invitation's page"),
		What: s.cfg.Lang.Say("친구의 로그인 시간(10분)이 지났어요.", "Your friend's login timed out after 10 minutes."),
		Next: s.cfg.Lang.Say("같은 명령을 다시 실행해 주세요.", "Run the same command again.") + s.pageHelp(redirect)}
}
