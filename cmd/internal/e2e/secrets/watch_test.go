package secrets

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// watch runs the program so that nothing which it says, writes or starts gets
// lost. All its folders lie in one.
type watch struct {
	*testing.T
	strace string
	dir    string // the person's computer: home and folder for temporary files
	traces string
	env    []string
	runs   int
	heard  []utterance
}

// utterance is what a program said, and what must not be in it.
type utterance struct {
	who, text string
	without   *leaktest.Scanner
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	if runtime.GOOS != "linux" {
		e2etest.Missing(t, "strace")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		e2etest.Missing(t, "strace")
	}
	w := &watch{T: t, strace: strace, dir: t.TempDir(), traces: t.TempDir()}
	home, tmp := filepath.Join(w.dir, "home"), filepath.Join(w.dir, "tmp")
	if err := errors.Join(os.Mkdir(home, 0o700), os.Mkdir(tmp, 0o700)); err != nil {
		t.Fatal(err)
	}
	w.env = e2etest.BareEnv(t, append(e2etest.Browser(t), "HOME="+home, "TMPDIR="+tmp, "XDG_RUNTIME_DIR="+tmp, "KAKAO_LANG=ko",
		"KAKAO_LOG_LEVEL=debug", "KAKAO_LOG_FILE="+filepath.Join(w.dir, "log"))...)
	return w
}

// command is the program under strace, which notes what it and its children
// execute, with all arguments and the whole environment. -D makes the program,
// not strace, our child: it can be killed as ever.
func (w *watch) command(args ...string) *exec.Cmd {
	w.Helper()
	w.runs++
	words := w.traced(strconv.Itoa(w.runs))
	return exec.Command(words[0], append(words[1:], args...)...)
}

func (w *watch) traced(name string) []string {
	return []string{w.strace, "-D", "-f", "--seccomp-bpf", "-v", "-s", "1000000", "-e", "trace=execve,execveat",
		"-e", "signal=!SIGURG", "-o", filepath.Join(w.traces, name), "--", e2etest.Program(w)}
}

// serve starts the server, with further settings.
func (w *watch) serve(more ...string) *e2etest.Server {
	w.Helper()
	return e2etest.Launch(w, w.command("serve"), append(slices.Clone(w.env), more...))
}

// gone takes down what a server that has ended said.
func (w *watch) gone(s *e2etest.Server) {
	w.Helper()
	for line := range s.Lines {
		s.Said = append(s.Said, line)
	}
	if len(s.Said) == 0 {
		w.Error("the server said nothing: this proves nothing")
	}
	w.hear("serve on stdout", string(bytes.Join(s.Said, nil)), e2etest.Credentials)
	w.hear("serve on stderr", s.Stderr.String(), e2etest.Private)
}

// run runs a command to its end. asked: the person asked for names, uuids or
// texts, so that its output may have them.
func (w *watch) run(asked bool, stdin string, code int, args ...string) (stdout, stderr string) {
	w.Helper()
	var out, errs bytes.Buffer
	cmd := w.command(args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = w.env, w.TempDir(), strings.NewReader(stdin), &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		w.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		w.Errorf("%.40q: exit code %d, want %d\n%s%s", args, got, code, &out, &errs)
	}
	without := e2etest.Private
	if asked {
		without = e2etest.Credentials
	}
	w.hear(args[0], out.String()+errs.String(), without)
	return out.String(), errs.String()
}

func (w *watch) hear(who, text string, without *leaktest.Scanner) {
	w.heard = append(w.heard, utterance{who, text, without})
}

// mayHold are files below the computer's folder with what each may hold: the
// token store, the user's own settings, aliases and approvals.
var mayHold = map[string]*leaktest.Scanner{
	"home/.kakaotalk-mcp/secrets":      nil,
	"home/.kakaotalk-mcp/friends.json": leaktest.New(append([]string{e2etest.Canary}, e2etest.CredentialMarks...)...),
}

// verdict looks through everything once all programs have ended.
func (w *watch) verdict() {
	w.Helper()
	for _, u := range w.heard {
		for line := range strings.Lines(u.text) {
			for _, what := range u.without.Find([]byte(line)) {
				w.Errorf("%s says %s: %.1000s", u.who, what, line)
			}
		}
	}
	found, seen, err := e2etest.Private.Files(w.dir, func(name string) bool { _, ok := mayHold[name]; return ok })
	if err != nil || seen < 5 {
		w.Errorf("only %d files were looked at: %v", seen, err)
	}
	for name, scanner := range mayHold {
		if raw, err := os.ReadFile(filepath.Join(w.dir, name)); err == nil && scanner != nil {
			for _, what := range scanner.Find(raw) {
				found = append(found, name+": "+what)
			}
		}
	}
	for _, f := range found {
		w.Errorf("in a file: %s", f)
	}
	started := 0
	traces, err := filepath.Glob(filepath.Join(w.traces, "*"))
	for _, trace := range traces {
		started += w.children(trace)
	}
	w.Logf("%d programs run, %d started by them, %d files, %d outputs", len(traces), started, seen, len(w.heard))
	if started == 0 || len(traces) < w.runs || err != nil {
		w.Error("no program was started: the traces prove nothing")
	}
}

// children looks at what one run has executed beside itself, and returns how many
// programs. Its own server (of chat) gets the settings as they were given to it.
func (w *watch) children(trace string) int {
	w.Helper()
	var raw []byte
	e2etest.WaitUntil(w.T, "the end of a trace", func() bool {
		var err error
		raw, err = os.ReadFile(trace)
		return err == nil && tracedToTheEnd(raw)
	})
	seen, err := leaktest.ReadTrace(bytes.NewReader(raw))
	if err != nil || len(seen.Executions) == 0 {
		w.Fatalf("an empty trace: %v", err)
	}
	for _, e := range seen.Executions[1:] { // the first is the program itself, with what the test gave it
		given := slices.Clone(e.Args)
		if e.Path != e2etest.Program(w) {
			given = append(given, e.Env...)
		}
		for _, what := range e2etest.Private.Find([]byte(strings.Join(given, "\n"))) {
			w.Errorf("%s was started with %s", e.Path, what)
		}
	}
	return len(seen.Executions) - 1
}

var (
	tracedProcess = regexp.MustCompile(`(?m)^(\d+) `)
	tracedEnd     = regexp.MustCompile(`(?m)^(\d+) +\+\+\+ `)
)

// tracedToTheEnd reports whether every process of a trace has ended in it.
func tracedToTheEnd(trace []byte) bool {
	ended := map[string]bool{}
	for _, m := range tracedEnd.FindAllSubmatch(trace, -1) {
		ended[string(m[1])] = true
	}
	for _, m := range tracedProcess.FindAllSubmatch(trace, -1) {
		if !ended[string(m[1])] {
			return false
		}
	}
	return len(ended) > 0
}
