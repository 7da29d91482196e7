package stdio

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// What a stdio server can get wrong, each shown by the program itself over real
// pipes. tools/stdio has the same rows with tools made for the purpose.
//
//	 1  waiting calls block the others      TestWaitingCallsBlockNothing
//	 2  nothing gets through a full queue   TestFullQueue
//	 3  a cancelled call is answered        TestCancelledCallIsNotAnswered
//	 4  a cancel comes too early to count   TestCancelBeforeTheCallBegins
//	 5  progress after the result           TestProgressBeforeResult
//	 6  the end of input drops calls        TestEndOfInputAnswersAll
//	 7  the end of input is not the end     TestEndOfInputDuringSend, TestEndOfInput
//	 8  the last line needs its newline     TestEndOfInputAnswersAll
//	 9  signals                             TestSignals, TestSecondSignal
//	10  a closed stdout or stderr           TestClosedStdout, TestClosedStderr
//	11  endless lines                       TestLongLines
//	12  stray output in the protocol        TestStdoutIsProtocol, TestStrayOutput
//	13  lines that are not one request      TestOddLines
//	14  stray answers, ids that look alike  TestOddLines, TestIDsThatLookAlike
//	15  calls before initialize             TestCallsBeforeInitialize
//	16  one session for each process        nothing to show: a program serves one client
//	17  exit code 0                         TestEndOfInput, TestSignals
//
// Handlers that panic or fail, and bursts of progress, stay in tools/stdio: no tool
// of the program does that.

// loggedIn starts a server that talks to a Kakao of the test's own, whose person
// has logged in and whose friends are read.
func loggedIn(t testing.TB, capabilities map[string]any, settings []string) *e2etest.Server {
	t.Helper()
	s := e2etest.Start(t, e2etest.BareEnv(t, slices.Concat(settings, e2etest.Browser(t), []string{"KAKAO_LANG=en"})...))
	s.Initialize(capabilities)
	if r := s.CallTool(e2etest.ToolSearch, `{"query":"홍길동"}`); r.IsError {
		t.Fatal(r.Text())
	}
	return s
}

// gate stands before Kakao's API and holds the messages on their way there.
type gate struct {
	held chan struct{} // gets a value for each message held
	open func()        // lets all messages through
}

func newGate(t testing.TB, settings []string) (*gate, []string) {
	t.Helper()
	api, err := url.Parse(e2etest.Variable(settings, "KAKAO_API_URL"))
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan struct{})
	g := &gate{held: make(chan struct{}, 100), open: sync.OnceFunc(func() { close(opened) })}
	kakao := httputil.NewSingleHostReverseProxy(api)
	kakao.ErrorLog = log.New(io.Discard, "", 0) // the program ends while its message is held
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/memo/") || strings.Contains(r.URL.Path, "/message/") {
			g.held <- struct{}{}
			<-opened
		}
		kakao.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { g.open(); front.Close() })
	return g, append(settings, "KAKAO_API_URL="+front.URL)
}

// callLine is a tools/call with id and arguments as JSON text.
func callLine(id, tool, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":%q,"arguments":%s}}`+"\n", id, tool, arguments)
}

func cancelLine(id string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%s}}`+"\n", id)
}

// toMeLine sends a message of its own to oneself.
func toMeLine(id string) string {
	return callLine(id, e2etest.ToolToMe, `{"message":"note `+plain(id)+`"}`)
}

// askingLine sends a message of its own to a friend: the person is asked first.
func askingLine(id string) string {
	return callLine(id, e2etest.ToolSend, `{"to":["홍길동"],"message":"question `+plain(id)+`"}`)
}

// plain is an id as a word of a message; 1 and "1" get different ones.
func plain(id string) string { return strings.ReplaceAll(id, `"`, "'") }

// lines joins what line makes of the ids from first to last.
func lines(line func(id string) string, first, last int) string {
	var all strings.Builder
	for id := first; id <= last; id++ {
		all.WriteString(line(strconv.Itoa(id)))
	}
	return all.String()
}

var asked = regexp.MustCompile(`question ([0-9']+)`)

// questions reads until n forms have come and returns their ids by the id of the
// call that asks; every other line goes to others.
func questions(s *e2etest.Server, n int) (forms map[string]json.RawMessage, others []e2etest.Message) {
	s.T.Helper()
	forms = map[string]json.RawMessage{}
	for len(forms) < n {
		m := s.Read()
		if m.Method != "elicitation/create" {
			others = append(others, m)
			continue
		}
		call := asked.FindSubmatch(m.Params)
		if call == nil {
			s.T.Fatalf("a form about nothing: %s", m.Params)
		}
		forms[strings.ReplaceAll(string(call[1]), "'", `"`)] = m.ID
	}
	return forms, others
}

// butForms returns what is not a form before the answer to a ping sent now.
func butForms(s *e2etest.Server) []e2etest.Message {
	s.T.Helper()
	return withoutForms(s.BeforePing())
}

func withoutForms(list []e2etest.Message) []e2etest.Message {
	return slices.DeleteFunc(list, func(m e2etest.Message) bool { return m.Method == "elicitation/create" })
}

// answerLine answers a form with one of its choices. (A refusal of the whole form
// would be taken for no person's, as fast as it comes here.)
func answerLine(form json.RawMessage, choice string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":{"answer":%q}}}`+"\n", form, choice)
}

// expectAnswers checks that these lines are the answers to ids, in any order, and
// nothing else; each with words in it.
func expectAnswers(t *testing.T, got []e2etest.Message, words string, ids ...string) {
	t.Helper()
	var answered []string
	for _, m := range got {
		if m.Method != "" || m.Error != nil || !strings.Contains(string(m.Result), words) {
			t.Errorf("not an answer with %s: %s", words, m)
		}
		answered = append(answered, string(m.ID))
	}
	slices.Sort(answered)
	slices.Sort(ids)
	if !slices.Equal(answered, ids) {
		t.Errorf("answered %v, want %v", answered, ids)
	}
}

// expectSent checks which messages reached Kakao, and that nothing else tried to.
func expectSent(t *testing.T, kakao *sandbox.Sandbox, texts ...string) {
	t.Helper()
	got := e2etest.Delivered(kakao)
	if n := e2etest.Messages(kakao); !slices.Equal(got, texts) || n != len(texts) {
		t.Errorf("%d requests delivered %q, want %q", n, got, texts)
	}
}

// maxEnd is how soon the program is gone after its input.
const maxEnd = 2 * time.Second

// goneInTime holds the end of a program to its promise. A machine that is busy with
// other things may hold one try up, not all.
func goneInTime(t *testing.T, try func() time.Duration) {
	t.Helper()
	var took time.Duration
	for range 3 {
		if took = try(); took < maxEnd || t.Failed() {
			return
		}
	}
	t.Errorf("gone after %v", took)
}
