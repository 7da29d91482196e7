package chat

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/wording"
)

// grid is as much of a terminal as the editor needs: wide characters take two
// cells, and what follows the last column goes to the next row.
type grid struct {
	width    int
	rows     [][]string // cells; "" is the second half of a wide character
	row, col int
}

func (g *grid) write(t *testing.T, text string) {
	t.Helper()
	for text != "" {
		if strings.HasPrefix(text, "\x1b[") {
			n, final := 0, byte(0)
			if _, err := fmt.Sscanf(text, "\x1b[%d%c", &n, &final); err != nil {
				n, final = 1, text[2]
			}
			text = text[strings.IndexByte(text, final)+1:]
			switch final {
			case 'A':
				g.row -= n
			case 'C':
				g.col += n
			case 'J': // below and to the right; the cell under the cursor too
				g.rows = g.rows[:min(len(g.rows), g.row+1)]
				if g.row < len(g.rows) {
					g.rows[g.row] = g.rows[g.row][:min(g.col, len(g.rows[g.row]))]
				}
			default:
				t.Fatalf("unexpected sequence %q", final)
			}
			if g.row < 0 || final == 'C' && g.col >= g.width {
				t.Fatalf("the cursor left the screen: row %d, column %d", g.row, g.col)
			}
			continue
		}
		clusters := displaywidth.StringGraphemes(text)
		clusters.Next()
		cluster, wide := clusters.Value(), clusters.Width()
		text = text[len(cluster):]
		switch cluster {
		case "\r":
			g.col = 0
		case "\r\n":
			g.col = 0
			g.row++
		default:
			if g.col+wide > g.width {
				t.Fatalf("%q does not fit behind column %d", cluster, g.col)
			}
			for len(g.rows) <= g.row {
				g.rows = append(g.rows, nil)
			}
			cells := append(g.rows[g.row][:min(g.col, len(g.rows[g.row]))], cluster)
			for range wide - 1 {
				cells = append(cells, "")
			}
			g.rows[g.row] = cells
			g.col += wide
		}
	}
}

func (g *grid) text() string {
	var lines []string
	for _, cells := range g.rows {
		lines = append(lines, strings.Join(cells, ""))
	}
	return strings.Join(lines, "\n")
}

// TestEditorOnScreen presses random keys and compares the screen after each with
// the text: nothing left over, the cursor in its place.
func TestEditorOnScreen(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	texts := []rune("가나다힣ㅋㅎ한글 ab9.\n한국어🙂é")
	moves := []keyCode{keyBackspace, keyDelete, keyLeft, keyRight, keyHome, keyEnd, keyWordLeft, keyWordRight, keyKillWord, keyUp, keyDown}
	for _, width := range []int{5, 7, 12, 80} {
		g := &grid{width: width}
		e := &editor{past: []string{"지난번 요청이에요", "또 하나"}}
		e.start("> ")
		for i := range 1500 {
			k := key{keyText, texts[rng.IntN(len(texts))]}
			if rng.IntN(3) == 0 {
				k = key{code: moves[rng.IntN(len(moves))]}
			}
			e.press(k)
			g.write(t, e.draw(width, 1000))
			rows, row, col := layout("> "+e.text(), len("> "+e.left), width)
			if diff := cmp.Diff(strings.TrimRight(strings.Join(rows, "\n"), "\n"), strings.TrimRight(g.text(), "\n")); diff != "" || g.row != row || g.col != col {
				t.Fatalf("width %d, key %d %+v: cursor %d:%d, want %d:%d (-want +got):\n%s", width, i, k, g.row, g.col, row, col, diff)
			}
			if len(e.text()) > 300 {
				e.press(key{code: keyKillEnd})
				e.press(key{code: keyKillStart})
			}
		}
	}
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		text     string
		cursor   int
		width    int
		rows     []string
		row, col int
	}{
		{"", 0, 10, []string{""}, 0, 0},
		{"가나", 6, 10, []string{"가나"}, 0, 4},
		{"가나", 3, 10, []string{"가나"}, 0, 2},
		{"가나다", 9, 5, []string{"가나", "다"}, 1, 2},                  // a wide character is not divided
		{"가나", 6, 4, []string{"가나", ""}, 1, 0},                    // behind the last column
		{"가나다", 6, 4, []string{"가나", "다"}, 1, 0},                  // the cursor goes with what it stands before
		{"a\n나", 2, 10, []string{"a", "나"}, 1, 0},                 // a pasted line break
		{"\u1100\u1161나", 9, 10, []string{"\u1100\u1161나"}, 0, 4}, // a syllable in pieces
	} {
		rows, row, col := layout(c.text, c.cursor, c.width)
		if diff := cmp.Diff(c.rows, rows); diff != "" || row != c.row || col != c.col {
			t.Errorf("%q at %d in %d: cursor %d:%d, want %d:%d %s", c.text, c.cursor, c.width, row, col, c.row, c.col, diff)
		}
	}
}

