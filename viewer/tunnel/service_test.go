package tunnel

import (
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestServiceSystemd(t *testing.T) {
	name, text, err := Service("systemd", `/home/kim/내 프로그램/100% x$z`, `/home/kim/내 홈 %h "q"`, []string{"tunnel", "a $HOME b", ""})
	if err != nil {
		t.Fatal(err)
	}
	if name != "kakaotalk-mcp.service" {
		t.Errorf("name %q", name)
	}
	for _, line := range []string{
		`Environment="KAKAOTALK_MCP_HOME=/home/kim/내 홈 %%h \"q\""`,
		`ExecStart="/home/kim/내 프로그램/100%% x$z" "tunnel" "a $$HOME b" ""`,
		`Restart=on-abnormal`,
		`Environment=GOTRACEBACK=crash`, // else a panic is an exit
		`LimitCORE=0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
}

func TestServiceSystemdOddPath(t *testing.T) {
	_, text, err := Service("systemd", `/opt/"a" $b\c`, "/home/kim", []string{"tunnel"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `ExecStart=/bin/sh -c "exec \"$$0\" \"$$@\"" "/opt/\"a\" $$b\\c" "tunnel"`; !strings.Contains(text, "\n"+want+"\n") {
		t.Errorf("no line %s in\n%s", want, text)
	}
}

// systemd's own checker finds the program behind the quoting.
func TestServiceForSystemd(t *testing.T) {
	program, err := exec.LookPath("systemd-analyze")
	needs(t, "systemd-analyze", err == nil)
	dir := filepath.Join(t.TempDir(), "내 폴더 $HOME 100%")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "kakaotalk-mcp")
	verify := func() (string, error) {
		name, text, err := Service("systemd", binary, dir, []string{"tunnel", "a b"})
		if err != nil {
			t.Fatal(err)
		}
		unit := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(unit, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "verify", "--man=no", unit).CombinedOutput()
		return string(out), err
	}
	if out, err := verify(); err == nil || !strings.Contains(out, "kakaotalk-mcp") {
		t.Errorf("a missing program passes: %s", out)
	}
	if err := os.WriteFile(binary, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := verify(); err != nil || strings.Contains(out, "kakaotalk-mcp.service:") {
		t.Errorf("%v: %s", err, out)
	}
}

// texts returns the character data of all elements of a name.
func texts(t *testing.T, document, element string) []string {
	t.Helper()
	var found []string
	d := xml.NewDecoder(strings.NewReader(document))
	in := ""
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			in = tok.Name.Local
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in == element {
				found = append(found, string(tok))
			}
		}
	}
}

// children returns the names of the elements in an element.
func children(t *testing.T, document, element string) []string {
	t.Helper()
	var found, open []string
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(open) > 0 && open[len(open)-1] == element {
				found = append(found, tok.Name.Local)
			}
			open = append(open, tok.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func TestServiceLaunchd(t *testing.T) {
	name, text, err := Service("launchd", `/Users/kim/내 앱/<x> & "y"`, `/Users/kim/홈 & 집`, []string{"tunnel", "a b"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"kakaotalk-mcp.tunnel", `/Users/kim/내 앱/<x> & "y"`, "tunnel", "a b", `/Users/kim/홈 & 집`, "crash"}
	if diff := cmp.Diff(want, texts(t, text, "string")); diff != "" {
		t.Error(diff)
	}
	if name != want[0]+".plist" {
		t.Errorf("name %q", name)
	}
}

func TestServiceSchtasks(t *testing.T) {
	name, text, err := service("schtasks", `C:\내 프로그램\a & b\kakaotalk-mcp.exe`, `C:\Users\김 지민\홈`, `PC\김 지민`, []string{"tunnel", `dir\`})
	if err != nil {
		t.Fatal(err)
	}
	want := `--headless "C:\내 프로그램\a & b\kakaotalk-mcp.exe" "tunnel" "dir\\" "--home" "C:\Users\김 지민\홈"`
	if diff := cmp.Diff([]string{want}, texts(t, text, "Arguments")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`PC\김 지민`, `PC\김 지민`}, texts(t, text, "UserId")); diff != "" {
		t.Error(diff)
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
		t.Errorf("not ASCII, so broken by a shell's >: %.20q", text[i:])
	}
	// Microsoft's schema (MS-TSCH 2.5) has these in this order, and no environment.
	for element, want := range map[string][]string{
		"LogonTrigger":     {"Enabled", "Repetition", "UserId"},
		"Repetition":       {"Interval"},
		"RestartOnFailure": {"Interval", "Count"},
		"Exec":             {"Command", "Arguments"},
	} {
		if diff := cmp.Diff(want, children(t, text, element)); diff != "" {
			t.Errorf("%s: %s", element, diff)
		}
	}
	if diff := cmp.Diff([]string{`%SystemRoot%\System32\conhost.exe`}, texts(t, text, "Command")); diff != "" {
		t.Errorf("a console program has a window: %s", diff)
	}
	if name != "kakaotalk-mcp.xml" {
		t.Errorf("name %q", name)
	}
}

func TestServiceRefuses(t *testing.T) {
	tests := []struct{ kind, binary, home, arg, want string }{
		{"cron", "/a", "/b", "c", "kind"},
		{"systemd", "", "/b", "c", "must be given"},
		{"systemd", "/a", "", "c", "must be given"},
		{"systemd", "/a\nExecStart=/evil", "/b", "c", "control"},
		{"launchd", "/a", "/b", "c\x00", "control"},
		{"launchd", "/a\xff", "/b", "c", "control"},
		{"schtasks", `C:\a`, `C:\b`, `x" & evil`, `must not hold`},
		{"schtasks", `C:\%PATH%`, `C:\b`, `c`, `must not hold`},
	}
	for _, tt := range tests {
		_, text, err := Service(tt.kind, tt.binary, tt.home, []string{tt.arg})
		if err == nil || !strings.Contains(err.Error(), tt.want) || text != "" {
			t.Errorf("%+v: %q, %v", tt, text, err)
		}
	}
}
