package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// The test binary runs itself again as a further process of the same user; these names say as what.
const (
	roleVariable = "JOURNAL_TEST_ROLE"
	homeVariable = "JOURNAL_TEST_HOME"
)

// failedChild is the exit code of a child that ended with an error.
const failedChild = 3

func TestMain(m *testing.M) {
	roles := map[string]func(*Journal) error{"race": raceChild, "loop": loopChild}
	if role, ok := roles[os.Getenv(roleVariable)]; ok {
		if err := role(Open(os.Getenv(homeVariable), time.Now)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(failedChild)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(t *testing.T, role, dir string) *child {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), roleVariable+"="+role, homeVariable+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{cmd, in, bufio.NewScanner(out)}
}

const races = 30

// raceChild begins all items as soon as its input ends and prints those it was granted.
func raceChild(j *Journal) error {
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	for i := range races {
		c, err := j.Begin(context.Background(), []Item{{"1", "a", "x", i}}, time.Hour, false)
		if err != nil {
			return err
		}
		if c.Granted[0] {
			fmt.Println(i)
		}
	}
	return nil
}

func TestTwoProcessesSendOnce(t *testing.T) {
	dir := home(t)
	children := []*child{start(t, "race", dir), start(t, "race", dir), start(t, "race", dir)}
	for _, c := range children {
		if !c.out.Scan() {
			t.Fatal("a child did not start")
		}
	}
	for _, c := range children {
		c.in.Close()
	}
	granted := map[string]int{}
	for _, c := range children {
		for c.out.Scan() {
			granted[c.out.Text()]++
		}
		if err := c.cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	for i := range races {
		if n := granted[fmt.Sprint(i)]; n != 1 {
			t.Errorf("item %d was granted %d times", i, n)
		}
	}
}

// loopChild sends one item after the other and prints each when it is written down. Every third one stays in flight.
func loopChild(j *Journal) error {
	for i := 0; ; i++ {
		c, err := j.Begin(context.Background(), []Item{{"1", "a", "x", i}}, time.Hour, false)
		if err != nil {
			return err
		}
		fmt.Println(i)
		if i%3 == 2 {
			continue
		}
		if err := j.Finish(context.Background(), c, []Outcome{Delivered}); err != nil {
			return err
		}
	}
}

// TestPartsThatAreStillSent: between two parts nobody has a claim, and the next part is
// begun at once.
func TestPartsThatAreStillSent(t *testing.T) {
	dir := home(t)
	list := make([]Item, 98)
	for i := range list {
		list[i] = Item{"1", "a", "x", i}
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for round := range 5 {
			for i := range list {
				list := []Item{{"1", "a", "x", i}}
				j := Open(dir, time.Now)
				c, err := j.Begin(t.Context(), list, time.Hour, round > 0)
				if err == nil {
					err = j.Finish(t.Context(), c, []Outcome{Delivered})
				}
				if err != nil {
					t.Error(err)
				}
			}
		}
	}()
	for j := Open(dir, time.Now); ; {
		got, err := j.Look(t.Context(), list, time.Hour)
		if err != nil || slices.ContainsFunc(got, func(s Status) bool { return s.Gone }) {
			t.Errorf("%v, %+v", err, got)
		}
		select {
		case <-sent:
			return
		default:
		}
	}
}

func TestKilled(t *testing.T) {
	dir := home(t)
	for i := range maxRecords / 200 { // nearly full, so that some are killed while they rewrite
		list := make([]Item, 98)
		for k := range list {
			list[k] = Item{"1", Me, fmt.Sprint(i), k}
		}
		send(t, Open(dir, time.Now), list, make([]Outcome, len(list))...)
	}
	sent := 0
	for round := range 12 {
		c := start(t, "loop", dir)
		printed := 0
		for printed < 5+round*17 && c.out.Scan() {
			printed++
		}
		if err := c.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for c.out.Scan() {
			printed++
		}
		// Windows tells a killed child by this code only; one that ends by itself has another.
		if err := c.cmd.Wait(); err == nil || c.cmd.ProcessState.ExitCode() == failedChild {
			t.Fatalf("the child ended by itself: %v", err)
		}
		sent = max(sent, printed)

		list := make([]Item, sent)
		for i := range list {
			list[i] = Item{"1", "a", "x", i}
		}
		got, err := Open(dir, time.Now).Look(t.Context(), list[:min(len(list), maxItems)], time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for i, status := range got {
			if i%3 == 2 && status.State != InFlight || status.State == Fresh {
				t.Errorf("after kill %d, item %d is in state %d", round, i, status.State)
			}
			if status.Gone != (status.State == InFlight) {
				t.Errorf("after kill %d, item %d: %+v", round, i, status)
			}
		}
		next := Open(dir, time.Now)
		claim := begin(t, next, []Item{{"1", Me, "next", round}}, false)
		equal(t, "a new process", []bool{true}, claim.Granted)
		got, err = Open(dir, time.Now).Look(t.Context(), list[2:3], time.Hour)
		equal(t, "while somebody sends", []Status{{InFlight, got[0].At, false}}, got)
		if err := errors.Join(err, next.Finish(t.Context(), claim, []Outcome{Refused})); err != nil {
			t.Fatal(err)
		}
	}
}
