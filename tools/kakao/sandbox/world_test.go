package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// world is a running sandbox and a client application with its callback page.
type world struct {
	*sandbox.Sandbox
	t        *testing.T
	srv      *sandbox.Server
	callback string
}

const callbackPage = `<p id="done">done</p>`

func start(t *testing.T) *world {
	t.Helper()
	w := &world{Sandbox: sandbox.New(), t: t}
	srv, err := w.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	page := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		io.WriteString(rw, callbackPage)
	}))
	t.Cleanup(page.Close)
	w.srv, w.callback = srv, page.URL+"/cb"
	w.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = append(a.RedirectURIs, w.callback) })
	return w
}

// authorizeURL is a plain login with these parameters changed (name, value, …); "-" removes one.
func (w *world) authorizeURL(pairs ...string) string {
	q := url.Values{
		"client_id": {w.App().Key}, "redirect_uri": {w.callback}, "response_type": {"code"}, "state": {"s t&1"},
	}
	set(q, pairs)
	return w.srv.AuthURL + "/oauth/authorize?" + q.Encode()
}

func set(q url.Values, pairs []string) {
	for p := range slices.Chunk(pairs, 2) {
		if p[1] == "-" {
			q.Del(p[0])
		} else {
			q.Set(p[0], p[1])
		}
	}
}

func (w *world) visit(v *sandbox.Visitor, pairs ...string) sandbox.Page {
	w.t.Helper()
	page, err := v.Visit(w.t.Context(), w.authorizeURL(pairs...))
	if err != nil {
		w.t.Fatal(err)
	}
	return page
}

// code logs the person in and returns the authorization code.
func (w *world) code(v *sandbox.Visitor, pairs ...string) string {
	w.t.Helper()
	page := w.visit(v, pairs...)
	code := page.URL.Query().Get("code")
	if code == "" {
		w.t.Fatalf("login ended at %s (%s) without a code", page.URL, page.KOE)
	}
	return code
}

type object = map[string]any

func (w *world) read(resp *http.Response, err error) (int, object) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var body object
	if err := json.Unmarshal(data, &body); err != nil {
		w.t.Fatalf("%s: status %d, not JSON: %.200s", resp.Request.URL.Path, resp.StatusCode, data)
	}
	return resp.StatusCode, body
}

// token exchanges a code, with these form fields changed.
func (w *world) token(code string, pairs ...string) (int, object) {
	w.t.Helper()
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {w.App().Key}, "client_secret": {w.App().Secret},
		"redirect_uri": {w.callback}, "code": {code},
	}
	set(form, pairs)
	return w.read(http.PostForm(w.srv.AuthURL+"/oauth/token", form))
}

func (w *world) refresh(token string) (int, object) {
	w.t.Helper()
	return w.token("", "grant_type", "refresh_token", "refresh_token", token, "code", "-", "redirect_uri", "-")
}

// login returns the token answer of a person who agreed to all items named (none: a plain login).
func (w *world) login(person, scope string) object {
	w.t.Helper()
	pairs := []string{"scope", "-"}
	if scope != "" {
		pairs[1] = scope
	}
	status, body := w.token(w.code(&sandbox.Visitor{Person: person}, pairs...))
	if status != http.StatusOK {
		w.t.Fatalf("token: %d %v", status, body)
	}
	return body
}

// full logs the person in with everything needed to message friends and returns the access token.
func (w *world) full(person string) string {
	w.t.Helper()
	// Without openid no signing key has to be made.
	return w.login(person, "friends,talk_message")["access_token"].(string)
}

func (w *world) get(token, path string) (int, object) {
	w.t.Helper()
	return w.request(http.MethodGet, token, path, "", nil)
}

func (w *world) post(token, path string, form url.Values) (int, object) {
	w.t.Helper()
	return w.request(http.MethodPost, token, path, "application/x-www-form-urlencoded;charset=utf-8", strings.NewReader(form.Encode()))
}

func (w *world) request(method, token, path, contentType string, body io.Reader) (int, object) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.APIURL+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", contentType)
	return w.read(http.DefaultClient.Do(req))
}

// control posts to /_sandbox/ and returns the status.
func (w *world) control(name string, body any) int {
	w.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.Post(w.srv.APIURL+"/_sandbox/"+name, "application/json", bytes.NewReader(data))
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// person returns the ID of the one with this nickname.
func (w *world) person(nickname string) int64 {
	w.t.Helper()
	for _, p := range w.People() {
		if p.Nickname == nickname {
			return p.ID
		}
	}
	w.t.Fatalf("nobody is called %s", nickname)
	return 0
}

func (w *world) uuids(nicknames ...string) string {
	w.t.Helper()
	list := []string{}
	for _, n := range nicknames {
		list = append(list, w.UUID(w.person(n)))
	}
	data, err := json.Marshal(list)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func textTemplate(t *testing.T, text string) string {
	t.Helper()
	return jsonText(t, object{"object_type": "text", "text": text, "link": object{}, "buttons": []any{}})
}

// want checks status and error code of an API answer.
func want(t *testing.T, status int, body object, wantStatus int, wantCode float64) {
	t.Helper()
	code, _ := body["code"].(float64)
	if status != wantStatus || code != wantCode {
		t.Errorf("got status %d, code %v (%v), want %d, %v", status, code, body["msg"], wantStatus, wantCode)
	}
}

// onlyCookies is a cookie jar without rules.
type onlyCookies struct{ list []*http.Cookie }

func (j *onlyCookies) SetCookies(_ *url.URL, c []*http.Cookie) { j.list = append(j.list, c...) }
func (j *onlyCookies) Cookies(*url.URL) []*http.Cookie         { return j.list }

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func titleOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	_, rest, _ := strings.Cut(readAll(t, resp), "<title>")
	title, _, _ := strings.Cut(rest, "</title>")
	return title
}
