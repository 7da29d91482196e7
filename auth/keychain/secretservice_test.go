package keychain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/componenttest"
)

// The tests of this file run this test binary again as separate processes: the
// library keeps one bus connection per process, and a stuck one stays stuck.

const (
	roleVariable   = "KEYCHAIN_TEST_ROLE"
	runVariable    = "KEYCHAIN_TEST_RUN_DIR"
	childTimeout   = time.Second
	workingTimeout = 20 * time.Second
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		playRole(role)
		return
	}
	os.Exit(m.Run())
}

// step is one line of a child's report.
type step struct {
	Name, Result string
	Took         time.Duration
}

func playRole(role string) {
	ctx := context.Background()
	timeout := childTimeout
	if role != "all" { // this keychain works, at the speed of a disk that others use too
		timeout = workingTimeout
	}
	k := NewKeychain(timeout, func() {})
	k.service = "kakaotalk-mcp-test"
	if dir := os.Getenv(runVariable); dir != "" {
		k.prepare = func() error { return useSessionBus(dir) }
	}
	value := bytes.Repeat([]byte{0, 0xff, '\n', '"', 'x'}, MaxSize/5)
	report := func(name string, work func() error) {
		start := time.Now()
		err := work()
		line := step{Name: name, Result: "ok", Took: time.Since(start)}
		if err != nil {
			line.Result = fmt.Sprint("unexpected: ", err)
		}
		for name, sentinel := range map[string]error{"not found": ErrNotFound, "locked": ErrLocked, "no collection": ErrNoCollection} {
			if errors.Is(err, sentinel) {
				line.Result = name
			}
		}
		if line.Result != "no collection" && errors.Is(err, ErrUnavailable) {
			line.Result = "unavailable"
		}
		json.NewEncoder(os.Stdout).Encode(line)
	}
	get := func() error {
		got, err := k.Get(ctx, "login-a")
		if err == nil && !bytes.Equal(got, value) {
			err = errors.New("another value")
		}
		return err
	}
	set := func() error { return k.Set(ctx, "login-a", value) }
	del := func() error { return k.Delete(ctx, "login-a") }
	probe := func() error { return k.Probe(ctx) }
	older := func() error { return fileTwin("kakaotalk-mcp-test", "login-a", string(value)+"old") }
	switch role {
	case "store":
		report("get", get)
		report("delete", del)
		report("probe", probe)
		report("set first", func() error { return k.Set(ctx, "login-a", []byte("x")) })
		report("set", set)
	case "read":
		report("get", get)
	case "uncover":
		report("older item", older)
		report("set", set)
		report("delete", del)
		report("get", get)
	case "delete":
		report("delete", del)
		report("get", get)
		report("set", set)
	case "all":
		report("get", get)
		report("set", set)
		report("delete", del)
		report("probe", probe)
	}
}

// children runs command, which starts this binary in the roles wanted, in a bare
// environment and returns what the children reported, without the times.
func children(t *testing.T, env []string, command ...string) []step {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LANG=C", "GORACE=atexit_sleep_ms=0", "TESTBINARY=" + os.Args[0]}, env...)
	cmd.WaitDelay = time.Second
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command[0], err, problems.String())
	}
	var steps []step
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var s step
		if err := decoder.Decode(&s); err != nil {
			t.Fatal(err)
		}
		if works := s.Result == "ok" || s.Result == "not found"; !works && s.Took > childTimeout+500*time.Millisecond {
			t.Errorf("%s took %v", s.Name, s.Took)
		}
		t.Logf("%s: %s after %v", s.Name, s.Result, s.Took)
		s.Took = 0
		steps = append(steps, s)
	}
	return steps
}

func compare(t *testing.T, got []step, want ...step) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func everything(result string) []step {
	return []step{{"get", result, 0}, {"set", result, 0}, {"delete", result, 0}, {"probe", result, 0}}
}

func requireComponents(t *testing.T, programs ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the Secret Service belongs to Linux")
	}
	componenttest.Programs(t, programs...)
}

