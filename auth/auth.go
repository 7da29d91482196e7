// Package auth logs the user in to Kakao and hands out access tokens.
//
// It owns the login (authorization code flow with state, nonce and PKCE, RFC
// 6749, 7636, 8252, OpenID Connect Core), the stored record, its refresh, the
// locks that keep several processes of one user to one login and one refresh,
// and the wording of everything that can go wrong on that way. It may import
// auth/ground, auth/loopback, auth/keychain, auth/devconsole, x/oauth2, go-oidc,
// go-jose and pkg/browser. What is done with a token is left to the callers, and so
// is how a process is started.
//
// A login is kept by one process per user (Keep), for ten minutes at most, whoever
// began it and whatever became of them. What others have to know of it stands in
// login.json: the page, and how it ended. A page is put in front of the person by
// the process that wants the login (tab.json), once a minute at most.
//
// A token is looked for in this order: memory, store, refresh, login. Memory
// counts until another process logs in. What the user reads, what is kept and
// what is tried again when a step fails; where the next step is a login, the
// reason is login_pending until the person has done their part:
//
//	what goes wrong                        reason               record   next
//	access token expired or rejected       -                    renewed  refresh, call repeated once
//	renewed access token rejected (-401)   the caller's         kept     console: address, key, platform
//	refresh token expired, revoked         login_pending        deleted  login
//	refresh token rotated elsewhere        -                    adopted  call repeated once
//	refresh answer without refresh token   -                    renewed  the old refresh token stays
//	renewed record not stored              -                    memory   saved later, or at Close
//	too many tokens asked (KOE237)         rate_limited         kept     later
//	consent withdrawn or never given       login_pending        kept     consent page, call repeated once
//	item unticked on the consent page      consent_missing      saved    the person decides
//	login cancelled on the page            login_declined       kept     a new page after a minute
//	page not opened, the client says       login_declined       kept     the person decides
//	login page open, no answer yet         login_pending        kept     the next call picks it up
//	the keeper of a login died             login_pending        kept     a new login, and the words say so
//	login page open for 10 minutes         login_expired        kept     a new login when asked again
//	app connection cut (-101)              login_pending        deleted  login
//	other Kakao account consented          other_account        kept     login --switch
//	ID token wrong in any way              login_failed         kept     login once more, doctor
//	ID token missing                       misconfigured        kept     OpenID Connect on
//	authorization code spent or expired    login_failed         kept     login once more
//	keepers that die one after the other   login_failed         kept     security software, login
//	login ended by an uninstall            login_failed         -        login when asked again
//	clock wrong                            clock_wrong          kept     set the clock
//	wrong key or client secret             misconfigured        kept     setup
//	Kakao not reachable, 5xx, no keys      kakao_unavailable    kept     later
//	Kakao's certificate not trusted        certificate_not_trusted kept  proxy, clock
//	record of another app or server        login_pending        unused   login
//	record of a newer version              update_needed        kept     update this program
//	keychain locked or silent              keychain_locked      kept     unlock it
//	no keychain, or none to save to        keychain_unavailable -        login offers the file store
//	callback port taken, reserved          port_in_use          kept     free the port
//	home or file store not writable        home_unusable        kept     permissions, space
//	file held by another program (Windows) file_in_use          kept     later
//
// While an access token has a minute left, a refresh that fails is no failure.
package auth

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/auth/keychain"
)

// Purpose says what a token is needed for. It decides which consent items are
// asked for and at which redirect URI the login ends.
type Purpose int

const (
	// ForMe is sending messages to oneself.
	ForMe Purpose = iota
	// ForFriends is reading the friend list and messaging friends.
	ForFriends
	// ForCalendar is putting reminders into the user's own calendar.
	ForCalendar
)

func (p Purpose) scopes() []string {
	switch p {
	case ForFriends:
		return []string{"openid", "friends", "talk_message"}
	case ForCalendar:
		return []string{"openid", "talk_calendar"}
	}
	return []string{"openid", "talk_message"}
}

// CallbackPath returns the path of the redirect URI that a login for p ends at.
func (p Purpose) CallbackPath() string {
	if p == ForFriends {
		return "/friends/callback"
	}
	return "/auth/callback"
}

