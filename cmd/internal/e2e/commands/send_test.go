package commands

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

func TestSendCommand(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	uuid := e2etest.UUID(t, d.Kakao, "정서연")
	for _, c := range []struct {
		name  string
		stdin string
		args  []string
		code  int
		out   string // part of stdout, or of stderr when the code is not 0
		sent  string // text of the one delivery it makes
	}{
		{"me", "", []string{"send", "me", "하나"}, 0, "나와의 채팅으로 보냈어요", "하나"},
		{"the same typed again", "", []string{"send", "me", "하나"}, 0, "나와의 채팅으로 보냈어요", "하나"},
		{"text from a pipe", "\ufeff둘\r\n셋\r\n", []string{"send", "me", "-"}, 0, "나와의 채팅으로 보냈어요", "둘\n셋"},
		{"a friend, text from a pipe", "넷\n", []string{"send", "홍길동"}, 0, "홍길동님에게 보냈어요", "넷"},
		{"a uuid", "", []string{"send", "--uuid", uuid, "다섯"}, 0, "정서연님에게 보냈어요", "다섯"},
		{"json", "", []string{"send", "me", "여섯", "--json"}, 0, `"status": "sent"`, "여섯"},
		{"unclear name", "", []string{"send", "지민", "a"}, 1, "김지민", ""},
		{"empty", "", []string{"send", "me", ""}, 2, "비어 있어요", ""},
		{"empty pipe", "\n", []string{"send", "me"}, 2, "비어 있어요", ""},
		{"not UTF-8", "a\xff", []string{"send", "me"}, 2, "깨진 글자가 있어요", ""},
		{"nobody", "", []string{"send"}, 2, "받는 사람을", ""},
		{"me and uuid", "", []string{"send", "me", "--uuid", uuid}, 2, "me와 --uuid", ""},
		{"two words", "", []string{"send", "--uuid", uuid, "a", "b"}, 2, "따옴표", ""},
		{"bad link", "", []string{"send", "me", "a", "--link", "x"}, 2, "link", ""},
		{"unknown flag", "", []string{"send", "me", "a", "--nope"}, 2, "nope", ""},
	} {
		before := len(e2etest.Delivered(d.Kakao))
		stdout, stderr, code := e2etest.Run(t, d.Env, c.stdin, c.args...)
		text := stdout
		if c.code != 0 {
			text = stderr
		}
		if code != c.code || !strings.Contains(text, c.out) {
			t.Errorf("%s: code %d, stdout %q, stderr %q", c.name, code, stdout, stderr)
		}
		got := e2etest.Delivered(d.Kakao)[before:]
		if c.sent == "" && len(got) != 0 || c.sent != "" && (len(got) != 1 || got[0] != c.sent) {
			t.Errorf("%s: sent %q, want %q", c.name, got, c.sent)
		}
	}
	d.Kakao.SetFaults(sandbox.Faults{FailPath: "/v2/api/talk/memo", Cut: "after"})
	if stdout, _, code := d.Run("send", "me", "일곱", "--json"); code != 1 || !strings.Contains(stdout, `"status": "unknown"`) {
		t.Errorf("lost answer: code %d %s", code, stdout)
	}
	if _, stderr, code := d.Run("send", "me", "일곱"); code != 1 || !strings.Contains(stderr, "--resend") {
		t.Errorf("held back: code %d %s", code, stderr)
	}
	if _, stderr, code := d.Run("send", "me", "일곱", "--resend"); code != 0 {
		t.Errorf("--resend: code %d %s", code, stderr)
	}
}

// TestSendTellsWhatCouldNotBePrinted: a message that was sent is said to be, or the
// exit code would have it sent again.
func TestSendTellsWhatCouldNotBePrinted(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	d.LogIn()
	for _, args := range [][]string{{"send", "me", "하나"}, {"send", "me", "하나", "--json"}} {
		if said, code := e2etest.RunOnFullDisk(t, d.Env, args...); code != e2etest.ExitError || !strings.Contains(said, "나와의 채팅으로 보냈어요") {
			t.Errorf("%q: exit code %d: %s", args, code, said)
		}
	}
}

