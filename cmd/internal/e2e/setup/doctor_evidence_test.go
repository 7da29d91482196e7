package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// consoleMarks are what setup says of a console that it saw to be right.
var consoleMarks = []string{"✔ 카카오 로그인", "✔ 콘솔 설정을", "✔ 동의항목"}

// What Kakao's login page says before anybody logged in is no proof of anything,
// unless the same page refuses what cannot exist.
func TestSilenceIsNoProof(t *testing.T) {
	for _, answer := range []sandbox.Answer{"", sandbox.AuthorizeBroken, sandbox.AuthorizeLogin, sandbox.AuthorizeNoLogin} {
		for _, first := range []bool{false, true} {
			name := string(answer)
			if answer == "" {
				name = "as it should be"
			}
			if first {
				name += ", KOE205 first"
			}
			t.Run(name, func(t *testing.T) {
				w := e2etest.NewFreshComputer(t)
				w.SetUp()
				w.Set("BROWSER", touching(t, w))
				w.Kakao.SetVariants(sandbox.Variants{KOE205First: first})
				w.Kakao.SetFaults(sandbox.Faults{Answer: answer, FailCount: -1})
				told := first && answer == "" // only then the page says what it would refuse
				found := doctor(w)
				items := found["consent-items"]
				if (items.Status == pass) != told {
					t.Errorf("consent-items: %+v", items)
				}
				if answer == sandbox.AuthorizeLogin || answer == sandbox.AuthorizeBroken {
					if f := found["redirect-uris"]; f.Status == pass {
						t.Errorf("redirect-uris: %+v", f)
					}
				} else if f := found["redirect-uris"]; f.Status != pass {
					t.Errorf("redirect-uris: %+v", f)
				}
				if !told && answer != sandbox.AuthorizeBroken && !strings.Contains(items.Message+items.Hint, "로그인할 때") {
					t.Errorf("nothing says when it will be known: %+v", items)
				}
				_, text, _ := w.Run("setup", "--for", "friends", "--no-login", "--clients", "none")
				if told {
					return
				}
				for _, step := range []string{"3. 카카오 로그인", "4. 리다이렉트 URI", "5. 동의항목"} {
					if !strings.Contains(text, step) {
						t.Errorf("setup leaves out %q:\n%s", step, text)
					}
				}
				for _, mark := range consoleMarks {
					if strings.Contains(text, mark) {
						t.Errorf("setup says %q:\n%s", mark, text)
					}
				}
			})
		}
	}
}

// A login shows what the page before it cannot: the items that the app has set up.
func TestLoginProvesConsentItems(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.LogIn("--friends")
	if f := doctor(w)["consent-items"]; f.Status != pass {
		t.Errorf("%+v", f)
	}
	w.Kakao.UpdateApp(func(a *sandbox.App) { a.Items["friends"] = sandbox.StageOff })
	if f := doctor(w)["consent-items"]; f.Status != warn || !strings.Contains(f.Message, "[카카오 서비스 내 친구목록]") {
		t.Errorf("%+v", f)
	}
}

// A stored login is no proof that Kakao still takes it: setup asks, and logs in
// again where the account was disconnected meanwhile.
func TestSetupAsksKakaoAboutTheLogin(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.LogIn()
	w.Kakao.Unlink(w.Kakao.Owner().ID)
	_, text, code := w.Run("setup", "--for", "me", "--clients", "none")
	if code != 0 || !strings.Contains(text, "✔ 로그인했어요") || len(w.Kakao.Deliveries()) != 1 {
		t.Errorf("exit code %d, %d messages\n%s", code, len(w.Kakao.Deliveries()), text)
	}
}

// A uuid can change: whoever was written down by the old one is named, and who has
// the name now is suggested and never put in their place.
func TestPeopleWhoAreGone(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.LogIn("--friends")
	w.Expect(0, "", "friends", "alias", "엄마", "김지민")
	w.Expect(0, "", "friends", "allow", "홍길동")
	w.Set("KAKAO_ALLOW", "엄마,"+e2etest.UUID(t, w.Kakao, "홍길동"))
	if f := doctor(w)["people"]; f.Status != pass {
		t.Errorf("while all are there: %+v", f)
	}
	before := e2etest.Files(t, w.Home)["friends.json"]
	for _, name := range []string{"김지민", "홍길동"} {
		for _, p := range w.Kakao.People() {
			if p.Nickname == name {
				w.Kakao.ChangeUUID(p.ID)
			}
		}
	}
	f := doctor(w)["people"]
	for _, want := range []string{"별칭 엄마", "항상 허용 홍길동", "KAKAO_ALLOW 홍길동", "friends allow '홍길동'"} {
		if f.Status != warn || !strings.Contains(f.Message+f.Hint, want) {
			t.Errorf("%+v lacks %q", f, want)
		}
	}
	if strings.Contains(f.Message+f.Hint, e2etest.UUID(t, w.Kakao, "홍길동")) {
		t.Errorf("a uuid is shown: %+v", f)
	}
	if after := e2etest.Files(t, w.Home)["friends.json"]; after != before {
		t.Errorf("doctor changed the aliases:\n%s\n%s", before, after)
	}
}

// What only this shell's environment holds, clients do not get.
func TestEnvironmentOnly(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.Set("KAKAO_CONFIRM", "always")
	f := doctor(w)["environment"]
	for _, want := range []string{"KAKAO_CLIENT_ID", "KAKAO_CONFIRM", "config.env", "setup`"} {
		if f.Status != warn || !strings.Contains(f.Message+f.Hint, want) {
			t.Errorf("%+v lacks %q", f, want)
		}
	}
	w.WriteHome("config.env", "KAKAO_CONFIRM=always\n")
	if f := doctor(w)["environment"]; strings.Contains(f.Message+f.Hint, "KAKAO_CONFIRM") {
		t.Errorf("a value that config.env has, too: %+v", f)
	}
}

// Registered is not enough: a client that keeps the server off is named, with the
// key that does it.
func TestDoctorNamesObstacles(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	file := cursor(w)
	if err := os.MkdirAll(filepath.Join(w.User, ".codex"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(w.User, ".codex", "config.toml")
	text := "[mcp_servers.kakaotalk]\ncommand = \"/usr/local/bin/kakaotalk-mcp\"\nargs = [\"serve\"]\nenabled = false\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f := doctor(w)["clients"]
	if f.Status != warn || !strings.Contains(f.Message+f.Hint, "Codex") || !strings.Contains(f.Message+f.Hint, "enabled") {
		t.Errorf("%+v (%s)", f, file)
	}
	if out, _, _ := w.Run("status"); !strings.Contains(out, "Codex") || !strings.Contains(out, "enabled") {
		t.Errorf("status: %s", out)
	}
}
