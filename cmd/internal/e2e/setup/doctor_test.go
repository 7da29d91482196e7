package setup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// Other programs read these names.
func TestDoctorJSON(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.LogIn("--friends")
	out, errs, code := w.Run("doctor", "--json")
	var report struct {
		OK     bool `json:"ok"`
		Checks []finding
	}
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&report); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	if code != 0 || !report.OK {
		t.Errorf("exit code %d, ok %v\n%s", code, report.OK, out)
	}
	got := map[string]string{}
	for _, c := range report.Checks {
		got[c.Check] = c.Status
		if c.Message == "" || c.Hint == "" && (c.Status == warn || c.Status == fail) {
			t.Errorf("%s (%s) says nothing or names no next step", c.Check, c.Status)
		}
	}
	delete(got, "other-copies") // depends on the computer
	want := map[string]string{"settings": pass, "precedence": pass, "environment": warn, "home": pass, "files": pass, "token-store": warn, "callback-port": pass, "viewer-port": skip, "locks": pass,
		"login-host": pass, "api-host": pass, "clock": pass, "discovery": pass, "key-and-secret": pass, "redirect-uris": pass, "consent-items": pass,
		"login": pass, "consents": pass, "friends": got["friends"], "people": skip, "quota": pass, "tunnel": skip, "link-domains": skip, "clients": skip, "version": pass}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Addresses that were seen to open need no warning, each one by itself.
func TestDoctorKnowsProvenAddresses(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.Set("KAKAO_PAGE_URL", "https://me.github.io/page/")
	w.Set("KAKAO_TUNNEL", "srv.us")
	w.WriteHome("proven.json", `{"v":1,"page":"https://me.github.io/page/"}`)
	if f := doctor(w)["link-domains"]; f.Status != warn || strings.Contains(f.Message+f.Hint, "github") || !strings.Contains(f.Hint, " tunnel`") {
		t.Errorf("the tunnel's address is not known yet: %+v", f)
	}
	for _, tt := range []struct{ proven, status, names, not string }{
		{`{"v":1}`, warn, "https://me.github.io, https://abc.srv.us", "!"},
		{`{"v":1,"page":"https://me.github.io/page/"}`, warn, "https://abc.srv.us", "github"},
		{`{"v":1,"page":"https://me.github.io/other/","stored":"https://abc.srv.us"}`, warn, "https://me.github.io", "srv.us"},
		{`{"v":1,"page":"https://me.github.io/page/","stored":"https://abc.srv.us"}`, pass, "https://me.github.io, https://abc.srv.us", "!"},
	} {
		w.WriteHome("proven.json", tt.proven)
		w.WriteHome("tunnel.json", `{"format":1,"url":"https://abc.srv.us"}`)
		f := doctor(w)["link-domains"]
		if f.Status != tt.status || !strings.Contains(f.Message, tt.names) || strings.Contains(f.Message, tt.not) {
			t.Errorf("%s: %+v", tt.proven, f)
		}
	}
}

// Doctor leaves no file behind, on a computer where nothing is set up and on one
// where everything is, and opens no browser.
func TestDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	t.Run("fresh", func(t *testing.T) {
		t.Parallel()
		w := e2etest.NewFreshComputer(t)
		w.SetUp()
		w.Set("BROWSER", touching(t, w))
		w.Run("doctor")
		if got := e2etest.Files(t, w.User); len(got) > 0 {
			t.Errorf("files: %v", keysOf(got))
		}
	})
	t.Run("logged in", func(t *testing.T) {
		t.Parallel()
		w := e2etest.NewFreshComputer(t)
		w.SetUp()
		w.LogIn("--friends")
		w.Set("BROWSER", touching(t, w))
		before := e2etest.Files(t, w.User)
		w.Run("doctor")
		if diff := cmp.Diff(before, e2etest.Files(t, w.User)); diff != "" {
			t.Error(diff)
		}
	})
}

// touching is a browser that leaves a file.
func touching(t *testing.T, w *e2etest.Computer) string {
	t.Helper()
	return script(t, ": > '"+filepath.Join(w.User, "opened")+"'")
}

// script returns a program of one line of shell.
func script(t *testing.T, line string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+line+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func keysOf(m map[string]string) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	return names
}

// A lock that some process holds is named with its holder.
func TestDoctorNamesLockHolder(t *testing.T) {
	t.Parallel()
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.WriteHome("config.env", "")
	lock := flock.New(filepath.Join(w.Home, "login.lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer lock.Close()
	f := doctor(w)["locks"]
	if !strings.Contains(f.Message, "로그인") {
		t.Errorf("%+v", f)
	}
	if runtime.GOOS == "linux" && !strings.Contains(f.Message, "pid "+strconv.Itoa(os.Getpid())) {
		t.Errorf("%+v", f)
	}
}

// A tunnel that is not up is told in one sentence, with what its holder last met.
func TestTunnelStateIsTold(t *testing.T) {
	w := e2etest.NewFreshComputer(t)
	w.SetUp()
	w.LogIn()
	w.Set("KAKAO_TUNNEL", "srv.us")
	told := func() (texts []string) {
		f := doctor(w)["tunnel"]
		out, _, _ := w.Run("status")
		i := strings.Index(out, "! 터널")
		line, _, _ := strings.Cut(out[max(i, 0):], "\n")
		if i < 0 {
			line = ""
		}
		return []string{f.Status + " " + f.Message, line}
	}
	if text := told()[1]; !strings.Contains(text, "연결한 프로그램이 없어요") {
		t.Errorf("without a holder: %q", text)
	}
	lock := flock.New(filepath.Join(w.Home, "tunnel.lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer lock.Close()
	for _, tt := range []struct{ state, want string }{
		{`{"format":1,"up":false,"last_error":"dial tcp: refused","failed":"connect"}`, "서버에 연결하지 못했어요"},
		{`{"format":1,"up":false,"last_error":"the key is not accepted","failed":"login"}`, "키가 등록되어 있지 않아요"},
		{`{"format":1,"up":false}`, "연결하고 있어요"},
	} {
		w.WriteHome("tunnel.json", tt.state)
		for _, text := range told() {
			if !strings.Contains(text, tt.want) || strings.Contains(text, "tcp") {
				t.Errorf("%s: %q", tt.state, text)
			}
		}
	}
	w.WriteHome("tunnel.json", `{"format":1,"up":true,"url":"https://abc.srv.us"}`)
	if got := told(); !strings.HasPrefix(got[0], pass) || got[1] != "" {
		t.Errorf("while it is up: %q", got)
	}
}