func TestSendNeedsALogin(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	d.Env = append(d.Env, "BROWSER=/nonexistent/browser")
	if _, stderr, code := d.Run("send", "me", "하나"); code != 4 || !strings.Contains(stderr, "http") {
		t.Errorf("code %d %s", code, stderr)
	}
}

func TestFriendsCommands(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	uuid := e2etest.UUID(t, d.Kakao, "홍길동")
	for _, c := range []struct {
		args []string
		code int
		out  string // part of stdout or stderr
	}{
		{[]string{"friends", "ㅎㄱㄷ"}, 0, "★ 홍길동\t" + uuid},
		{[]string{"friends", "--limit", "2"}, 0, "--offset 2"},
		{[]string{"friends", "--limit", "0"}, 2, "--limit"},
		{[]string{"friends", "홍길동", "--json"}, 0, `"profile_nickname": "홍길동"`},
		{[]string{"friends", "alias", "--list"}, 0, "정한 별칭이 없어요."},
		{[]string{"friends", "allow", "--list"}, 0, "항상 허용하는 친구가 없어요."},
		{[]string{"friends", "alias", "아빠", uuid}, 0, "아빠"},
		{[]string{"friends", "alias", "아빠", "정서연"}, 1, "이미 다른 친구의 별칭"},
		{[]string{"friends", "alias", "동생", "지민"}, 1, "김지민"},
		{[]string{"friends", "alias", "나", uuid}, 1, "별칭"},
		{[]string{"friends", "alias", "--list"}, 0, "아빠 (홍길동)\t" + uuid},
		{[]string{"friends", "alias", "--list", "--json"}, 0, `"profile_nickname": "홍길동"`},
		{[]string{"friends", "alias", "--remove", "아빠", "--json"}, 2, "friends alias"},
		{[]string{"friends", "아빠"}, 0, "아빠 (홍길동)"},
		{[]string{"send", "아빠", "안녕"}, 0, "아빠에게 보냈어요"},
		{[]string{"friends", "alias", "--remove", "아빠"}, 0, "별칭을 지웠어요: 아빠"},
		{[]string{"friends", "alias", "--remove", "아빠"}, 1, "없는 별칭이에요: 아빠"},
		{[]string{"friends", "alias"}, 2, "friends alias"},
		{[]string{"friends", "allow", "--", uuid}, 0, "이제 홍길동님에게 보낼 때는 묻지 않아요"},
		{[]string{"friends", "allow", "정서연"}, 0, "이제 정서연님에게 보낼 때는 묻지 않아요"},
		{[]string{"friends", "allow", "지민"}, 1, "김지민"},
		{[]string{"friends", "allow", "--list"}, 0, "정서연\t" + e2etest.UUID(t, d.Kakao, "정서연")},
		{[]string{"friends", "allow", "--remove", "정서연"}, 0, "이제 정서연님에게 보내기 전에 다시 물어요."},
		{[]string{"friends", "allow", "--remove", "정서연"}, 1, "항상 허용하는 친구가 아니에요: 정서연"},
		{[]string{"friends", "alias", "팀장님", "정서연"}, 0, "별칭을 정했어요: 팀장님"},
		{[]string{"friends", "allow", "팀장님"}, 0, "이제 팀장님에게 보낼 때는 묻지 않아요."},
		{[]string{"friends", "allow", "--remove", "정서연"}, 0, "이제 정서연님에게 보내기 전에 다시 물어요."},
		{[]string{"friends", "allow"}, 2, "friends allow"},
	} {
		stdout, stderr, code := d.Run(c.args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.out) {
			t.Errorf("%q: code %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
}

// TestUnclearNameOffersCommands: whoever wrote a name that fits several pastes a
// command, and is told of those who are not shown.
func TestUnclearNameOffersCommands(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	for range 22 {
		id := d.Guest("지민")
		d.Kakao.Befriend(d.Kakao.Owner().ID, id, sandbox.Friendship{})
		d.Kakao.Befriend(id, d.Kakao.Owner().ID, sandbox.Friendship{})
		d.Kakao.Connect(id, "friends", "talk_message")
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"send", "지민", "$HOME 3"}, `"…"`},
		{[]string{"send", "지민", "내일 봐요", "--link", "https://example.com/a"}, ` --link https://example.com/a "내일 봐요"`},
		{[]string{"send", "--link", "https://example.com/a", "--", "지민", "- 우유"}, ` --link https://example.com/a -- "- 우유"`},
		{[]string{"friends", "alias", "내 동생", "지민"}, `friends alias "내 동생" `},
		{[]string{"friends", "allow", "지민"}, "friends allow "},
	} {
		_, stderr, code := d.Run(c.args...)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		command := lines[len(lines)-1]
		if code != 1 || !strings.Contains(command, c.want) || strings.Count(stderr, c.want) != 10 || !strings.Contains(stderr, "22명 중 10명만") {
			t.Errorf("%q: code %d:\n%s", c.args, code, stderr)
		}
	}
	_, stderr, _ := d.Run("send", "지민", "내일 봐요")
	command := stderr[strings.LastIndex(stderr, "send --uuid="):]
	words := strings.Fields(strings.ReplaceAll(command, `"`, ""))
	if _, stderr, code := d.Run(words[0], words[1], strings.Join(words[2:], " ")); code != 0 {
		t.Errorf("%q: code %d %s", command, code, stderr)
	}
}

// TestCommandsNameCommands: who types a command is told of commands, not of an
// assistant's tools or of what an assistant is to do.
func TestCommandsNameCommands(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	own, stranger := d.Kakao.UUID(d.Kakao.Owner().ID), sandbox.UUIDMark+strings.Repeat("x", 20)
	d.Run("login", "--friends")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"send", "나", "hi"}, e2etest.ExeName("kakaotalk-mcp") + " send me`"},
		{[]string{"send", "--uuid", own, "hi"}, e2etest.ExeName("kakaotalk-mcp") + " send me`"},
		{[]string{"send", "--uuid", stranger, "hi"}, e2etest.ExeName("kakaotalk-mcp") + " friends`"},
		{[]string{"friends", "allow", "--", stranger}, e2etest.ExeName("kakaotalk-mcp") + " friends`"},
		{[]string{"friends", "allow", "지민"}, "친구가 없어요"},
		{[]string{"friends", "alias", "동생", "--", own}, e2etest.ExeName("kakaotalk-mcp") + " send me`"},
	} {
		for _, lang := range []string{"en", "ko"} {
			d.Env = append(d.Env, "KAKAO_LANG="+lang)
			stdout, stderr, code := d.Run(c.args...)
			for _, tool := range []string{e2etest.ToolToMe, e2etest.ToolSend, e2etest.ToolSearch, "사용자", "the user ", "호출"} {
				if strings.Contains(stdout+stderr, tool) {
					t.Errorf("%q names %s: %s", c.args, tool, stderr)
				}
			}
			if c.args[0] == "friends" && (strings.Contains(stderr, "보내지 않았") || strings.Contains(stderr, "was sent")) {
				t.Errorf("%q was to message nobody: %s", c.args, stderr)
			}
			if code == 0 || lang == "ko" && !strings.Contains(stderr, c.want) {
				t.Errorf("%q: exit code %d, %q is expected in %s", c.args, code, c.want, stderr)
			}
		}
	}
	d.Env = append(d.Env, "KAKAOTALK_MCP_HOME="+t.TempDir(), "BROWSER=/nonexistent/browser")
	if _, stderr, code := d.Run("send", "me", "hi"); code != 4 || !strings.Contains(stderr, "같은 명령을 다시 실행") || strings.Contains(stderr, "호출") {
		t.Errorf("without a login: exit code %d: %s", code, stderr)
	}
}

