package messenger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/aliases"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/hangul"
	"kakaotalk-mcp/tools/kakao"
)

// TestHonorificsAreOneName: the word, the word without 님 or 씨 and an alias under
// either form are one set; an alias beats profile names, two people are unclear.
func TestHonorificsAreOneName(t *testing.T) {
	for _, c := range []struct {
		name    string
		friends string // "nickname uuid", comma-separated
		aliases map[string]string
		word    string
		to      string // uuid; "": nobody
		reason  string
	}{
		{"with honorific", "홍길동 A", nil, "홍길동님", "A", ""},
		{"blank before it", "홍길동 A", nil, "홍길동 씨", "A", ""},
		{"several", "홍길동 A", nil, "홍길동님 씨", "A", ""},
		{"a name that ends so", "햇님 A", nil, "햇님", "A", ""},
		{"a stranger with the honorific", "홍길동 A, 홍길동님 B", nil, "홍길동님", "", "ambiguous_name"},
		{"a stranger with a blank and the honorific", "홍길동 A, 홍길동 님 B", nil, "홍길동님", "", "ambiguous_name"},
		{"the plain word", "홍길동 A, 홍길동님 B", nil, "홍길동", "A", ""},
		{"alias against a stranger with the honorific", "홍길동 A, 부장님 B", map[string]string{"부장": "A"}, "부장님", "A", ""},
		{"alias against a stranger of its name", "홍길동 A, 부장 B", map[string]string{"부장": "A"}, "부장", "A", ""},
		{"alias with honorific", "홍길동 A, 팀장 B", map[string]string{"팀장님": "A"}, "팀장", "A", ""},
		{"two aliases, one word", "홍길동 A, 정서연 B", map[string]string{"팀장": "A", "팀장님": "B"}, "팀장", "", "ambiguous_name"},
		{"two aliases, the other word", "홍길동 A, 정서연 B", map[string]string{"팀장": "A", "팀장 님": "B"}, "팀장님", "", "ambiguous_name"},
		{"oneself with honorific", "나님 A", nil, "나님", "", "own_chat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newOffline(t)
			for f := range strings.SplitSeq(c.friends, ", ") {
				at := strings.LastIndexByte(f, ' ')
				w.friends = append(w.friends, kakao.Friend{Nickname: f[:at], UUID: f[at+1:]})
			}
			if err := w.m.aliases.Change(func(d *aliases.Data) { d.Aliases = c.aliases }); err != nil {
				t.Fatal(err)
			}
			out := w.send(c.word, "안녕")
			if out.Reason != c.reason || strings.Join(w.sent, " ") != c.to {
				t.Errorf("%q went to %q (reason %q, want %q): %s", c.word, w.sent, out.Reason, c.reason, out.Summary)
			}
		})
	}
}

// TestNamesAreSaidAsTheyAre: a friend's own name gets 님, once; the user's word for
// a friend stays as it is.
func TestNamesAreSaidAsTheyAre(t *testing.T) {
	for _, c := range []struct{ alias, nickname, word, ko, en string }{
		{"", "홍길동", "홍길동", "홍길동님에게 보냈어요.", "Sent to 홍길동."},
		{"", "햇님", "햇님", "햇님에게 보냈어요.", "Sent to 햇님."},
		{"엄마", "홍길동", "엄마", "엄마에게 보냈어요.", "Sent to 엄마."},
		{"엄마", "홍길동", "홍길동", "엄마에게 보냈어요.", "Sent to 엄마."},
		{"팀장님", "홍길동", "팀장", "팀장님에게 보냈어요.", "Sent to 팀장님."},
		{"", "", "A1234567890123", "(이름 없음)에게 보냈어요.", "Sent to (no name)."},
	} {
		w := newOffline(t)
		w.friends = []kakao.Friend{{Nickname: c.nickname, UUID: "A1234567890123"}}
		if c.alias != "" {
			if err := w.m.aliases.Change(func(d *aliases.Data) { d.Aliases[c.alias] = "A1234567890123" }); err != nil {
				t.Fatal(err)
			}
		}
		for lang, want := range map[wording.Lang]string{wording.Korean: c.ko, wording.English: c.en} {
			w.m.cfg.Lang = lang
			if out := w.send(c.word, string(lang)); out.Summary != want {
				t.Errorf("%s: got %q, want %q", c.word, out.Summary, want)
			}
		}
	}
	w := newOffline(t)
	several := []Receiver{{Name: "홍길동"}, {Name: "엄마", own: true}, {Name: "이영희"}}
	s := &sending{m: w.m, plan: compose.Plan{Delivery: "text"}}
	if got := s.sent(several); got != "홍길동님, 엄마, 이영희님에게 보냈어요." {
		t.Errorf("got %q", got)
	}
}

// TestMeaningIsOfTheBareWord: who takes over a name with or without its honorific
// does not get what was meant for the person before.
func TestMeaningIsOfTheBareWord(t *testing.T) {
	for _, c := range [][3]string{ // first word, the stranger's name, second word
		{"홍길동", "홍길동", "홍길동"}, {"홍길동", "홍길동님", "홍길동님"}, {"홍길동님", "홍길동", "홍길동"}, {"홍길동 씨", "홍길동님", "홍길동님"},
	} {
		w := newOffline(t)
		w.friends = []kakao.Friend{{Nickname: "홍길동", UUID: "A"}}
		w.send(c[0], "하나")
		w.friends = []kakao.Friend{{Nickname: "길동이", UUID: "A"}, {Nickname: c[1], UUID: "B"}}
		if out := w.send(c[2], "둘"); out.Reason != "name_changed_owner" || len(w.sent) != 1 {
			t.Errorf("%q: reason %q, sent to %q", c, out.Reason, w.sent)
		}
	}
}

