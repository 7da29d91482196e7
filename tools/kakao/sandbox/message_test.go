package sandbox_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

const (
	memoPath    = "/v2/api/talk/memo/default/send"
	friendsPath = "/v1/api/talk/friends/message/default/send"
)

// send sends a text to friends.
func (w *world) send(token, uuids, text string) (int, object) {
	w.t.Helper()
	return w.post(token, friendsPath, url.Values{"receiver_uuids": {uuids}, "template_object": {textTemplate(w.t, text)}})
}

func TestMemo(t *testing.T) {
	w := start(t)
	token := w.full("")
	status, body := w.post(token, memoPath, url.Values{"template_object": {textTemplate(t, "안녕\n하세요")}})
	if diff := cmp.Diff(object{"result_code": 0.0}, body); status != 200 || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
	got := w.Deliveries()
	if len(got) != 1 || got[0].Text != "안녕\n하세요" || got[0].From != got[0].To || got[0].To != w.Owner().ID {
		t.Errorf("deliveries: %+v", got)
	}
}

func TestCustomTemplate(t *testing.T) {
	w := start(t)
	token := w.full("")
	form := url.Values{"template_id": {"12345"}, "template_args": {`{"name":"하늘"}`}}
	status, body := w.post(token, "/v2/api/talk/memo/send", form)
	want(t, status, body, 200, 0)
	form.Set("receiver_uuids", w.uuids("김지민"))
	status, body = w.post(token, "/v1/api/talk/friends/message/send", form)
	want(t, status, body, 200, 0)
	for _, d := range w.Deliveries() {
		if d.TemplateID != 12345 || d.TemplateArgs["name"] != "하늘" || d.Template != nil {
			t.Errorf("delivery: %+v", d)
		}
	}
	for _, bad := range []url.Values{
		{"template_id": {"x"}}, {"template_id": {"0"}}, {"template_id": {"1"}, "template_args": {`{"n":1}`}}, {},
	} {
		status, body = w.post(token, "/v2/api/talk/memo/send", bad)
		want(t, status, body, 400, -2)
	}
	if n := len(w.Deliveries()); n != 2 {
		t.Errorf("%d messages arrived, want 2", n)
	}
}

func TestRequestFaults(t *testing.T) {
	w := start(t)
	token := w.full("")
	good := textTemplate(t, "hi")
	for name, c := range map[string]struct {
		form url.Values
		msg  string
	}{
		"no template":        {url.Values{"receiver_uuids": {w.uuids("김지민")}}, "failed to parse parameter. name=template_object"},
		"no receivers":       {url.Values{"template_object": {good}}, "failed to parse parameter. name=receiver_uuids"},
		"not JSON":           {url.Values{"template_object": {good}, "receiver_uuids": {w.UUID(w.person("김지민"))}}, "failed to parse"},
		"repeated field":     {url.Values{"template_object": {good}, "receiver_uuids": {w.uuids("김지민"), w.uuids("홍길동")}}, "repeated"},
		"empty":              {url.Values{"template_object": {good}, "receiver_uuids": {"[]"}}, "receiver_uuids"},
		"six":                {url.Values{"template_object": {good}, "receiver_uuids": {w.uuids("김지민", "이지민", "박지민", "홍길동", "정서연", "강도윤")}}, "receiver_uuids"},
		"own":                {url.Values{"template_object": {good}, "receiver_uuids": {w.uuids("김하늘")}}, "Cannot contain a receiver who is identical to the sender"},
		"own among others":   {url.Values{"template_object": {good}, "receiver_uuids": {w.uuids("김지민", "김하늘")}}, "identical to the sender"},
		"unknown":            {url.Values{"template_object": {good}, "receiver_uuids": {`["abc"]`}}, "The input receiver id(s) is invalid format."},
		"twice the same":     {url.Values{"template_object": {good}, "receiver_uuids": {w.uuids("김지민", "김지민")}}, "receiver_uuids"},
		"unknown parameter":  {url.Values{"template_object": {good}, "receiver_uuids": {w.uuids("김지민")}, "text": {"x"}}, "unknown"},
		"broken template":    {url.Values{"template_object": {"{"}, "receiver_uuids": {w.uuids("김지민")}}, "failed to parse parameter. name=template_object"},
		"template is a list": {url.Values{"template_object": {"[]"}, "receiver_uuids": {w.uuids("김지민")}}, "failed to parse parameter. name=template_object"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := w.post(token, friendsPath, c.form)
			want(t, status, body, 400, -2)
			if !strings.Contains(body["msg"].(string), c.msg) {
				t.Errorf("msg %q", body["msg"])
			}
		})
	}
	status, body := w.request("POST", token, memoPath, "application/json", strings.NewReader(`{"template_object":`+good+`}`))
	want(t, status, body, 400, -2)
	if body["msg"] != "failed to parse parameter. name=template_object, stringToParse=-, paramString=-, paramStringAlias=null" {
		t.Errorf("JSON body: %q", body["msg"])
	}
	if n := len(w.Deliveries()); n != 0 {
		t.Errorf("%d messages arrived all the same", n)
	}
}

func TestSingleFailure(t *testing.T) {
	w := start(t)
	token := w.full("")
	for name, code := range map[string]float64{
		"고은채": -530, "백승우": -530, "문태양": -502, "양현준": -502, "배나리": -502, "노경민": -502, "허윤아": -502,
		"유가은": -530, "남궁민": -502, "심재현": -501,
	} {
		status, body := w.send(token, w.uuids(name), "hi")
		if status != 400 || body["code"] != code || body["failure_info"] != nil {
			t.Errorf("%s: %d %v, want 400 with %v", name, status, body, code)
		}
	}
	w.Befriend(w.person("김지민"), w.Owner().ID, sandbox.Friendship{Blocked: true})
	status, body := w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 400, -530)
}

