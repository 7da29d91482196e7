package chat

import (
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	spinEvery = 100 * time.Millisecond
	// spinAfter spares quick answers the flicker.
	spinAfter = 200 * time.Millisecond
)

var spinFrames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

// screen is the one writer to a terminal in raw mode. It keeps apart what is
// printed, the line being edited and the spinner.
type screen struct {
	out  *os.File
	mu   sync.Mutex
	edit *editor // the line on the screen, or nil

	label   string // of the spinner
	drawn   bool   // the spinner is on the screen
	spin    chan struct{}
	spun    chan struct{}
	midLine bool
}

// Default size of a terminal that does not tell its own.
const defaultWidth, defaultHeight = 80, 24

func (s *screen) size() (width, height int) {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 2 || height < 1 {
		return defaultWidth, defaultHeight
	}
	return width, height
}

// raw writes as it is.
func (s *screen) raw(text string) { io.WriteString(s.out, text) } //nolint:errcheck // a closed terminal ends the input too

// print writes text above the line being edited.
func (s *screen) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clearSpinner()
	if s.edit != nil {
		s.raw(s.edit.erase())
	}
	if text != "" {
		s.raw(strings.ReplaceAll(text, "\n", "\r\n"))
		s.midLine = !strings.HasSuffix(text, "\n")
	}
	if s.edit != nil {
		s.fresh()
		s.raw(s.edit.draw(s.size()))
	}
}

// line writes whole lines, below whatever is there.
func (s *screen) line(text string) {
	s.mu.Lock()
	s.clearSpinner()
	if s.edit == nil {
		s.fresh()
	}
	s.mu.Unlock()
	s.print(text + "\n")
}

// fresh begins a new line if the last one was not ended.
func (s *screen) fresh() {
	if s.midLine {
		s.raw("\r\n")
		s.midLine = false
	}
}

// Write implements io.Writer for the messages of a child process.
func (s *screen) Write(p []byte) (int, error) {
	s.line(strings.TrimRight(clean(string(p)), "\n"))
	return len(p), nil
}

// show draws the line being edited; nil ends it, below its last row.
func (s *screen) show(e *editor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	width, height := s.size()
	if e == nil {
		if s.edit != nil {
			s.edit.move(len(s.edit.right))
			s.raw(s.edit.draw(width, height) + "\r\n")
		}
	} else {
		s.fresh()
		s.raw(e.draw(width, height))
	}
	s.edit = e
}

// wait shows a spinner with a label until the next rest.
func (s *screen) wait(label string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.label = oneLine(label, 60)
	if s.spin != nil {
		return
	}
	s.spin, s.spun = make(chan struct{}), make(chan struct{})
	go s.run(s.spin, s.spun)
}

func (s *screen) run(stop, done chan struct{}) {
	defer close(done)
	timer := time.NewTimer(spinAfter)
	defer timer.Stop()
	for frame := 0; ; frame++ {
		select {
		case <-stop:
			return
		case <-timer.C:
		}
		s.mu.Lock()
		if s.edit == nil && !s.midLine {
			s.raw("\r\x1b[K" + spinFrames[frame%len(spinFrames)] + " " + s.label)
			s.drawn = true
		}
		s.mu.Unlock()
		timer.Reset(spinEvery)
	}
}

// rest ends the spinner and waits for its end.
func (s *screen) rest() {
	s.mu.Lock()
	stop, done := s.spin, s.spun
	s.spin = nil
	s.mu.Unlock()
	if stop != nil {
		close(stop)
		<-done
	}
	s.mu.Lock()
	s.clearSpinner()
	s.mu.Unlock()
}

func (s *screen) clearSpinner() {
	if s.drawn {
		s.raw("\r\x1b[K")
		s.drawn = false
	}
}

// change alters the line being edited and draws it anew.
func (s *screen) change(alter func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	alter()
	if s.edit != nil {
		s.raw(s.edit.draw(s.size()))
	}
}

// clear empties the screen but for the line being edited.
func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.edit != nil {
		s.edit.row = 0
	}
	s.raw("\x1b[H\x1b[2J")
}
