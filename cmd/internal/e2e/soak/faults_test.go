//go:build linux

package soak

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// misfortune is something that goes wrong until do returns.
type misfortune struct {
	name string
	do   func()
}

// breakThings lets every misfortune happen, in any order, over and over until the
// time is over, with calm in between.
func (s *soak) breakThings(rng *rand.Rand, list []misfortune, began time.Time) {
	for time.Since(began) < *soakLength || len(list) == 0 {
		for _, i := range rng.Perm(len(list)) {
			s.troubles.During(list[i].name, list[i].do)
			s.wait(time.Duration(rng.Int64N(int64(s.a(150)))))
		}
	}
}

// a is about so many milliseconds in a short run, and up to five times as many in a
// long one.
func (s *soak) a(milliseconds int) time.Duration {
	stretch := min(5, max(1, soakLength.Seconds()/20))
	return time.Duration(float64(milliseconds) * stretch * float64(time.Millisecond))
}

// hit waits until some calls have met a fault, or none come.
func (s *soak) hit() {
	const enough = 10
	before := s.ended.Load()
	for deadline := time.Now().Add(s.a(500)); s.ended.Load() < before+enough && time.Now().Before(deadline); {
		s.wait(5 * time.Millisecond)
	}
}

// networkFaults are those of Kakao and the way there, and of the login.
func (s *soak) networkFaults(rng *rand.Rand) []misfortune {
	owner := s.kakao.Owner().ID
	faulty := func(f sandbox.Faults) func() {
		return func() {
			if f.FailPath = "/v"; !f.FailAfter { // the whole API
				f.FailPath = []string{"/v1/api/talk/friends/message", "/v2/api/talk/memo", "/v1/api/talk", "/"}[rng.IntN(4)]
			}
			if f.FailCount == 0 {
				f.FailCount = -1
			}
			s.kakao.SetFaults(f)
			s.hit()
			s.kakao.SetFaults(sandbox.Faults{})
		}
	}
	// Token requests are limited per hour of Kakao's clock.
	anew := func(do func()) func() {
		return func() { s.kakao.Advance(61 * time.Minute); do(); s.wait(s.a(150)) }
	}
	consents := []string{"friends", "talk_message"}
	const timeoutBody = `{"msg":"timeout","code":-603}`
	list := []misfortune{
		{"latency", faulty(sandbox.Faults{Latency: 80 * time.Millisecond})},
		{"503", faulty(sandbox.Faults{FailStatus: 503})},
		{"503, yet in effect", faulty(sandbox.Faults{FailStatus: 503, FailAfter: true})},
		{"500 page", faulty(sandbox.Faults{FailStatus: 500, FailBody: "<html>"})},
		{"-1", faulty(sandbox.Faults{FailStatus: 400})},
		{"-1, yet in effect", faulty(sandbox.Faults{FailStatus: 400, FailAfter: true})},
		{"-603", faulty(sandbox.Faults{FailStatus: 400, FailBody: timeoutBody})},
		{"-603, yet in effect", faulty(sandbox.Faults{FailStatus: 400, FailBody: timeoutBody, FailAfter: true})},
		{"cut before", faulty(sandbox.Faults{Cut: "before"})},
		{"cut after", faulty(sandbox.Faults{Cut: "after"})},
		{"one cut", faulty(sandbox.Faults{Cut: "after", FailNth: 2, FailCount: 1})},
		{"quota used up", func() { s.kakao.UseUpQuota(owner); s.wait(s.a(100)); s.kakao.ResetQuota() }},
		{"quota reset", s.kakao.ResetQuota},
		{"token expired", anew(s.kakao.ExpireAccessTokens)},
		{"token expired, Kakao down", anew(func() {
			s.kakao.ExpireAccessTokens()
			s.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 503, FailCount: -1})
			s.wait(s.a(120))
			s.kakao.SetFaults(sandbox.Faults{})
		})},
		{"refresh answer lost", anew(func() {
			s.kakao.Advance(31 * 24 * time.Hour) // the refresh token is replaced, too
			s.kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", Cut: "after"})
			s.wait(s.a(120))
			s.kakao.SetFaults(sandbox.Faults{})
		})},
		{"refresh token replaced", anew(func() { s.kakao.Advance(31 * 24 * time.Hour) })},
		{"refresh token lost", anew(func() { s.kakao.ExpireAccessTokens(); s.kakao.ExpireRefreshTokens() })},
		{"login file lost", anew(s.loseLogin)},
		{"consent withdrawn", anew(func() { s.kakao.WithdrawConsent(owner, consents...) })},
		{"consent to friends withdrawn", anew(func() { s.kakao.WithdrawConsent(owner, "friends") })},
		{"app connection cut", anew(func() { s.kakao.Unlink(owner) })},
		{"signing key replaced", anew(func() { s.kakao.RotateKeys(); s.kakao.WithdrawConsent(owner, consents...) })},
		{"Kakao's clock set back", func() { s.kakao.Advance(-30 * time.Minute) }},
		{"Kakao's clock ahead", func() { s.kakao.Advance(24 * time.Hour) }},
		{"failures in the other list", func() {
			s.kakao.SetVariants(sandbox.Variants{FailureInfos: true})
			s.hit()
			s.kakao.SetVariants(sandbox.Variants{})
		}},
		{"profile private", func() { s.hidden(rng, func(p *sandbox.Person) { p.PrivateProfile = true }) }},
		{"messages off", func() { s.hidden(rng, func(p *sandbox.Person) { p.MessagesOff = true }) }},
		{"uuid changed", func() {
			for _, p := range s.kakao.People() {
				if p.Nickname == "김지민" { // nobody of whom the messages tell
					s.kakao.ChangeUUID(p.ID)
				}
			}
		}},
	}
	for _, answer := range sandbox.AnswerNames() {
		list = append(list, misfortune{string(answer), anew(func() { faulty(sandbox.Faults{Answer: answer})() })})
	}
	return list
}

