package leaktest_test

import (
	"reflect"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// What strace 6.1 wrote of a shell script, shortened.
const recorded = `16651<strace> execve("/tmp/kakaotalk-mcp", ["/tmp/kakaotalk-mcp", "t.sh"], []) = 0
16651<kakaotalk-mcp> openat(AT_FDCWD</tmp>, "/tmp/t.sh", O_RDONLY) = 3</tmp/t.sh>
16651<kakaotalk-mcp> openat(AT_FDCWD</tmp>, "/tmp/\355\225\234 \352\270\200>\354\236\220", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</tmp/\355\225\234 \352\270\200\76\354\236\220>
16651<kakaotalk-mcp> write(1</tmp/\355\225\234 \352\270\200\76\354\236\220>, "hello\n", 6) = 6
16652<kakaotalk-mcp> writev(1</tmp/\355\225\234 \352\270\200\76\354\236\220>, [{iov_base="a", iov_len=1}, {iov_base="\0b\t", iov_len=3}], 2 <unfinished ...>
16651<kakaotalk-mcp> write(2<pipe:[12]>, "err"..., 4) = 4
16652<kakaotalk-mcp> <... writev resumed>) = 4
16657<mv> renameat2(AT_FDCWD</tmp>, "/tmp/a", AT_FDCWD</tmp>, "/tmp/b", RENAME_NOREPLACE) = 0
16658<ln> symlinkat("/tmp/b", AT_FDCWD</tmp>, "/tmp/c") = 0
16659<kakaotalk-mcp> execve("/bin/echo", ["/bin/echo", "a\"b", "[c], [\"d", "\352\260\200"], ["A=\352\260\200\"\\\nx", "PWD=/tmp"]) = 0
16659<echo> write(1<socket:[7]>, "0123\n", 5) = -1 EPIPE (Broken pipe)
16659 execveat(3</bin/true>, "", ["true"], [], AT_EMPTY_PATH) = -1 ENOENT (No such file or directory)
16659<echo> +++ exited with 0 +++
`

func TestReadTrace(t *testing.T) {
	got, err := leaktest.ReadTrace(strings.NewReader(recorded))
	if err != nil {
		t.Fatal(err)
	}
	want := &leaktest.Trace{
		Executions: []leaktest.Execution{
			{By: "strace", Path: "/tmp/kakaotalk-mcp", Args: []string{"/tmp/kakaotalk-mcp", "t.sh"}},
			{By: "kakaotalk-mcp", Path: "/bin/echo", Args: []string{"/bin/echo", `a"b`, `[c], ["d`, "가"}, Env: []string{"A=가\"\\\nx", "PWD=/tmp"}},
			{Path: "", Args: []string{"true"}},
		},
		Streams: []*leaktest.Stream{
			{By: "kakaotalk-mcp", FD: 1, To: "/tmp/한 글>자", Text: []byte("hello\na\x00b\t")},
			{By: "kakaotalk-mcp", FD: 2, To: "pipe:[12]", Text: []byte("err"), Cut: true},
			{By: "echo", FD: 1, To: "socket:[7]", Text: []byte("0123\n")},
		},
		Names: []leaktest.Name{
			{By: "kakaotalk-mcp", Path: "/tmp/한 글>자"},
			{By: "mv", Path: "/tmp/a"}, {By: "mv", Path: "/tmp/b"},
			{By: "ln", Path: "/tmp/b"}, {By: "ln", Path: "/tmp/c"},
		},
	}
	if !reflect.DeepEqual(got.Executions, want.Executions) {
		t.Errorf("executions %q\nwant %q", got.Executions, want.Executions)
	}
	if !reflect.DeepEqual(got.Streams, want.Streams) {
		for _, s := range got.Streams {
			t.Errorf("a stream of %s to %d, %q: %q, cut %v", s.By, s.FD, s.To, s.Text, s.Cut)
		}
	}
	if !reflect.DeepEqual(got.Names, want.Names) {
		t.Errorf("names %q\nwant %q", got.Names, want.Names)
	}
}

// Lines of no meaning, and lines that end anywhere, are no reason to panic.
func TestReadTornTrace(t *testing.T) {
	for n := range len(recorded) {
		if _, err := leaktest.ReadTrace(strings.NewReader(recorded[n:])); err != nil {
			t.Fatal(err)
		}
		if got, err := leaktest.ReadTrace(strings.NewReader(recorded[:n])); err != nil || len(got.Executions) > 3 {
			t.Fatal(got, err)
		}
	}
}
