package ledgertest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// call of message m1m to oneself, told status at a minute after noon.
func call(minute int, status string, change ...func(*Call)) Call {
	c := Call{Message: Marker(1), To: []string{""}, Parts: 1, Window: 2 * time.Minute,
		Began: noon.Add(time.Duration(minute) * time.Minute), Ended: noon.Add(time.Duration(minute)*time.Minute + time.Second)}
	list := `"failed":[{"reason":"x"}]`
	switch status {
	case "":
	case "sent", "already_sent":
		list = `"delivered":[{"name":"me"}]`
		fallthrough
	default:
		c.Answer = fmt.Appendf(nil, `{"status":%q,%s}`, status, list)
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func resend(c *Call) { c.Resend = true }
func ahead(d time.Duration) func(*Call) {
	return func(c *Call) { c.Ahead = [2]time.Duration{d, d} }
}

func trouble(c *Call) { c.Trouble = "cut" }

// stopped is a message of five parts that stopped after some.
func stopped(status string, after int) func(*Call) {
	return func(c *Call) {
		c.Parts = 5
		c.Answer = fmt.Appendf(nil, `{"status":%q,"failed":[{"reason":"5개 중 %d개까지 전달됐어요. x"}]}`, status, after)
	}
}

// together gives the calls to a and b; got did.
func together(got string) func(*Call) {
	return func(c *Call) {
		c.To = []string{"a", "b"}
		c.Answer = fmt.Appendf(nil, `{"status":"partly_sent","delivered":[{"uuid":%q}],"failed":[{"uuid":"b","reason":"x"}]}`, got)
	}
}

func TestRules(t *testing.T) {
	const text = "hello m1m"
	part := func(n int) string { return fmt.Sprintf("(%d/5)\n%s", n, text) }
	for name, c := range map[string]struct {
		calls   []Call
		arrived []string // "uuid|text"
		wrong   string
	}{
		"sent":                               {[]Call{call(0, "sent")}, []string{"|" + text}, ""},
		"sent and not there":                 {[]Call{call(0, "sent")}, nil, "0 arrived, 1 to 1"},
		"sent and there twice":               {[]Call{call(0, "sent")}, []string{"|" + text, "|" + text}, "2 arrived, 1 to 1"},
		"repeat":                             {[]Call{call(0, "sent"), call(1, "already_sent")}, []string{"|" + text}, ""},
		"repeat that claims a second":        {[]Call{call(0, "sent"), call(1, "sent")}, []string{"|" + text}, "1 arrived, 2 to 1"},
		"repeat sent again":                  {[]Call{call(0, "sent"), call(1, "sent")}, []string{"|" + text, "|" + text}, "2 arrived, 2 to 1"},
		"after the window":                   {[]Call{call(0, "sent"), call(3, "sent")}, []string{"|" + text, "|" + text}, ""},
		"resend":                             {[]Call{call(0, "sent"), call(1, "sent", resend)}, []string{"|" + text, "|" + text}, ""},
		"resend that did not arrive":         {[]Call{call(0, "sent"), call(1, "sent", resend)}, []string{"|" + text}, "1 arrived, 2 to 2"},
		"not sent":                           {[]Call{call(0, "not_sent")}, nil, ""},
		"not sent, yet there":                {[]Call{call(0, "not_sent")}, []string{"|" + text}, "1 arrived, 0 to 0"},
		"no answer, there":                   {[]Call{call(0, "")}, []string{"|" + text}, ""},
		"no answer, not there":               {[]Call{call(0, "")}, nil, ""},
		"no answer, there twice":             {[]Call{call(0, "")}, []string{"|" + text, "|" + text}, "2 arrived, 0 to 1"},
		"unknown":                            {[]Call{call(0, "unknown", trouble)}, []string{"|" + text}, ""},
		"unknown after no answer":            {[]Call{call(0, ""), call(1, "unknown")}, []string{"|" + text}, ""},
		"unknown for no reason":              {[]Call{call(0, "unknown")}, nil, "nothing had gone wrong"},
		"unknown after a delivery":           {[]Call{call(0, "sent"), call(1, "unknown")}, []string{"|" + text}, "nothing had gone wrong"},
		"two of five":                        {[]Call{call(0, "", stopped("partly_sent", 2))}, []string{"|" + part(1), "|" + part(2)}, ""},
		"two of five, third there":           {[]Call{call(0, "", stopped("partly_sent", 2))}, []string{"|" + part(1), "|" + part(2), "|" + part(3)}, "part 3 of 5: 1 arrived, 0 to 0"},
		"two of five, second missing":        {[]Call{call(0, "", stopped("partly_sent", 2))}, []string{"|" + part(1)}, "part 2 of 5: 0 arrived, 1 to 1"},
		"third of five unknown":              {[]Call{call(0, "", stopped("unknown", 2), trouble)}, []string{"|" + part(1), "|" + part(2), "|" + part(3)}, ""},
		"third unknown, fourth there":        {[]Call{call(0, "", stopped("unknown", 2), trouble)}, []string{"|" + part(1), "|" + part(2), "|" + part(4)}, "part 4 of 5: 1 arrived, 0 to 0"},
		"one of two friends":                 {[]Call{call(0, "", together("a"))}, []string{"a|" + text}, ""},
		"the wrong one of two friends":       {[]Call{call(0, "", together("a"))}, []string{"b|" + text}, `"b", part 1 of 1: 1 arrived, 0 to 0`},
		"somebody else got it":               {[]Call{call(0, "sent")}, []string{"|" + text, "c|" + text}, "nobody asked for that"},
		"a message nobody sent":              {nil, []string{"|" + text}, "nobody asked for that"},
		"a message without a marker":         {nil, []string{"|hello"}, "without a marker"},
		"an answer that cannot be read":      {[]Call{call(0, "", func(c *Call) { c.Answer = []byte("{}") })}, nil, "unreadable answer"},
		"the clock was set back between":     {[]Call{call(0, "sent"), call(9, "already_sent", ahead(-9*time.Minute))}, []string{"|" + text}, ""},
		"the clock was set back, sent again": {[]Call{call(0, "sent"), call(1, "sent", ahead(-9*time.Minute))}, []string{"|" + text, "|" + text}, "2 arrived, 2 to 1"},
		"set back, yet after the window":     {[]Call{call(0, "sent"), call(3, "sent", ahead(-9*time.Minute))}, []string{"|" + text, "|" + text}, ""},
		"set back during the first call":     {[]Call{call(0, "sent", func(c *Call) { c.Ahead[1] = -2 * time.Minute }), call(1, "sent")}, []string{"|" + text, "|" + text}, ""},
		"the clock was ahead":                {[]Call{call(0, "sent"), call(1, "sent", ahead(9*time.Minute))}, []string{"|" + text, "|" + text}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var l Ledger
			for _, c := range c.calls {
				l.Add(c)
			}
			for _, a := range c.arrived {
				to, text, _ := strings.Cut(a, "|")
				l.Arrived(to, text)
			}
			got := l.Check()
			if all := strings.Join(got.Wrong, "\n"); (all == "") != (c.wrong == "") || !strings.Contains(all, c.wrong) {
				t.Errorf("got %q, want %q", all, c.wrong)
			}
			if got.Calls != len(c.calls) || got.Arrived != len(c.arrived) && c.wrong == "" {
				t.Errorf("counted %+v", got)
			}
		})
	}
}

func TestOpenFates(t *testing.T) {
	var l Ledger
	l.Add(call(0, ""))
	other := call(0, "unknown", trouble)
	other.Message = Marker(2)
	l.Add(other)
	l.Arrived("", "m2m")
	r := l.Check()
	if r.OpenArrived != 1 || r.OpenMissing != 1 || r.Unanswered != 1 || r.Status["unknown"] != 1 || len(r.Wrong) > 0 {
		t.Errorf("got %+v", r)
	}
}
