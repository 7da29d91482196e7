package reminder

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/waitingtest"
	"kakaotalk-mcp/tools/journal"
)

// attemptVariable makes the test binary a process that ends in the middle of an attempt.
const attemptVariable = "REMINDER_TEST_ATTEMPT"

func TestMain(m *testing.M) {
	if raw, ok := os.LookupEnv(attemptVariable); ok {
		if err := begin(raw); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	waitingtest.SideBySide()
	os.Exit(m.Run())
}

type attempt struct {
	Home string
	At   time.Time
	Item journal.Item
}

func begin(raw string) error {
	var a attempt
	if err := json.Unmarshal([]byte(raw), &a); err != nil {
		return err
	}
	j := journal.Open(a.Home, func() time.Time { return a.At })
	_, err := j.Begin(context.Background(), []journal.Item{a.Item}, window, false)
	return err
}

// beginAndEnd leaves an entry in flight whose process is gone.
func beginAndEnd(t *testing.T, a attempt) {
	t.Helper()
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), attemptVariable+"="+string(raw))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
