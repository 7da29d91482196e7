package kakao

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"
)

const (
	// maxReceivers is Kakao's limit of one call. Kakao docs: KakaoTalk message > Send to friends.
	maxReceivers = 5
	// maxUUIDLen is far above the length of Kakao's uuids.
	maxUUIDLen = 256
	// maxFormValue bounds a JSON form field in bytes. Kakao names no limit; this
	// is far above what a bubble can show.
	maxFormValue = 64 << 10
)

// Message is what to send: a default template, or a message template made in
// Kakao's console with its arguments.
type Message struct {
	Template     Template // exactly one of Template and TemplateID is set
	TemplateID   int64
	TemplateArgs map[string]string // only with TemplateID
}

// Delivery tells who got a message. Every uuid asked for is in exactly one of
// both lists, in the order asked.
type Delivery struct {
	Delivered []string
	Failed    []Failure
}

// Failure is a receiver who did not get the message.
type Failure struct {
	UUID string
	Code int    // Kakao's code; 0: the answer named this receiver neither as delivered nor as failed
	Msg  string // Kakao's text for developers, not for display
}

// SendToMe sends m to the token's own user. Errors: *FieldError for a message
// Kakao would refuse, *Error for Kakao's refusal; [NotSent] judges all others.
// Kakao docs: KakaoTalk message > Send to me.
func (c *Client) SendToMe(ctx context.Context, token string, m Message) error {
	form, kind, err := m.form()
	if err != nil {
		return err
	}
	const op = "sending to me"
	var answer struct {
		ResultCode *int `json:"result_code"`
	}
	if err := c.post(ctx, op, token, "/v2/api/talk/memo"+kind, form, &answer); err != nil {
		return err
	}
	if answer.ResultCode == nil {
		return &requestError{op: op, sent: true, err: errUnreadable}
	}
	if *answer.ResultCode != 0 {
		return &Error{Code: *answer.ResultCode, Status: 200}
	}
	return nil
}

// SendToFriends sends m to 1 to 5 different uuids in one request. A nil error
// does not mean success: look at the Delivery. Kakao answers a single failed
// receiver with an error; such a code comes back as Failed too. Errors are as
// for SendToMe. Kakao docs: KakaoTalk message > Send to friends.
func (c *Client) SendToFriends(ctx context.Context, token string, uuids []string, m Message) (Delivery, error) {
	if err := checkReceivers(uuids); err != nil {
		return Delivery{}, err
	}
	form, kind, err := m.form()
	if err != nil {
		return Delivery{}, err
	}
	receivers, err := formValue("receiver_uuids", uuids)
	if err != nil {
		return Delivery{}, err
	}
	form.Set("receiver_uuids", receivers)

	var answer deliveryAnswer
	err = c.post(ctx, "sending to friends", token, "/v1/api/talk/friends/message"+kind, form, &answer)
	if refusal, ok := err.(*Error); ok && len(uuids) == 1 && NotSent(err) && receiverLevel(refusal.Code) {
		return Delivery{Failed: []Failure{{UUID: uuids[0], Code: refusal.Code, Msg: refusal.Msg}}}, nil
	}
	if err != nil {
		return Delivery{}, err
	}
	return answer.delivery(uuids), nil
}

// deliveryAnswer takes both names of the list: Kakao's Android reference says
// failure_infos, its other SDKs and the REST documentation failure_info.
type deliveryAnswer struct {
	Successful   []string      `json:"successful_receiver_uuids"`
	FailureInfo  []failedGroup `json:"failure_info"`
	FailureInfos []failedGroup `json:"failure_infos"`
}

// failedGroup are the receivers who failed for one reason.
type failedGroup struct {
	Code      tolerant[int]    `json:"code"`
	Msg       tolerant[string] `json:"msg"`
	Receivers []string         `json:"receiver_uuids"`
}

// delivery sorts the asked uuids by what the answer says of them. What it says
// of others is ignored.
func (a deliveryAnswer) delivery(asked []string) Delivery {
	var d Delivery
	failures := slices.Concat(a.FailureInfo, a.FailureInfos)
	for _, uuid := range asked {
		if slices.Contains(a.Successful, uuid) {
			d.Delivered = append(d.Delivered, uuid)
			continue
		}
		failure := Failure{UUID: uuid}
		for _, f := range failures {
			if slices.Contains(f.Receivers, uuid) {
				failure.Code, failure.Msg = f.Code.V, f.Msg.V
				break
			}
		}
		d.Failed = append(d.Failed, failure)
	}
	return d
}

func checkReceivers(uuids []string) error {
	const path = "receiver_uuids"
	var c check
	c.count(path, len(uuids), 1, maxReceivers)
	for i, uuid := range uuids {
		at := index(path, i)
		c.text(at, uuid, maxUUIDLen, true)
		if slices.Contains(uuids[:i], uuid) {
			c.fail(at, Duplicate, 0)
		}
	}
	return c.result()
}

// form returns the form fields of m and the end of the path that takes them.
func (m Message) form() (form url.Values, kind string, err error) {
	if err := m.validate(); err != nil {
		return nil, "", err
	}
	if m.Template != nil {
		object, err := formValue("template", m.Template)
		if err != nil {
			return nil, "", err
		}
		return url.Values{"template_object": {object}}, "/default/send", nil
	}
	form = url.Values{"template_id": {strconv.FormatInt(m.TemplateID, 10)}}
	if len(m.TemplateArgs) > 0 {
		args, err := formValue("template_args", m.TemplateArgs)
		if err != nil {
			return nil, "", err
		}
		form.Set("template_args", args)
	}
	return form, "/send", nil
}

// formValue returns v as the JSON text of a form field.
func formValue(path string, v any) (string, error) {
	text, err := marshal(v)
	if err != nil {
		return "", &FieldError{Path: path, Rule: BadValue}
	}
	if len(text) > maxFormValue {
		return "", &FieldError{Path: path, Rule: TooLong, Limit: maxFormValue}
	}
	return string(text), nil
}

func (m Message) validate() error {
	var c check
	switch {
	case m.Template != nil && m.TemplateID != 0:
		c.fail("template_id", Conflict, 0)
	case m.Template != nil && len(m.TemplateArgs) > 0:
		c.fail("template_args", Conflict, 0)
	case m.Template != nil:
		return m.Template.Validate()
	case m.TemplateID == 0:
		c.fail("template", Required, 0)
	case m.TemplateID < 0:
		c.fail("template_id", BadValue, 0)
	}
	for name, value := range m.TemplateArgs {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			c.fail("template_args", InvalidUTF8, 0)
		}
	}
	return c.result()
}

// marshal is json.Marshal without HTML escaping, which would make "&" in a
// link six characters long.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
