package config

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/charset"
	"kakaotalk-mcp/cmd/internal/cli"
)

// load reads the settings of a home with these variables.
func load(home string, vars ...string) (*Settings, error) {
	return NewSource(&cli.Env{UserHome: home, Vars: append(cli.Vars{"KAKAOTALK_MCP_HOME=" + home}, vars...)}).Load("")
}

// fileValues are the values of a settings file as a program that starts reads
// them; ok is false where it refuses the file.
func fileValues(t *testing.T, raw []byte) (values map[string]string, ok bool) {
	t.Helper()
	text, _, err := charset.Decode(raw)
	if err != nil {
		return nil, false
	}
	file, err := parse("config.env", text)
	if err != nil {
		return nil, false
	}
	return file.Values, len(file.Unreadable) == 0
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
	f.Add([]byte(strings.Repeat("# a comment\n", maxFile/12)), "en")
	f.Fuzz(func(t *testing.T, before []byte, text string) {
		name := Lang.Name()
		home := t.TempDir()
		path := filepath.Join(home, "config.env")
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		old, readable := fileValues(t, before)
		err := edit(home, Lang, text)
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
		// All but the setting's own assignments is the same text.
		if was, is := without(string(before), name), without(string(after), name); is != was && !strings.HasPrefix(is, was) {
			t.Errorf("the rest is\n%q, was\n%q", is, was)
		}
	})
}

// without returns a file's text less the assignments of a name.
func without(text, name string) string {
	f, err := parse("config.env", text)
	if err != nil {
		return text
	}
	return f.with(name, "")
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
	f.Add([]byte(strings.Repeat("#\n", maxFile/2+1)), "KAKAO_LANG", "ko")
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
		s, err := load(home, name+"="+text)
		if err != nil {
			if strings.Contains(err.Error(), "SE-CRET") || strings.ContainsAny(err.Error(), "\r\n\x1b") {
				t.Errorf("the error repeats a value: %v", err)
			}
			return
		}
		for name, address := range map[string]string{"KAKAO_AUTH_URL": s.AuthURL, "KAKAO_API_URL": s.APIURL, "KAKAO_BASE_URL": s.BaseURL, "KAKAO_CALLBACK_URL": s.CallbackURL, "KAKAO_PAGE_URL": s.PageURL} {
			u, err := url.Parse(address)
			if err != nil || address != "" && u.Scheme != "https" && (u.Scheme != "http" || !IsLoopback(u.Hostname())) {
				t.Errorf("%s: %q leaves this computer in the clear (%v)", name, address, err)
			}
			// Paths are put behind it.
			if behind, err := url.Parse(address + "/path"); err == nil && address != "" && (!strings.HasSuffix(behind.Path, "/path") || behind.Host != u.Host || u.User != nil) {
				t.Errorf("%s: %q does not take a path", name, address)
			}
		}
		if host, _, ok := strings.Cut(s.ViewerAddr, ":17655"); ok && !IsLoopback(strings.Trim(host, "[]")) {
			t.Errorf("the viewer listens on %q", s.ViewerAddr)
		}
		if !s.ReadOnly && strings.EqualFold(s.Text(ReadOnly), "on") {
			t.Error("read-only is not on")
		}
	})
}
