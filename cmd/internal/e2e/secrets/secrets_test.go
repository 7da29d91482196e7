package secrets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// TestSecretsStayInside goes through everything that touches a secret, with the
// log at its most talkative, and then looks for tokens, codes, keys, texts and
// uuids in whatever was said, written or handed to another program.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	kakao, settings := e2etest.NewKakao(t)
	app := kakao.App()
	public := "https://talk.example.com"
	kakao.UpdateApp(func(a *sandbox.App) { a.WebDomains = []string{public, "https://page.example.com"} })
	secret := filepath.Join(t.TempDir(), "secret") // the user's own file
	bin := filepath.Join(t.TempDir(), "bin")       // of a client with a command of its own
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	w.write(secret, app.Secret)
	w.write(filepath.Join(bin, "claude"), "#!/bin/sh\nexit 1\n")
	w.env = append(w.env, withoutApp(settings)...)
	w.env = append(w.env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "CLOVA_API_KEY="+clovatest.Key)

	w.run(false, "", e2etest.ExitOK, "setup", "--for", "me", "--client-id", app.Key, "--client-secret-file", secret, "--clients", "none")
	w.run(false, "", e2etest.ExitOK, "install", "claude-code", "cursor", "--force")
	uuid := w.friends(kakao)
	// From here on the person has all of it in the environment, too.
	w.env = append(w.env, "KAKAO_CLIENT_SECRET="+app.Secret, "CHAT_API_KEY="+clovatest.Key)

	s := w.serve()
	s.Initialize(map[string]any{"elicitation": map[string]any{"form": map[string]any{}}})
	w.messages(kakao, s, uuid)
	w.mistakes(kakao, s, uuid)
	w.badAnswers(kakao, s, uuid)
	if code, _ := s.End(); code != e2etest.ExitOK {
		t.Errorf("exit code %d", code)
	}
	w.gone(s)

	w.longTexts(kakao, public)
	w.killed(kakao)
	w.reminders(kakao)
	w.commands(kakao, uuid)
	w.verdict()
}

// withoutApp leaves key and secret out of settings.
func withoutApp(settings []string) []string {
	return slices.DeleteFunc(slices.Clone(settings), func(s string) bool { return strings.HasPrefix(s, "KAKAO_CLIENT_") })
}

func (w *watch) write(path, text string) {
	w.Helper()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		w.Fatal(err)
	}
}

// TestSecretsStayInKeychain: with the system's keychain they are in no file at all.
func TestSecretsStayInKeychain(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	h := e2etest.NewKeychainComputer(t, "dbus-run-session", "gnome-keyring-daemon")
	traced := filepath.Join(t.TempDir(), "kakaotalk-mcp")
	w.write(traced, "#!/bin/sh\nexec "+strings.Replace(strings.Join(w.traced("NUMBER"), " "), "NUMBER", "$$", 1)+" \"$@\"\n")
	// The folders are the watched ones.
	h.Env = append(append(slices.Clone(h.Env), w.env...), "KAKAO_CLIENT_ID=", "PROGRAM="+traced)
	text, code := h.Script(e2etest.UnlockKeyring + `"$PROGRAM" setup --for me --client-id "$KEY" --client-secret-file "$SECRET" --clients none
"$PROGRAM" login --friends
"$PROGRAM" send me '` + e2etest.Canary + `' --json
` + e2etest.SendOnce + `"$PROGRAM" status
"$PROGRAM" logout`)
	if code != e2etest.ExitOK || len(h.Kakao.Deliveries()) != 3 {
		t.Errorf("exit code %d, %d delivered:\n%s", code, len(h.Kakao.Deliveries()), text)
	}
	w.hear("a session with a keychain", text, e2etest.Private)
	if left := e2etest.Entries(t, filepath.Join(w.dir, "home", ".kakaotalk-mcp", "secrets")); left != "" {
		t.Errorf("a store of files: %s", left)
	}
	w.verdict()
}

