package kakao_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/template"
)

// user is a client with the token of the sandbox's owner.
type user struct {
	*sandbox.Sandbox
	client *kakao.Client
	token  string
}

func login(t *testing.T, scope string) *user {
	t.Helper()
	s := sandbox.New()
	server, err := s.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	callback := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(callback.Close)
	s.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = []string{callback.URL} })
	app := s.App()
	q := url.Values{"client_id": {app.Key}, "redirect_uri": {callback.URL}, "response_type": {"code"}, "scope": {scope}}
	page, err := new(sandbox.Visitor).Visit(t.Context(), server.AuthURL+"/oauth/authorize?"+q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.PostForm(server.AuthURL+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {app.Key}, "client_secret": {app.Secret},
		"redirect_uri": {callback.URL}, "code": {page.URL.Query().Get("code")},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	var tokens struct {
		Access string `json:"access_token"`
	}
	if json.Unmarshal(body, &tokens) != nil || tokens.Access == "" {
		t.Fatalf("no token: %.200s", body)
	}
	return &user{s, &kakao.Client{BaseURL: server.APIURL, HTTP: kakao.NewHTTPClient()}, tokens.Access}
}

func (r *user) uuid(t *testing.T, nickname string) string {
	t.Helper()
	for _, p := range r.People() {
		if p.Nickname == nickname {
			return r.UUID(p.ID)
		}
	}
	t.Fatalf("nobody is called %s", nickname)
	return ""
}

var hello = kakao.Message{Template: kakao.Text{Text: "안녕"}}

// TestAnswersAreUnderstood lets the sandbox give each of Kakao's answers to each of the
// client's calls: all of them are refusals, and none is taken for another.
func TestAnswersAreUnderstood(t *testing.T) {
	r := login(t, "friends,talk_message,talk_calendar")
	friend := r.uuid(t, "김지민")
	noon := time.Date(2027, 3, 1, 3, 0, 0, 0, time.UTC)
	calls := map[string]func() error{
		"to me": func() error { return r.client.SendToMe(t.Context(), r.token, hello) },
		"to friends": func() error {
			d, err := r.client.SendToFriends(t.Context(), r.token, []string{friend}, hello)
			if len(d.Failed) == 1 { // a refusal of the only receiver
				return &kakao.Error{Code: d.Failed[0].Code, Status: 400, Msg: d.Failed[0].Msg}
			}
			return err
		},
		"friends": func() error { _, err := r.client.Friends(t.Context(), r.token, 0, 10); return err },
		"me":      func() error { _, err := r.client.OwnUUID(t.Context(), r.token); return err },
		"picture": func() error {
			_, err := r.client.UploadImage(t.Context(), r.token, []byte("\x89PNG\r\n\x1a\n"))
			return err
		},
		"event": func() error {
			_, err := r.client.CreateEvent(t.Context(), r.token, kakao.Event{Title: "a", Start: noon, End: noon.Add(time.Hour)})
			return err
		},
		"logout": func() error { return r.client.Logout(t.Context(), r.token) },
	}
	tests := map[sandbox.Answer]struct {
		code   int
		cause  kakao.Cause
		period kakao.Period
	}{
		sandbox.TokenUnknown:    {code: kakao.CodeUnauthorized, cause: kakao.TokenUnknown},
		sandbox.TokenExpired:    {code: kakao.CodeUnauthorized, cause: kakao.TokenExpired},
		sandbox.AddressRefused:  {code: kakao.CodeUnauthorized, cause: kakao.AddressRefused},
		sandbox.DomainMismatch:  {code: kakao.CodeUnauthorized, cause: kakao.PlatformMismatch},
		sandbox.KeyDeactivated:  {code: kakao.CodeUnauthorized, cause: kakao.KeyDeactivated},
		sandbox.NoToken:         {code: kakao.CodeUnauthorized, cause: kakao.NoToken},
		sandbox.FeatureOff:      {code: kakao.CodeNotEnabled, cause: kakao.ConsentItemOff},
		sandbox.AppGone:         {code: kakao.CodeNoApp},
		sandbox.NotTalkUser:     {code: kakao.CodeNotTalkUser},
		sandbox.Maintenance:     {code: kakao.CodeMaintenance},
		sandbox.TooManyRequests: {code: kakao.CodeQuota},
		sandbox.Quota:           {code: kakao.CodeQuota},
		sandbox.QuotaSecond:     {code: kakao.CodeQuota, period: kakao.Second},
		sandbox.QuotaDay:        {code: kakao.CodeQuota, period: kakao.Day},
		sandbox.QuotaMonth:      {code: kakao.CodeQuota, period: kakao.Month},
	}
	for answer, want := range tests {
		r.SetFaults(sandbox.Faults{Answer: answer, FailCount: -1})
		for call, do := range calls {
			err := do()
			got, ok := errors.AsType[*kakao.Error](err)
			if !ok || got.Code != want.code || got.Cause() != want.cause || got.Rule.Period() != want.period || !kakao.NotSent(err) {
				t.Errorf("%s, %s: %+v (%q)", answer, call, err, got.Cause())
			}
		}
	}
	r.SetFaults(sandbox.Faults{})
	if n := len(r.Deliveries()) + len(r.Pictures()) + len(r.CalendarEvents()); n != 0 {
		t.Errorf("%d things happened all the same", n)
	}
	if err := calls["to me"](); err != nil {
		t.Errorf("the token is worth nothing: %v", err)
	}
}

func TestMessagesInTheSandbox(t *testing.T) {
	r := login(t, "friends,talk_message")
	for name, c := range map[string]struct {
		text    kakao.Text
		buttons []template.Button
	}{
		"no link":         {kakao.Text{Text: "a"}, []template.Button{}},
		"the other shape": {kakao.Text{Text: "a", DefaultButton: true}, []template.Button{{Title: "자세히 보기", Dead: true}}},
		"a link":          {kakao.Text{Text: "a", Link: kakao.Link{WebURL: "https://example.com"}}, []template.Button{{Title: "자세히 보기", URL: "https://example.com"}}},
	} {
		if err := r.client.SendToMe(t.Context(), r.token, kakao.Message{Template: c.text}); err != nil {
			t.Fatal(err)
		}
		all := r.Deliveries()
		if diff := cmp.Diff(c.buttons, all[len(all)-1].Buttons); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	got, private := r.uuid(t, "김지민"), r.uuid(t, "고은채")
	want := kakao.Delivery{Delivered: []string{got}, Failed: []kakao.Failure{{UUID: private, Code: kakao.CodeProfilePrivate, Msg: "the receiver's profile is not public."}}}
	for _, v := range []sandbox.Variants{{}, {FailureInfos: true}} {
		r.SetVariants(v)
		d, err := r.client.SendToFriends(t.Context(), r.token, []string{got, private}, hello)
		if diff := cmp.Diff(want, d); diff != "" || err != nil {
			t.Errorf("%+v: %v (-want +got):\n%s", v, err, diff)
		}
	}
	page, err := r.client.Friends(t.Context(), r.token, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Friends {
		if f.Unreachable != (f.UUID == private) {
			t.Errorf("%s: unreachable %v", f.Nickname, f.Unreachable)
		}
	}

	own := r.UUID(r.Owner().ID)
	old := got
	for _, p := range r.People() {
		if p.Nickname == "김지민" {
			r.ChangeUUID(p.ID)
		}
	}
	r.UpdateApp(func(a *sandbox.App) { a.ShareTemplates = []int64{7} })
	for name, c := range map[string]struct {
		err   error
		cause kakao.Cause
	}{
		"own uuid":           {send(t, r, hello, own), kakao.OwnUUID},
		"own uuid and other": {send(t, r, hello, private, own), kakao.OwnUUID},
		"changed uuid":       {send(t, r, hello, old), kakao.UnknownReceiver},
		"share template":     {send(t, r, kakao.Message{TemplateID: 7}, private), kakao.TemplatePurpose},
		"to me":              {r.client.SendToMe(t.Context(), r.token, kakao.Message{TemplateID: 7}), kakao.TemplatePurpose},
	} {
		if e, ok := errors.AsType[*kakao.Error](c.err); !ok || e.Code != kakao.CodeBadParameter || e.Cause() != c.cause {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func send(t *testing.T, r *user, m kakao.Message, uuids ...string) error {
	_, err := r.client.SendToFriends(t.Context(), r.token, uuids, m)
	return err
}

func TestPictureInTheSandbox(t *testing.T) {
	r := login(t, "talk_message")
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x80\x00\x00\x01\xe0"
	largest := png + strings.Repeat("\x00", kakao.MaxImage-len(png))
	address, err := r.client.UploadImage(t.Context(), r.token, []byte(largest))
	if err != nil {
		t.Fatal(err)
	}
	feed := kakao.Feed{Content: kakao.Content{Title: "차트", ImageURL: address, Link: kakao.Link{WebURL: "https://example.com"}}}
	if err := r.client.SendToMe(t.Context(), r.token, kakao.Message{Template: feed}); err != nil {
		t.Fatal(err)
	}
	if got := r.Pictures(); len(got) != 1 || string(got[0].Data) != largest || got[0].Width != 640 || got[0].Height != 480 {
		t.Errorf("%d pictures", len(got))
	}
	_, err = r.client.UploadImage(t.Context(), r.token, []byte("\x89PNG\r\n\x1a\n, and no picture"))
	if e, ok := errors.AsType[*kakao.Error](err); !ok || e.Code != kakao.CodeImageFormat {
		t.Errorf("broken picture: %v", err)
	}
}

func TestEventsInTheSandbox(t *testing.T) {
	r := login(t, "talk_message,talk_calendar")
	start := r.Now().Truncate(time.Hour).Add(48 * time.Hour)
	once := kakao.Event{Title: strings.Repeat("가", 50), Start: start, End: start.Add(5 * time.Minute), Description: strings.Repeat("나", 5000),
		Place: strings.Repeat("다", 50), Reminders: []int{0, 43_200}}
	weekly := kakao.Event{Title: "매주", Start: start, End: start.Add(time.Hour), RRule: "FREQ=WEEKLY;COUNT=3", Reminders: []int{10}}
	berlin := time.FixedZone("", 3600)
	day := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, berlin)
	whole := kakao.Event{Title: "종일", Start: day, End: day.AddDate(0, 0, 1), AllDay: true, TimeZone: "Europe/Berlin", Reminders: []int{-1440, 0}}
	ids := map[string]string{}
	for _, e := range []kakao.Event{once, weekly, whole} {
		id, err := r.client.CreateEvent(t.Context(), r.token, e)
		if err != nil {
			t.Fatalf("%s: %v", e.Title, err)
		}
		ids[e.Title] = id
	}
	events, err := r.client.Events(t.Context(), r.token, start.Add(-24*time.Hour), start.Add(20*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, e := range events {
		found[e.Title]++
		sameStart := e.Start.Equal(start) || e.Title == "매주" || e.AllDay && e.Start.Format(time.DateOnly) == day.Format(time.DateOnly)
		if e.ID != ids[e.Title] || !sameStart || e.AllDay != (e.Title == "종일") {
			t.Errorf("%+v", e)
		}
	}
	if diff := cmp.Diff(map[string]int{once.Title: 1, "매주": 3, "종일": 1}, found); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for title, repeats := range map[string]bool{"매주": true, "종일": false} {
		if err := r.client.DeleteEvent(t.Context(), r.token, ids[title], repeats); err != nil {
			t.Errorf("%s: %v", title, err)
		}
		err := r.client.DeleteEvent(t.Context(), r.token, ids[title], repeats)
		if e, ok := errors.AsType[*kakao.Error](err); !ok || e.Code != kakao.CodeNoEvent || !kakao.NotSent(err) {
			t.Errorf("%s again: %v", title, err)
		}
	}
	r.Advance(72 * time.Hour)
	if rung := r.Reminders(); len(rung) != 1 || rung[0].Title != once.Title || !rung[0].At.Equal(start) {
		t.Errorf("rung: %+v", rung)
	}
}
