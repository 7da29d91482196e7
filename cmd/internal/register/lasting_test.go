package register

import (
	"os"
	"path/filepath"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
	"kakaotalk-mcp/cmd/internal/config"
)

// TestEntryNamesTheHomeWhole: clients start the program in other folders.
func TestEntryNamesTheHomeWhole(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	e := Entry(&cli.Env{Executable: "/opt/kakaotalk-mcp", Vars: cli.Vars{config.Home.Name() + "=talk"}}, false)
	if got, want := e.Env[config.Home.Name()], filepath.Join(here, "talk"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A program that lies in the temporary folder, as one opened inside a ZIP, finds
// its entries all the same.
func TestLookFromATemporaryFolder(t *testing.T) {
	temp, err := filepath.EvalSymlinks(os.TempDir()) // as the system names the program; on macOS /var is a link
	if err != nil {
		t.Fatal(err)
	}
	env := &cli.Env{Executable: filepath.Join(temp, "Temp1_kakaotalk-mcp.zip", "kakaotalk-mcp.exe"), UserHome: t.TempDir()}
	for _, c := range clients.All(System(env, wording.English)) {
		if s, err := c.Status(Entry(&cli.Env{Executable: Lasting(env.Executable)}, false)); err != nil {
			t.Errorf("%s: %v, %v", c.Title, s, err)
		}
	}
}
