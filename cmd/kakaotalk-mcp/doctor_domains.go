package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/viewer/tunnel"
)

// checkDomains says which web domains have to be registered: Kakao's API accepts
// links to others and KakaoTalk then shows dead buttons. Only a person can see
// that one opens, so an address counts as right once they have proven it.
func (a *app) checkDomains(context.Context) finding {
	hosts, p := a.settings.linkHosts(), a.newPages()
	var proven, messages, hints []string
	if p != nil {
		switch {
		case p.tunnel == tunnel.Off:
		case p.publicURL() == "":
			messages = append(messages, a.say("터널(KAKAO_TUNNEL)의 주소를 아직 알 수 없어요.", "The address of the tunnel (KAKAO_TUNNEL) is not known yet."))
			hints = append(hints, fmt.Sprintf(a.say("`%s tunnel`을 한 번 실행하면 나오는 주소를 %s에 등록해 주세요.", "Run `%s tunnel` once and register the address it shows under %s."), a.sys.command(), devconsole.WebDomain.Path(wording.Of(a.lang))))
		default:
			hosts = withOrigin(hosts, p.publicURL())
		}
		if p.Proven("page") {
			proven = append(proven, originOf(p.pageURL))
		}
		if p.Proven("stored") {
			proven = append(proven, originOf(p.publicURL()))
		}
	}
	open := slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return contains(proven, h) })
	if len(open) > 0 {
		messages = append(messages, fmt.Sprintf(a.say("이 도메인들이 카카오에 등록되어 있어야 버튼이 열려요: %s", "Buttons open only if these are registered at Kakao: %s"), strings.Join(open, ", ")))
		hint := fmt.Sprintf(a.say("%s에 그대로 등록해 주세요. [JavaScript SDK 도메인]이나 [앱 대표 도메인]은 소용없어요.", "Register them exactly under %s. [JavaScript SDK 도메인] and [앱 대표 도메인] do not count."), devconsole.WebDomain.Path(wording.Of(a.lang)))
		if p != nil {
			hint += fmt.Sprintf(a.say(" 열리는지는 `%s doctor --send-test-link`로 확인할 수 있어요.", " `%s doctor --send-test-link` proves that they open."), a.sys.command())
		}
		hints = append(hints, hint)
	}
	switch {
	case len(messages) > 0:
		return a.problem(warn, strings.Join(messages, " "), strings.Join(hints, "\n"))
	case len(hosts) > 0:
		return a.pass("카카오톡에서 열리는 것을 확인한 주소예요: %s", "Seen to open from KakaoTalk: %s", strings.Join(hosts, ", "))
	}
	return a.skip("링크를 여는 도메인을 정하지 않았어요. 긴 글은 나누어 보내요.", "No link domains are configured; long text is sent in parts.")
}

// withOrigin adds an address's origin unless it is there.
func withOrigin(origins []string, address string) []string {
	if o := originOf(address); o != "" && !contains(origins, o) {
		return append(origins, o)
	}
	return origins
}

// originOf is what is registered of an address: scheme, host and port.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