// TestListsNameWhoIsGone: a uuid can change; who has the name now is a suggestion.
func TestListsNameWhoIsGone(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	for _, args := range [][]string{{"friends", "alias", "길동", "홍길동"}, {"friends", "alias", "동생", "정서연"}} {
		if _, stderr, code := d.Run(args...); code != 0 {
			t.Fatalf("code %d %s", code, stderr)
		}
	}
	if _, stderr, code := d.Run("friends", "alias", "--list"); code != 0 || strings.Contains(stderr, "목록에 없어서") {
		t.Errorf("nobody is gone: code %d %s", code, stderr)
	}
	for _, p := range d.Kakao.People() {
		if p.Nickname == "홍길동" {
			d.Kakao.UpdatePerson(p.ID, func(p *sandbox.Person) { p.Nickname = "길동" })
			d.Kakao.ChangeUUID(p.ID)
		}
	}
	stdout, stderr, code := d.Run("friends", "alias", "--list")
	if code != 0 || strings.Count(stdout, "\n") != 2 || !strings.Contains(stderr, "목록에 없어서 메시지를 보낼 수 없어요: 별칭 길동\n") || !strings.Contains(stderr, "friends alias '길동' '길동'`") {
		t.Errorf("code %d\n%s%s", code, stdout, stderr)
	}
	if _, stderr, _ := d.Run("friends", "allow", "--list"); strings.Contains(stderr, "목록에 없어서") {
		t.Errorf("an alias in another list: %s", stderr)
	}
}

