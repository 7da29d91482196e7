package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
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
func (w *watch) badAnswers(kakao *sandbox.Sandbox, s *server, uuid string) {
	w.Helper()
	access, refresh := w.stored()
	echo := access + " " + refresh + " " + canary + " " + uuid
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
				s.callTool(toolSearch, `{"limit":`+fmt.Sprint(n%100+1)+`}`)
			case "/v2/api/talk/memo":
				w.send(s, nil, fmt.Sprint(canary, " ", n))
			default:
				w.send(s, uuid, fmt.Sprint(canary, " ", n))
			}
		}
	}
	for _, f := range []sandbox.Faults{
		{FailStatus: 400, FailBody: body(`{"error":"ECHO","error_description":"ECHO","error_code":"ECHO"}`)}, {FailStatus: 401, FailBody: body(`{"error":"invalid_client","error_description":"ECHO","error_code":"KOE010"}`)},
		{FailStatus: 500, FailBody: body(`ECHO`)}, {Cut: "after"}, {FailStatus: 400, FailBody: body(`{"error":"invalid_grant","error_description":"ECHO","error_code":"KOE322"}`)},
	} {
		f.FailPath, n = "/oauth/token", n+1
		kakao.ExpireAccessTokens()
		kakao.SetFaults(f)
		w.send(s, nil, fmt.Sprint(canary, " ", n))
	}
	kakao.SetFaults(sandbox.Faults{})
	w.want(w.send(s, nil, canary+" after all that"), "sent")
}

// longTexts go onto both kinds of pages, while another program is the tunnel.
func (w *watch) longTexts(kakao *sandbox.Sandbox, public string) {
	w.Helper()
	long := strings.Repeat(canary+"를 들은 사람은 없어요. ", 100)
	home := filepath.Join(w.dir, "home", ".kakaotalk-mcp")
	s := w.serve("KAKAO_BASE_URL="+public, "KAKAO_VIEWER_ADDR=127.0.0.1:"+closedPort(w.T),
		`KAKAO_TUNNEL=exec:/bin/sh -c "echo `+public+`; exec sleep 600"`)
	s.initialize(map[string]any{})
	waitUntil(w.T, "the tunnel coming up", func() bool { return tunnelUp(home) })
	way := func(s *server, text string) any {
		return s.callTool(toolToMe, asArguments(w.T, map[string]any{"message": text})).Structured["delivery"]
	}
	if got := way(s, long); got != "stored" {
		w.Errorf("delivery %v, want stored", got)
	}
	s.end()
	w.gone(s)
	if found, _ := filepath.Glob(filepath.Join(home, "messages", "*")); len(found) == 0 {
		w.Error("nothing is stored: this proves nothing")
	}
	w.run(true, "", exitOK, "page", "list")

	s = w.serve("KAKAO_PAGE_URL=https://page.example.com/")
	s.initialize(map[string]any{})
	if got := way(s, long+"!"); got != "page" {
		w.Errorf("delivery %v, want page", got)
	}
	s.end()
	w.gone(s)
}

// killed: in the middle of a delivery, and of a refresh.
func (w *watch) killed(kakao *sandbox.Sandbox) {
	w.Helper()
	for _, path := range []string{"/v2/api/talk/memo/default/send", "/oauth/token"} {
		s := w.serve()
		s.initialize(map[string]any{})
		kakao.ExpireAccessTokens()
		kakao.SetFaults(sandbox.Faults{FailPath: path, FailStatus: 500, FailAfter: true, FailCount: -1, Latency: 100 * time.Millisecond})
		before := len(kakao.Requests())
		s.request("tools/call", sendCall(canary+" when killed at "+path))
		waitUntil(w.T, "a request", func() bool {
			return slices.ContainsFunc(kakao.Requests()[before:], func(r sandbox.Request) bool { return r.Path == path })
		})
		if err := s.cmd.Process.Kill(); err != nil {
			w.Fatal(err)
		}
		s.exit()
		w.gone(s)
		kakao.SetFaults(sandbox.Faults{})
	}
}

// commands are what a person types.
func (w *watch) commands(kakao *sandbox.Sandbox, uuid string) {
	w.Helper()
	w.run(false, "", exitOK, "send", "길동이", canary+" typed")
	w.run(false, canary+" piped", exitOK, "send", "me", "-")
	w.run(false, "", exitUsage, "send", "me", canary, uuid)
	w.run(true, "", exitError, "send", canary+" to nobody", canary) // the name is said back
	for _, words := range [][]string{{"status"}, {"status", "--json"}, {"doctor", "--json"}, {"doctor"}, {"invite"}} {
		w.run(false, "", exitOK, words...)
	}
	w.run(false, "", exitError, "invite", "--here") // the browser's person is the owner
	w.run(false, "http://localhost/friends/callback?state=x&code="+sandbox.SecretMark+"ABCDEF\n", exitError, "invite", "--paste")

	model := startTalker(w, func(r clovatest.Request) clovatest.Reply {
		if toolJSON(r.Last()) == nil {
			return chatCall(toolToMe, asArguments(w.T, map[string]any{"message": canary + " said in a chat"}))
		}
		return clovatest.Reply{Text: "보냈어요."}
	})
	model.begin.Do(func() { close(model.begun) })
	before := w.env
	w.env = append(slices.Clone(w.env), "CHAT_BASE_URL="+model.server.URL)
	w.run(true, "", exitOK, "chat", "나에게 "+canary+"라고 보내 줘")
	w.env = append(w.env, "CHAT_API_KEY="+clovatest.Key+"-wrong") // the server says it back
	w.run(true, "", exitError, "chat", canary)
	w.env = before

	// Kakao fails at a logout and a login, and says secrets back.
	w.run(false, "", exitOK, "login", "--switch")
	kakao.SetFaults(sandbox.Faults{FailPath: "/v1/user/logout", FailStatus: 500, FailBody: `{"msg":"` + sandbox.SecretMark + `","code":-1}`})
	w.run(false, "", exitError, "logout")
	kakao.SetFaults(sandbox.Faults{})
	w.run(false, "", exitOK, "logout")
	kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 400, FailBody: `{"error":"invalid_grant","error_description":"` + sandbox.SecretMark + `","error_code":"KOE320"}`})
	w.run(false, "", exitError, "login")
	kakao.SetFaults(sandbox.Faults{})
	w.run(false, "", exitOK, "login")
	w.run(false, "", exitOK, "logout", "--unlink")
}
