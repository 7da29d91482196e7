package doctor

import (
	"context"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/viewer/tunnel"
)

// checkDomains says which web domains have to be registered: Kakao's API accepts
// links to others and KakaoTalk then shows dead buttons. Only a person can see
// that one opens, so an address counts as right once they have proven it.
func (d *Doctor) checkDomains(context.Context) Finding {
	hosts, p := d.Settings.LinkHosts, d.Pages()
	var proven, messages, hints []string
	if p != nil {
		switch {
		case p.Kind == tunnel.Off:
		case p.PublicURL() == "":
			messages = append(messages, d.Lang.Say("터널(KAKAO_TUNNEL)의 주소를 아직 알 수 없어요.", "The address of the tunnel (KAKAO_TUNNEL) is not known yet."))
			hints = append(hints, d.Lang.Sayf("`%s tunnel`을 한 번 실행하면 나오는 주소를 %s에 등록해 주세요.", "Run `%s tunnel` once and register the address it shows under %s.", d.Env.Command(), devconsole.WebDomain.Path(d.Lang)))
		default:
			hosts = config.WithOrigin(hosts, p.PublicURL())
		}
		if p.Proven("page") {
			proven = append(proven, config.OriginOf(p.URL))
		}
		if p.Proven("stored") {
			proven = append(proven, config.OriginOf(p.PublicURL()))
		}
	}
	open := slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return slices.Contains(proven, h) })
	if len(open) > 0 {
		messages = append(messages, d.Lang.Sayf("아직 카카오톡에서 열어 보지 않은 주소예요. 등록되어 있지 않으면 버튼을 눌러도 링크가 열리지 않아요: %s", "These addresses have not been tested in KakaoTalk yet. Links open only if they are registered in the Kakao Developers console: %s", strings.Join(open, ", ")))
		hint := registerDomains(d.Lang)
		if p != nil {
			hint += d.Lang.Sayf(" 열리는지는 `%s doctor --send-test-link`로 확인할 수 있어요.", " `%s doctor --send-test-link` tests that they open.", d.Env.Command())
		}
		hints = append(hints, hint)
	}
	switch {
	case len(messages) > 0:
		return d.problem(Warn, strings.Join(messages, " "), strings.Join(hints, "\n"))
	case len(hosts) > 0:
		return d.pass("카카오톡에서 열리는 것을 확인한 주소예요: %s", "Tested in KakaoTalk: %s", strings.Join(hosts, ", "))
	}
	return d.skip("메시지 페이지의 주소를 설정하지 않았어요. 긴 메시지는 여러 개로 나눠 보내요.", "No address of a message page is configured. Long messages are sent in parts.")
}
