package kakao

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testToken = "token-of-the-test"

// wire is what a call puts on the wire.
type wire struct{ Method, URI, Authorization, ContentType, Body string }

// recorder answers every request alike and keeps what it saw.
type recorder struct {
	mu       sync.Mutex
	requests []wire
}

func (r *recorder) seen() []wire {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

func (r *recorder) add(req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, wire{
		req.Method, req.RequestURI, req.Header.Get("Authorization"), req.Header.Get("Content-Type"), string(body),
	})
}

// answering returns a client of a server that gives every request this answer.
func answering(t *testing.T, status int, body string) (*Client, *recorder) {
	t.Helper()
	rec := new(recorder)
	client := serving(t, func(w http.ResponseWriter, req *http.Request) {
		rec.add(req)
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
	return client, rec
}

func serving(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return clientOf(t, server.URL)
}

func clientOf(t *testing.T, url string) *Client {
	t.Helper()
	client := &Client{BaseURL: url, HTTP: NewHTTPClient()}
	transportOf(client).Proxy = nil
	t.Cleanup(client.HTTP.CloseIdleConnections)
	return client
}

func TestWireFormat(t *testing.T) {
	link := Link{WebURL: "https://a.example/m?x=1&y=<2>#1~", MobileWebURL: "https://a.example/"}
	text := Message{Template: Text{Text: "가 <b> & \"c\"\n", Link: link, ButtonTitle: "전체 보기"}}
	custom := Message{TemplateID: 77, TemplateArgs: map[string]string{"b": "2&", "a": "<1>"}}
	const (
		form     = "application/x-www-form-urlencoded;charset=utf-8"
		bearer   = "Bearer " + testToken
		object   = "template_object=%7B%22object_type%22%3A%22text%22%2C%22text%22%3A%22%EA%B0%80+%3Cb%3E+%26+%5C%22c%5C%22%5Cn%22%2C%22link%22%3A%7B%22web_url%22%3A%22https%3A%2F%2Fa.example%2Fm%3Fx%3D1%26y%3D%3C2%3E%231~%22%2C%22mobile_web_url%22%3A%22https%3A%2F%2Fa.example%2F%22%7D%2C%22button_title%22%3A%22%EC%A0%84%EC%B2%B4+%EB%B3%B4%EA%B8%B0%22%7D"
		byID     = "template_args=%7B%22a%22%3A%22%3C1%3E%22%2C%22b%22%3A%222%26%22%7D&template_id=77"
		friendsP = "/v1/api/talk/friends/message"
	)
	tests := []struct {
		name string
		call func(*Client) error
		want wire
	}{
		{"default template to me", func(c *Client) error { return c.SendToMe(t.Context(), testToken, text) },
			wire{"POST", "/v2/api/talk/memo/default/send", bearer, form, object}},
		{"empty link", func(c *Client) error {
			return c.SendToMe(t.Context(), testToken, Message{Template: Text{Text: "a"}})
		}, wire{"POST", "/v2/api/talk/memo/default/send", bearer, form,
			"template_object=%7B%22object_type%22%3A%22text%22%2C%22text%22%3A%22a%22%2C%22link%22%3A%7B%7D%2C%22buttons%22%3A%5B%5D%7D"}},
		{"empty link, Kakao's button", func(c *Client) error {
			return c.SendToMe(t.Context(), testToken, Message{Template: Text{Text: "a", DefaultButton: true}})
		}, wire{"POST", "/v2/api/talk/memo/default/send", bearer, form,
			"template_object=%7B%22object_type%22%3A%22text%22%2C%22text%22%3A%22a%22%2C%22link%22%3A%7B%7D%7D"}},
		{"template id to me", func(c *Client) error { return c.SendToMe(t.Context(), testToken, custom) },
			wire{"POST", "/v2/api/talk/memo/send", bearer, form, byID}},
		{"template id without arguments", func(c *Client) error {
			return c.SendToMe(t.Context(), testToken, Message{TemplateID: 1})
		}, wire{"POST", "/v2/api/talk/memo/send", bearer, form, "template_id=1"}},
		{"default template to friends", func(c *Client) error {
			_, err := c.SendToFriends(t.Context(), testToken, []string{"u1", "u&2"}, text)
			return err
		}, wire{"POST", friendsP + "/default/send", bearer, form, "receiver_uuids=%5B%22u1%22%2C%22u%262%22%5D&" + object}},
		{"template id to friends", func(c *Client) error {
			_, err := c.SendToFriends(t.Context(), testToken, []string{"u1"}, custom)
			return err
		}, wire{"POST", friendsP + "/send", bearer, form, "receiver_uuids=%5B%22u1%22%5D&" + byID}},
		{"friends", func(c *Client) error { _, err := c.Friends(t.Context(), testToken, 20, 100); return err },
			wire{"GET", "/v1/api/talk/friends?friend_order=favorite&limit=100&offset=20&order=asc&secure_resource=true", bearer, "", ""}},
		{"me", func(c *Client) error { _, err := c.OwnUUID(t.Context(), testToken); return err },
			wire{"GET", "/v2/user/me?secure_resource=true", bearer, "", ""}},
		{"scopes", func(c *Client) error { _, err := c.Scopes(t.Context(), testToken); return err },
			wire{"GET", "/v2/user/scopes", bearer, "", ""}},
		{"token", func(c *Client) error { return c.CheckToken(t.Context(), testToken) },
			wire{"GET", "/v1/user/access_token_info", bearer, "", ""}},
		{"logout", func(c *Client) error { return c.Logout(t.Context(), testToken) },
			wire{"POST", "/v1/user/logout", bearer, form, ""}},
		{"unlink", func(c *Client) error { return c.Unlink(t.Context(), testToken) },
			wire{"POST", "/v1/user/unlink", bearer, form, ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, rec := answering(t, 200, `{"result_code":0,"id":1}`)
			if err := tt.call(client); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]wire{tt.want}, rec.seen()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// The redirect must stay unfollowed even with a client that would follow it.
func TestRedirectKeepsTheTokenHome(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		elsewhere := new(recorder)
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			elsewhere.add(r)
			io.WriteString(w, `{"result_code":0}`)
		}))
		t.Cleanup(other.Close)
		client := serving(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, status)
		})
		client.HTTP.CheckRedirect = nil

		err := client.SendToMe(t.Context(), testToken, hello)
		if diff := cmp.Diff(error(&Error{Status: status}), err); diff != "" {
			t.Errorf("%d: error (-want +got):\n%s", status, diff)
		}
		if n := len(elsewhere.seen()); n != 0 {
			t.Errorf("%d: the redirect's target got %d requests", status, n)
		}
	}
}

