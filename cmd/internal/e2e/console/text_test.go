package console

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/text/encoding/korean"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// stored is text in each of the charsets in which a Korean computer hands it on.
func stored(t *testing.T, text string) map[string]string {
	t.Helper()
	cp949, err := korean.EUCKR.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	return map[string]string{"UTF-8": text, "UTF-8 with a mark": "\ufeff" + text, "UTF-16": string(wide), "code page 949": cp949}
}

// What comes from a pipe is sent as it was meant.
func TestTextFromPipes(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	c.LogIn()
	for name, raw := range stored(t, "회의 3시에 봐요!\r\n뷁 (장소: 똠방)\r\n") {
		if out, problems, code := e2etest.Run(c, c.Env, raw, "send", "me", "-"); code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, problems)
			continue
		}
		list := e2etest.Delivered(c.Kakao)
		if got, want := list[len(list)-1], "회의 3시에 봐요!\n뷁 (장소: 똠방)"; got != want {
			t.Errorf("%s: %q arrived", name, got)
		}
	}
}

// Letters that were lost on the way are told, with the remedy for each shell, and
// nothing is sent.
func TestLostLetters(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "windows" {
		t.Skip("a shell of Windows loses them")
	}
	c := e2etest.NewComputer(t)
	c.LogIn()
	for _, text := range []string{"?? 3?? ??!\r\n", "???\r\n"} {
		_, problems, code := e2etest.Run(c, c.Env, text, "send", "me", "-")
		if code != 2 || !strings.Contains(problems, "$OutputEncoding = [Text.Encoding]::UTF8") || !strings.Contains(problems, "chcp 65001") {
			t.Errorf("%q: exit code %d\n%s", text, code, problems)
		}
	}
	if got := e2etest.Delivered(c.Kakao); len(got) > 0 {
		t.Errorf("%q arrived", got)
	}
}

// Settings are read whatever an editor or a shell made of the file.
func TestSettingsInEachCharset(t *testing.T) {
	t.Parallel()
	for name, raw := range stored(t, "# 내 설정\r\nKAKAO_LANG=en\r\nKAKAO_CONFIRM=always\r\n") {
		c := e2etest.NewComputer(t)
		c.WriteHome("config.env", raw)
		for _, s := range c.Status(4).Settings {
			if s.Name == "KAKAO_CONFIRM" && s.Value != "always" {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
	for name, raw := range stored(t, "# 예전 프로젝트\r\nKAKAO_REST_API_KEY=0123456789abcdef0123456789abcdef\r\n") {
		c := e2etest.NewFreshComputer(t)
		file := filepath.Join(c.User, "old.env")
		if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		// Kakao does not know the key, so it was found.
		if _, problems, _ := c.Run("setup", "--for", "me", "--import", file, "--token-store", "file"); !strings.Contains(problems, "KOE101") {
			t.Errorf("%s:\n%s", name, problems)
		}
	}
}

// TestLinesBreakBetweenWords: on a narrow screen no text for people is cut inside a
// word, a command or an address.
func TestLinesBreakBetweenWords(t *testing.T) {
	t.Parallel()
	const columns = 40
	spaced := regexp.MustCompile("`[^`]*`")
	for _, lang := range []string{"ko", "en"} {
		for _, command := range []string{"send me hi", "send me a b", "send", "friends 김", "friends alias", "invite", "tunnel", "chat", "page", "frends", "login", "install", "install emacs", "uninstall --all --print", "demo", "demo x", "tunnel --print-service x", "setup --for x", "doctor --x"} {
			t.Run(lang+" "+command, func(t *testing.T) {
				t.Parallel()
				x := e2etest.OpenTerminal(t, e2etest.BareEnv(t, "KAKAO_LANG="+lang), columns, e2etest.Program(t), strings.Fields(command)...)
				if command == "demo" {
					x.Await("/rooms")
					x.Press(e2etest.CtrlC)
				}
				x.End()
				for line := range strings.Lines(e2etest.Unescaped(x.Raw())) {
					line = strings.TrimSpace(line)
					if displaywidth.String(line) > columns && len(strings.Fields(spaced.ReplaceAllString(line, "command"))) > 1 {
						t.Errorf("%q is cut", line)
					}
				}
			})
		}
	}
}