func TestSecretService(t *testing.T) {
	requireComponents(t, "dbus-run-session", "gnome-keyring-daemon")
	env := []string{"HOME=" + t.TempDir(), "XDG_RUNTIME_DIR=" + t.TempDir()}

	t.Run("unlocked", func(t *testing.T) {
		compare(t, children(t, env, "dbus-run-session", "--", "sh", "-euc", `
			printf %s test-password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
			for role in store read delete store; do `+roleVariable+`=$role "$TESTBINARY"; done`),
			step{"get", "not found", 0}, step{"delete", "ok", 0}, step{"probe", "ok", 0}, step{"set first", "ok", 0}, step{"set", "ok", 0},
			step{"get", "ok", 0},
			step{"delete", "ok", 0}, step{"get", "not found", 0}, step{"set", "ok", 0},
			step{"get", "ok", 0}, step{"delete", "ok", 0}, step{"probe", "ok", 0}, step{"set first", "ok", 0}, step{"set", "ok", 0})
	})
	t.Run("older items of the same names", func(t *testing.T) {
		home := t.TempDir()
		compare(t, children(t, []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + t.TempDir(), roleVariable + "=uncover"}, "dbus-run-session", "--", "sh", "-euc", `
			printf %s test-password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
			"$TESTBINARY"`),
			step{"older item", "ok", 0}, step{"set", "ok", 0}, step{"delete", "ok", 0}, step{"get", "not found", 0})
	})
	t.Run("dead addresses and a bus in the usual place", func(t *testing.T) {
		for _, address := range []string{"${DBUS_SESSION_BUS_ADDRESS}", "unix:path=/nonexistent/bus", "unix:abstract=/tmp/dbus-of-an-ended-session,guid=00"} {
			run, err := os.MkdirTemp("", "run") // paths of sockets are short
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(run)
			compare(t, children(t, []string{"HOME=" + t.TempDir(), "XDG_RUNTIME_DIR=" + run, "DEAD=" + address, roleVariable + "=read"}, "sh", "-euc", `
				dbus-daemon --session --nofork --address="unix:path=$XDG_RUNTIME_DIR/bus" >/dev/null 2>&1 & bus=$!
				trap 'kill $bus' EXIT
				while ! [ -S "$XDG_RUNTIME_DIR/bus" ]; do :; done
				export DBUS_SESSION_BUS_ADDRESS="unix:path=$XDG_RUNTIME_DIR/bus"
				printf %s test-password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1
				# Before it has its name, a request would have the bus start a second one, which stays.
				until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true; do :; done
				DBUS_SESSION_BUS_ADDRESS="$DEAD" "$TESTBINARY"`),
				step{"get", "not found", 0})
		}
	})
	t.Run("locked", func(t *testing.T) { // the same home, and nobody unlocks it
		compare(t, children(t, append(env, roleVariable+"=all"), "dbus-run-session", "--", os.Args[0]), everything("locked")...)
	})
}

func TestBusWithoutService(t *testing.T) {
	requireComponents(t, "dbus-run-session")
	config := filepath.Join(t.TempDir(), "session.conf")
	err := os.WriteFile(config, []byte(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
		<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, children(t, []string{"HOME=" + t.TempDir(), roleVariable + "=all"},
		"dbus-run-session", "--config-file="+config, "--", os.Args[0]), everything("unavailable")...)
}

func TestNoBus(t *testing.T) {
	requireComponents(t)
	// The library would start a bus with this program.
	bin, marker := t.TempDir(), filepath.Join(t.TempDir(), "launched")
	script := fmt.Sprintf("#!/bin/sh\n: >'%s'\n", marker)
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	compare(t, children(t, []string{"PATH=" + bin, "XDG_RUNTIME_DIR=" + empty, runVariable + "=" + empty, roleVariable + "=all"}, os.Args[0]),
		everything("unavailable")...)
	if _, err := os.Stat(marker); err == nil {
		t.Error("dbus-launch was run")
	}
}

func TestDeadBusAddress(t *testing.T) {
	requireComponents(t)
	compare(t, children(t, []string{busVariable + "=unix:path=" + filepath.Join(t.TempDir(), "gone"), runVariable + "=" + t.TempDir(), roleVariable + "=all"}, os.Args[0]),
		everything("unavailable")...)
}

func TestSilentBus(t *testing.T) {
	requireComponents(t)
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 8)
	go func() {
		defer close(accepted)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn // kept open, never answered
		}
	}()
	compare(t, children(t, []string{"XDG_RUNTIME_DIR=" + dir, roleVariable + "=all"}, os.Args[0]), everything("locked")...)
	l.Close()
	connections := 0
	for conn := range accepted {
		conn.Close()
		connections++
	}
	if connections != 1 {
		t.Errorf("%d connections: a second call began behind the stuck one", connections)
	}
}