// friends gives one friend an alias and an approval, and returns the uuid. The
// consent to the friend list is asked for on the way.
func (w *watch) friends(kakao *sandbox.Sandbox) (uuid string) {
	w.Helper()
	uuid = e2etest.UUID(w, kakao, "홍길동")
	if out, _ := w.run(true, "", e2etest.ExitOK, "friends", "홍길동", "--json"); !strings.Contains(out, uuid) {
		w.Errorf("the list has no uuid: this proves nothing:\n%s", out)
	}
	w.run(false, "", e2etest.ExitOK, "friends", "alias", "길동이", uuid)
	w.run(false, "", e2etest.ExitOK, "friends", "allow", "홍길동")
	w.run(false, "", e2etest.ExitError, "friends", "alias", "누구", sandbox.UUIDMark+strings.Repeat("x", 22))
	return uuid
}

// send calls a sending tool and returns its status.
func (w *watch) send(s *e2etest.Server, to any, text string) string {
	w.Helper()
	tool, args := e2etest.ToolToMe, map[string]any{"message": text}
	if to != nil {
		tool, args["to"] = e2etest.ToolSend, to
	}
	status, _ := s.CallTool(tool, e2etest.JSON(w.T, args)).Structured["status"].(string)
	return status
}

func (w *watch) want(got, want string) {
	w.Helper()
	if got != want {
		w.Errorf("status %q, want %q", got, want)
	}
}

// messages are sent as ever: also after a refresh and a renewed consent.
func (w *watch) messages(kakao *sandbox.Sandbox, s *e2etest.Server, uuid string) {
	w.Helper()
	w.want(w.send(s, nil, e2etest.Canary+" 1"), "sent")
	w.want(w.send(s, nil, e2etest.Canary+" 1"), "already_sent")
	w.want(w.send(s, uuid, e2etest.Canary+" 2"), "sent")
	w.want(w.send(s, nil, strings.Repeat(e2etest.Canary+". ", 40)), "sent") // in parts
	kakao.ExpireAccessTokens()
	w.want(w.send(s, "길동이", e2etest.Canary+" 3"), "sent")
	kakao.WithdrawConsent(kakao.Owner().ID, "talk_message")
	w.want(w.send(s, nil, e2etest.Canary+" 4"), "sent")
	s.Ask("resources/read", map[string]any{"uri": "kakao://friends"})
}

// mistakes of a client or model, each with a text in it.
func (w *watch) mistakes(kakao *sandbox.Sandbox, s *e2etest.Server, uuid string) {
	w.Helper()
	for _, arguments := range []map[string]any{
		{"message": []string{e2etest.Canary}}, {"massage": e2etest.Canary}, {e2etest.Canary: "x"}, {"message": strings.Repeat(e2etest.Canary+" ", 3000)},
		{"message": e2etest.Canary, "link": "javascript:" + e2etest.Canary}, {"message": e2etest.Canary, "template": map[string]any{"object_type": e2etest.Canary}},
		{"message": e2etest.Canary, "image": "https://" + uuid + "/" + e2etest.Canary},
	} {
		if r := s.CallTool(e2etest.ToolToMe, e2etest.JSON(w.T, arguments)); !r.IsError {
			w.Errorf("no mistake: %.60v", arguments)
		}
	}
	w.want(w.send(s, kakao.UUID(kakao.Owner().ID), e2etest.Canary), "not_sent")
	w.want(w.send(s, uuid[:33]+"!", e2etest.Canary), "not_sent")
	w.want(w.send(s, e2etest.Canary, e2etest.Canary), "not_sent")
	s.Send(`{"jsonrpc":"2.0","id":9001,"method":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"` + e2etest.Canary)
	s.Send(`{"jsonrpc":"2.0","id":9002,"method":"` + e2etest.Canary + `","params":{}}`)
	s.Send(`{"jsonrpc":"2.0","id":"` + e2etest.Canary + `","result":{"action":"` + uuid + `"}}`)
	s.Send(e2etest.Canary + uuid)
	if m := s.Await(9002); m.Error == nil {
		w.Error("an unknown method is no error")
	}
}
