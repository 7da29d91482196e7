package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/auth/keychain"
)

// recordFormat is the version written; readers take this one and older ones.
const recordFormat = 1

// Record is what is stored of a login. The ID token is not kept: it would not
// fit the smallest keychain and nothing needs it again.
type Record struct {
	Format        int       `json:"v"`
	AuthURL       string    `json:"auth"`
	APIURL        string    `json:"api"`
	ClientID      string    `json:"client"`
	Subject       string    `json:"sub"` // 회원번호
	Nickname      string    `json:"nick,omitempty"`
	Access        string    `json:"at"`
	AccessExpiry  time.Time `json:"at_exp"`
	Refresh       string    `json:"rt"`
	RefreshExpiry time.Time `json:"rt_exp"`
	Scopes        []string  `json:"scopes"`
	Consented     time.Time `json:"consented"` // last time a login or consent was finished
}

// String keeps tokens out of logs and errors.
func (r *Record) String() string { return "login record (secrets withheld)" }

// LogValue keeps tokens out of structured logs.
func (r *Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Name returns who is logged in, for people: the nickname, else the 회원번호.
func (r *Record) Name() string {
	if r.Nickname != "" {
		return r.Nickname
	}
	return r.Subject
}

func (r *Record) identity() identity { return identity{r.Subject, r.Nickname} }

// Allows reports whether everything that p needs was consented to.
func (r *Record) Allows(p Purpose) bool { return r.has(p.scopes()) }

// HasFriends reports whether the friend list was consented to.
func (r *Record) HasFriends() bool { return r.Allows(ForFriends) }

func (r *Record) has(scopes []string) bool {
	for _, s := range scopes {
		// Kakao lists openid only where OpenID Connect is on; it is no consent item.
		if s != "openid" && !slices.Contains(r.Scopes, s) {
			return false
		}
	}
	return true
}

// missing returns the consent items of p that r lacks.
func (r *Record) missing(p Purpose) []string {
	var out []string
	for _, s := range p.scopes() {
		if !r.has([]string{s}) {
			out = append(out, s)
		}
	}
	return out
}

// without returns r as it is once these consents are gone.
func (r *Record) without(scopes []string) *Record {
	rest := *r
	rest.Scopes = slices.DeleteFunc(slices.Clone(r.Scopes), func(have string) bool { return slices.Contains(scopes, have) })
	return &rest
}

// withdrawal is what an access token turned out to lack.
type withdrawal struct {
	access string
	scopes []string
}

// recordName is the store's name of the record of this app on these servers:
// two apps, or a test server, never overwrite each other's login.
func (s *Session) recordName() string {
	sum := sha256.Sum256([]byte(s.cfg.AuthURL + "\n" + s.cfg.APIURL + "\n" + s.cfg.ClientID))
	return "login-" + hex.EncodeToString(sum[:6])
}

// kakaoURL is the login host of Kakao itself.
const kakaoURL = "https://kauth.kakao.com"

// SecretName returns the store's name of the client secret of an app at a login
// server: another server, which a changed setting could name, never gets it.
func SecretName(authURL, clientID string) string {
	key := strings.Map(func(r rune) rune {
		if consists(string(r), "abcdefghijklmnopqrstuvwxyz0123456789", 1, 1) {
			return r
		}
		return -1
	}, strings.ToLower(clientID))
	name := "secret-" + key[:min(len(key), 16)]
	if authURL == kakaoURL {
		return name
	}
	sum := sha256.Sum256([]byte(authURL))
	return name + "-" + hex.EncodeToString(sum[:6])
}

var (
	errForeignRecord = errors.New("the stored login belongs to another app or server")
	errNewer         = errors.New("the stored login was written by a newer version")
)

func (s *Session) load(ctx context.Context) (*Record, error) {
	raw, err := s.cfg.Store.Get(ctx, s.recordName())
	if err != nil {
		return nil, err
	}
	var rec Record
	err = json.Unmarshal(raw, &rec)
	if rec.Format > recordFormat {
		return nil, errNewer // whatever it holds is not ours to replace
	}
	if err != nil || rec.Refresh == "" {
		// The parser's error could quote a token. A record nobody can read is
		// worth as much as none.
		return nil, fmt.Errorf("stored login is unreadable: %w", keychain.ErrNotFound)
	}
	if rec.AuthURL != s.cfg.AuthURL || rec.APIURL != s.cfg.APIURL || rec.ClientID != s.cfg.ClientID {
		return nil, fmt.Errorf("%w: %w", errForeignRecord, keychain.ErrNotFound)
	}
	rec.Nickname = plainName(rec.Nickname)
	s.mu.Lock()
	defer s.mu.Unlock()
	if rec.Access == s.gone.access {
		return rec.without(s.gone.scopes), nil
	}
	return &rec, nil
}

func (s *Session) save(ctx context.Context, rec *Record) error {
	raw, _ := json.Marshal(rec) // strings, a number and times
	return s.cfg.Store.Set(ctx, s.recordName(), raw)
}

// forget deletes the stored record if it still holds the refresh token that
// turned out to be dead; a record that somebody renewed meanwhile stays. The
// caller holds the refresh lock.
func (s *Session) forget(ctx context.Context, dead *Record) error {
	s.mu.Lock()
	if s.rec != nil && s.rec.Refresh == dead.Refresh {
		s.rec, s.behind = nil, ""
	}
	s.mu.Unlock()
	cur, err := s.load(ctx)
	if errors.Is(err, keychain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if cur.Refresh != dead.Refresh {
		return nil
	}
	return s.cfg.Store.Delete(ctx, s.recordName())
}

// adopt makes rec, read or made when the login file had this stamp, the one in
// memory.
func (s *Session) adopt(rec *Record, seen stamp) {
	s.mu.Lock()
	if rec != s.rec {
		s.behind = ""
	}
	s.rec, s.seen = rec, seen
	s.mu.Unlock()
}
