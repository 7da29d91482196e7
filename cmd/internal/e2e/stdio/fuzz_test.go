package stdio

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// FuzzProgram writes made-up lines to the built program, whose person is logged in and
// cannot be asked anything. Each request is answered once, whatever its generation of the
// protocol, its state and the letters of its keys, and nobody but the person gets a
// message. $ID becomes a new id, $STATE the state of a question that was really put, to a
// call that no line repeats.
func FuzzProgram(f *testing.F) {
	const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{},"url":{}}},"io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"},"progressToken":1}`
	const yes = `"inputResponses":{"confirm":{"action":"accept","content":{"answer":"once"}},"login":{"action":"accept"}}`
	for _, line := range []string{
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"a"}}}`,
		`{"jsonrpc":"2.0","id":"$ID","method":"tools/call","params":{"name":"send_message","arguments":{"to":["홍길동"],"message":"b"}}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"name":"send_message","arguments":{"to":["홍길동"],"message":"c"},` + meta + `}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"name":"send_message","arguments":{"to":["홍길동"],"message":"c"},` + yes + `,"requestState":"$STATE",` + meta + `}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"name":"send_message","arguments":{"to":["홍길동"],"message":"c"},` + yes + `,"requestState":"AAAA",` + meta + `}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"name":"search_kakao_friends","arguments":{"query":"ㅎㄱㄷ"},` + yes + `,"requestState":"$STATE",` + meta + `}}`,
		`{"jsonrpc":"2.0","id":$ID,"METHOD":"tools/call","params":{"name":"send_message_to_me","arguments":{"message":"d"}}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"NAME":"send_message_to_me","name":"search_kakao_friends","arguments":{},"Arguments":{"message":"e"}}}`,
		`{"jsonrpc":"2.0","ID":$ID,"Id":$ID,"method":"ping","method":"tools/list"}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"tools/list","params":{"cursor":null}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"server/discover","params":{` + meta + `}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"resources/read","params":{"uri":"kakao://friends"}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"prompts/get","params":{"name":"message_a_friend","arguments":{"friend":"지민"}}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"message_a_friend"},"argument":{"name":"friend","value":"ㅈ"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":$ID}}`,
		`{"jsonrpc":"2.0","id":$ID,"result":{"action":"accept","content":{"answer":"once"}}}`,
		`{"jsonrpc":"2.0","id":$ID,"method":"logging/setLevel","params":{"level":"debug"}}`,
		`[{"jsonrpc":"2.0","id":$ID,"method":"ping"}]`, `{"jsonrpc":"2.0","id":{},"method":"ping"}`, `{`, "\xff", `null`,
	} {
		f.Add(line)
	}
	kakao, settings := e2etest.NewKakao(f)
	known := loggedIn(f, nil, settings) // the login is on disk
	known.End()
	s := e2etest.Start(f, append(slices.Clone(known.Cmd.Env), "BROWSER="+e2etest.NoBrowser))
	s.Initialize(nil)
	p := &fuzzed{Server: s, kakao: kakao, state: question(f, s), lines: map[string]int{}, answers: map[string]int{}}
	f.Fuzz(func(t *testing.T, line string) {
		s.T = t
		p.play(t, line)
	})
}

// question makes a call that asks the person, and returns its state.
func question(t testing.TB, s *e2etest.Server) string {
	call := e2etest.Modern(map[string]any{"name": e2etest.ToolSend, "arguments": map[string]any{"to": "홍길동", "message": rand.Text()}}, e2etest.Elicitation["form"])
	var round struct {
		State string `json:"requestState"`
	}
	if err := json.Unmarshal(s.Ask("tools/call", call), &round); err != nil || round.State == "" {
		t.Fatalf("no question: %v", err)
	}
	return round.State
}

// fuzzed is a program under fuzzing.
type fuzzed struct {
	*e2etest.Server
	kakao *sandbox.Sandbox
	state string
	seen  int // deliveries
	last  int // the newest $ID
	// How many lines had an id, and how many answers; "" is none.
	lines, answers map[string]int
}

// play writes one line, and a ping behind it.
func (p *fuzzed) play(t *testing.T, line string) {
	p.last++
	id := strconv.Itoa(1_000_000 + p.last)
	line = strings.NewReplacer("\n", " ", "\r", " ", "$ID", id, "$STATE", p.state).Replace(line)
	key := answerable(line)
	p.Write(line + "\n")
	var answers []e2etest.Message
	answered := func() bool {
		return key == "" || slices.ContainsFunc(answers, func(m e2etest.Message) bool { return m.Error != nil && string(m.ID) == "null" || idOf(m.ID) == key })
	}
	ping := p.Request("ping", map[string]any{})
	for pinged := false; !pinged || !answered(); {
		m := p.Read()
		switch {
		case m.Method == "elicitation/create": // faster than anybody can read it
			p.Send(`{"jsonrpc":"2.0","id":` + string(m.ID) + `,"result":{"action":"decline"}}`)
		case m.Method != "": // progress
		case string(m.ID) == strconv.Itoa(ping):
			pinged = true
		default:
			answers = append(answers, m)
		}
	}
	p.lines[idIn(line)]++
	for _, m := range answers { // of this line, or of one before that need not be answered
		id := idOf(m.ID)
		if p.answers[id]++; id != "" && p.answers[id] > p.lines[id] || p.answers[""] > p.last {
			t.Errorf("after %s\nanswered once more than asked: %s", line, m)
		}
	}
	sent := p.kakao.Deliveries()
	for _, d := range sent[p.seen:] {
		if d.To != p.kakao.Owner().ID {
			t.Errorf("%s\nsent a message to somebody: %q", line, d.Text)
		}
	}
	if most := 22; len(sent)-p.seen > most {
		t.Errorf("%s\nsent %d messages", line, len(sent)-p.seen)
	}
	p.seen = len(sent)
}

// answerable is the id of a line that is a request and has to be answered, "" for others.
func answerable(line string) string {
	var m map[string]json.RawMessage
	var method string
	if json.Unmarshal([]byte(line), &m) != nil || json.Unmarshal(m["method"], &method) != nil || method == "" ||
		strings.HasPrefix(method, "notifications/") || method == "subscriptions/listen" {
		return ""
	}
	return idOf(m["id"])
}

// idIn is the id of a line, whatever it is besides.
func idIn(line string) string {
	var m struct{ ID json.RawMessage }
	if json.Unmarshal([]byte(line), &m) != nil {
		return ""
	}
	return idOf(m.ID)
}

// idOf is one text for all spellings of an id, "" for what is none.
func idOf(raw json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var id any
	if d.Decode(&id) != nil {
		return ""
	}
	switch id := id.(type) {
	case string:
		return fmt.Sprintf("%q", id)
	case json.Number:
		if f, err := id.Float64(); err == nil {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	return ""
}