const (
	// attemptLife is how long a login page may stay open before the listener goes.
	attemptLife = 10 * time.Minute
	// tabInterval is the least time between two browser tabs that nobody asked for.
	tabInterval = time.Minute
	// kakaoTimeout bounds one request to Kakao's login host.
	kakaoTimeout = 15 * time.Second
	// exchangeTimeout bounds code exchange, key fetch, verification and saving together.
	exchangeTimeout = 40 * time.Second
	// refreshEarly is how long before its end an access token counts as used up.
	refreshEarly = 5 * time.Minute
	// lockWait bounds the wait for another process's refresh.
	lockWait = 30 * time.Second
	// resaveAfter is the least time between two tries to save what a locked
	// keychain did not take.
	resaveAfter = time.Minute
)

// Config holds what a Session needs. All fields but Secret, Detach, Log and Transport
// are required.
type Config struct {
	ClientID string // REST API key
	// Secret returns the client secret, "" when there is none. It is asked only
	// when a login begins and when a token request is made.
	Secret      func(context.Context) (string, error)
	AuthURL     string // https://kauth.kakao.com, without trailing slash; the issuer
	APIURL      string // https://kapi.kakao.com: part of what a record is bound to
	CallbackURL string // base of the redirect URIs, without trailing slash
	Home        string // folder for locks, 0700
	Store       keychain.Store
	Open        func(url string) error // opens the browser
	// Detach starts a process that runs Keep, cut off from this one and its client;
	// nil: logins are kept by this process and end with it.
	Detach    func(context.Context, Wanted) error
	Lang      wording.Lang // of the owner
	Command   string       // how this program is called, for hints
	Typed     bool         // who reads the texts typed a command, and is no assistant
	Sandbox   bool         // there is no console and no other program to see to
	Log       *slog.Logger
	Transport http.RoundTripper // carries requests to the login host; nil for the usual one
}

// Session is the user's Kakao login as this process sees it. Its methods may be
// called at the same time.
type Session struct {
	cfg  Config
	http *http.Client
	now  func() time.Time

	lasts   time.Duration   // of a login: attemptLife, less in tests
	grace   time.Duration   // graceAfterGivingUp, less in tests
	life    context.Context // ends with Close: pending logins live in it
	end     context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	rec         *Record
	seen        stamp          // of the login that rec was read after
	behind      string         // access token of the stored record that rec could not replace, or ""
	resaved     time.Time      // last try to make up for that
	rejected    []string       // the last access tokens that Kakao no longer took
	replacement string         // access token that Kakao issued for one of them
	vain        time.Time      // when it refused that, too
	gone        withdrawal     // what the store may still claim
	renewing    *renewal       // the refresh under way in this process
	failures    map[string]int // of our invitations, by state; only signed ones get in

	glancing sync.Mutex
	glanced  pendingLogin // login.json as it was
	glance   time.Time    // at this moment
}

// New returns a Session. It touches neither network nor keychain nor files.
func New(cfg Config) *Session {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Secret == nil {
		cfg.Secret = func(context.Context) (string, error) { return "", nil }
	}
	cfg.Lang = wording.Of(string(cfg.Lang))
	life, end := context.WithCancel(context.Background())
	return &Session{
		cfg: cfg,
		http: &http.Client{
			Timeout:   kakaoTimeout,
			Transport: cfg.Transport,
			// A redirected token request would carry the client secret elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		now:      time.Now,
		lasts:    attemptLife,
		grace:    graceAfterGivingUp,
		failures: map[string]int{},
		life:     life,
		end:      end,
	}
}

// Close ends a login that this process keeps, and waits for that and for a code
// exchange or a refresh that is under way: their tokens get saved. A login that is
// kept by a process of its own goes on.
func (s *Session) Close() {
	s.resave()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.running.Wait()
}

// start runs f in a goroutine that Close waits for. After Close it reports false.
// The caller holds s.mu.
func (s *Session) start(f func()) bool {
	if s.closed {
		return false
	}
	s.running.Go(f)
	return true
}

// RedirectURI returns the exact redirect URI of logins for p, as it has to be
// registered at Kakao.
func (s *Session) RedirectURI(p Purpose) string {
	return s.cfg.CallbackURL + p.CallbackPath()
}
