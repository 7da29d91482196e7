package sandbox_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

func TestControls(t *testing.T) {
	w := start(t)
	friend := w.person("김지민")
	mustControl := func(name string, body any) {
		t.Helper()
		if status := w.control(name, body); status != http.StatusOK {
			t.Errorf("%s: %d", name, status)
		}
	}
	token := w.full("")

	mustControl("app", object{"permission": true, "items": object{"friends": "off"}})
	if a := w.App(); !a.Permission || a.Items["friends"] != sandbox.StageOff || len(a.Items) != 1 || a.Key != "5b0c2f7e91d84a36b2c7e0f15d9a8e43" {
		t.Errorf("app: %+v", a)
	}
	mustControl("app", object{"permission": false, "items": object{"friends": "in_use", "talk_message": "in_use"}})

	mustControl("faults", object{"fail_status": 500, "fail_path": "/v2/user/me"})
	status, body := w.get(token, "/v2/user/me")
	want(t, status, body, 500, -1)

	before := w.Now()
	mustControl("clock", object{"advance": "24h"})
	if w.Now().Sub(before) < 24*time.Hour {
		t.Error("the clock stands still")
	}
	mustControl("clock", object{"advance": "-24h"})

	mustControl("quota", object{"person": w.Owner().ID})
	status, body = w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 400, -532)
	mustControl("reset", object{})
	mustControl("withdraw", object{"person": friend, "scopes": []string{"talk_message"}})
	status, body = w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 400, -530)
	mustControl("connect", object{"person": friend, "scopes": []string{"talk_message"}})
	mustControl("befriend", object{"person": w.Owner().ID, "to": friend, "blocked": true})
	status, body = w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 400, -502)

	mustControl("connect", object{"person": friend, "scopes": []string{"friends", "talk_message"}})
	mustControl("befriend", object{"person": w.Owner().ID, "to": friend})
	mustControl("person", object{"id": friend, "messages_off": true})
	status, body = w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 400, -530)
	mustControl("person", object{"id": friend, "messages_off": false})
	old := w.uuids("김지민")
	mustControl("newuuid", object{"person": friend})
	status, body = w.send(token, old, "hi")
	want(t, status, body, 400, -2)
	mustControl("variants", object{"failure_infos": true})
	if got := w.Variants(); got != (sandbox.Variants{FailureInfos: true}) {
		t.Errorf("variants: %+v", got)
	}
	mustControl("faults", object{"answer": "maintenance"})
	status, body = w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 503, -9798)
	mustControl("reset", object{})

	mustControl("people", object{"nickname": "새사람", "talk_user": true})
	mustControl("uuid", object{"person": w.person("새사람")})
	mustControl("fill", object{"n": 3})
	if n := len(w.People()); n != 38 {
		t.Errorf("%d people", n)
	}

	mustControl("strict", object{"strict": false})
	if status, _ := w.get(token, "/v1/api/talk/friends?limit=1000"); status != 200 {
		t.Errorf("lenient: %d", status)
	}
	mustControl("expire", object{"access": true})
	status, body = w.get(token, "/v2/user/me")
	want(t, status, body, 401, -401)
	mustControl("rotate", object{})
	mustControl("idtoken", object{"claims": object{"nonce": "forged"}})
	if claims, err := verify(t, w, w.idToken()); err != nil || claims["nonce"] != "forged" {
		t.Errorf("idtoken: %v %v", claims, err)
	}
	token = w.full("")
	mustControl("unlink", object{"person": w.Owner().ID})
	status, body = w.get(token, "/v2/user/me")
	want(t, status, body, 400, -101)
	mustControl("requests", object{})
	if n := len(w.Requests()); n != 0 {
		t.Errorf("%d requests after the reset", n)
	}
	for _, path := range []string{"answers", "app", "clock", "deliveries", "events", "faults", "people", "pictures", "reminders", "requests", "variants"} {
		resp, err := http.Get(w.srv.APIURL + "/_sandbox/" + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %d", path, resp.StatusCode)
		}
	}
	if status := w.control("faults", object{"answer": "no such answer"}); status != http.StatusBadRequest {
		t.Errorf("an unknown answer: %d", status)
	}
	for name, bad := range map[string]object{
		"person": {"id": 5}, "newuuid": {"id": 1}, "variants": {"strict": true},
		"faults": {"cut": "sometimes"}, "clock": {"advance": "soon"}, "fill": {"m": 1}, "app": {"key": 1},
	} {
		if status := w.control(name, bad); status != http.StatusBadRequest {
			t.Errorf("%s with %v: %d", name, bad, status)
		}
	}
}

func TestControlsAreForThisMachineOnly(t *testing.T) {
	w := start(t)
	host := strings.TrimPrefix(w.srv.APIURL, "http://")
	for name, c := range map[string]struct {
		path, host string
		header     map[string]string
		status     int
	}{
		"program":               {"/_sandbox/app", host, nil, 200},
		"localhost":             {"/_sandbox/app", "localhost:1", nil, 200},
		"own page":              {"/_sandbox/app", host, map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": w.srv.APIURL}, 200},
		"other name":            {"/_sandbox/app", "rebound.example", nil, 403},
		"other site":            {"/_sandbox/app", host, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"other port":            {"/_sandbox/app", host, map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		"other origin":          {"/_sandbox/app", host, map[string]string{"Origin": "https://evil.example"}, 403},
		"no origin":             {"/_sandbox/app", host, map[string]string{"Origin": "null"}, 403},
		"rooms by a link":       {"/rooms", host, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		"rooms in a script":     {"/rooms", host, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		"rooms by another name": {"/rooms", "rebound.example", nil, 403},
		"data":                  {"/rooms/data", host, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.srv.APIURL+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = c.host
			for k, v := range c.header {
				req.Header.Set(k, v)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != c.status {
				t.Errorf("got %d, want %d", resp.StatusCode, c.status)
			}
		})
	}
	resp, err := http.Post(w.srv.APIURL+"/_sandbox/reset", "text/plain", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a form of another site could post: %d", resp.StatusCode)
	}
}

// TestControlsAreDocumented compares the table in doc.go with what is served.
func TestControlsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("control.go")
	if err != nil {
		t.Fatal(err)
	}
	names := func(pattern, text string) map[string]bool {
		found := map[string]bool{}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			found[m[1]] = true
		}
		return found
	}
	served := names(`(?m)^\t\t"([a-z]+)": +\{`, string(source))
	listed := names(`(?m)^//\t/_sandbox/([a-z]+)`, string(doc))
	if len(served) < 15 {
		t.Fatalf("only %d controls found in the source", len(served))
	}
	for name := range served {
		if !listed[name] {
			t.Errorf("/_sandbox/%s is not documented", name)
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("/_sandbox/%s is documented but not served", name)
	}
}
