package secrets

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/porttest"
	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// stored is what the file store holds of the login.
func (w *watch) stored() (access, refresh string) {
	w.Helper()
	list, err := filepath.Glob(filepath.Join(w.dir, "home", ".kakaotalk-mcp", "secrets", "login-*"))
	if err != nil || len(list) != 1 {
		w.Fatalf("%d logins in the store: %v", len(list), err)
	}
	raw, err := os.ReadFile(list[0])
	var record struct{ At, Rt string }
	if err != nil || json.Unmarshal(raw, &record) != nil || !strings.HasPrefix(record.At, sandbox.SecretMark) || !strings.HasPrefix(record.Rt, sandbox.SecretMark) {
		w.Fatalf("no tokens in the store, or without their mark: %v", err)
	}
	return record.At, record.Rt
}

// badAnswers: Kakao says the token, the text and the uuid back in whatever way.
func (w *watch) badAnswers(kakao *sandbox.Sandbox, s *e2etest.Server, uuid string) {
	w.Helper()
	access, refresh := w.stored()
	echo := access + " " + refresh + " " + e2etest.Canary + " " + uuid
	body := func(format string) string { return strings.ReplaceAll(format, "ECHO", echo) }
	n := 100
	for _, path := range []string{"/v2/api/talk/memo", "/v1/api/talk/friends/message", "/v1/api/talk/friends"} {
		for _, f := range []sandbox.Faults{
			{FailStatus: 400, FailBody: body(`{"msg":"ECHO","code":-2}`)}, {FailStatus: 400, FailBody: body(`{"msg":"ECHO","code":-9999}`)},
			{FailStatus: 400, FailBody: body(`{"msg":"ECHO","code":"ECHO"}`)}, {FailStatus: 401, FailBody: body(`{"msg":"ECHO","code":-401}`)},
			{FailStatus: 403, FailBody: body(`{"msg":"ECHO","code":-402,"required_scopes":["ECHO"]}`)}, {FailStatus: 429, FailBody: body(`{"msg":"ECHO","code":-10}`)},
			{FailStatus: 503, FailBody: body(`<html>ECHO`)}, {FailStatus: 500, FailBody: body(`{"msg":"ECHO","code":-1}`)}, {Cut: "after"}, {Cut: "before"},
		} {
			f.FailPath, n = path, n+1
			kakao.SetFaults(f)
			switch path {
			case "/v1/api/talk/friends": // also what a send looks names up with
				s.CallTool(e2etest.ToolSearch, `{"limit":`+fmt.Sprint(n%100+1)+`}`)
			case "/v2/api/talk/memo":
				w.send(s, nil, fmt.Sprint(e2etest.Canary, " ", n))
			default:
				w.send(s, uuid, fmt.Sprint(e2etest.Canary, " ", n))
			}
		}
	}
	for _, f := range []sandbox.Faults{
		{FailStatus: 400, FailBody: body(`{"error":"ECHO","error_description":"ECHO","error_code":"ECHO"}`)}, {FailStatus: 401, FailBody: body(`{"error":"invalid_client","error_description":"ECHO","error_code":"KOE010"}`)},
		{FailStatus: 500, FailBody: body(`ECHO`)}, {Cut: "after"}, {FailStatus: 400, FailBody: body(`{"error":"invalid_grant","error_description":"ECHO","error_code":"KOE322"}`)},
	} {
		// In a new process: one that has just renewed its token in vain waits a while.
		f.FailPath, n = "/oauth/token", n+1
		next := w.serve()
		next.Initialize(map[string]any{})
		kakao.ExpireAccessTokens()
		kakao.SetFaults(f)
		w.send(next, nil, fmt.Sprint(e2etest.Canary, " ", n))
		kakao.SetFaults(sandbox.Faults{})
		w.want(w.send(next, nil, e2etest.Canary+" after "+fmt.Sprint(n)), "sent")
		next.End()
		w.gone(next)
	}
}

// longTexts go onto both kinds of pages, while another program is the tunnel.
func (w *watch) longTexts(kakao *sandbox.Sandbox, public string) {
	w.Helper()
	long := strings.Repeat(e2etest.Canary+"를 들은 사람은 없어요. ", 100)
	home := filepath.Join(w.dir, "home", ".kakaotalk-mcp")
	s := w.serve("KAKAO_BASE_URL="+public, "KAKAO_VIEWER_ADDR=127.0.0.1:"+porttest.Closed(w.T),
		`KAKAO_TUNNEL=exec:/bin/sh -c "echo `+public+`; exec sleep 600"`)
	s.Initialize(map[string]any{})
	e2etest.WaitUntil(w.T, "the tunnel coming up", func() bool { return e2etest.TunnelUp(home) })
	way := func(s *e2etest.Server, text string) any {
		return s.CallTool(e2etest.ToolToMe, e2etest.JSON(w.T, map[string]any{"message": text})).Structured["delivery"]
	}
	if got := way(s, long); got != "stored" {
		w.Errorf("delivery %v, want stored", got)
	}
	s.End()
	w.gone(s)
	if found, _ := filepath.Glob(filepath.Join(home, "messages", "*")); len(found) == 0 {
		w.Error("nothing is stored: this proves nothing")
	}
	w.run(true, "", e2etest.ExitOK, "page", "list")

	s = w.serve("KAKAO_PAGE_URL=https://page.example.com/")
	s.Initialize(map[string]any{})
	if got := way(s, long+"!"); got != "page" {
		w.Errorf("delivery %v, want page", got)
	}
	s.End()
	w.gone(s)
}

