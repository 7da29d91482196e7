package doctor

import (
	"context"
	"net"
	"slices"
	"strings"

	"kakaotalk-mcp/viewer/tunnel"
)

// checkViewerPort opens the address at which the message page is served to a proxy
// or program of the user.
func (d *Doctor) checkViewerPort(ctx context.Context) Finding {
	if kind := d.Settings.Tunnel.Kind; kind != tunnel.External && kind != tunnel.Exec {
		return d.skip("메시지 페이지의 포트를 사용하지 않는 설정이에요.", "These settings do not need a port for the message page.")
	}
	address := d.Settings.ViewerAddr
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return d.skip("KAKAO_VIEWER_ADDR 설정을 먼저 고쳐 주세요.", "Fix KAKAO_VIEWER_ADDR first.")
	}
	state, _ := tunnel.ReadState(d.Settings.Home)
	if state.Up {
		return d.pass("메시지 페이지가 %s에서 열려 있어요.", "The message page is served at %s.", address)
	}
	if state.Held && state.Failed != tunnel.StepListen {
		return d.skip("다른 프로그램이 터널을 연결하고 있어서 확인하지 않았어요.", "Not checked: another process is connecting the tunnel.")
	}
	l, err := net.Listen("tcp", address)
	if err == nil {
		l.Close()
		return d.pass("메시지 페이지에 사용할 주소 %s가 비어 있어요.", "%s, which the message page needs, is free.", address)
	}
	return d.portTaken(ctx, port, d.Lang.Sayf("메시지 페이지에 사용할 주소 %s", "%s, which the message page needs", address),
		d.Lang.Say("또는 KAKAO_VIEWER_ADDR에 다른 포트를 적고 프록시나 터널 프로그램도 그 포트로 바꿔 주세요.", "Or set another port in KAKAO_VIEWER_ADDR, and in the proxy or tunnel program as well."))
}

// checkTunnel tells the state of a tunnel that is configured.
func (d *Doctor) checkTunnel(context.Context) Finding {
	if d.Settings.Tunnel.Kind == tunnel.Off {
		return d.skip("터널을 설정하지 않았어요.", "No tunnel is configured.")
	}
	state, err := tunnel.ReadState(d.Settings.Home)
	if err != nil {
		p := d.unusable(d.Settings.Home, err)
		return d.problem(Warn, p.What, p.Next)
	}
	sentence := state.Sentence(d.Lang)
	switch elsewhere := state.Elsewhere(d.Lang); {
	case !state.Up:
		hint := d.Lang.Sayf("`%s tunnel`을 실행하거나, 이 프로그램을 등록한 AI 클라이언트를 켜 주세요.", "Run `%s tunnel`, or start an AI client that this program is registered with.", d.Env.Command())
		return d.problem(Warn, sentence, strings.TrimSpace(state.Failed.Next(d.Lang)+" "+hint))
	case elsewhere != "":
		return d.problem(Warn, sentence, elsewhere)
	}
	return d.pass("%s", "%s", sentence)
}

// NotWorking are the findings of checks that need no network and found something
// wrong: files that cannot be opened, a port that is taken, a tunnel that is down, a
// client that has the program and will not start it.
func (d *Doctor) NotWorking(ctx context.Context) (list []Finding) {
	for _, c := range checks() {
		if !slices.Contains([]string{"files", "viewer-port", "tunnel"}, c.name) {
			continue
		}
		if f := d.finding(ctx, c, nil); f.Status == Fail || f.Status == Warn {
			f.Check = c.name
			list = append(list, f)
		}
	}
	if r, err := d.registrations(); err == nil && len(r.obstacles) > 0 {
		f := d.problem(Warn, strings.Join(r.obstacles, " "), strings.Join(r.hints, "\n"))
		f.Check = "clients"
		list = append(list, f)
	}
	return list
}
