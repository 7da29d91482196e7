package doctor

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProcessTables reads what macOS and Windows print, with the blanks, Hangul
// and translated words that their users' computers have.
func TestProcessTables(t *testing.T) {
	own := os.Getpid()
	ps := fmt.Sprintf("    1 /sbin/launchd\n  501 /Users/홍 길동/내 프로그램/kakaotalk-mcp\n99999 kakaotalk-mcp\n  777 /bin/kakaotalk-mcp-old\n%5d /x/kakaotalk-mcp\n", own)
	tasklist := fmt.Sprintf("\"kakaotalk-mcp.exe\",\"4711\",\"Console\",\"1\",\"18,412 K\"\r\n\"kakaotalk-mcp.exe\",\"%d\",\"Console\",\"1\",\"9,000 K\"\r\n", own)
	none := "정보: 지정된 기준에 일치하는 실행 중인 작업이 없습니다.\r\n"
	netstat := "\r\n활성 연결\r\n\r\n  프로토콜  로컬 주소              외부 주소              상태            PID\r\n" +
		"  TCP    0.0.0.0:117654         0.0.0.0:0              LISTENING       1\r\n" +
		"  TCP    127.0.0.1:17654        127.0.0.1:50000        ESTABLISHED     2\r\n" +
		"  TCP    127.0.0.1:17654        0.0.0.0:0              ABHÖREN         4711\r\n" +
		"  TCP    127.0.0.1:5357         0.0.0.0:0              LISTENING       4\r\n" +
		"  TCP    [::1]:17656            [::]:0                 LISTENING       4712\r\n" +
		"  UDP    0.0.0.0:17657          *:*                                    5\r\n"
	listener, found := lsofFirst("p501\nck 톡\np502\ncother\n")
	_, nobody := lsofFirst("")
	processes, err := psNamed(ps, "kakaotalk-mcp")
	copies, err2 := tasks(tasklist)
	if err != nil || err2 != nil {
		t.Error(err, err2)
	}
	for name, table := range map[string]string{"nothing": "", "no answer": none, "others only": "\"kakaotalk-mcp.exe\",\"4711\",\"Console\"\r\n"} {
		if _, err := tasks(table); !errors.Is(err, errSilent) {
			t.Errorf("tasklist says %s: %v", name, err)
		}
		if _, err := psNamed(table, "kakaotalk-mcp"); !errors.Is(err, errSilent) {
			t.Errorf("ps says %s: %v", name, err)
		}
	}
	got := []any{
		processes, listener, found, nobody,
		copies, taskName("\"카카오 톡.exe\",\"77\",\"Console\",\"1\",\"9 K\"\r\n"), taskName(none),
		netstatListener(netstat, "17654"), netstatListener(netstat, "17655"), netstatListener(netstat, "50000"), netstatListener(netstat, "17656"), netstatListener(netstat, "17657"),
	}
	want := []any{
		[]process{{501, "/Users/홍 길동/내 프로그램/kakaotalk-mcp"}, {99999, "kakaotalk-mcp"}}, process{501, "k 톡"}, true, false,
		[]process{{pid: 4711}}, "카카오 톡.exe", "",
		4711, 0, 0, 4712, 0,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(process{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReservedRange(t *testing.T) {
	table := "\nProtocol tcp Port Exclusion Ranges\n\nStart Port    End Port\n----------    --------\n      5357        5357\n     17600       17699     *\n"
	for port, want := range map[string]string{"17654": "17600-17699", "5357": "5357-5357", "17700": "", "x": ""} {
		if got := rangeWith(table, port); got != want {
			t.Errorf("%s: %q, want %q", port, got, want)
		}
	}
}
