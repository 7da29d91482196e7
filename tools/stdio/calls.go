package stdio

import (
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/mark3labs/mcp-go/mcp"
)

const (
	// maxToolCalls bounds the tool calls in flight. No more than mcp-go's queue holds.
	maxToolCalls = 1024
	// maxRequests bounds all requests in flight, leaving room for pings and lists while
	// the tool calls are used up.
	maxRequests = 2 * maxToolCalls
)

var (
	errDuplicate = errors.New("a request with this id is still in progress")
	errTooMany   = errors.New("too many requests in progress, try again later")
)

// call is one request of the client, from its line to its answer.
type call struct {
	id       string          // the id mcp-go sees, as JSON text
	key      string          // the client's id in canonical form
	clientID json.RawMessage // the client's id as it was written
	tool     bool            // a tools/call

	cancelled atomic.Bool
	errorCode atomic.Int64 // chosen by the handler, 0 if it chose none
	awaited   bool         // guarded by calls.mu: the end of input waits for the answer

	answered bool    // guarded by output.mu
	progress float64 // guarded by output.mu: last value sent
}

// calls are the requests in flight. mcp-go is given ids of our own making: its cancel table
// takes 1 and "1" for the same request, and it rounds numbers beyond 2^53.
type calls struct {
	mu      sync.Mutex
	last    uint64
	tools   int
	open    int // calls with awaited set
	byID    map[string]*call
	byKey   map[string]*call // without cancelled calls: nobody answers to that id any more
	waiting chan struct{}    // closed when open is 0; nil until somebody waits
}

func newCalls() *calls {
	return &calls{byID: make(map[string]*call), byKey: make(map[string]*call)}
}

// begin enters a request. It fails with errBadID, errDuplicate or errTooMany.
func (c *calls) begin(m *message) (*call, error) {
	key, err := canonicalID(m.ID)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[key] != nil {
		return nil, errDuplicate
	}
	tool := m.Method == string(mcp.MethodToolsCall)
	if len(c.byID) >= maxRequests || tool && c.tools >= maxToolCalls {
		return nil, errTooMany
	}
	started := &call{id: c.newID(), key: key, clientID: m.ID, tool: tool, awaited: true}
	if m.Method == string(mcp.MethodSubscriptionsListen) {
		// Its id is also the name of the stream, repeated in every notification on it, and
		// a stream ends with the connection: nobody waits for that.
		started.id, started.awaited = asEchoed(m.ID), false
		if c.byID[started.id] != nil {
			return nil, errDuplicate
		}
	}
	c.byKey[key], c.byID[started.id] = started, started
	if tool {
		c.tools++
	}
	if started.awaited {
		c.open++
	}
	return started, nil
}

// newID returns an id that mcp-go does not know yet, not even as that of a stream. It needs mu.
func (c *calls) newID() string {
	for {
		c.last++
		id := `"#` + strconv.FormatUint(c.last, 10) + `"`
		if c.byID[id] == nil {
			return id
		}
	}
}

// asEchoed returns an id as mcp-go writes it after decoding it.
func asEchoed(raw json.RawMessage) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return string(raw)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return string(raw)
	}
	return string(b)
}

// cancel marks the call with the client's id raw; nil if there is none in flight. The mark
// is what counts: mcp-go forgets a cancel that comes before a worker took up the call.
func (c *calls) cancel(raw json.RawMessage) *call {
	key, err := canonicalID(raw)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.byKey[key]
	if found == nil {
		return nil
	}
	found.cancelled.Store(true)
	delete(c.byKey, key)
	c.settle(found)
	return found
}

// find returns the call that mcp-go knows as id, or nil.
func (c *calls) find(id string) *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byID[id]
}

// take removes the call that mcp-go knows as id, because it is being answered; nil if there
// is none. The caller calls release when the answer is written.
func (c *calls) take(id string) *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.byID[id]
	if found == nil {
		return nil
	}
	delete(c.byID, id)
	if c.byKey[found.key] == found {
		delete(c.byKey, found.key)
	}
	if found.tool {
		c.tools--
	}
	return found
}

func (c *calls) release(answered *call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle(answered)
}

// settle stops waiting for a call. It needs mu.
func (c *calls) settle(settled *call) {
	if !settled.awaited {
		return
	}
	settled.awaited = false
	c.open--
	if c.open == 0 && c.waiting != nil {
		close(c.waiting)
		c.waiting = nil
	}
}

// idle returns a channel that is closed when no answer is outstanding. It is for one waiter,
// after the last begin.
func (c *calls) idle() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := make(chan struct{})
	if c.open == 0 {
		close(done)
	} else {
		c.waiting = done
	}
	return done
}