// TestNamesProperty: over names, honorifics, aliases and renames in any order, a
// message by a word goes to the person of the user's alias, else to nobody but the
// person whom the same word meant at the last send.
func TestNamesProperty(t *testing.T) {
	t.Parallel()
	seeds := uint64(40)
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 13))
		pick := func(list ...string) string { return list[rng.IntN(len(list))] }
		name := func() string {
			return pick("길동", "길 동", "부장", "엄마") + pick("", "", "님", " 님", "씨", "님씨")
		}
		w := newOffline(t)
		for i := range 3 {
			w.friends = append(w.friends, kakao.Friend{Nickname: name(), UUID: string(rune('A' + i))})
		}
		bare := func(s string) string {
			s = strings.ReplaceAll(s, " ", "")
			for strings.HasSuffix(s, "님") || strings.HasSuffix(s, "씨") {
				s = strings.TrimSuffix(strings.TrimSuffix(s, "씨"), "님")
			}
			return s
		}
		meant, aliases := map[string]string{}, map[string]string{}
		for step := range 60 {
			switch rng.IntN(6) {
			case 0:
				w.friends[rng.IntN(3)].Nickname = name()
				continue
			case 1:
				word, uuid := name(), pick("A", "B", "C")
				if _, err := w.m.SetAlias(t.Context(), word, uuid, Nobody{}); err == nil {
					aliases[hangul.Fold(word)] = uuid
				}
				continue
			case 2:
				word := name()
				if _, err := w.m.RemoveAlias(word); err == nil {
					delete(aliases, hangul.Fold(word))
				}
				continue
			}
			word, before := name(), len(w.sent)
			w.send(word, fmt.Sprint(step))
			if len(w.sent) == before {
				continue
			}
			to := w.sent[before]
			own := map[string]bool{}
			for alias, uuid := range aliases {
				if bare(alias) == bare(word) {
					own[uuid] = true
				}
			}
			last, known := meant[bare(word)]
			switch {
			case len(own) > 0 && (!own[to] || len(own) > 1):
				t.Fatalf("seed %d, step %d: %q went to %s, the aliases mean %v", seed, step, word, to, own)
			case len(own) == 0 && known && last != to:
				t.Fatalf("seed %d, step %d: %q went to %s and meant %s before", seed, step, word, to, last)
			}
			meant[bare(word)] = to
		}
	}
}

// offline is a Messenger whose friends a test changes as it likes, and whose Kakao
// takes every message.
type offline struct {
	t       *testing.T
	m       *Messenger
	friends []kakao.Friend
	sent    []string // uuids, in order
}

func newOffline(t *testing.T, change ...func(*Config)) *offline {
	w := &offline{t: t}
	cfg := Config{Session: owner{}, Home: t.TempDir(), Lang: "ko", Command: "k", Confirm: ConfirmNever,
		Kakao: &kakao.Client{BaseURL: "https://kapi.example", HTTP: &http.Client{Transport: w}}}
	for _, c := range change {
		c(&cfg)
	}
	w.m = New(cfg)
	return w
}

func (w *offline) send(to, text string) SendResult {
	w.t.Helper()
	w.m.friends.drop()
	out, err := w.m.Send(w.t.Context(), SendRequest{To: []string{to}, Content: compose.Content{Message: text}}, Nobody{})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// RoundTrip implements http.RoundTripper.
func (w *offline) RoundTrip(r *http.Request) (*http.Response, error) {
	var body strings.Builder
	switch {
	case strings.HasSuffix(r.URL.Path, "/friends"):
		body.WriteString(`{"elements":[`)
		for i, f := range w.friends {
			if i > 0 {
				body.WriteByte(',')
			}
			fmt.Fprintf(&body, `{"uuid":%q,"profile_nickname":%q,"favorite":%v}`, f.UUID, f.Nickname, f.Favorite)
		}
		fmt.Fprintf(&body, `],"total_count":%d}`, len(w.friends))
	case strings.HasSuffix(r.URL.Path, "/message/default/send"):
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, err
		}
		uuids := form.Get("receiver_uuids")
		w.sent = append(w.sent, strings.Split(strings.Trim(uuids, `[]"`), `","`)...)
		fmt.Fprintf(&body, `{"successful_receiver_uuids":%s}`, uuids)
	default:
		return nil, errors.New("no such place")
	}
	return &http.Response{StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body.String()))}, nil
}

// owner is a Session with a login that never ends.
type owner struct{}

func (owner) Token(context.Context, auth.Request) (string, error) { return "token", nil }
func (owner) Account() string                                     { return "1" }
func (owner) Current(context.Context) (*auth.Record, error)       { return &auth.Record{Subject: "1"}, nil }
func (owner) Consented() time.Time                                { return time.Time{} }
func (owner) Accepted(string)                                     {}
func (owner) Rejected(string) bool                                { return false }
func (owner) Withdrawn(context.Context, string, []string)         {}
func (owner) Disconnected(context.Context, string) error          { return auth.ErrLoginNeeded }
