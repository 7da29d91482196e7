package main

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fileValues are the values of a settings file as a program that starts reads
// them; ok is false where it refuses the file.
func fileValues(t *testing.T, raw []byte) (values map[string]string, ok bool) {
	t.Helper()
	pairs, err := parseSettings("config.env", raw)
	return pairs, err == nil
}

// A changed setting reads back as it was meant, all other settings keep their
// values and all other lines their bytes; or the file stays as it was.
func FuzzEditConfig(f *testing.F) {
	for _, before := range []string{
		"", "# mine\nA=1\n", "A=1", "KAKAO_LANG=ko\r\nA='x # y'\r\n", "\ufeffexport KAKAO_LANG = ko # why\n", "KAKAO_LANG: ko\nA: 1\n", "\tKAKAO_LANG=ko",
		"A='first\nKAKAO_LANG=ko\n'\n", "A=\"1\nKAKAO_LANG=ko\n\"\nKAKAO_LANG=en\n", "KAKAO_LANG='ko\nB=1'\nC=2\n", "KAKAO_LANG=ko\rB=1\n", "KAKAO_LANG=a\nB=$KAKAO_LANG\nKAKAO_LANG=b\n",
		"KAKAO_LANG='ko' B=1\n", "A='open\n", "=\n", "export\tKAKAO_LANG=ko\n", "\u00a0KAKAO_LANG=ko\n", "KAKAO_LANG=\nB=1", "A=1\n#", "A=1\\\nKAKAO_LANG=x\n", "KAKAO_LANG\n=ko\n",
	} {
		f.Add([]byte(before), "en")
		f.Add([]byte(before), `it's $5 # \n`)
	}
	f.Add([]byte("A=1\n"), `'a"`)
	f.Add([]byte("A=1\n"), "two\nlines")
	f.Add([]byte("A=1\n"), "\x85 \xa0")
	f.Add([]byte(strings.Repeat("# a comment\n", maxSettings/12)), "en")
	f.Fuzz(func(t *testing.T, before []byte, text string) {
		const name = "KAKAO_LANG"
		home := t.TempDir()
		path := filepath.Join(home, "config.env")
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		old, readable := fileValues(t, before)
		err := editConfig(home, name, text)
		after, rerr := os.ReadFile(path)
		if rerr != nil {
			t.Fatal(rerr)
		}
		if err != nil {
			if string(after) != string(before) {
				t.Errorf("%v, but the file is\n%q", err, after)
			}
			if len(text) > 8 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats the value: %v", err)
			}
			return
		}
		got, ok := fileValues(t, after)
		if !ok || got[name] != text {
			t.Fatalf("%q reads back as %q (%v) from\n%q", text, got[name], ok, after)
		}
		if !readable {
			t.Errorf("a file that cannot be read was changed: %q to %q", before, after)
		}
		delete(old, name)
		delete(got, name)
		if !maps.Equal(old, got) {
			t.Errorf("other values: %q, were %q", got, old)
		}
		// Line by line: only lines that name the setting differ.
		is := slices.Collect(strings.Lines(string(after)))
		i := 0
		for line := range strings.Lines(string(before)) {
			if i >= len(is) || is[i] != line && strings.TrimRight(is[i], "\r\n") != line && !strings.Contains(line, name) {
				t.Errorf("line %d is no longer %q in\n%q", i+1, line, after)
			}
			i++
		}
	})
}

