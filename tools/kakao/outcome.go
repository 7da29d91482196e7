package kakao

import (
	"context"
	"errors"
	"net"
	"net/http"
)

var (
	errUnreadable = errors.New("unreadable answer")
	errTooLarge   = errors.New("answer too large")
)

// requestError is a call that ended without an answer that can be judged.
type requestError struct {
	op   string
	sent bool // the request may have reached Kakao
	err  error
}

// Error does not quote the cause once the request is out: net/http puts the
// first line of a malformed answer into its errors.
func (e *requestError) Error() string {
	if !e.sent {
		return e.op + ": not sent: " + e.err.Error()
	}
	var timeout net.Error
	switch {
	case errors.Is(e.err, errUnreadable), errors.Is(e.err, errTooLarge):
		return e.op + ": " + e.err.Error()
	case errors.Is(e.err, context.Canceled):
		return e.op + ": cancelled before the answer was complete"
	case errors.As(e.err, &timeout) && timeout.Timeout():
		return e.op + ": timed out before the answer was complete"
	default:
		return e.op + ": connection lost before the answer was complete"
	}
}

func (e *requestError) Unwrap() error { return e.err }

// NotSent reports whether a call that failed with err certainly had no effect
// at Kakao: its arguments were refused here, no connection came about, the
// request was never written, or Kakao definitely refused it (HTTP 4xx with a
// code, 503 with the code of a maintenance). It is false for everything that
// leaves the outcome open: timeouts and cut connections after writing, 3xx,
// other 5xx, codes -1 and -603, 4xx without a code and unreadable answers. It is
// false for nil.
func NotSent(err error) bool {
	if _, ok := errors.AsType[*FieldError](err); ok {
		return true
	}
	if e, ok := errors.AsType[*requestError](err); ok {
		return !e.sent
	}
	if e, ok := errors.AsType[*Error](err); ok {
		refused := e.Status/100 == 4 || e.Status == http.StatusServiceUnavailable && e.Code == CodeMaintenance
		return refused && !leavesOpen(e.Code)
	}
	return false
}