func TestHighLineShowsTheCursor(t *testing.T) {
	e := &editor{}
	e.start("> ")
	for _, r := range strings.Repeat("가", 50) {
		e.press(key{keyText, r})
	}
	g := &grid{width: 10}
	g.write(t, e.draw(10, 3))
	if len(g.rows) > 3 || g.row != 2 {
		t.Errorf("%d rows, cursor in row %d; want 3, 2", len(g.rows), g.row)
	}
	e.press(key{code: keyHome})
	g.write(t, e.draw(10, 3))
	if !strings.HasPrefix(g.text(), "> 가") || g.row != 0 {
		t.Errorf("at the start: row %d, %q", g.row, g.text())
	}
}

// TestTyping sends what a terminal sends and reads the line that comes of it.
func TestTyping(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"Hangul", "안녕하세요", "안녕하세요"},
		{"rub out a syllable", "안녕히\x7f하\b하세요", "안녕하세요"},
		{"rub out a syllable in pieces", "가\u1102\u1161\u11ab\x7f나", "가나"},
		{"rub out a family", "👨‍👩‍👧\x7f가", "가"},
		{"rub out at the start", "\x7f\x7f가", "가"},
		{"move", "가다\x1b[D나\x1b[C라\x1b[H!\x1b[F?\x1bOH.", ".!가나다라?"},
		{"words", "오늘 점심 메뉴\x17\x17저녁\x1bb내일 \x1b[1;5D\x1b[1;5C!", "오늘 내일! 저녁"},
		{"ends", "버릴 말\x15남을 말 끝\x01\x1b[C\x1b[C\x0b", "남을"},
		{"delete", "가나다\x01\x1b[3~\x04", "다"},
		{"history", "\x1b[A\x1b[A\x1b[B", "둘"},
		{"history and back", "쓰던 말\x1b[A\x1b[B", "쓰던 말"},
		{"history has ends", "\x1b[A\x1b[A\x1b[A\x1b[A", "하나"},
		{"paste", "\x1b[200~첫 줄\r둘째\t줄\x03\x1b[201~.", "첫 줄\n둘째 줄."},
		{"unknown keys", "가\x1b[15~\x1b[1;2P\x1b\x1b\x00\x1a나", "가나"},
		{"broken text", "가\xff\xfe나", "가나"},
		{"Escape alone", "가\x1b나", "가나"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &editor{}
			e.remember("하나")
			e.remember("둘")
			e.start("> ")
			k := newKeyboard(io.MultiReader(chunks(c.typed), strings.NewReader("\r")))
			for {
				press, err := k.next(t.Context())
				if err != nil {
					t.Fatalf("no Enter: %v", err)
				}
				if press.code == keyEnter {
					break
				}
				e.press(press)
			}
			if e.text() != c.want {
				t.Errorf("%q, want %q", e.text(), c.want)
			}
		})
	}
}

// chunks delivers text byte by byte: characters and sequences come in pieces.
func chunks(text string) io.Reader {
	var list []io.Reader
	for i := range len(text) {
		list = append(list, strings.NewReader(text[i:i+1]))
	}
	return io.MultiReader(list...)
}

func TestInterruptDropsWhatWasTyped(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	k := newKeyboard(bufio.NewReader(in))
	stopped := make(chan struct{}, 1)
	k.onStop(func() { stopped <- struct{}{} })
	io.WriteString(out, "1\r\x03")
	<-stopped
	k.onStop(nil)
	io.WriteString(out, "가\x03")
	first, err := k.next(t.Context())
	second, err2 := k.next(t.Context())
	if err != nil || err2 != nil || first != (key{keyText, '가'}) || second.code != keyStop {
		t.Errorf("%+v, %+v", first, second)
	}
}

// TestPasteIsDrawnOnce: a long paste, which is there at once, is not drawn anew for each
// of its characters.
func TestPasteIsDrawnOnce(t *testing.T) {
	text := strings.Repeat("가나다 ", 1000)
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	v := &terminalView{lang: wording.Korean, screen: &screen{out: out}, keys: newKeyboard(strings.NewReader("\x1b[200~" + text + "\x1b[201~\r"))}
	for typed := false; !typed; {
		<-v.keys.more
		v.keys.mu.Lock()
		typed = v.keys.err != nil
		v.keys.mu.Unlock()
	}
	got, err := v.edit(t.Context(), &editor{}, "> ")
	if err != nil || got != text {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	if drawn, err := os.ReadFile(out.Name()); err != nil || len(drawn) > 4*len(text) {
		t.Errorf("%d bytes drawn for %d, %v", len(drawn), len(text), err)
	}
}
