package register

import (
	"os"
	"path/filepath"
	"testing"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/clients"
)

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
