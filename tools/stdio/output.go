package stdio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/mark3labs/mcp-go/mcp"
)

// maxAsked bounds the ids kept of our own requests; only unanswered ones pile up.
const maxAsked = 1024

// The beginnings of mcp-go's lines, in the field order of its structs.
var (
	idField     = []byte(`{"jsonrpc":"2.0","id":`)
	methodField = []byte(`,"method":`)
	errorField  = []byte(`,"error":{"code":-32603`)
	panicField  = []byte(`,"error":{"code":-32603,"message":"internal panic: `)
)

// mcp-go puts an empty content into a result that asks for input, and clients that
// tell kinds of results apart by their fields take it for a finished one. The bytes
// cannot come from a text: there each quote has a backslash before it.
var (
	contentBesides = []byte(`"content":[],"inputRequests":`)
	inputRequests  = []byte(`"inputRequests":`)
)

var errClosed = errors.New("output closed")

// output writes lines to stdout, one at a time, and decides which of them leave: an answer
// to a cancelled call does not, progress of an answered one does not.
type output struct {
	calls    *calls
	onAnswer func() // or nil

	mu       sync.Mutex // held while a line is written
	w        io.Writer
	internal string             // replaces the text of a panic that mcp-go recovered itself
	stop     context.CancelFunc // ends Serve after a failed write
	buf      []byte

	// end is set when nothing may be written any more. It is not guarded by mu, which a
	// client that does not read can keep occupied for ever.
	end atomic.Pointer[error]

	askedMu sync.Mutex
	asked   map[string]bool // ids of our requests to the client
}

func newOutput(c *calls) *output {
	return &output{calls: c, asked: make(map[string]bool)}
}

func (o *output) open(w io.Writer, internal string, stop context.CancelFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.w, o.internal, o.stop = w, internal, stop
}

// close keeps later lines back and returns the error that ended writing before, if any.
func (o *output) close() error {
	if o.end.CompareAndSwap(nil, &errClosed) {
		return nil
	}
	return *o.end.Load()
}

// Write takes exactly one line from mcp-go. It never fails, because mcp-go would only log
// that: a broken stdout ends Serve instead.
func (o *output) Write(line []byte) (int, error) {
	id, rest, ok := splitID(line)
	switch {
	case ok && bytes.HasPrefix(rest, methodField):
		o.ask(id)
		o.send(line)
	case ok && id != "null":
		o.answer(id, rest)
	default: // a notification, or an error that has no id
		o.send(line)
	}
	return len(line), nil
}

// splitID cuts a line with an id into the id and what follows it. Our ids hold no comma; a
// stream's id may, and is then closed by its quote.
func splitID(line []byte) (id string, rest []byte, ok bool) {
	after, ok := bytes.CutPrefix(line, idField)
	if !ok || len(after) == 0 {
		return "", nil, false
	}
	end := bytes.IndexByte(after, ',')
	if after[0] == '"' {
		end = 1
		for end < len(after) && after[end] != '"' {
			if after[end] == '\\' {
				end++
			}
			end++
		}
		end++
	}
	if end <= 0 || end >= len(after) {
		return "", nil, false
	}
	return string(after[:end]), after[end:], true
}

// answer writes a response under the client's own id.
func (o *output) answer(id string, rest []byte) {
	o.mu.Lock()
	answered := o.calls.take(id)
	if answered == nil {
		o.mu.Unlock()
		return // mcp-go's complaint about a late answer to one of our requests
	}
	answered.answered = true
	if !answered.cancelled.Load() {
		o.buf = append(append(o.buf[:0], idField...), answered.clientID...)
		chosen := answered.errorCode.Load()
		switch after, isInternal := bytes.CutPrefix(rest, errorField); {
		case bytes.HasPrefix(rest, panicField):
			o.buf = fmt.Appendf(o.buf, `%s,"message":%s}}`+"\n", errorField, quote(o.internal))
		case isInternal && chosen != 0:
			o.buf = fmt.Appendf(o.buf, `,"error":{"code":%d%s`, chosen, after)
		default:
			o.buf = append(o.buf, bytes.Replace(rest, contentBesides, inputRequests, 1)...)
		}
		o.writeLine(o.buf)
		if cap(o.buf) > keepBuffer {
			o.buf = nil
		}
	}
	o.mu.Unlock()
	o.calls.release(answered)
	if o.onAnswer != nil {
		o.onAnswer()
	}
}

// refuse answers a message that never reaches mcp-go. Without an id it is null.
func (o *output) refuse(id json.RawMessage, code int, text string) {
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	o.send(fmt.Appendf(nil, `%s%s,"error":{"code":%d,"message":%s}}`+"\n", idField, id, code, quote(text)))
}

// progress tells the client how far a call is, unless that was cancelled or answered. The
// value on the wire always grows, as the protocol demands.
func (o *output) progress(c *call, token mcp.ProgressToken, value float64, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.answered || c.cancelled.Load() {
		return
	}
	if value <= c.progress {
		value = c.progress + 1
	}
	line, err := json.Marshal(struct {
		JSONRPC string                         `json:"jsonrpc"`
		Method  mcp.MCPMethod                  `json:"method"`
		Params  mcp.ProgressNotificationParams `json:"params"`
	}{
		mcp.JSONRPC_VERSION, mcp.MethodNotificationProgress,
		mcp.ProgressNotificationParams{ProgressToken: token, Progress: value, Message: text},
	})
	if err != nil {
		return // a value such as NaN, which has no JSON
	}
	c.progress = value
	o.writeLine(append(line, '\n'))
}

func (o *output) send(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writeLine(line)
}

// writeLine needs mu.
func (o *output) writeLine(line []byte) {
	if o.w == nil || o.end.Load() != nil {
		return
	}
	if _, err := o.w.Write(line); err != nil {
		err = fmt.Errorf("writing stdout: %w", err)
		if o.end.CompareAndSwap(nil, &err) {
			o.stop()
		}
	}
}

func (o *output) ask(id string) {
	o.askedMu.Lock()
	defer o.askedMu.Unlock()
	if len(o.asked) >= maxAsked {
		clear(o.asked)
	}
	o.asked[id] = true
}

// answersUs tells whether a response belongs to one of our requests, once for each.
func (o *output) answersUs(id json.RawMessage) bool {
	o.askedMu.Lock()
	defer o.askedMu.Unlock()
	known := o.asked[string(id)]
	delete(o.asked, string(id))
	return known
}