// TestSandboxLoginWithoutABrowser: the practice Kakao ends with the command, so no
// address is left behind that opens no more; at a terminal the command waits for the
// login there.
func TestSandboxLoginWithoutABrowser(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"send", "--sandbox", "me", "안녕"}, {"friends", "--sandbox", "홍길동"}} {
		t.Run(command[0], func(t *testing.T) {
			t.Parallel()
			env := e2etest.BareEnv(t, "KAKAO_LANG=ko", "BROWSER="+e2etest.NoBrowser)
			out, errs, code := e2etest.Run(t, env, "", command...)
			if code != e2etest.ExitLogin || strings.Contains(out+errs, "http") || !strings.Contains(errs, "연습용 카카오에 로그인하지 않았어요") {
				t.Errorf("exit code %d\n%s%s", code, out, errs)
			}
			x := e2etest.OpenTerminal(t, env, 600, e2etest.Program(t), command...) // the address in one line
			x.Await("직접 열어 주세요")
			var v sandbox.Visitor
			page := regexp.MustCompile(`http://127\.0\.0\.1:\d+/oauth/authorize\S+`).FindString(e2etest.Unescaped(x.Raw()))
			got, err := v.Visit(t.Context(), page)
			if err != nil || got.Status != http.StatusOK {
				t.Fatalf("%q: %d %v", page, got.Status, err)
			}
			if !strings.Contains(got.Body, "김하늘 계정으로 연결됐어요") {
				t.Errorf("whose login it is, by name, is not on\n%s", got.Body)
			}
			x.Await("[연습]")
			if x.Saw("/rooms") {
				t.Error("the chat rooms that are told end with the command")
			}
			if command[0] == "friends" {
				x.Await("홍길동")
			}
			if code := x.End(); code != e2etest.ExitOK {
				t.Errorf("exit code %d\n%s", code, x.Raw())
			}
		})
	}
}

// TestNotSetUpEndsAlike: whatever needs a login, without a set-up it ends with 4 and
// says what to run.
func TestNotSetUpEndsAlike(t *testing.T) {
	t.Parallel()
	d := e2etest.NewFreshComputer(t)
	for _, command := range []string{"status", "doctor", "send me hi", "send 홍길동 hi", "friends 홍길동", "friends alias 엄마 홍길동", "login", "logout", "invite"} {
		out, errs, code := d.Run(strings.Fields(command)...)
		if code != e2etest.ExitLogin || !strings.Contains(out+errs, " setup`") {
			t.Errorf("%s: exit code %d\n%s%s", command, code, out, errs)
		}
	}
}

// TestTypedMistakesAreToldInOptions, not in the names of a tool's arguments.
func TestTypedMistakesAreToldInOptions(t *testing.T) {
	t.Parallel()
	d := e2etest.NewComputer(t)
	d.LogIn()
	for _, c := range []struct{ command, want string }{
		{"send me hi --button 열기", "--link"},
		{"send me hi --link x", "--link"},
		{"send me hi --image /no/such.png", "--image"},
	} {
		_, errs, code := d.Run(strings.Fields(c.command)...)
		bare := strings.NewReplacer("--link", "", "--button", "", "--image", "").Replace(errs)
		if code == 0 || !strings.Contains(errs, c.want) || regexp.MustCompile(`\b(link|button|image|title|message)\b`).MatchString(bare) {
			t.Errorf("%s: exit code %d\n%s", c.command, code, errs)
		}
	}
}
