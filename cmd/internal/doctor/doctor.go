// Package doctor checks the program as it is set up here: settings, keychain, files,
// ports, Kakao's console and login, friends, clients. Each check is independent,
// says in one sentence what it found and what to do, opens no browser and sends
// nothing. It passes for something that was seen, never because nothing was heard.
// Setup uses the checks of the console and the login, too.
//
// It may import register, app and what those may.
package doctor

import (
	"cmp"
	"context"
	"sync"
	"time"

	"kakaotalk-mcp/cmd/internal/app"
)

const (
	// checkTime bounds one check: a dead network must not make the whole wait.
	checkTime = 12 * time.Second
	// reachTime bounds the first look at Kakao's hosts, on which the others wait.
	reachTime = 6 * time.Second
)

// Results of a check.
const (
	Pass = "pass"
	Warn = "warn"
	Fail = "fail"
	Skip = "skip" // it could not be told
)

// Finding is what a check found: one sentence and, unless all is well, the next
// step.
type Finding struct {
	Check   string `json:"check"` // name for programs
	Title   string `json:"-"`     // the same for people
	Status  string `json:"status"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	AtLogin bool   `json:"-"` // nobody can tell before somebody logs in
	NoLogin bool   `json:"-"` // there is no login, or none that is still good
}

// check is one independent check. It is left out when the host it asks cannot be
// reached.
type check struct {
	name   string
	ko, en string
	asks   host // nobody for this computer alone
	run    func(d *Doctor, ctx context.Context) Finding
}

// host is a server of Kakao's.
type host int

const (
	nobody host = iota
	loginHost
	apiHost
)

// Doctor checks one program.
type Doctor struct {
	probing sync.Mutex // held while a check writes into the settings folder, or counts its files

	*app.App
	reachTime time.Duration // reachTime, unless a test has less
}

// checks are all checks, in the order they are shown.
func checks() []check {
	return []check{
		{"settings", "설정", "Settings", nobody, (*Doctor).checkSettings},
		{"precedence", "설정 우선순위", "Precedence", nobody, (*Doctor).checkPrecedence},
		{"environment", "환경 변수", "Environment", nobody, (*Doctor).checkEnvironment},
		{"home", "설정 폴더", "Settings folder", nobody, (*Doctor).checkHome},
		{"files", "저장된 파일", "Saved files", nobody, (*Doctor).checkFiles},
		{"token-store", "로그인 저장", "Login store", nobody, (*Doctor).checkStore},
		{"callback-port", "로그인 포트", "Login port", nobody, (*Doctor).checkPort},
		{"viewer-port", "페이지 포트", "Page port", nobody, (*Doctor).checkViewerPort},
		{"locks", "진행 중인 작업", "In progress", nobody, (*Doctor).checkLocks},
		{"other-copies", "다른 위치", "Other copies", nobody, (*Doctor).checkCopies},
		{"login-host", "로그인 서버", "Login server", loginHost, (*Doctor).reached},
		{"api-host", "API 서버", "API server", apiHost, (*Doctor).reached},
		{"clock", "시계", "Clock", loginHost, (*Doctor).checkClock},
		{"discovery", "OpenID 설정", "OpenID", loginHost, (*Doctor).checkDiscovery},
		{"key-and-secret", "키와 시크릿", "Key and secret", loginHost, (*Doctor).checkKey},
		{"redirect-uris", "리다이렉트 URI", "Redirect URIs", loginHost, (*Doctor).Redirects},
		{"consent-items", "동의항목", "Consent items", loginHost, (*Doctor).checkItems},
		{"login", "로그인", "Login", apiHost, (*Doctor).checkLogin},
		{"consents", "동의", "Consents", apiHost, (*Doctor).checkConsents},
		{"friends", "친구", "Friends", apiHost, (*Doctor).checkFriends},
		{"people", "별칭과 허용", "People", apiHost, (*Doctor).checkPeople},
		{"quota", "보낸 메시지", "Messages sent", loginHost, (*Doctor).checkQuota},
		{"tunnel", "터널", "Tunnel", nobody, (*Doctor).checkTunnel},
		{"link-domains", "웹 도메인", "Web domains", nobody, (*Doctor).checkDomains},
		{"clients", "AI 클라이언트", "AI clients", nobody, (*Doctor).checkClients},
		{"version", "버전", "Version", nobody, (*Doctor).checkVersion},
	}
}

// Examine runs all checks at once and returns what they found, in a fixed order.
// The error is ctx's.
func Examine(ctx context.Context, a *app.App) ([]Finding, error) {
	d := &Doctor{App: a}
	return d.examine(ctx, checks()), ctx.Err()
}

// examine runs checks at once. Those that ask Kakao wait until it is known
// whether their host answers.
func (d *Doctor) examine(ctx context.Context, list []check) []Finding {
	found := make([]Finding, len(list))
	var running sync.WaitGroup
	hosts := map[host]func() *Finding{}
	for asked, address := range map[host]string{loginHost: d.Settings.AuthURL, apiHost: d.Settings.APIURL} {
		hosts[asked] = sync.OnceValue(func() *Finding {
			limited, cancel := context.WithTimeout(ctx, cmp.Or(d.reachTime, reachTime))
			defer cancel()
			return d.reach(limited, address)
		})
	}
	for i, c := range list {
		running.Go(func() {
			found[i] = d.finding(ctx, c, hosts[c.asks])
			found[i].Check, found[i].Title = c.name, d.Lang.Say(c.ko, c.en)
		})
	}
	running.Wait()
	return found
}

// finding runs one check, unless the host that it asks is down.
func (d *Doctor) finding(ctx context.Context, c check, down func() *Finding) Finding {
	if down != nil {
		if f := down(); f != nil && (c.name == "login-host" || c.name == "api-host") {
			return *f
		} else if f != nil {
			return d.unreachable()
		}
	}
	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return c.run(d, limited)
}

func (d *Doctor) pass(ko, en string, args ...any) Finding {
	return Finding{Status: Pass, Message: d.Lang.Sayf(ko, en, args...)}
}

func (d *Doctor) skip(ko, en string) Finding {
	return Finding{Status: Skip, Message: d.Lang.Say(ko, en)}
}

// problem is a Finding that needs something done.
func (d *Doctor) problem(status, message, hint string) Finding {
	return Finding{Status: status, Message: message, Hint: hint}
}

// notYet is the finding of checks that need a key.
func (d *Doctor) notYet() Finding {
	return d.skip("REST API 키가 없어서 확인하지 않았어요.", "Not checked: there is no REST API key.")
}
