package messenger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
)

// maxVariables is how many characters of a template's variables' names are repeated.
const maxVariables = 100

// result turns what happened into what is told.
func (s *sending) result(ctx context.Context, err error) SendResult {
	m := s.m
	out := m.emptyResult()
	if err != nil {
		out = m.refused(m.Refusal(err))
	} else {
		out.Delivery, out.Parts, out.LinkMayBeDead = s.plan.Delivery, len(s.plan.Bubbles), s.plan.DeadLink || s.plan.DeadPhoto
		s.tell(&out)
		out.told = out.Summary
	}
	if s.uploaded {
		out.Summary += " " + m.uploadedNote()
		out.told += " " + m.uploadedNote()
	}
	account := s.account
	if account == "" && m.cfg.Session != nil {
		account = m.cfg.Session.Account()
	}
	m.addUsage(ctx, account, s.receivers, &out)
	if lost := m.LostJournal(m.journal); lost != "" {
		out.Summary += " " + lost
	}
	m.cfg.Log.Info("message", "status", out.Status, "reason", out.Reason, "delivery", out.Delivery, "parts", out.Parts, "receivers", len(s.fates))
	return out
}

// LostJournal tells once that j, of this home, was lost and begun anew; "" if it was not.
func (m *Messenger) LostJournal(j *journal.Journal) string {
	if !j.Lost() {
		return ""
	}
	m.cfg.Log.Warn("the journal was lost and begun anew")
	return m.say("전송 기록이 없어져서 새로 시작했어요. 그 전에 보낸 메시지는 카카오톡에서 확인해 주세요.", "The record of sent messages was lost and begun anew. Check in KakaoTalk what was sent before.")
}

func (m *Messenger) emptyResult() SendResult {
	return SendResult{Delivered: []Receiver{}, Failed: []Failed{}, Rooms: m.Rooms(), ending: m.RoomsLine()}
}

// refused is the result of a call that sent nothing.
func (m *Messenger) refused(r *Refusal) SendResult {
	out := m.emptyResult()
	what := r.What
	if r.silent {
		what += " " + m.say("메시지를 보내지 않았어요.", "The message was not sent.")
	}
	out.Status, out.Summary, out.told = StatusNotSent, m.Marked(what), what
	out.Reason, out.NextStep, out.Retry = r.Reason, r.Next, r.Retry
	out.LoginURL, out.Candidates = r.URL, r.Candidates
	out.ending = m.LastLines(r.URL)
	return out
}

// LastLines end a text for people: where to log in, and in the sandbox where to look.
func (m *Messenger) LastLines(login string) string {
	if login == "" {
		return m.RoomsLine()
	}
	return strings.TrimSpace(m.cfg.Lang.Sayf("로그인 주소: %s", "Login page: %s", login) + "\n" + m.RoomsLine())
}

