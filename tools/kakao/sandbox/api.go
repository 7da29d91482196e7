package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// answer is a JSON answer of either host.
type answer struct {
	status int
	body   any // nil: nothing at all
}

func (a *answer) write(w http.ResponseWriter) {
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	data, err := json.Marshal(a.body)
	if err != nil {
		http.Error(w, "encoding an answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(a.status)
	w.Write(data) //nolint:errcheck // the reader is gone
}

// success is an answer with status 200; nil: an empty one.
func success(body any) *answer { return &answer{http.StatusOK, body} }

// apiError is an error answer of the API host; its shape differs from the auth host's.
func apiError(status, code int, msg string) *answer {
	return &answer{status, map[string]any{"msg": msg, "code": code}}
}

func badParameter(msg string) *answer { return apiError(http.StatusBadRequest, -2, msg) }

// call is one API request of somebody with a valid token.
type call struct {
	person int64
	token  string
	params url.Values // of the form body for POST, of the query for others
	base   string     // address of this host

	files   []upload
	badForm bool // the multipart form could not be read
}

// endpoint is one path of the API host.
type endpoint struct {
	methods []string
	params  []string // all parameters; others are refused in strict mode
	scopes  []string // consents the caller needs
	apiType string   // named in the answer when a consent is missing
	uploads bool     // takes a multipart form with files
	serve   func(*Sandbox, *call) *answer
}

var (
	get  = []string{http.MethodGet}
	post = []string{http.MethodPost}

	memoScopes   = []string{"talk_message"}
	friendScopes = []string{"friends", "talk_message"}
)

// endpoints returns the API by path, but for the calendar. Scrap messages are left out.
func endpoints() map[string]endpoint {
	return map[string]endpoint{
		"/v2/user/me": {
			methods: []string{http.MethodGet, http.MethodPost},
			params:  []string{"secure_resource", "property_keys"}, serve: (*Sandbox).userMe},
		"/v1/user/access_token_info": {methods: get, serve: (*Sandbox).accessTokenInfo},
		"/v2/user/scopes":            {methods: get, params: []string{"scopes"}, serve: (*Sandbox).userScopes},
		"/v2/user/revoke/scopes":     {methods: post, params: []string{"scopes"}, serve: (*Sandbox).revokeScopes},
		"/v1/user/logout":            {methods: post, serve: (*Sandbox).logout},
		"/v1/user/unlink":            {methods: post, serve: (*Sandbox).unlink},
		"/v1/api/talk/profile":       {methods: get, params: []string{"secure_resource"}, serve: (*Sandbox).talkProfile},
		"/v1/oidc/userinfo":          {methods: get, serve: (*Sandbox).userInfo},
		"/v1/api/talk/friends": {
			methods: get, params: []string{"offset", "limit", "order", "friend_order", "secure_resource"},
			scopes: []string{"friends"}, apiType: "FRIENDS", serve: (*Sandbox).friends},
		"/v2/api/talk/memo/default/send": {
			methods: post, params: []string{"template_object"},
			scopes: memoScopes, apiType: "TALK_MEMO_DEFAULT_SEND", serve: (*Sandbox).sendMemo},
		"/v2/api/talk/memo/send": {
			methods: post, params: []string{"template_id", "template_args"},
			scopes: memoScopes, apiType: "TALK_MEMO_SEND", serve: (*Sandbox).sendMemo},
		"/v1/api/talk/friends/message/default/send": {
			methods: post, params: []string{"receiver_uuids", "template_object"},
			scopes: friendScopes, apiType: "TALK_MESSAGE_DEFAULT_SEND", serve: (*Sandbox).sendToFriends},
		"/v1/api/talk/friends/message/send": {
			methods: post, params: []string{"receiver_uuids", "template_id", "template_args"},
			scopes: friendScopes, apiType: "TALK_MESSAGE_SEND", serve: (*Sandbox).sendToFriends},
		uploadPath: {
			methods: post, params: []string{"secure_resource"}, uploads: true,
			scopes: memoScopes, apiType: "TALK_MESSAGE_IMAGE_UPLOAD", serve: (*Sandbox).uploadPicture},
	}
}

func (s *Sandbox) serveEndpoint(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{}
		if e.uploads {
			c.files, c.badForm = readUploads(r)
		}
		s.mu.Lock()
		a := s.callEndpoint(e, c, r)
		s.mu.Unlock()
		a.write(w)
	}
}

func (s *Sandbox) callEndpoint(e endpoint, c *call, r *http.Request) *answer {
	if !slices.Contains(e.methods, r.Method) {
		return apiError(http.StatusMethodNotAllowed, -2, "method not allowed")
	}
	c.params, c.base = r.PostForm, s.apiBase(r)
	if r.Method != http.MethodPost {
		c.params = r.URL.Query()
	}
	token, refused := s.authenticate(r)
	if refused != nil {
		return refused
	}
	c.person, c.token = token.person, bearer(r)
	if s.strict {
		for name, values := range c.params {
			if !slices.Contains(e.params, name) || len(values) != 1 {
				return badParameter("unknown or repeated parameter. name=" + name)
			}
		}
	}
	for _, scope := range e.scopes {
		if !s.app.configured(scope) {
			return s.itemOff(scope, e.apiType)
		}
	}
	granted := s.granted(token)
	for _, scope := range e.scopes {
		if !slices.Contains(granted, scope) {
			return insufficientScopes(e, granted)
		}
	}
	return e.serve(s, c)
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// authenticate finds the access token of a request. Only the Bearer header is read.
func (s *Sandbox) authenticate(r *http.Request) (*accessToken, *answer) {
	value := bearer(r)
	token := s.access[value]
	switch {
	case value == "":
		return nil, apiError(http.StatusUnauthorized, -401, "no authentication key!")
	case len(value) > longestTokenValue:
		return nil, badParameter("too long for access token.")
	case token == nil:
		return nil, apiError(http.StatusUnauthorized, -401, "this access token does not exist")
	case !s.now().Before(token.until):
		return nil, apiError(http.StatusUnauthorized, -401, "this access token is already expired")
	case s.linked(token.person) == nil:
		return nil, apiError(http.StatusBadRequest, -101, "NotRegisteredUserException")
	}
	return token, nil
}

// granted returns what a token may do: what was agreed when it was issued and still is.
func (s *Sandbox) granted(t *accessToken) []string {
	return slices.DeleteFunc(s.agreed(t.person), func(id string) bool { return !slices.Contains(t.scopes, id) })
}

func insufficientScopes(e endpoint, granted []string) *answer {
	missing := slices.DeleteFunc(slices.Clone(e.scopes), func(id string) bool { return slices.Contains(granted, id) })
	return &answer{http.StatusForbidden, map[string]any{
		"msg": "insufficient scopes.", "code": -402, "api_type": e.apiType,
		"required_scopes": missing, "allowed_scopes": append([]string{}, granted...),
	}}
}

// stringList reads a parameter that is a JSON array of strings.
func stringList(text string) ([]string, bool) {
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil || list == nil {
		return nil, false
	}
	return list, true
}
