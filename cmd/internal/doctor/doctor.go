// Package doctor examines the program as it is set up here: settings, keychain,
// ports, Kakao's console and login, friends, clients. Each check is independent,
// says in one sentence what it found and what to do, opens no browser and sends
// nothing. Setup uses the checks of the console, too.
//
// It may import register, app and what those may.
package doctor

import (
	"context"
	"strings"
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
	Skip = "skip"
)

// Finding is what a check found: one sentence and, unless all is well, the next
// step.
type Finding struct {
	Check   string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// check is one independent examination. It is left out when the host it asks
// cannot be reached.
type check struct {
	name string
	asks host // nobody for this computer alone
	run  func(d *Doctor, ctx context.Context) Finding
}

// host is a server of Kakao's.
type host int

const (
	nobody host = iota
	loginHost
	apiHost
)

// Doctor examines one program.
type Doctor struct{ *app.App }

// checks are all examinations, in the order they are shown.
func checks() []check {
	return []check{
		{"settings", nobody, (*Doctor).checkSettings},
		{"precedence", nobody, (*Doctor).checkPrecedence},
		{"home", nobody, (*Doctor).checkHome},
		{"token-store", nobody, (*Doctor).checkStore},
		{"callback-port", nobody, (*Doctor).checkPort},
		{"locks", nobody, (*Doctor).checkLocks},
		{"other-copies", nobody, (*Doctor).checkCopies},
		{"login-host", loginHost, (*Doctor).reached},
		{"api-host", apiHost, (*Doctor).reached},
		{"clock", loginHost, (*Doctor).checkClock},
		{"discovery", loginHost, (*Doctor).checkDiscovery},
		{"key-and-secret", loginHost, (*Doctor).checkKey},
		{"redirect-uris", loginHost, (*Doctor).Redirects},
		{"consent-items", loginHost, (*Doctor).checkItems},
		{"login", apiHost, (*Doctor).checkLogin},
		{"consents", apiHost, (*Doctor).checkConsents},
		{"friends", apiHost, (*Doctor).checkFriends},
		{"quota", loginHost, (*Doctor).checkQuota},
		{"link-domains", nobody, (*Doctor).checkDomains},
		{"clients", nobody, (*Doctor).checkClients},
		{"version", nobody, (*Doctor).checkVersion},
	}
}

// Examine runs all checks at once and returns what they found, in a fixed order.
// The error is ctx's.
func Examine(ctx context.Context, a *app.App) ([]Finding, error) {
	d := &Doctor{a}
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
			limited, cancel := context.WithTimeout(ctx, reachTime)
			defer cancel()
			return d.reach(limited, address)
		})
	}
	for i, c := range list {
		running.Go(func() {
			if down := hosts[c.asks]; down != nil {
				if f := down(); f != nil {
					if found[i] = d.unreachable(); strings.HasSuffix(c.name, "-host") {
						found[i] = *f
					}
					found[i].Check = c.name
					return
				}
			}
			limited, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			found[i] = c.run(d, limited)
			found[i].Check = c.name
		})
	}
	running.Wait()
	return found
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