// A settings file and a variable give settings that keep their promises, or one
// sentence that names the setting and none of the file's values.
func FuzzSettings(f *testing.F) {
	for _, file := range []string{
		"KAKAO_CLIENT_ID=0123456789abcdef0123456789abcdef\nKAKAO_BASE_URL=https://talk.example.com/\n", "BASE_URL='https://a.example'\nKAKAO_CALLBACK_URL=https://a.example\n",
		"KAKAO_AUTH_URL=http://127.0.0.1:1\nKAKAO_API_URL=http://[::1]:2/\n", "KAKAO_API_URL=http://kapi.kakao.com\n", "KAKAO_API_URL=https://u:SE-CRET@kapi.kakao.com\n",
		"KAKAO_VIEWER_ADDR=0.0.0.0:80\n", "KAKAO_VIEWER_ADDR=[::1]:17655\n", "KAKAO_LINK_HOSTS=https://a.example, http://b.example:8080/x,\n", "KAKAO_LINK_HOSTS=javascript:x\n",
		"KAKAO_CLIENT_SECRET='SE-CRET\n", "KAKAO_CLIENT_ID=${KAKAO_CLIENT_ID}\n", "\ufeffKAKAO_LANG=EN\r\n", "KAKAO_CALLBACK_URL=http://localhost:0\n", "KAKAO_PAGE_URL=https://a.example/m#x\n",
		"A=aaaaaaaa\nB=$A$A$A$A$A$A$A$A$A$A\nC=$B$B$B$B$B$B$B$B$B$B\nD=$C$C$C$C$C$C$C$C$C$C\nE=$D$D$D$D$D$D$D$D$D$D\nF=$E$E$E$E$E$E$E$E$E$E\nG=$F$F$F$F$F$F$F$F$F$F\n",
	} {
		f.Add([]byte(file), "KAKAO_CONFIRM", "always")
	}
	f.Add([]byte(""), "KAKAO_CALLBACK_URL", "http://localhost.evil.example:17654")
	f.Add([]byte(""), "KAKAO_CALLBACK_URL", "http://127.0.0.1:17654/x")
	f.Add([]byte(""), "KAKAO_AUTH_URL", "https://kauth.kakao.com?x=#")
	f.Add([]byte(""), "KAKAO_BASE_URL", "https://")
	f.Add([]byte(""), "KAKAO_READ_ONLY", "ON")
	f.Add([]byte("KAKAO_READ_ONLY=on"), "KAKAO_READ_ONLY", "${KAKAO_READ_ONLY}")
	f.Add([]byte(strings.Repeat("#\n", maxSettings/2+1)), "KAKAO_LANG", "ko")
	f.Fuzz(func(t *testing.T, file []byte, name, text string) {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, "config.env"), file, 0o600); err != nil {
			t.Fatal(err)
		}
		if name == "KAKAOTALK_MCP_HOME" || strings.ContainsAny(name, "=\x00") {
			return
		}
		pairs, _ := fileValues(t, file)
		size := 0
		for name, text := range pairs {
			size += len(name) + len(text)
		}
		if size > 2*maxExpanded {
			t.Errorf("%d bytes of values from a file of %d", size, len(file))
		}
		s, err := loadSettings(surroundings{userHome: home, environ: []string{"KAKAOTALK_MCP_HOME=" + home, name + "=" + text}}, "")
		if err != nil {
			if strings.Contains(err.Error(), "SE-CRET") || strings.ContainsAny(err.Error(), "\r\n\x1b") {
				t.Errorf("the error repeats a value: %v", err)
			}
			return
		}
		for _, name := range []string{"KAKAO_AUTH_URL", "KAKAO_API_URL", "KAKAO_BASE_URL", "KAKAO_CALLBACK_URL", "KAKAO_PAGE_URL"} {
			u, err := url.Parse(s.get(name))
			if err != nil || s.get(name) != "" && u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
				t.Errorf("%s: %q leaves this computer in the clear (%v)", name, s.get(name), err)
			}
			// Paths are put behind it.
			if behind, err := url.Parse(s.get(name) + "/path"); err == nil && s.get(name) != "" && (!strings.HasSuffix(behind.Path, "/path") || behind.Host != u.Host || u.User != nil) {
				t.Errorf("%s: %q does not take a path", name, s.get(name))
			}
		}
		if host, _, ok := strings.Cut(s.get("KAKAO_VIEWER_ADDR"), ":17655"); ok && !isLoopback(strings.Trim(host, "[]")) {
			t.Errorf("the viewer listens on %q", s.get("KAKAO_VIEWER_ADDR"))
		}
		if on := s.on("KAKAO_READ_ONLY"); !on && strings.EqualFold(s.get("KAKAO_READ_ONLY"), "on") {
			t.Error("read-only is not on")
		}
	})
}

// What setup takes over from an old .env are single words without control
// characters, as keys are, or nothing; its errors quote nothing.
func FuzzImport(f *testing.F) {
	const key = "0123456789abcdef0123456789abcdef"
	for _, env := range []string{
		"KAKAO_CLIENT_ID=" + key + "\nKAKAO_CLIENT_SECRET=SE-CRET\nBASE_URL=https://x.ngrok-free.app\n", "\ufeffexport REST_API_KEY=\"" + key + "\" # REST\r\nCLIENT_SECRET='SE-CRET'\r\n",
		"KAKAO_CLIENT_ID=${KEY}\nREST_API_KEY=" + key, "KAKAO_CLIENT_SECRET=\"two\nlines\"\n", "KAKAO_CLIENT_SECRET=\"a\\nb\"\n", "KAKAO_CLIENT_SECRET='SE-CRET\n", "CLOVA_API_KEY='nv-\x1b[2J'\n",
		"KAKAO_CLIENT_ID=your_key\nKAKAO_CLIENT_SECRET=<SE-CRET>\nCLOVA_API_KEY=여기에 입력\n", "KAKAO_CLIENT_SECRET='a b'", "CLOVA_API_KEY=\"a\r\nb\"", "KAKAO_CLIENT_ID='\"'\"",
	} {
		f.Add([]byte(env))
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, env []byte) {
		home := t.TempDir()
		file := filepath.Join(home, ".env")
		if err := os.WriteFile(file, env, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &setup{app: &app{say: speaker("en"), sys: surroundings{stderr: null, stdin: null}, settings: settings{home: filepath.Join(home, "home"), values: map[string]value{}}},
			in: setupOptions{importFile: file}}
		if err := s.takeOver(t.Context()); err != nil && strings.Contains(err.Error(), "SE-CRET") {
			t.Errorf("the error quotes the file: %v", err)
		}
		chat := ""
		if raw, err := os.ReadFile(filepath.Join(home, "home", "config.env")); err == nil {
			values, ok := fileValues(t, raw)
			if chat = values["CLOVA_API_KEY"]; !ok || chat == "" {
				t.Errorf("written: %q", raw)
			}
		}
		for what, word := range map[string]string{"key": s.in.clientID, "secret": s.secret, "chat key": chat} {
			if strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
				t.Errorf("%s taken over: %q", what, word)
			}
		}
	})
}
