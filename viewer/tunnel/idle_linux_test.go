package tunnel

import (
	"fmt"
	"strconv"
	"testing"
)

// idleBudget is what an idle tunnel may add to a process, in KB.
const idleBudget = 3 << 10

func TestIdleMemory(t *testing.T) {
	s := newSSHServer(t, quirks{}, newSigner(t, "ed25519"))
	p := play(t, "idle", s.ln.Addr().String(), t.TempDir())
	before, err := strconv.Atoi(p.next())
	if err != nil {
		t.Fatal(err)
	}
	var after int
	if line := p.next(); line != "" {
		if _, err := fmt.Sscanf(line, "%d <nil>", &after); err != nil {
			t.Fatalf("said %q", line)
		}
	}
	t.Logf("without %d KB, up %d KB: %d KB more", before, after, after-before)
	if after-before > idleBudget {
		t.Errorf("an idle tunnel takes %d KB", after-before)
	}
}
