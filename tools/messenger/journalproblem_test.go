package messenger

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/tools/aliases"
	"kakaotalk-mcp/tools/ask"
)

func TestJournalErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(home string) error
		reason string
	}{
		{"unsafe", func(home string) error { return os.Chmod(home, 0o777) }, "home_unusable"},
		{"a folder", func(home string) error { return os.Mkdir(filepath.Join(home, "journal"), 0o700) }, "home_unusable"},
		{"newer", func(home string) error { return os.WriteFile(filepath.Join(home, "journal"), newerJournal(), 0o600) }, "home_unusable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "unsafe" && runtime.GOOS == "windows" {
				return // the folder's rights are not looked at there
			}
			w := loggedIn(t)
			if err := c.spoil(w.cfg.Home); err != nil {
				t.Fatal(err)
			}
			a := w.call(toolToMe, `{"message":"안녕"}`)
			w.want(a, StatusNotSent, c.reason, problem.AfterUser)
			w.WantArrived()
		})
	}
}

// newerJournal is the header of a journal of format 9.
func newerJournal() []byte {
	b := make([]byte, 64)
	copy(b, "KTJRNL\r\n")
	binary.LittleEndian.PutUint32(b[8:], 9)
	binary.LittleEndian.PutUint32(b[12:], crc32.Checksum(b[:12], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

// A journal that is gone is told with the next message, and only with that.
func TestLostJournalIsTold(t *testing.T) {
	t.Parallel()
	w := loggedIn(t)
	w.call(toolToMe, `{"message":"하나"}`)
	if err := os.Remove(filepath.Join(w.Home, "journal")); err != nil {
		t.Fatal(err)
	}
	for i, told := range []bool{true, false} {
		a := w.call(toolToMe, fmt.Sprintf(`{"message":"%d"}`, i))
		if w.want(a, StatusSent, "", ""); strings.Contains(a.Text, "전송 기록이 없어져서") != told {
			t.Error(a.Text)
		}
	}
}

// Aliases of a newer version are left alone, whatever they look like to this one.
func TestNewerAliases(t *testing.T) {
	t.Parallel()
	for _, content := range []string{`{"v":2,"aliases":{"엄마":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01"}}`, `{"v":2,"aliases":[{"name":"엄마"}]}`} {
		w := loggedIn(t)
		if err := os.WriteFile(w.m.aliases.Path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		a := w.call(toolSend, `{"to":["엄마"],"message":"안녕"}`)
		if w.want(a, StatusNotSent, "home_unusable", problem.AfterUser); !strings.Contains(a.Text, "더 새로운 버전이 만든 별칭 파일") || !strings.Contains(a.Text, "업데이트") {
			t.Error(a.Text)
		}
		if err := w.m.approve(Receiver{Name: "홍길동", UUID: w.UUID("홍길동")}); err == nil {
			t.Error("written over")
		}
		if now, _ := os.ReadFile(w.m.aliases.Path); string(now) != content {
			t.Errorf("now %s", now)
		}
	}
}

// TestAliasesThatOthersCanWrite: whom a word means and who is allowed is nobody else's
// to say.
func TestAliasesThatOthersCanWrite(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // a file's rights are not looked at there
	}
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o644: false, 0o664: true, 0o646: true} {
		w := loggedIn(t, asking)
		w.alias("엄마", "홍길동")
		w.asked(answering(ask.Always), toolSend, `{"to":["엄마"],"message":"하나"}`)
		if err := os.Chmod(filepath.Join(w.Home, aliases.FileName), mode); err != nil {
			t.Fatal(err)
		}
		w.restart()
		p := answering(ask.Cancel)
		byAlias := w.asked(p, toolSend, `{"to":["엄마"],"message":"둘"}`)
		w.asked(p, toolSend, `{"uuid":"`+w.UUID("홍길동")+`","message":"셋"}`)
		if refused != (byAlias.str("reason") == "home_unusable") || refused != strings.Contains(byAlias.Text, aliases.FileName) || refused != (len(w.Arrived()) == 1) {
			t.Errorf("%o: %d arrived: %s", mode, len(w.Arrived()), byAlias.Text)
		}
	}
}