func TestPartialFailure(t *testing.T) {
	w := start(t)
	token := w.full("")
	status, body := w.send(token, w.uuids("김지민", "고은채", "배나리", "문태양"), "hi")
	expected := object{
		"successful_receiver_uuids": []any{w.UUID(w.person("김지민"))},
		"failure_info": []any{
			object{"code": -530.0, "msg": "the receiver's profile is not public.", "receiver_uuids": []any{w.UUID(w.person("고은채"))}},
			object{"code": -502.0, "msg": "the receiver is not a friend of the sender.", "receiver_uuids": []any{
				w.UUID(w.person("배나리")), w.UUID(w.person("문태양")),
			}},
		},
	}
	if diff := cmp.Diff(expected, body); status != 200 || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
	status, body = w.send(token, w.uuids("고은채", "배나리"), "hi")
	if status != 200 || len(body["successful_receiver_uuids"].([]any)) != 0 || len(body["failure_info"].([]any)) != 2 {
		t.Errorf("all failed: %d %v", status, body)
	}
	_, body = w.send(token, w.uuids("김지민", "홍길동"), "hi")
	if _, ok := body["failure_info"]; ok || len(body["successful_receiver_uuids"].([]any)) != 2 {
		t.Errorf("all delivered: %v", body)
	}
	if n := len(w.Deliveries()); n != 3 {
		t.Errorf("%d messages arrived, want 3", n)
	}
}

func TestSenderWhoIsNoMember(t *testing.T) {
	w := start(t)
	w.Befriend(w.person("허윤아"), w.person("김지민"), sandbox.Friendship{})
	token := w.full("허윤아")
	status, body := w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 403, -5)
	w.UpdateApp(func(a *sandbox.App) { a.Permission = true })
	status, body = w.send(token, w.uuids("김지민"), "hi")
	want(t, status, body, 200, 0)
}

func TestQuotas(t *testing.T) {
	four := []string{"김지민", "이지민", "박지민", "홍길동"}
	t.Run("30 a day before the review", func(t *testing.T) {
		w := start(t)
		token := w.full("")
		for range 7 {
			w.send(token, w.uuids(four...), "hi")
		}
		_, body := w.send(token, w.uuids(four...), "hi") // 28 so far
		if n := len(body["successful_receiver_uuids"].([]any)); n != 2 {
			t.Errorf("%d of the last four delivered, want 2", n)
		}
		status, body := w.send(token, w.uuids("정서연"), "hi")
		want(t, status, body, 400, -532)
		if body["msg"] != "daily message limit per sender has been exceeded." {
			t.Errorf("msg %q", body["msg"])
		}
		status, body = w.post(token, memoPath, url.Values{"template_object": {textTemplate(t, "hi")}})
		want(t, status, body, 200, 0)
		now := w.Now().In(time.FixedZone("KST", 9*60*60))
		w.Advance(time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 1, 0, now.Location()).Sub(now))
		w.ExpireAccessTokens() // the day is over, and so is the token
		status, body = w.send(w.full(""), w.uuids("정서연"), "hi")
		want(t, status, body, 200, 0)
	})
	t.Run("20 a day and pair", func(t *testing.T) {
		w := start(t)
		token := w.full("")
		for range 20 {
			w.send(token, w.uuids("김지민"), "hi")
		}
		status, body := w.send(token, w.uuids("김지민"), "hi")
		want(t, status, body, 400, -536)
		status, body = w.send(token, w.uuids("이지민"), "hi")
		want(t, status, body, 200, 0)
		w.ResetQuota()
		status, body = w.send(token, w.uuids("김지민"), "hi")
		want(t, status, body, 200, 0)
	})
	t.Run("100 a day and receiver", func(t *testing.T) {
		w := start(t)
		w.UpdateApp(func(a *sandbox.App) { a.Permission = true })
		receiver := w.person("김지민")
		for _, name := range []string{"홍길동", "이지민", "박지민", "정서연", "강도윤"} {
			w.Befriend(w.person(name), receiver, sandbox.Friendship{})
			token := w.full(name)
			for range 20 {
				w.send(token, w.uuids("김지민"), "hi")
			}
		}
		status, body := w.send(w.full(""), w.uuids("김지민"), "hi")
		want(t, status, body, 400, -533)
		if n := len(w.Deliveries()); n != 100 {
			t.Errorf("%d messages arrived", n)
		}
	})
	t.Run("100 a day with the permission", func(t *testing.T) {
		w := start(t)
		w.UpdateApp(func(a *sandbox.App) { a.Permission = true })
		token := w.full("")
		five := w.uuids(append(four, "정서연")...)
		for range 20 {
			w.send(token, five, "hi")
		}
		if n := len(w.Deliveries()); n != 100 {
			t.Errorf("%d messages arrived", n)
		}
		status, body := w.send(token, w.uuids("강도윤"), "hi")
		want(t, status, body, 400, -532)
	})
	t.Run("used up", func(t *testing.T) {
		w := start(t)
		token := w.full("")
		w.UseUpQuota(w.Owner().ID)
		status, body := w.send(token, w.uuids("김지민"), "hi")
		want(t, status, body, 400, -532)
	})
}