// tell sorts the receivers by what became of them and words it.
func (s *sending) tell(out *SendResult) {
	m := s.m
	var unknown []Receiver
	var partly, repeats int
	var last time.Time
	for i, f := range s.fates {
		r := s.receivers[i]
		if r.UUID == journal.Me {
			r.UUID = ""
		}
		if f.got() > 0 {
			partly++
		}
		switch {
		case f.unknown:
			unknown = append(unknown, r)
			out.Failed = append(out.Failed, Failed{Name: r.Name, UUID: r.UUID, Reason: s.soFar(f, m.say("전달됐는지 알 수 없어요.", "It is not known whether it was delivered."))})
		case f.failed != nil:
			fail := *f.failed
			fail.UUID, fail.Reason, fail.partly, fail.called = r.UUID, s.soFar(f, fail.Reason), f.got() > 0, r.Called(m.cfg.Lang)
			out.Failed = append(out.Failed, fail)
		default:
			out.Delivered = append(out.Delivered, r)
			if f.fresh == 0 {
				repeats++
				last = f.at
			}
		}
	}
	out.Failed = append(out.Failed, s.unreached...)
	s.advise(out)
	switch {
	case len(unknown) > 0:
		out.Status = StatusUnknown
		s.tellUnknown(out, unknown)
	case len(out.Failed) > 0:
		out.Status = StatusNotSent
		if partly > 0 {
			out.Status = StatusPartlySent
		}
		if len(out.Delivered) > 0 {
			out.Summary = s.gotIt(out.Delivered) + " "
		}
		out.Summary += s.failures(out.Failed, len(out.Delivered) > 0)
	case repeats == len(s.fates):
		out.Status = StatusAlreadySent
		out.Summary = fmt.Sprintf(m.say("이미 %[2]s에 %[1]s 보낸 메시지예요. 다시 보내지 않았어요.", "This message was already sent to %s at %s, so it was not sent again."), s.whom(out.Delivered), last.Local().Format("15:04:05"))
	default:
		out.Status = StatusSent
		out.Summary = s.sent(out.Delivered)
	}
	switch {
	case s.plan.DeadLink:
		out.Summary += " " + withMenus(m.cfg.Lang, m.say("링크 도메인이 {domain}에 등록되어 있지 않으면 버튼을 눌러도 링크가 열리지 않아요.", "If the link's domain is not registered under {domain}, the button does not open the link."))
	case s.plan.LinkInText:
		out.Summary += " " + withMenus(m.cfg.Lang, m.say("링크 도메인이 {domain}에 등록되어 있지 않아 버튼 대신 메시지에 주소를 넣었어요.", "The link's domain is not registered under {domain}, so the address was added to the message instead of a button."))
	}
	switch {
	case s.plan.DeadPhoto && s.picture != nil: // Kakao's own domain: nothing to register
		out.Summary += " " + m.say("사진 아래의 [자세히 보기]는 눌러도 열리지 않을 수 있어요.", "The button [자세히 보기] below the picture may not open it.")
	case s.plan.DeadPhoto:
		out.Summary += " " + withMenus(m.cfg.Lang, m.say("이미지 도메인이 {domain}에 등록되어 있지 않으면 이미지 아래의 [자세히 보기]를 눌러도 열리지 않아요.", "If the image's domain is not registered under {domain}, the button [자세히 보기] below it does not work."))
	}
	out.Summary = m.Marked(out.Summary)
}

// soFar puts before a sentence how much of a longer message has arrived.
func (s *sending) soFar(f fate, sentence string) string {
	if n := f.got(); n > 0 {
		return fmt.Sprintf(s.m.say("%[2]d개 중 %[1]d개까지 전달됐어요.", "%d of %d parts were delivered."), n, len(f.have)) + " " + sentence
	}
	return sentence
}

// advise says what to do about the receivers who did not get the message. With
// several reasons, something the user can do comes first.
func (s *sending) advise(out *SendResult) {
	helps := []problem.Retry{problem.No, problem.Yes, problem.Later, problem.AfterUser}
	var steps []string
	for _, f := range out.Failed {
		if f.code == "" {
			continue
		}
		if out.Reason == "" || slices.Index(helps, f.retry) > slices.Index(helps, out.Retry) {
			out.Reason, out.Retry = f.code, f.retry
		}
		if f.next != "" && !slices.Contains(steps, f.next) {
			steps = append(steps, f.next)
		}
	}
	out.NextStep = s.m.thenAgain(strings.Join(steps, " "), out.Retry)
	if s.stopped != nil {
		out.LoginURL, out.ending = s.stopped.URL, s.m.LastLines(s.stopped.URL)
	}
}

func (s *sending) tellUnknown(out *SendResult, unknown []Receiver) {
	m := s.m
	out.Reason, out.Retry = "unknown_outcome", problem.No
	out.Summary = fmt.Sprintf(m.say("카카오의 응답이 오지 않아 %s 전송됐는지 알 수 없어요. 같은 메시지를 다시 보내지는 않았어요.", "Kakao's response did not arrive, so it is not known whether the message reached %s. It was not sent again."), s.whom(unknown))
	if len(out.Delivered) > 0 {
		out.Summary += " " + s.gotIt(out.Delivered)
	}
	others := slices.DeleteFunc(slices.Clone(out.Failed), func(f Failed) bool { return f.code == "" })
	if len(others) > 0 {
		out.Summary += " " + s.failures(others, len(out.Delivered) > 0)
	}
	out.NextStep = m.say("사용자에게 카카오톡 대화방을 확인해 달라고 하세요. 확인하기 전에는 다시 보내지 마세요.", "Ask the user to check the chat in KakaoTalk. Do not send it again before that.")
	if s.m.cfg.Typed {
		out.NextStep = m.say("카카오톡 대화방을 확인해 주세요. 도착하지 않았다면 같은 명령에 --resend를 붙여 다시 보낼 수 있어요.", "Check the chat in KakaoTalk. If the message is not there, send it again with --resend.")
	}
}

