package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

const (
	// checkTime bounds one check: a dead network must not make the whole wait.
	checkTime = 12 * time.Second
	// reachTime bounds the first look at Kakao's hosts, on which the others wait.
	reachTime = 6 * time.Second
)

// Results of a check.
const (
	pass = "pass"
	warn = "warn"
	fail = "fail"
	skip = "skip"
)

// finding is what a check found: one sentence and, unless all is well, the next
// step.
type finding struct {
	Check   string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// check is one independent examination. It is left out when the host it asks
// cannot be reached.
type check struct {
	name string
	asks string // setting with the host's address, "" for this computer alone
	run  func(a *app, ctx context.Context) finding
}

// checks are all examinations, in the order they are shown.
func checks() []check {
	return []check{
		{"settings", "", (*app).checkSettings},
		{"precedence", "", (*app).checkPrecedence},
		{"home", "", (*app).checkHome},
		{"token-store", "", (*app).checkStore},
		{"callback-port", "", (*app).checkPort},
		{"locks", "", (*app).checkLocks},
		{"other-copies", "", (*app).checkCopies},
		{"login-host", "KAKAO_AUTH_URL", (*app).reached},
		{"api-host", "KAKAO_API_URL", (*app).reached},
		{"clock", "KAKAO_AUTH_URL", (*app).checkClock},
		{"discovery", "KAKAO_AUTH_URL", (*app).checkDiscovery},
		{"key-and-secret", "KAKAO_AUTH_URL", (*app).checkKey},
		{"redirect-uris", "KAKAO_AUTH_URL", (*app).checkRedirects},
		{"consent-items", "KAKAO_AUTH_URL", (*app).checkItems},
		{"login", "KAKAO_API_URL", (*app).checkLogin},
		{"consents", "KAKAO_API_URL", (*app).checkConsents},
		{"friends", "KAKAO_API_URL", (*app).checkFriends},
		{"quota", "KAKAO_AUTH_URL", (*app).checkQuota},
		{"link-domains", "", (*app).checkDomains},
		{"clients", "", (*app).checkClients},
		{"version", "", (*app).checkVersion},
	}
}

func newDoctor(o *options, say sayer) *cobra.Command {
	var asJSON, testLink bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: say("설정과 연결 상태 점검하기", "examine settings and connections"),
		Long: say("설정, 키체인, 카카오 콘솔 설정, 로그인, 친구 목록, 클라이언트 설정을 하나씩 점검하고\n무엇을 하면 되는지 알려 줘요. 브라우저를 열지 않고 아무것도 보내지 않아요.",
			"Examines settings, keychain, Kakao's console, login, friends and clients, and says\nwhat to do. Opens no browser and sends nothing."),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if testLink {
				return sendTestLink(cmd.Context(), o)
			}
			return runDoctor(cmd.Context(), o, asJSON)
		},
	}
	c.Flags().BoolVar(&testLink, "send-test-link", false, say("나에게 링크를 보내 카카오톡에서 열리는지 확인하기", "send a link to yourself and prove that KakaoTalk opens it"))
	jsonFlag(c, &asJSON, say)
	return c
}

// runDoctor runs all checks at once and shows them in order. It fails if one did.
func runDoctor(ctx context.Context, o *options, asJSON bool) error {
	a, err := newApp(o, false) // wrong settings are a finding, not an end
	if err != nil {
		return err
	}
	defer a.close()
	found := a.examine(ctx, checks())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	failed := 0
	for _, f := range found {
		if f.Status == fail {
			failed++
		}
	}
	if asJSON {
		err = writeJSON(o.sys.stdout, map[string]any{"ok": failed == 0, "checks": found})
	} else {
		err = a.printFindings(found)
	}
	if err == nil && failed > 0 {
		return errSilent
	}
	return err
}

// examine runs all checks at once. Those that ask Kakao wait until it is known
// whether their host answers.
func (a *app) examine(ctx context.Context, list []check) []finding {
	found := make([]finding, len(list))
	var running sync.WaitGroup
	hosts := map[string]func() *finding{}
	for _, name := range []string{"KAKAO_AUTH_URL", "KAKAO_API_URL"} {
		hosts[name] = sync.OnceValue(func() *finding {
			limited, cancel := context.WithTimeout(ctx, reachTime)
			defer cancel()
			return a.reach(limited, a.settings.get(name))
		})
	}
	for i, c := range list {
		running.Go(func() {
			if down := hosts[c.asks]; down != nil {
				if f := down(); f != nil {
					if found[i] = a.unreachable(); strings.HasSuffix(c.name, "-host") {
						found[i] = *f
					}
					found[i].Check = c.name
					return
				}
			}
			limited, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			found[i] = c.run(a, limited)
			found[i].Check = c.name
		})
	}
	running.Wait()
	return found
}

func (a *app) printFindings(found []finding) error {
	marks := map[string]string{pass: "✔", warn: "!", fail: "✘", skip: "-"}
	p := &printer{w: a.sys.stdout}
	for _, f := range found {
		p.line("%s %-15s %s", marks[f.Status], f.Check, folded(a.sys.stdout, f.Message, 18))
		for line := range strings.Lines(f.Hint) {
			p.line("    → %s", folded(a.sys.stdout, strings.TrimRight(line, "\n"), 6))
		}
	}
	return p.err
}

func (a *app) pass(ko, en string, args ...any) finding {
	return finding{Status: pass, Message: fmt.Sprintf(a.say(ko, en), args...)}
}

func (a *app) skip(ko, en string) finding { return finding{Status: skip, Message: a.say(ko, en)} }

// problem is a finding that needs something done.
func (a *app) problem(status, message, hint string) finding {
	return finding{Status: status, Message: message, Hint: hint}
}

// notYet is the finding of checks that need a key.
func (a *app) notYet() finding {
	return a.skip("REST API 키가 없어서 확인하지 않았어요.", "Not checked: there is no REST API key.")
}
