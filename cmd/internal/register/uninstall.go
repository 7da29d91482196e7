package register

import (
	"context"
	"fmt"

	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
)

// Uninstall takes this program out of the named clients.
func Uninstall(ctx context.Context, o *app.Options, opt clients.Options, names []string) error {
	lang := o.Lang()
	chosen, err := pick(o.Env, clients.All(System(o.Env, lang)), names, lang)
	if err != nil {
		return err
	}
	var failed error
	for _, c := range chosen {
		name := Entry(o.Env, o.Sandbox).Name
		change, err := c.Uninstall(ctx, name, opt)
		if err != nil {
			cli.Tell(o.Env.Stderr, fmt.Sprintf("✘ %s: %v", c.Title, err))
			failed = cli.ErrSilent
			continue
		}
		if err := printChange(o.Env, lang, c, change, name, opt.Print); err != nil {
			return err
		}
	}
	return failed
}
