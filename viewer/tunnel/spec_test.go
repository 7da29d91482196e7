package tunnel

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	tests := []struct {
		setting string
		want    Spec
	}{
		{"off", Spec{Kind: Off}},
		{" external\n", Spec{Kind: External}},
		{"srv.us", Spec{Kind: SRVUS, User: "nomatch", Host: "srv.us", Port: 22, BindHost: "localhost", BindPort: 1}},
		{"ssh://talk@vps.example.com?bind=127.0.0.1:9000",
			Spec{Kind: SSH, User: "talk", Host: "vps.example.com", Port: 22, BindHost: "127.0.0.1", BindPort: 9000}},
		{"ssh://talk@VPS.example.com:2222/?bind=[::1]:9000",
			Spec{Kind: SSH, User: "talk", Host: "vps.example.com", Port: 2222, BindHost: "::1", BindPort: 9000}},
		{"ssh://talk@[2001:db8::1]:2222?socket=/run/talk/talk.sock",
			Spec{Kind: SSH, User: "talk", Host: "2001:db8::1", Port: 2222, Socket: "/run/talk/talk.sock"}},
		{"exec:cloudflared tunnel --url http://127.0.0.1:{port}",
			Spec{Kind: Exec, Args: []string{"cloudflared", "tunnel", "--url", "http://127.0.0.1:{port}"}}},
		{`exec:"/Applications/내 도구/t" 'a "b" \' c\ d "" $HOME *`,
			Spec{Kind: Exec, Args: []string{"/Applications/내 도구/t", `a "b" \`, "c d", "", "$HOME", "*"}}},
		{`exec:C:\tools\t.exe "C:\내 문서\x \"y\"" \\host`,
			Spec{Kind: Exec, Args: []string{`C:\tools\t.exe`, `C:\내 문서\x "y"`, `\host`}}},
	}
	for _, tt := range tests {
		got, err := Parse(tt.setting)
		if err != nil {
			t.Errorf("%s: %v", tt.setting, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.setting, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := map[string]string{ // setting: part of the error
		"":                                      "must be off",
		"ngrok":                                 "must be off",
		"https://talk.example.com":              "must be off",
		"ssh://vps.example.com?bind=1.1.1.1:90": "user@host",
		"ssh://talk@?bind=127.0.0.1:9000":       "user@host",
		"ssh://talk:SECRET@vps?bind=127.0.0.1:9000": "password",
		"ssh://talk@vps": "exactly one",
		"ssh://talk@vps?bind=127.0.0.1:1&socket=/x": "exactly one",
		"ssh://talk@vps?bind=127.0.0.1:1&SECRET=1":  "exactly one",
		"ssh://talk@vps?bind=127.0.0.1:1&bind=a:2":  "exactly one",
		"ssh://talk@vps?bind=9000":                  "ADDRESS:PORT",
		"ssh://talk@vps?bind=:9000":                 "ADDRESS:PORT",
		"ssh://talk@vps?bind=a%22,b:9000":           "ADDRESS:PORT",
		"ssh://talk@vps?bind=127.0.0.1:0":           "1 to 65535",
		"ssh://talk@vps?bind=127.0.0.1:65536":       "1 to 65535",
		"ssh://talk@vps:0?bind=127.0.0.1:9000":      "1 to 65535",
		"ssh://talk@vps:SECRET?bind=127.0.0.1:9000": "not a valid URL",
		"ssh://talk@vps/SECRET?bind=127.0.0.1:9000": "no path",
		"ssh://talk@vps?socket=talk.sock":           "absolute path",
		"ssh://talk@vps?socket=%zz":                 "not valid",
		"exec:":                                     "names no program",
		`exec:"" x`:                                 "names no program",
		`exec:t "SECRET`:                            "not closed",
		"exec:t\nSECRET":                            "line break",
	}
	for setting, want := range tests {
		_, err := Parse(setting)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", setting, err, want)
		} else if strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: the error repeats the setting: %v", setting, err)
		}
	}
}

func TestSpecHidesArguments(t *testing.T) {
	spec, err := Parse(`exec:C:\bin\cloudflared.exe tunnel run --token SECRET`)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %s %s", spec, spec, spec.LogValue()); got != strings.Repeat(" exec cloudflared.exe", 3)[1:] {
		t.Errorf("printed as %q", got)
	}
}

func TestNewRefuses(t *testing.T) {
	local := Spec{Kind: External}
	remote, err := Parse("ssh://talk@vps?bind=127.0.0.1:9000")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		cfg  Config
		want string
	}{
		{"off", Config{Spec: Spec{Kind: Off}, BaseURL: testBase}, "switched off"},
		{"no address", Config{Spec: local, ViewerAddr: "127.0.0.1:0"}, "not set"},
		{"http", Config{Spec: local, BaseURL: "http://a.example"}, "https://HOST"},
		{"slash", Config{Spec: local, BaseURL: testBase + "/"}, "https://HOST"},
		{"user", Config{Spec: local, BaseURL: "https://u@a.example"}, "https://HOST"},
		{"query", Config{Spec: local, BaseURL: "https://a.example?x"}, "https://HOST"},
		{"all interfaces", Config{Spec: local, BaseURL: testBase, ViewerAddr: ":17655"}, "loopback only"},
		{"lan", Config{Spec: local, BaseURL: testBase, ViewerAddr: "192.168.0.2:17655"}, "loopback only"},
		{"name", Config{Spec: local, BaseURL: testBase, ViewerAddr: "evil.example:17655"}, "loopback only"},
		{"no port", Config{Spec: local, BaseURL: testBase, ViewerAddr: "127.0.0.1"}, "IP:port"},
		{"no key", Config{Spec: remote, BaseURL: testBase, KnownHosts: "x"}, "key file"},
		{"no known hosts", Config{Spec: remote, BaseURL: testBase, KeyFile: "x"}, "key file"},
		{"bad fingerprint", Config{Spec: remote, BaseURL: testBase, KeyFile: "x", HostKey: "SHA256:abc"}, "SHA256:"},
	}
	for _, tt := range tests {
		tt.cfg.Handler = noHandler{}
		if _, err := New(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"off", "srv.us", "ssh://a@b:1?bind=c:2", "ssh://a@b?socket=/c", `exec:a "b \" c" 'd' \ e`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, setting string) {
		spec, err := Parse(setting)
		if err != nil {
			return
		}
		switch spec.Kind {
		case Exec:
			if len(spec.Args) == 0 || spec.Args[0] == "" {
				t.Errorf("%q: no program", setting)
			}
		case SSH:
			if spec.User == "" || spec.Host == "" || spec.Port < 1 || (spec.Socket == "") == (spec.BindPort == 0) {
				t.Errorf("%q: %#v", setting, spec)
			}
		}
		_ = spec.String()
	})
}
