package app

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// loggedRequests notes requests to Kakao with what came of them. Query and body
// are left out, and so is the answer: they hold tokens, codes, uuids and texts.
type loggedRequests struct {
	next http.RoundTripper
	log  *slog.Logger
}

func (l loggedRequests) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := l.next.RoundTrip(r)
	words := []any{"method", r.Method, "path", r.URL.Path, "ms", time.Since(began).Milliseconds()}
	if err == nil {
		words = append(words, "status", res.StatusCode)
	} else if failed, ok := errors.AsType[*net.OpError](err); ok {
		words = append(words, "err", failed)
	} else {
		words = append(words, "err", "no answer that can be read") // the text could quote it
	}
	l.log.Debug("request to Kakao", words...)
	return res, err
}
