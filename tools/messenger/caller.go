package messenger

import (
	"sync"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/kakao"
)

// callers says what of the app or this computer Kakao refuses with -401.
var callers = sync.OnceValue(func() map[kakao.Cause]devconsole.Caller {
	return map[kakao.Cause]devconsole.Caller{
		kakao.AddressRefused:   devconsole.CallerAddress,
		kakao.PlatformMismatch: devconsole.CallerPlatform,
		kakao.KeyDeactivated:   devconsole.CallerDeactivated,
		kakao.NoToken:          devconsole.CallerNoToken,
	}
})

// callerRefusal words a -401 that no new token could help with.
func (m *Messenger) callerRefusal(answer *kakao.Error) *Refusal {
	shown := "-401"
	if address := answer.CallerAddress(); address != "" {
		shown = address + ", " + shown
	}
	why := devconsole.ExplainCaller(callers()[answer.Cause()])
	return &Refusal{silent: true, Problem: problem.Problem{Reason: why.Reason, Retry: why.Retry,
		What: why.What(m.cfg.Lang, shown), Next: why.Next(m.cfg.Lang, why.Menu.Name(m.cfg.Lang), m.command("setup"))}}
}
