package doctor

import (
	"context"
	"slices"
	"strings"

	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/register"
)

// registrations are the clients on this computer by what they have of this program.
type registrations struct {
	same, different, absent []string
	obstacles, hints        []string // what keeps those that have it from starting it
}

func (d *Doctor) registrations() (r registrations, err error) {
	entry := register.Entry(d.Env, d.Sandbox != nil)
	entry.Command = register.Lasting(entry.Command)
	for _, c := range clients.All(register.System(d.Env, d.Lang)) {
		if !c.Found() {
			continue
		}
		state, err := c.Status(entry)
		switch {
		case err != nil:
			return r, err
		case state == clients.Absent:
			r.absent = append(r.absent, c.ID)
			continue
		case state == clients.Same:
			r.same = append(r.same, c.Title)
		default:
			r.different = append(r.different, c.ID)
		}
		for _, p := range c.Obstacles(entry) {
			if p.Reason == "approval_needed" && state == clients.Same {
				continue // it asks its user as a rule; install tells
			}
			r.obstacles, r.hints = append(r.obstacles, p.What), append(r.hints, p.Next)
		}
	}
	return r, nil
}

// checkClients compares the clients' entries with this program, and names what
// keeps a client that has it from starting it.
func (d *Doctor) checkClients(context.Context) Finding {
	r, err := d.registrations()
	switch {
	case err != nil:
		return d.problem(Warn, err.Error(), "")
	case len(r.obstacles) > 0:
		return d.problem(Warn, strings.Join(r.obstacles, " "), strings.Join(r.hints, "\n"))
	case len(r.different) > 0:
		return d.problem(Warn, d.Lang.Sayf("다른 프로그램이나 다른 설정으로 등록된 클라이언트가 있어요: %s", "Clients registered with another program or other settings: %s", strings.Join(r.different, ", ")),
			d.install(r.different...))
	case len(r.same) == 0 && len(r.absent) > 0:
		return d.problem(Warn, d.Lang.Sayf("아직 등록하지 않은 클라이언트가 있어요: %s", "Clients that are not registered yet: %s", strings.Join(r.absent, ", ")),
			d.install(r.absent[0]))
	case len(r.same) == 0:
		return d.skip("이 컴퓨터에서 AI 클라이언트를 찾지 못했어요.", "No AI client was found on this computer.")
	}
	return d.pass("등록된 클라이언트: %s", "Registered with: %s", strings.Join(r.same, ", "))
}

// install is the command that registers what is examined here.
func (d *Doctor) install(clients ...string) string {
	command := d.Env.Command() + " install " + strings.Join(clients, " ")
	if d.Sandbox != nil {
		command += " --sandbox"
	}
	return command
}

// checkEnvironment names values that stand in the environment only: they work in
// this shell, and most clients start the program without them.
func (d *Doctor) checkEnvironment(ctx context.Context) Finding {
	if d.Sandbox != nil {
		return d.skip("연습에서는 확인하지 않아요.", "Not checked in practice.")
	}
	only := d.Settings.OnlyInEnvironment()
	if stored, err := d.Store.Get(ctx, d.SecretName()); err == nil && string(stored) == d.Settings.ClientSecret {
		only = slices.DeleteFunc(only, func(id config.ID) bool { return id == config.ClientSecret })
	}
	if len(only) == 0 {
		return d.pass("환경 변수에만 있는 설정이 없어요.", "No setting is only in the environment.")
	}
	var names, plain []string
	for _, id := range only {
		names = append(names, id.Name())
		if id != config.ClientSecret {
			plain = append(plain, id.Name())
		}
	}
	var hints []string
	if len(plain) > 0 {
		hints = append(hints, d.Lang.Sayf("AI 클라이언트에서도 적용되게 하려면 %s 파일에 이름=값으로 적어 주세요: %s", "To use them in AI clients as well, add them to %s as NAME=value: %s", d.Settings.ConfigFile(), strings.Join(plain, ", ")))
	}
	if slices.Contains(only, config.ClientSecret) {
		hints = append(hints, d.Lang.Sayf("클라이언트 시크릿은 `%s setup`으로 저장해 주세요.", "Save the client secret with `%s setup`.", d.Env.Command()))
	}
	return d.problem(Warn, d.Lang.Sayf("환경 변수에만 있어서 대부분의 AI 클라이언트에는 전달되지 않는 설정이 있어요: %s", "These settings are only in the environment, which most AI clients do not pass on: %s", strings.Join(names, ", ")), strings.Join(hints, "\n"))
}
