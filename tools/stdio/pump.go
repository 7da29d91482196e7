package stdio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"
)

// codeBusy is the code for too many requests at once, from the range JSON-RPC leaves to servers.
const codeBusy = -32000

// pump reads messages from in until it ends and hands on those that are mcp-go's business,
// each as one line in one write to next. The error is nil at the end of in and after next
// was closed.
//
// Lines that have already arrived are all looked at before the first of them is handed on:
// a call whose cancel stands right behind it does not begin.
func (t *Transport) pump(in io.Reader, next io.Writer) error {
	input := newLines(in)
	var batch [][]byte
	for {
		line, tooLong, readErr := input.next()
		t.heard.Add(1)
		if readErr != nil {
			t.ended()
		}
		t.mayBlock(in, func() {
			if tooLong {
				t.out.refuse(nil, mcp.INVALID_REQUEST, fmt.Sprintf("message longer than %d bytes", maxLine))
			} else if handOn := t.sort(line); len(handOn) > 0 {
				batch = append(batch, handOn)
			}
		})
		if readErr == nil && input.arrived() {
			continue
		}
		for _, handOn := range batch {
			var err error
			t.mayBlock(in, func() { _, err = next.Write(handOn) })
			if err != nil {
				return nil // Serve has ended
			}
		}
		clear(batch)
		batch = batch[:0]
		switch {
		case readErr == io.EOF:
			return nil
		case readErr != nil:
			return fmt.Errorf("reading stdin: %w", readErr)
		}
	}
}

// mayBlock runs do, which waits for a client that does not read. The end of in cannot be
// read meanwhile: should nobody write to it any more, and do get no further, that is it.
func (t *Transport) mayBlock(in io.Reader, do func()) {
	done := make(chan struct{})
	timer := time.AfterFunc(stuckTime, func() {
		for !hungUp(in) {
			select {
			case <-done:
				return
			case <-time.After(stuckTime):
			}
		}
		select {
		case <-done:
		case <-time.After(drainTime):
			t.log.Info("input ended while output is not read")
			t.deafOnce.Do(func() { close(t.deaf) })
		}
	})
	do()
	timer.Stop()
	close(done)
}

// hungUp reports whether nobody can write to in any more, also while there is still
// something to read.
func hungUp(in io.Reader) (gone bool) {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	conn, err := f.SyscallConn()
	return err == nil && conn.Control(func(fd uintptr) { gone = isHungUp(fd) }) == nil && gone
}

// sort decides about one trimmed line: it returns the line for mcp-go, newline included, or
// nothing. What is not JSON-RPC is left to mcp-go, which answers it with one parse error.
func (t *Transport) sort(line []byte) []byte {
	if len(line) == 0 {
		return nil
	}
	var m message
	if json.Unmarshal(line, &m) != nil {
		return unchanged(line)
	}
	valid := utf8.Valid(line) // decoding would put U+FFFD in silently
	odd, right := oddKey(line)
	switch {
	case odd != "" && m.hasID() && !m.isResponse():
		t.refuseKey(&m, odd, right, valid)
		return nil
	case odd != "":
		t.log.Debug("dropped a message with a key in other letters")
		return nil
	case m.isResponse():
		if !valid || !t.out.answersUs(m.ID) {
			t.log.Debug("dropped a response that nobody waits for")
			return nil
		}
		return unchanged(line)
	case m.hasID():
		return t.request(&m, valid)
	case !valid:
		return nil
	}
	switch mcp.MCPMethod(m.Method) {
	case mcp.MethodNotificationCancelled:
		return t.cancel(&m)
	case mcp.MethodNotificationInitialized:
		t.markReady()
	}
	return unchanged(line)
}

// unchanged copies line, whose memory belongs to the reader.
func unchanged(line []byte) []byte {
	return append(bytes.Clone(line), '\n')
}

// request enters a request and returns it under the id that mcp-go gets to see. A repeated
// id is refused without an id, because the answer would be taken for the first call's.
func (t *Transport) request(m *message, valid bool) []byte {
	if !valid {
		if _, err := canonicalID(m.ID); err != nil || !utf8.Valid(m.ID) {
			m.ID = nil
		}
		t.out.refuse(m.ID, mcp.PARSE_ERROR, "message is not valid UTF-8")
		return nil
	}
	started, err := t.calls.begin(m)
	switch {
	case errors.Is(err, errTooMany):
		t.out.refuse(m.ID, codeBusy, err.Error())
		return nil
	case err != nil:
		t.out.refuse(nil, mcp.INVALID_REQUEST, err.Error())
		return nil
	}
	return m.request(started.id)
}

// refuseKey refuses a request that has a key in other letters than the protocol.
func (t *Transport) refuseKey(m *message, odd, right string, valid bool) {
	if !valid {
		odd = right
	}
	started, err := t.calls.begin(m)
	if err != nil {
		m.ID = nil
	} else {
		t.calls.release(t.calls.take(started.id))
	}
	t.out.refuse(m.ID, mcp.INVALID_REQUEST, fmt.Sprintf("the key %q must be written %q", odd, right))
}

// cancel marks the call before mcp-go learns of it, so that a handler that begins in between
// sees the mark, and one that began before gets its context cancelled.
func (t *Transport) cancel(m *message) []byte {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.Params, &params) != nil {
		return nil
	}
	cancelled := t.calls.cancel(params.RequestID)
	if cancelled == nil {
		return nil
	}
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","method":%q,"params":{"requestId":%s}}`+"\n",
		mcp.MethodNotificationCancelled, cancelled.id)
}