// hidden lets one friend be out of reach for a while.
func (s *soak) hidden(rng *rand.Rand, change func(*sandbox.Person)) {
	name := s.friends[rng.IntN(len(s.friends))].name
	for _, p := range s.kakao.People() {
		if p.Nickname == name {
			s.kakao.UpdatePerson(p.ID, change)
			s.hit()
			s.kakao.UpdatePerson(p.ID, func(now *sandbox.Person) { *now = p })
		}
	}
}

// loseLogin removes what the file store has; nothing is there with a keychain.
func (s *soak) loseLogin() {
	list, _ := filepath.Glob(filepath.Join(s.home.dir, "secrets", "login-*"))
	for _, name := range list {
		_ = os.Remove(name) // the folder may be read-only at the moment
	}
	s.kakao.ExpireAccessTokens()
}

// keychainPatience is how long a silent keychain may hold up a call.
const keychainPatience = 4 * time.Second

// machineFaults are those of the computer and its processes.
func (s *soak) machineFaults(rng *rand.Rand) []misfortune {
	anybody := func() *seat { return s.seats[rng.IntN(len(s.seats))] }
	mortal := func() *seat { return s.seats[2+rng.IntN(len(s.seats)-2)] }
	signal := func(pid int, sig syscall.Signal) {
		if err := syscall.Kill(pid, sig); err != nil {
			s.Errorf("signal %v to %d: %v", sig, pid, err)
		}
	}
	stop := func(d time.Duration) func() {
		return func() {
			pid := anybody().srv.Cmd.Process.Pid
			signal(pid, syscall.SIGSTOP)
			s.wait(d)
			signal(pid, syscall.SIGCONT)
		}
	}
	kill := func() { mortal().replace(func(srv *e2etest.Server) { _ = srv.Cmd.Process.Kill() }) }
	list := []misfortune{
		{"suspended", stop(s.a(250))},
		{"suspended briefly", stop(s.a(30))},
		{"killed", kill},
		{"killed again", kill},
		{"closed", func() { mortal().replace(func(srv *e2etest.Server) { srv.Stdin.Close() }) }},
		{"disk full", func() { s.home.full(s); s.wait(s.a(250)); s.home.roomy(s) }},
		{"home read-only", func() { s.home.readOnly(s); s.wait(s.a(250)); s.home.writable(s) }},
	}
	if *soakLength >= time.Minute {
		list = append(list, misfortune{"suspended for long", stop(7 * time.Second)}) // longer than others wait for its locks
	}
	if s.keyring != 0 {
		list = append(list, misfortune{"keychain hangs", func() {
			signal(s.keyring, syscall.SIGSTOP)
			s.kakao.Advance(61 * time.Minute)
			s.kakao.ExpireAccessTokens() // somebody has to look into it
			s.wait(keychainPatience + time.Second)
			signal(s.keyring, syscall.SIGCONT)
		}})
	}
	return list
}
