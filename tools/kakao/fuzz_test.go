package kakao

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// alwaysAnswer is a server that answers everything alike, without a network.
type alwaysAnswer struct {
	status int
	body   string
}

func (a alwaysAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// Whatever Kakao, or something in front of it, answers: only a success of the
// documented form is one, every error is one that NotSent can judge, and none
// quotes the answer.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"id":1,"properties":{"nickname":"지민"},"kakao_account":{"profile":{"nickname":"SE-CRET"}},"for_partner":{"uuid":"u"}}`, 0)
	f.Add(200, `{"id":1,"app_id":2,"expires_in":21599}`, 0)
	f.Add(200, `{"id":1,"expires_in":9223372036854775807}`, 0)
	f.Add(200, `{"id":1,"expires_in":-9223372036854775808}`, 0)
	f.Add(200, `{"id":9223372036854775808,"expires_in":"SE-CRET"}`, 0)
	f.Add(200, `{"scopes":[{"id":"friends","display_name":"친구","type":"SERVICE","using":true,"agreed":false,"revocable":true},null]}`, 0)
	f.Add(200, uploaded, 0)
	f.Add(200, `{"event_id":"e1"}`, 0)
	f.Add(200, `{"events":[{"id":"e1","title":"SE-CRET","time":{"start_at":"2027-03-01T03:00:00Z"}}],"has_next":true}`, 0)
	f.Add(200, `{"result_code":0}`, 0)
	f.Add(200, `{"result_code":-532}`, 0)
	f.Add(200, `{"successful_receiver_uuids":["u"],"failure_info":[{"code":-532,"msg":"SE-CRET","receiver_uuids":["v"]}]}`, 0)
	f.Add(400, `{"code":-402,"msg":"SE-CRET","required_scopes":["friends"],"allowed_scopes":[7]}`, 0)
	f.Add(400, `{"code":-532,"msg":"SE-CRET"}`, 0)
	f.Add(401, `{"code":-401.0,"msg":{}}`, 0)
	f.Add(403, `<html>SE-CRET</html>`, 0)
	f.Add(307, ``, 0)
	f.Add(500, `{"code":-1}`, 0)
	f.Add(200, `{"id":1,"x":"SE-CRET"}`, maxBody)
	f.Add(200, ` {`, 0)
	f.Fuzz(func(t *testing.T, status int, body string, padding int) {
		if status < 200 || status > 599 {
			return // no HTTP answer
		}
		body += strings.Repeat(" ", min(max(padding, 0), 2*maxBody))
		c := &Client{BaseURL: "https://kapi.example", HTTP: &http.Client{Transport: alwaysAnswer{status, body}}}
		success := status/100 == 2 && len(body) <= maxBody
		judge := func(op string, err error) {
			if err == nil {
				if !success || !json.Valid([]byte(body)) {
					t.Errorf("%s: a success with status %d and %d bytes", op, status, len(body))
				}
				return
			}
			_, refused := errors.AsType[*Error](err)
			_, broken := errors.AsType[*requestError](err)
			if refused == broken || strings.Contains(err.Error(), "SE-CRET") || len(err.Error()) > 200 {
				t.Errorf("%s: %T %v", op, err, err)
			}
			if broken && NotSent(err) {
				t.Errorf("%s: an answer came, but %v counts as not sent", op, err)
			}
		}
		_, err := c.OwnUUID(t.Context(), testToken)
		judge("me", err)
		judge("token", c.CheckToken(t.Context(), testToken))
		_, err = c.Scopes(t.Context(), testToken)
		judge("consents", err)
		judge("logout", c.Logout(t.Context(), testToken))
		address, err := c.UploadImage(t.Context(), testToken, []byte(pngHead))
		if judge("picture", err); (err == nil) == (address == "") {
			t.Errorf("picture %q, %v", address, err)
		}
		id, err := c.CreateEvent(t.Context(), testToken, reading)
		if judge("event", err); (err == nil) == (id == "") {
			t.Errorf("event %q, %v", id, err)
		}
		events, err := c.Events(t.Context(), testToken, noon, noon.AddDate(0, 0, 1))
		judge("events", err)
		for _, e := range events {
			if !plainUUID(e.ID) || len(e.Title) > maxNickname {
				t.Errorf("event %+v", e)
			}
		}
		message := Message{Template: Text{Text: "a"}}
		var says struct {
			Code *int     `json:"result_code"`
			Got  []string `json:"successful_receiver_uuids"`
		}
		_ = json.Unmarshal([]byte(body), &says) // what it says besides these is not of interest
		err = c.SendToMe(t.Context(), testToken, message)
		if judge("to me", err); err == nil && (says.Code == nil || *says.Code != 0) {
			t.Errorf("sent, says %.200s", body)
		}
		d, err := c.SendToFriends(t.Context(), testToken, []string{"u"}, message)
		if len(d.Failed) == 1 && status/100 != 2 && err == nil {
			err = &Error{Code: d.Failed[0].Code, Status: status} // a refusal of the only receiver
		}
		judge("to friends", err)
		if len(d.Delivered) > 0 && (!success || !slices.Equal(d.Delivered, []string{"u"}) || !slices.Contains(says.Got, "u")) {
			t.Errorf("delivered to %q, says status %d %.200s", d.Delivered, status, body)
		}
	})
}
