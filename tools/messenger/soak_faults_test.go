package messenger

import (
	"math/rand/v2"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// breakThings lets something go wrong, over and over, with calm in between.
func (s *soaking) breakThings(rng *rand.Rand) {
	faults := s.faults(rng)
	for time.Now().Before(s.end) {
		for _, i := range rng.Perm(len(faults)) {
			s.troubles.During(faults[i].name, faults[i].do)
			time.Sleep(time.Duration(rng.IntN(8000)) * time.Millisecond)
			if faults[i].tokens {
				// Should Kakao refuse token after token during one call, it counts as
				// refusing this computer, for a minute.
				time.Sleep(sendTimeout)
			}
		}
	}
}

type misfortune struct {
	name   string
	tokens bool // ends all access tokens
	do     func()
}

func (s *soaking) faults(rng *rand.Rand) []misfortune {
	a := func(seconds int) time.Duration {
		return time.Second + time.Duration(rng.IntN(seconds*1000))*time.Millisecond
	}
	path := func() string { return []string{"", "/v1/api/talk", "/v2/api/talk/memo", "/oauth/token"}[rng.IntN(4)] }
	coin := func() bool { return rng.IntN(2) == 0 }
	failing := func(f sandbox.Faults) func() {
		return func() {
			f.FailPath, f.FailCount, f.FailNth = path(), -1, 1+rng.IntN(3)
			f.FailAfter = f.FailStatus != 0 && coin()
			s.faulty(f, a(8))
		}
	}
	owner := s.kakao.Owner().ID
	list := []misfortune{
		{"latency", false, func() { s.faulty(sandbox.Faults{Latency: a(3)}, a(15)) }},
		{"silence", false, func() { s.faulty(sandbox.Faults{Latency: 17 * time.Second}, a(5)) }}, // beyond the client's patience
		{"503", false, failing(sandbox.Faults{FailStatus: 503})},
		{"-1", false, failing(sandbox.Faults{FailStatus: 400})},
		{"-603", false, failing(sandbox.Faults{FailStatus: 400, FailBody: `{"code":-603,"msg":"x"}`})},
		{"cut before", false, failing(sandbox.Faults{Cut: "before"})},
		{"cut after", false, failing(sandbox.Faults{Cut: "after"})},
		{"network down", false, func() { s.net.down.Store(true); time.Sleep(a(5)); s.net.down.Store(false) }},
		{"token expired", true, s.kakao.ExpireAccessTokens},
		{"token expired, no refresh", true, func() { s.kakao.ExpireAccessTokens(); failing(sandbox.Faults{FailStatus: 500})() }},
		{"refresh token renewed", true, func() { s.renewed(rng) }},
		{"Kakao's clock set back", false, func() { s.kakao.Advance(-a(600)) }},
		{"quota until midnight", true, func() { s.midnight(owner, rng) }},
		{"quota reset", false, s.kakao.ResetQuota},
		{"clock ahead", false, func() { s.ahead.Add(int64(a(900))) }},
		{"clock set back", false, func() { s.ahead.Add(-int64(a(900))) }},
		{"restart", false, func() { s.restartOne(rng) }},
		{"failures in the other list", false, func() {
			s.kakao.SetVariants(sandbox.Variants{FailureInfos: true})
			time.Sleep(a(20))
			s.kakao.SetVariants(sandbox.Variants{})
		}},
	}
	for _, answer := range sandbox.AnswerNames() {
		list = append(list, misfortune{string(answer), true, func() {
			s.kakao.Advance(61 * time.Minute) // beyond the limits of token requests
			failing(sandbox.Faults{Answer: answer})()
			time.Sleep(time.Minute) // for so long a refused token counts as refused for this computer
		}})
	}
	return list
}

// renewed lets Kakao replace the refresh token. Nothing else goes wrong meanwhile:
// when that answer is lost, only a login helps.
func (s *soaking) renewed(rng *rand.Rand) {
	s.kakao.Advance(31 * 24 * time.Hour)
	if out := s.send(s.t.Context(), s.programs[rng.IntN(soakPrograms)], s.compose(rng, true, 1, 1)); out.Status != StatusSent {
		s.t.Errorf("seed %d: a new refresh token, and told %s %s", s.seed, out.Status, out.Reason)
	}
}

// midnight uses the day's messages up, and lets Kakao's day turn over.
func (s *soaking) midnight(owner int64, rng *rand.Rand) {
	s.kakao.Advance(time.Hour) // beyond the limits of token requests
	s.kakao.UseUpQuota(owner)
	p := s.programs[rng.IntN(soakPrograms)]
	if out := s.send(s.t.Context(), p, s.compose(rng, false, 1, 1)); out.Status == StatusSent || out.Reason != "quota_sender" {
		s.t.Errorf("seed %d: quota used up, and told %s %s", s.seed, out.Status, out.Reason)
	}
	time.Sleep(time.Duration(rng.IntN(20)) * time.Second)
	now := s.kakao.Now().Add(9 * time.Hour) // Korean time, as if it were UTC
	s.kakao.Advance(now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now))
	if out := s.send(s.t.Context(), p, s.compose(rng, false, 1, 1)); out.Status != StatusSent {
		s.t.Errorf("seed %d: a new day, and told %s %s", s.seed, out.Status, out.Reason)
	}
}

// restartOne ends a program between its calls; a new one knows what the home and
// the keychain hold.
func (s *soaking) restartOne(rng *rand.Rand) {
	p := s.programs[rng.IntN(soakPrograms)]
	for range seats {
		p.enter()
		defer p.leave()
	}
	p.end()
	s.start(p)
}
