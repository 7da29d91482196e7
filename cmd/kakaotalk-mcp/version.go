package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"

	"github.com/spf13/cobra"
)

// stamp is set at link time by releases: -X main.stamp=v1.2.3.
var stamp string

// version is the release stamp, else the module version or commit.
func version() string {
	if stamp != "" {
		return stamp
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}

func newVersion(o *app.Options, lang wording.Lang) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: lang.Say("버전 보기", "show the version"),
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return printVersion(o, asJSON) },
	}
	jsonFlag(c, &asJSON, lang)
	return c
}

func printVersion(o *app.Options, asJSON bool) error {
	if asJSON {
		return cli.WriteJSON(o.Env.Stdout, map[string]string{"version": version(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
	}
	_, err := fmt.Fprintf(o.Env.Stdout, "kakaotalk-mcp %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