// whom are the people of a sentence that somebody sends to.
func (s *sending) whom(people []Receiver) string {
	if s.r.ToMe {
		return s.m.say("나와의 채팅으로", "your own chat")
	}
	return nameList(s.m.cfg.Lang, people) + s.m.say("에게", "")
}

func (s *sending) gotIt(people []Receiver) string {
	if s.r.ToMe {
		return ""
	}
	return fmt.Sprintf(s.m.say("%s에게 전달됐어요.", "Delivered to %s."), nameList(s.m.cfg.Lang, people))
}

func (s *sending) sent(people []Receiver) string {
	m := s.m
	text := fmt.Sprintf(m.say("%s에게 보냈어요.", "Sent to %s."), nameList(m.cfg.Lang, people))
	if s.r.ToMe {
		text = m.say("나와의 채팅으로 보냈어요. 알림은 오지 않아요.", "Sent to your own chat. You won't get a notification.")
	}
	if s.r.ToMe && m.cfg.Louder != nil && m.cfg.Louder() {
		text += " " + m.say("알림이 필요하면 remind_me를 사용하세요.", "For something that should be noticed use remind_me.")
	}
	switch { // some clients drop variables that the schema does not name
	case len(s.r.TemplateArgs) > 0:
		names := strings.Join(slices.Sorted(maps.Keys(s.r.TemplateArgs)), ", ")
		text += " " + m.cfg.Lang.Sayf("넣은 템플릿 변수: %s.", "Template variables given: %s.", bubble.Clean(names, maxVariables))
	case s.r.TemplateID != 0:
		text += " " + m.say("템플릿 변수 없이 보냈어요.", "The template was sent without variables.")
	}
	switch {
	case s.plan.Delivery == compose.DeliveryParts:
		text += " " + fmt.Sprintf(m.say("메시지가 길어서 %d개로 나눠 보냈어요.", "The message was long, so it was sent in %d parts."), len(s.plan.Bubbles))
	case s.plan.Travels != "":
		text += " " + s.plan.Travels
	}
	if s.plan.Tunnel != "" {
		text += " " + s.plan.Tunnel
	}
	if s.plan.Unproven {
		text += " " + m.maker.UnprovenHint()
	}
	return text
}

// failures words who did not get it; others did, if contrast is set.
func (s *sending) failures(failed []Failed, contrast bool) string {
	m := s.m
	var list []string
	for _, f := range failed {
		text, to := m.say("%s 보내지 못했어요. %s", "Could not send to %s: %s"), f.called+m.say("에게", "")
		if f.partly {
			text = m.say("%s 일부만 보냈어요. %s", "Only part of the message reached %s: %s")
		}
		switch {
		case s.r.ToMe:
			to = m.say("나와의 채팅으로", "your own chat")
		case contrast:
			to += m.say("는", "")
		}
		list = append(list, fmt.Sprintf(text, to, f.Reason))
	}
	return strings.Join(list, " ")
}

// Marked marks everything the sandbox says, so that nobody takes it for real.
func (m *Messenger) Marked(text string) string {
	if m.cfg.Rooms == "" {
		return text
	}
	return strings.TrimSpace(m.say("[연습] ", "[Practice] ") + text)
}

// Rooms is the address of the sandbox's chat rooms, "" outside it, and for a typed
// command: its sandbox is gone when the person reads it.
func (m *Messenger) Rooms() string {
	if m.cfg.Typed {
		return ""
	}
	return m.cfg.Rooms
}

// RoomsLine tells where the sandbox's messages can be looked at, "" outside it.
func (m *Messenger) RoomsLine() string {
	rooms := m.Rooms()
	if rooms == "" {
		return ""
	}
	return fmt.Sprintf(m.say("대화방 보기: %s", "Chat rooms: %s"), rooms)
}

func nameList(l wording.Lang, people []Receiver) string {
	var names []string
	for _, p := range people {
		names = append(names, p.Called(l))
	}
	return strings.Join(names, ", ")
}

// IsError reports whether the tool call counts as failed.
func (r SendResult) IsError() bool { return r.Status != StatusSent && r.Status != StatusAlreadySent }

// Text is the short human form of a result.
func (r SendResult) Text() string {
	lines := []string{strings.TrimSpace(r.Summary + " " + r.NextStep)}
	for _, c := range r.Candidates {
		lines = append(lines, c.row())
	}
	if r.ending != "" {
		lines = append(lines, r.ending)
	}
	return strings.Join(lines, "\n")
}
