package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

const (
	token = sandbox.SecretMark + "ABCDEF"
	uuid  = sandbox.UUIDMark + "abcdef"
	text  = "카나리아가 우는 비밀 쪽지"
)

// delivery is how a trace shows a text on its way to Kakao, and writes that
// are as they should be.
const delivery = `1<kakaotalk-mcp> write(9<socket:[1]>, "POST / HTTP/1.1\r\n\r\ntemplate_object=%7B%22object_type%22%3A%22text%22%2C%22text%22%3A%22%EC%B9%B4%EB%82%98%EB%A6%AC%EC%95%84%EA%B0%80+%EC%9A%B0%EB%8A%94+%EB%B9%84%EB%B0%80+%EC%AA%BD%EC%A7%80%22%7D", 9) = 9
1<kakaotalk-mcp> write(8</home/.kakaotalk-mcp/secrets/.tmp-1>, "` + token + `", 9) = 9
1<kakaotalk-mcp> write(8</home/.kakaotalk-mcp/.tmp-2>, "` + uuid + `", 9) = 9
1<kakaotalk-mcp> renameat(AT_FDCWD</>, "/home/.kakaotalk-mcp/.tmp-2", AT_FDCWD</>, "/home/.kakaotalk-mcp/friends.json") = 0
1<kakaotalk-mcp> write(1<pipe:[1]>, "` + uuid + text + `", 9) = 9
1<kakaotalk-mcp> write(2<pipe:[2]>, "- 지민 (uuid: ` + uuid + `)\n", 9) = 9
1<kakaotalk-mcp> write(2</dev/pts/0>, "연습용 시크릿: ` + token + ` (틀린 값도 넣어 보세요)\n", 9) = 9
1<kakaotalk-mcp> execve("/opt/kakaotalk-mcp", ["serve"], ["KAKAO_CLIENT_SECRET=` + token + `"]) = 0
1<commands.test> execve("/opt/kakaotalk-mcp", ["send", "` + text + `"], ["KAKAO_CLIENT_SECRET=` + token + `"]) = 0
1<commands.test> write(7<pipe:[3]>, "{\"params\":{\"arguments\":{\"message\":\"나에게 보내는 다른 쪽지\"}}}\n", 9) = 9
1<chromium> write(7</home/History>, "` + text + `", 9) = 9
`

// Each line alone, beside the delivery, is found.
func TestSearch(t *testing.T) {
	for name, c := range map[string]struct{ trace, output, left, file, want string }{
		"nothing":             {},
		"token in a log":      {trace: `1<kakaotalk-mcp> write(2<pipe:[1]>, "time=1 token=` + token + `\n", 9) = 9`, want: "wrote to 2, pipe:[1]"},
		"uuid in a log":       {trace: `1<kakaotalk-mcp> write(2<pipe:[1]>, "time=1 to=` + uuid + `\n", 9) = 9`, want: "wrote to 2, pipe:[1]"},
		"text in an error":    {trace: `1<kakaotalk-mcp> write(2<pipe:[1]>, "cannot send ` + text + `\n", 9) = 9`, want: "wrote to 2, pipe:[1]"},
		"token in an answer":  {trace: `1<kakaotalk-mcp> write(1<pipe:[1]>, "` + token + `\n", 9) = 9`, want: "wrote to 1, pipe:[1]"},
		"text in a file":      {trace: `1<tools.test> write(5</home/journal.new>, "` + text + `", 9) = 9`, want: "wrote to 5, /home/journal.new"},
		"in two writes":       {trace: `1<tools.test> write(5</home/log>, "` + text[:9] + `", 9) = 9` + "\n" + `2<tools.test> write(5</home/log>, "` + text[9:] + `", 9) = 9`, want: "/home/log"},
		"call in a file":      {trace: `1<tools.test> write(5</home/log>, "나에게 보내는 다른 쪽지", 9) = 9`, want: "/home/log"},
		"token in friends":    {trace: `1<kakaotalk-mcp> write(5</home/friends.json>, "` + token + `", 9) = 9`, want: "/home/friends.json"},
		"uuid in a name":      {trace: `1<kakaotalk-mcp> mkdirat(AT_FDCWD</>, "/home/` + uuid + `", 0700) = 0`, want: "named a file /home/"},
		"token as argument":   {trace: `1<kakaotalk-mcp> execve("/bin/ssh", ["ssh", "` + token + `"], []) = 0`, want: "argument to /bin/ssh"},
		"text for itself":     {trace: `1<kakaotalk-mcp> execve("/opt/kakaotalk-mcp", ["send", "` + text + `"], []) = 0`, want: "argument to /opt/kakaotalk-mcp"},
		"token in surrounds":  {trace: `1<kakaotalk-mcp> execve("/bin/open", ["open"], ["KAKAO_CLIENT_SECRET=` + token + `"]) = 0`, want: "environment of /bin/open"},
		"a write not whole":   {trace: `1<kakaotalk-mcp> write(5</home/log>, "x"..., 99999) = 99999`, want: "not seen whole"},
		"token printed":       {output: "x_test.go:1: " + token + "\n", want: "the output of the tests"},
		"text printed":        {output: "x_test.go:1: " + text + "\n", want: "the output of the tests"},
		"uuid left behind":    {left: "a", file: uuid, want: "left behind: a"},
		"a text left behind":  {left: "Test1/a", file: text, want: "left behind: Test1/a"},
		"Go's own folders":    {left: "go-build1/a", file: token},
		"a friend is printed": {output: uuid},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			output, trace, left := filepath.Join(dir, "output"), filepath.Join(dir, "trace"), filepath.Join(dir, "left")
			for path, content := range map[string]string{output: "ok\n" + c.output, trace: delivery + c.trace + "\n", filepath.Join(left, cmp.Or(c.left, "empty")): c.file} {
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			found, err := search(output, left, trace, harnesses{"commands"}, false)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || !strings.Contains(found[0], c.want)) {
				t.Errorf("found %q, want one with %q", found, c.want)
			}
		})
	}
}

// What is not there cannot have been looked through.
func TestSearchOfNothing(t *testing.T) {
	const write = `1<auth.test> write(5</home/log>, "x", 1) = 1` + "\n"
	for name, c := range map[string]struct {
		trace, output string
		part, ok      bool
	}{
		"all":                 {trace: delivery, output: "ok", ok: true},
		"nothing of ours":     {trace: `1<ls> write(1<pipe:[1]>, "x", 1) = 1`, output: "ok", part: true},
		"no text":             {trace: write, output: "ok"},
		"no text, but a part": {trace: write, output: "ok", part: true, ok: true},
		"no output":           {trace: delivery},
		"no folder":           {trace: delivery, output: "ok"},
	} {
		dir := t.TempDir()
		output, trace, left := filepath.Join(dir, "output"), filepath.Join(dir, "trace"), filepath.Join(dir, "left")
		if name != "no folder" {
			if err := os.Mkdir(left, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(os.WriteFile(trace, []byte(c.trace), 0o600), os.WriteFile(output, []byte(c.output), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := search(output, left, trace, harnesses{"commands"}, c.part); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