func TestDefaultClientHandsRedirectsBack(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("/away", http.StatusTemporaryRedirect))
	defer server.Close()
	client := NewHTTPClient()
	defer client.CloseIdleConnections()
	resp, err := client.Post(server.URL, "text/plain", strings.NewReader("secret"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("status %d, want the redirect itself", resp.StatusCode)
	}
}

func TestConnectionStaysWarm(t *testing.T) {
	var mu sync.Mutex
	peers := map[string]bool{}
	client := serving(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		peers[r.RemoteAddr] = true
		mu.Unlock()
		io.WriteString(w, `{"result_code":0}`)
	})
	for range 5 {
		if err := client.SendToMe(t.Context(), testToken, hello); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(peers) != 1 {
		t.Errorf("5 calls used %d connections, want 1", len(peers))
	}
}

// Over HTTP/2 net/http may post again by itself.
func TestSpeaksHTTP1Only(t *testing.T) {
	major := make(chan int, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		major <- r.ProtoMajor
		io.WriteString(w, `{"result_code":0}`)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	client := clientOf(t, server.URL)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transportOf(client).TLSClientConfig = &tls.Config{RootCAs: roots}

	if err := client.SendToMe(t.Context(), testToken, hello); err != nil {
		t.Fatal(err)
	}
	if got := <-major; got != 1 {
		t.Errorf("spoke HTTP/%d, want HTTP/1", got)
	}
}

// A token that cannot be a header must not turn up in the error.
func TestBrokenTokenIsNotQuoted(t *testing.T) {
	client := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	err := client.SendToMe(t.Context(), "SECRET\r\nX: y", hello)
	if !NotSent(err) || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("NotSent(%v) = false, or the error tells the token", err)
	}
}

func TestKakaoError(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   *Error
	}{
		{"consent", 403, `{"msg":"insufficient scopes.","code":-402,"api_type":"X","required_scopes":["talk_message"],"allowed_scopes":["profile","account_email"]}`,
			&Error{Code: -402, Status: 403, Msg: "insufficient scopes.", RequiredScopes: []string{"talk_message"}}},
		{"token", 401, `{"msg":"this access token is already expired","code":-401}`,
			&Error{Code: -401, Status: 401, Msg: "this access token is already expired"}},
		{"odd types", 400, `{"msg":{},"code":"-2","required_scopes":"friends"}`, &Error{Status: 400}},
		{"page of a gateway", 502, `<html>bad gateway</html>`, &Error{Status: 502}},
		{"endless page", 503, strings.Repeat("x", maxBody+1), &Error{Status: 503}},
		{"empty", 404, ``, &Error{Status: 404}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := answering(t, tt.status, tt.body)
			_, err := client.Scopes(t.Context(), testToken)
			if diff := cmp.Diff(error(tt.want), err); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
