// Package kakao is a typed client for the part of Kakao's REST API that sends
// KakaoTalk messages, lists friends and asks about the user and the token.
//
// It owns the wire format, the limits of message templates and the judgement
// whether a failed call can have had an effect. It imports the standard library
// only, knows nothing of MCP, login or token storage, and holds no wording for
// people: errors carry codes, paths and limits, the caller finds the words.
//
// Every method makes at most one HTTP request. Repeating one is the caller's
// decision, see [NotSent].
package kakao

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

const (
	// requestTimeout bounds a call from dialling to the last byte of the body.
	// Kakao answers within a second; a tool call must end well before its
	// client gives up at about a minute.
	requestTimeout = 20 * time.Second
	// headerTimeout leaves the rest of requestTimeout to a slow body.
	headerTimeout = 15 * time.Second
	// dialTimeout and tlsTimeout let an unreachable host fail early, while it
	// is still certain that nothing was sent.
	dialTimeout = 5 * time.Second
	tlsTimeout  = 5 * time.Second
	// idleTimeout is below the 60 s at which load balancers commonly drop an
	// idle connection: a POST that meets their FIN has an unknown outcome.
	idleTimeout = 50 * time.Second
	// idleConns keeps connections for as many friend pages as are read in parallel.
	idleConns = 10
	// maxBody holds the largest answer, a page of 100 friends (about 40 KiB),
	// many times over.
	maxBody = 1 << 20
	// maxHeader is far above what Kakao sends.
	maxHeader = 64 << 10

	formType = "application/x-www-form-urlencoded;charset=utf-8"
)

// Client calls Kakao's API host. It is safe for concurrent use.
type Client struct {
	BaseURL string       // scheme and host without trailing slash, for example https://kapi.kakao.com
	HTTP    *http.Client // required, see [NewHTTPClient]; its redirect policy is ignored
}

// NewHTTPClient returns a client for Kakao's hosts: every phase is bounded,
// redirects are handed back instead of followed (a 307 would post the body
// again, elsewhere), connections stay open between calls, and only the proxy
// environment variables choose a proxy.
//
// It speaks HTTP/1.1 only: over HTTP/2 net/http repeats a POST after some
// stream errors, over HTTP/1.1 only when not one byte of it was written.
func NewHTTPClient() *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: keepRedirect,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			IdleConnTimeout:        idleTimeout,
			MaxIdleConnsPerHost:    idleConns,
			MaxResponseHeaderBytes: maxHeader,
			Protocols:              protocols,
		},
	}
}

func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// request is one call of Kakao's API.
type request struct {
	op           string // for errors
	method, path string // the path may carry a query
	body         []byte
	contentType  string        // of body
	timeout      time.Duration // 0: that of the client
}

// get requests path, which may carry a query, and decodes the answer into out.
func (c *Client) get(ctx context.Context, op, token, path string, out any) error {
	return c.call(ctx, token, request{op: op, method: http.MethodGet, path: path}, out)
}

// post sends form to path and decodes the answer into out.
func (c *Client) post(ctx context.Context, op, token, path string, form url.Values, out any) error {
	return c.call(ctx, token, request{op: op, method: http.MethodPost, path: path, body: []byte(form.Encode()), contentType: formType}, out)
}

// call makes one request and decodes the answer into out; nil: whatever it is. It
// returns *Error when Kakao answered with anything but a success, *requestError
// when there was no answer that can be read.
func (c *Client) call(ctx context.Context, token string, r request, out any) error {
	var sent atomic.Bool // written by the transport's goroutine
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})

	req, err := http.NewRequestWithContext(ctx, r.method, c.BaseURL+r.path, bytes.NewReader(r.body))
	if err != nil {
		return &requestError{op: r.op, err: err}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}

	client := *c.HTTP
	client.CheckRedirect = keepRedirect // whatever the caller's client does: the token stays with BaseURL
	client.Timeout = max(client.Timeout, r.timeout)
	resp, err := client.Do(req)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // drops the URL, which the operation already names
		}
		return &requestError{op: r.op, sent: sent.Load(), err: err}
	}
	defer resp.Body.Close()

	body, err := readBody(resp.Body)
	if resp.StatusCode/100 != 2 {
		return newError(resp.StatusCode, body) // without a whole body: status only
	}
	if err != nil {
		return &requestError{op: r.op, sent: true, err: err}
	}
	if out == nil {
		return nil
	}
	if err := decodeObject(body, out); err != nil {
		return &requestError{op: r.op, sent: true, err: err}
	}
	return nil
}

// readBody returns the whole body, or nothing at all.
func readBody(r io.Reader) ([]byte, error) {
	var buf bytes.Buffer
	n, err := buf.ReadFrom(io.LimitReader(r, maxBody+1))
	if err != nil {
		return nil, err
	}
	if n > maxBody {
		return nil, errTooLarge
	}
	return buf.Bytes(), nil
}
