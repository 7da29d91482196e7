package doctor

import (
	"context"
	"fmt"
	"strings"

	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/register"
)

// checkClients compares the clients' entries with this program.
func (d *Doctor) checkClients(context.Context) Finding {
	entry := register.Entry(d.Env, false)
	entry.Command = register.Lasting(entry.Command)
	var same, different, absent []string
	for _, c := range clients.All(register.System(d.Env, d.Lang)) {
		if !c.Found() {
			continue
		}
		state, err := c.Status(entry)
		switch {
		case err != nil:
			return d.problem(Warn, err.Error(), "")
		case state == clients.Same:
			same = append(same, c.Title)
		case state == clients.Absent:
			absent = append(absent, c.ID)
		default:
			different = append(different, c.ID)
		}
	}
	switch {
	case len(different) > 0:
		return d.problem(Warn, d.Lang.Sayf("다른 프로그램이나 다른 설정으로 등록된 클라이언트가 있어요: %s", "Clients that start another program or settings: %s", strings.Join(different, ", ")),
			fmt.Sprintf("%s install %s", d.Env.Command(), strings.Join(different, " ")))
	case len(same) == 0 && len(absent) > 0:
		return d.problem(Warn, d.Lang.Sayf("아직 등록하지 않은 클라이언트가 있어요: %s", "Clients that are not registered yet: %s", strings.Join(absent, ", ")),
			fmt.Sprintf("%s install %s", d.Env.Command(), absent[0]))
	case len(same) == 0:
		return d.skip("이 컴퓨터에서 AI 클라이언트를 찾지 못했어요.", "No AI client was found on this computer.")
	}
	return d.pass("등록된 클라이언트: %s", "Registered with: %s", strings.Join(same, ", "))
}
