package kakao

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var hello = Message{Template: Text{Text: "hello"}}

func TestDelivery(t *testing.T) {
	tests := []struct {
		name   string
		asked  []string
		answer string
		want   Delivery
	}{
		{"all", []string{"b", "a"}, `{"successful_receiver_uuids":["a","b"]}`,
			Delivery{Delivered: []string{"b", "a"}}},
		{"some, in groups", []string{"a", "b", "c", "d"},
			`{"successful_receiver_uuids":["c"],"result_code":-500,"failure_info":[{"code":-532,"msg":"m1","receiver_uuids":["d","a"]},{"code":-502,"msg":"m2","receiver_uuids":["b"]}]}`,
			Delivery{[]string{"c"}, []Failure{{"a", -532, "m1"}, {"b", -502, "m2"}, {"d", -532, "m1"}}}},
		{"the newer name of the list", []string{"a", "b"}, `{"successful_receiver_uuids":["a"],"failure_infos":[{"code":-532,"msg":"m","receiver_uuids":["b"]}]}`,
			Delivery{[]string{"a"}, []Failure{{"b", -532, "m"}}}},
		{"both names", []string{"a", "b"}, `{"failure_infos":[{"code":-532,"msg":"m","receiver_uuids":["b"]}],"failure_info":[{"code":-502,"msg":"n","receiver_uuids":["a"]}]}`,
			Delivery{Failed: []Failure{{"a", -502, "n"}, {"b", -532, "m"}}}},
		{"none", []string{"a", "b"}, `{"failure_info":[{"code":-532,"msg":"m","receiver_uuids":["a","b"]}]}`,
			Delivery{Failed: []Failure{{"a", -532, "m"}, {"b", -532, "m"}}}},
		{"nobody named", []string{"a"}, `{}`, Delivery{Failed: []Failure{{UUID: "a"}}}},
		{"null lists", []string{"a"}, `{"successful_receiver_uuids":null,"failure_info":null}`, Delivery{Failed: []Failure{{UUID: "a"}}}},
		{"strangers named", []string{"a"}, `{"successful_receiver_uuids":["x",null],"failure_info":[{"code":-1,"receiver_uuids":["y"]},null]}`,
			Delivery{Failed: []Failure{{UUID: "a"}}}},
		{"named twice", []string{"a"}, `{"successful_receiver_uuids":["a","a"],"failure_info":[{"code":-502,"receiver_uuids":["a"]}]}`,
			Delivery{Delivered: []string{"a"}}},
		{"odd code", []string{"a"}, `{"failure_info":[{"code":"-502","msg":7,"receiver_uuids":["a"]}]}`,
			Delivery{Failed: []Failure{{UUID: "a"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := answering(t, 200, tt.answer)
			got, err := client.SendToFriends(t.Context(), testToken, tt.asked, hello)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("delivery (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadableDelivery(t *testing.T) {
	client, _ := answering(t, 200, `{"successful_receiver_uuids":"a"}`)
	if d, err := client.SendToFriends(t.Context(), testToken, []string{"a"}, hello); err == nil || NotSent(err) {
		t.Errorf("delivery %v, error %v, want an unknown outcome", d, err)
	}
}

func TestSingleReceiverRefused(t *testing.T) {
	tests := []struct {
		code, status int
		asked        []string
		failed       bool // comes back in the Delivery
	}{
		{-501, 400, []string{"a"}, true},
		{-502, 400, []string{"a"}, true},
		{-504, 400, []string{"a"}, true},
		{-530, 400, []string{"a"}, true},
		{-531, 400, []string{"a"}, true},
		{-532, 400, []string{"a"}, true},
		{-533, 400, []string{"a"}, true},
		{-536, 400, []string{"a"}, true},
		{-503, 400, []string{"a"}, false},
		{-529, 400, []string{"a"}, false},
		{-537, 400, []string{"a"}, false},
		{-2, 400, []string{"a"}, false},
		{-402, 403, []string{"a"}, false},
		{-502, 500, []string{"a"}, false},
		{-502, 400, []string{"a", "b"}, false},
	}
	for _, tt := range tests {
		refusal := &Error{Code: tt.code, Status: tt.status, Msg: "m"}
		body, err := json.Marshal(map[string]any{"code": tt.code, "msg": "m"})
		if err != nil {
			t.Fatal(err)
		}
		client, _ := answering(t, tt.status, string(body))
		got, err := client.SendToFriends(t.Context(), testToken, tt.asked, hello)

		want, wantErr := Delivery{}, error(refusal)
		if tt.failed {
			want, wantErr = Delivery{Failed: []Failure{{"a", tt.code, "m"}}}, nil
		}
		if diff := cmp.Diff(want, got) + cmp.Diff(wantErr, err); diff != "" {
			t.Errorf("%d for %v (-want +got):\n%s", tt.code, tt.asked, diff)
		}
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	client := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	tests := []struct {
		name  string
		uuids []string
		m     Message
		want  *FieldError
	}{
		{"nobody", []string{}, hello, &FieldError{"receiver_uuids", TooFew, 1}},
		{"six", []string{"1", "2", "3", "4", "5", "6"}, hello, &FieldError{"receiver_uuids", TooMany, 5}},
		{"blank uuid", []string{"1", " "}, hello, &FieldError{"receiver_uuids[1]", Required, 0}},
		{"long uuid", []string{strings.Repeat("u", 257)}, hello, &FieldError{"receiver_uuids[0]", TooLong, 256}},
		{"broken uuid", []string{"\xff"}, hello, &FieldError{"receiver_uuids[0]", InvalidUTF8, 0}},
		{"twice the same", []string{"1", "2", "1"}, hello, &FieldError{"receiver_uuids[2]", Duplicate, 0}},
		{"nothing to send", nil, Message{}, &FieldError{"template", Required, 0}},
		{"two things to send", nil, Message{Template: Text{Text: "a"}, TemplateID: 1}, &FieldError{"template_id", Conflict, 0}},
		{"arguments of a default template", nil, Message{Template: Text{Text: "a"}, TemplateArgs: map[string]string{"a": "b"}}, &FieldError{"template_args", Conflict, 0}},
		{"negative id", nil, Message{TemplateID: -1}, &FieldError{"template_id", BadValue, 0}},
		{"broken argument", nil, Message{TemplateID: 1, TemplateArgs: map[string]string{"a": "\xff"}}, &FieldError{"template_args", InvalidUTF8, 0}},
		{"huge argument", nil, Message{TemplateID: 1, TemplateArgs: map[string]string{"a": strings.Repeat("a", maxFormValue)}}, &FieldError{"template_args", TooLong, maxFormValue}},
		{"huge template", nil, Message{Template: hugeList}, &FieldError{"template", TooLong, maxFormValue}},
		{"invalid template", nil, Message{Template: Text{}}, &FieldError{"text", Required, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			if tt.uuids == nil {
				err = client.SendToMe(t.Context(), testToken, tt.m)
			} else {
				_, err = client.SendToFriends(t.Context(), testToken, tt.uuids, tt.m)
			}
			if diff := cmp.Diff(error(tt.want), err); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// hugeList keeps every limit of its fields.
var hugeList = func() List {
	address := "https://a.example/" + strings.Repeat("가", 1900)
	c := Content{Title: strings.Repeat("가", 1000), ImageURL: address, Link: Link{WebURL: address, MobileWebURL: address, IOSParams: address}}
	return List{HeaderTitle: "a", Contents: []Content{c, c, c}}
}()

func FuzzDelivery(f *testing.F) {
	f.Add(`{"successful_receiver_uuids":["a"],"failure_info":[{"code":-532,"msg":"m","receiver_uuids":["b"]}]}`, "a", "b")
	f.Add(`{"failure_info":[null,{"code":1e99}]}`, "a", "")
	f.Fuzz(func(t *testing.T, body, first, second string) {
		var answer deliveryAnswer
		if decodeObject([]byte(body), &answer) != nil || first == second {
			return
		}
		d := answer.delivery([]string{first, second})
		named := slices.Clone(d.Delivered)
		for _, failure := range d.Failed {
			named = append(named, failure.UUID)
		}
		slices.Sort(named)
		want := []string{first, second}
		slices.Sort(want)
		if !slices.Equal(named, want) {
			t.Errorf("asked %q, named %q", want, named)
		}
	})
}
