package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox/template"
)

const maxReceivers = 5

// Delivery is a message that arrived in a chat room.
type Delivery struct {
	From         int64             `json:"from"`
	To           int64             `json:"to"` // equal to From: to oneself
	At           time.Time         `json:"at"`
	Template     map[string]any    `json:"template,omitempty"` // as sent; nil when TemplateID is set
	TemplateID   int64             `json:"template_id,omitempty"`
	TemplateArgs map[string]string `json:"template_args,omitempty"`
	Text         string            `json:"text"` // as shown: text, title or header of the template
	Buttons      []template.Button `json:"buttons"`
	Truncated    bool              `json:"truncated"` // lenient mode cut the text
}

func (s *Sandbox) sendMemo(c *call) *answer {
	d, bad := s.readMessage(c)
	if bad != nil {
		return bad
	}
	if !s.people[c.person].TalkUser {
		return notTalkUser()
	}
	s.deliver(d, c.person)
	return success(map[string]any{"result_code": 0})
}

// failure is an entry of failure_info.
type failure struct {
	Code      int      `json:"code"`
	Msg       string   `json:"msg"`
	Receivers []string `json:"receiver_uuids"`
}

func (s *Sandbox) sendToFriends(c *call) *answer {
	uuids, bad := s.readReceivers(c)
	if bad != nil {
		return bad
	}
	d, bad := s.readMessage(c)
	if bad != nil {
		return bad
	}
	if !s.app.Permission && !s.members[c.person] {
		return apiError(http.StatusForbidden, -5, "permission denied")
	}
	if !s.people[c.person].TalkUser {
		return notTalkUser()
	}
	if s.quota.AppOver() {
		return apiError(http.StatusBadRequest, -10, quotaText)
	}
	delivered := []string{}
	var failures []failure
	for _, uuid := range uuids {
		to := s.byUUID[uuid]
		code, msg := s.refuses(c.person, to)
		if code == 0 {
			s.quota.CountMessage(c.person, to)
			s.deliver(d, to)
			delivered = append(delivered, uuid)
			continue
		}
		i := slices.IndexFunc(failures, func(f failure) bool { return f.Code == code })
		if i < 0 {
			i = len(failures)
			failures = append(failures, failure{Code: code, Msg: msg})
		}
		failures[i].Receivers = append(failures[i].Receivers, uuid)
	}
	if len(uuids) == 1 && len(failures) == 1 {
		return apiError(http.StatusBadRequest, failures[0].Code, failures[0].Msg)
	}
	body := map[string]any{"successful_receiver_uuids": delivered}
	if len(failures) > 0 {
		body[s.variants.failureField()] = failures
	}
	return success(body)
}

// refuses returns why a message to this receiver fails, 0 if it does not.
func (s *Sandbox) refuses(from, to int64) (int, string) {
	p := s.people[to]
	switch {
	case !p.TalkUser:
		return -501, noTalkText
	case !s.reachable(from, to):
		return -502, "the receiver is not a friend of the sender."
	case p.PrivateProfile || p.MessagesOff || s.friendships[to][from].Blocked || !s.links[to].agreed["talk_message"]:
		return -530, "the receiver's profile is not public."
	}
	return s.quota.Over(from, to)
}

const receiverConstraint = "Constraints on the parameter [receiver_uuids] are unsatisfied. "

func (s *Sandbox) readReceivers(c *call) ([]string, *answer) {
	refuse := func(msg string) ([]string, *answer) { return nil, badParameter(msg) }
	uuids, ok := stringList(c.params.Get("receiver_uuids"))
	if !ok {
		return refuse("failed to parse parameter. name=receiver_uuids, stringToParse=-, paramString=-, paramStringAlias=null")
	}
	if len(uuids) == 0 || len(uuids) > maxReceivers {
		return refuse(receiverConstraint + "size must be between 1 and 5.")
	}
	for i, uuid := range uuids {
		to, known := s.byUUID[uuid]
		switch {
		case !known: // also every uuid of another app
			return refuse(receiverConstraint + "The input receiver id(s) is invalid format.")
		case to == c.person:
			return refuse("Cannot contain a receiver who is identical to the sender")
		case slices.Contains(uuids[:i], uuid):
			return refuse(receiverConstraint + "The input receiver id(s) must be unique.")
		}
	}
	return uuids, nil
}

// readMessage reads either kind of message: a whole template, or the ID of one made in the console.
func (s *Sandbox) readMessage(c *call) (Delivery, *answer) {
	d := Delivery{From: c.person, Buttons: []template.Button{}}
	refuse := func(msg string) (Delivery, *answer) { return d, badParameter(msg) }
	if !c.params.Has("template_id") {
		text := c.params.Get("template_object")
		if json.Unmarshal([]byte(text), &d.Template) != nil || d.Template == nil {
			return refuse("failed to parse parameter. name=template_object, stringToParse=-, paramString=-, paramStringAlias=null")
		}
		if msg := template.Check(d.Template); msg != "" {
			return refuse("Constraints on the parameter [template_object] are unsatisfied. " + msg)
		}
		d.Text = template.Text(d.Template, s.say)
		if cut, long := template.Cut(d.Text); long && d.Template["object_type"] == "text" {
			if s.strict {
				return refuse("Constraints on the parameter [template_object] are unsatisfied. text is too long.")
			}
			d.Text, d.Truncated = cut, true
		}
		d.Buttons = template.Buttons(d.Template, s.registered)
		return d, nil
	}
	id, err := strconv.ParseInt(c.params.Get("template_id"), 10, 64)
	if err != nil || id <= 0 {
		return refuse("failed to parse parameter. name=template_id")
	}
	if slices.Contains(s.app.ShareTemplates, id) {
		return refuse("template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType.")
	}
	d.TemplateID = id
	if args := c.params.Get("template_args"); args != "" {
		if json.Unmarshal([]byte(args), &d.TemplateArgs) != nil {
			return refuse("failed to parse parameter. name=template_args")
		}
	}
	return d, nil
}

func (s *Sandbox) deliver(d Delivery, to int64) {
	d.To, d.At = to, s.now()
	s.deliveries = appendBounded(s.deliveries, d, maxDeliveries)
	s.changed()
}

// UseUpQuota lets the person have sent the day's last friend message (-532 until the
// day turns over). Messages to oneself are not counted.
func (s *Sandbox) UseUpQuota(person int64) {
	s.change(func() { s.quota.UseUp(person) })
}

// ResetQuota sets all counters of the day to zero, as [도구] > [초기화 도구] does.
func (s *Sandbox) ResetQuota() {
	s.change(s.quota.Reset)
}
