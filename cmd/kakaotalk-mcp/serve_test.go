package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/cli"
)

// TestLibrariesPrintOnStderr: while the server runs, nothing but the protocol reaches
// its stdout, whatever a library prints.
func TestLibrariesPrintOnStderr(t *testing.T) {
	real := os.Stdout
	defer func() { os.Stdout = real }()
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); w.Close() })
		return r, w
	}
	in, requests := pipe()
	answers, out := pipe()
	said, problems := pipe()
	home := t.TempDir()
	code := make(chan int, 1)
	go func() {
		sys := &cli.Env{Stdin: in, Stdout: out, Stderr: problems, Vars: cli.Vars{"HOME=" + home}, Executable: "kakaotalk-mcp", UserHome: home}
		code <- run(t.Context(), sys, []string{"serve"})
		out.Close()
		problems.Close()
	}()
	ask := func(id int) string {
		t.Helper()
		fmt.Fprintf(requests, `{"jsonrpc":"2.0","id":%d,"method":"ping"}`+"\n", id)
		var line strings.Builder
		for b := make([]byte, 1); !strings.HasSuffix(line.String(), "\n"); {
			if _, err := answers.Read(b); err != nil {
				t.Fatal(err)
			}
			line.Write(b)
		}
		return line.String()
	}
	ask(1) // it is running
	fmt.Println("stray output of a library")
	if got := ask(2); !strings.HasPrefix(got, `{"jsonrpc":"2.0","id":2,`) {
		t.Errorf("on stdout: %q", got)
	}
	requests.Close()
	rest, err := io.ReadAll(answers)
	if err != nil || len(rest) > 0 || <-code != cli.ExitOK {
		t.Errorf("then on stdout: %q, %v", rest, err)
	}
	if text, err := io.ReadAll(said); err != nil || string(text) != "stray output of a library\n" {
		t.Errorf("on stderr: %q, %v", text, err)
	}
}