// killed: in the middle of a delivery, and of a refresh.
func (w *watch) killed(kakao *sandbox.Sandbox) {
	w.Helper()
	for _, path := range []string{"/v2/api/talk/memo/default/send", "/oauth/token"} {
		s := w.serve()
		s.Initialize(map[string]any{})
		kakao.ExpireAccessTokens()
		kakao.SetFaults(sandbox.Faults{FailPath: path, FailStatus: 500, FailAfter: true, FailCount: -1, Latency: 100 * time.Millisecond})
		before := len(kakao.Requests())
		s.Request("tools/call", e2etest.SendCall(e2etest.Canary+" when killed at "+path))
		e2etest.WaitUntil(w.T, "a request", func() bool {
			return slices.ContainsFunc(kakao.Requests()[before:], func(r sandbox.Request) bool { return r.Path == path })
		})
		if err := s.Cmd.Process.Kill(); err != nil {
			w.Fatal(err)
		}
		s.Exit()
		w.gone(s)
		kakao.SetFaults(sandbox.Faults{})
	}
}

// reminders go into the calendar, one of them by a lost answer, and are listed.
func (w *watch) reminders(kakao *sandbox.Sandbox) {
	w.Helper()
	s := w.serve("KAKAO_CALENDAR=on")
	s.Initialize(map[string]any{})
	for i, f := range []sandbox.Faults{{}, {FailPath: "/v2/api/calendar/create/event", Cut: "after"}, {FailPath: "/v2/api/calendar/", FailStatus: 400, FailBody: `{"code":-2,"msg":"` + sandbox.SecretMark + `"}`}} {
		kakao.SetFaults(f)
		at := time.Now().Add(50 * time.Hour).Truncate(time.Hour).Format(time.RFC3339)
		r := s.CallTool("remind_me", e2etest.JSON(w.T, map[string]any{"title": fmt.Sprint(e2etest.Canary, " ", i), "at": at, "note": e2etest.Canary, "place": e2etest.Canary}))
		if want := []string{"created", "created", "not_created"}[i]; r.Structured["status"] != want {
			w.Errorf("reminder %d: %s", i, r.Text())
		}
	}
	kakao.SetFaults(sandbox.Faults{})
	s.End()
	w.gone(s)
	w.run(true, "", e2etest.ExitOK, "reminders")
}

// commands are what a person types.
func (w *watch) commands(kakao *sandbox.Sandbox, uuid string) {
	w.Helper()
	w.run(false, "", e2etest.ExitOK, "send", "길동이", e2etest.Canary+" typed")
	w.run(false, e2etest.Canary+" piped", e2etest.ExitOK, "send", "me", "-")
	w.run(false, "", e2etest.ExitUsage, "send", "me", e2etest.Canary, uuid)
	w.run(true, "", e2etest.ExitError, "send", e2etest.Canary+" to nobody", e2etest.Canary) // the name is said back
	for _, words := range [][]string{{"status"}, {"status", "--json"}, {"doctor", "--json"}, {"doctor"}, {"invite"}} {
		w.run(false, "", e2etest.ExitOK, words...)
	}
	w.run(false, "", e2etest.ExitError, "invite", "--here") // the browser's person is the owner
	w.run(false, "http://localhost/friends/callback?state=x&code="+sandbox.SecretMark+"ABCDEF\n", e2etest.ExitError, "invite", "--paste")

	model := e2etest.StartModel(w, func(_ *e2etest.Model, r clovatest.Request) clovatest.Reply {
		if e2etest.ToolJSON(r.Last()) == nil {
			return e2etest.ChatCall(e2etest.ToolToMe, e2etest.JSON(w.T, map[string]any{"message": e2etest.Canary + " said in a chat"}))
		}
		return clovatest.Reply{Text: "보냈어요."}
	})
	before := w.env
	w.env = append(slices.Clone(w.env), "CHAT_BASE_URL="+model.URL)
	w.run(true, "", e2etest.ExitOK, "chat", "나에게 "+e2etest.Canary+"라고 보내 줘")
	w.env = append(w.env, "CHAT_API_KEY="+clovatest.Key+"-wrong") // the server says it back
	w.run(true, "", e2etest.ExitError, "chat", e2etest.Canary)
	w.env = before

	// Kakao fails at a logout and a login, and says secrets back.
	w.run(false, "", e2etest.ExitOK, "login", "--switch")
	kakao.SetFaults(sandbox.Faults{FailPath: "/v1/user/logout", FailStatus: 500, FailBody: `{"msg":"` + sandbox.SecretMark + `","code":-1}`})
	w.run(false, "", e2etest.ExitError, "logout")
	kakao.SetFaults(sandbox.Faults{})
	w.run(false, "", e2etest.ExitOK, "logout")
	kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 400, FailBody: `{"error":"invalid_grant","error_description":"` + sandbox.SecretMark + `","error_code":"KOE320"}`})
	w.run(false, "", e2etest.ExitError, "login")
	kakao.SetFaults(sandbox.Faults{})
	w.run(false, "", e2etest.ExitOK, "login")
	w.run(false, "", e2etest.ExitOK, "logout", "--unlink")
}
