package e2etest

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

// idTokenMark begins every ID token: base64 of {"alg":"RS256".
const idTokenMark = "eyJhbGciOiJSUzI1NiIs"

// CredentialMarks are in every token, code and key of the sandbox and of the model.
var CredentialMarks = []string{sandbox.SecretMark, idTokenMark, clovatest.Key}

// Canary is in every message text of tests that look for leaks.
const Canary = "카나리아가 우는 비밀 쪽지"

var (
	// Credentials finds what may stand in the token store and nowhere else.
	Credentials = leaktest.New(CredentialMarks...)
	// Private finds what besides may be in data asked for: lists of friends, the
	// question whether to send, a conversation in the terminal.
	Private = leaktest.New(append([]string{sandbox.UUIDMark, Canary}, CredentialMarks...)...)
)

var uuids = leaktest.New(sandbox.UUIDMark)

// raceFound is how the race detector begins a report.
const raceFound = "WARNING: DATA RACE"

// AssertInside is what every test asks in passing of a program that ran with env:
// no credential in what it said, and none, nor a uuid, in the folders it had.
func AssertInside(t testing.TB, env []string, said ...string) {
	t.Helper()
	for _, text := range said {
		for _, what := range Credentials.Find([]byte(text)) {
			t.Errorf("a program says %s", what)
		}
		if strings.Contains(text, raceFound) {
			t.Errorf("a data race in the program:\n%s", text)
		}
	}
	for _, name := range []string{"HOME", "TMPDIR", "KAKAOTALK_MCP_HOME"} {
		dir := Variable(env, name)
		if rel, err := filepath.Rel(os.TempDir(), dir); dir == "" || err != nil || rel == "." || strings.HasPrefix(rel, "..") {
			continue // not the test's own
		}
		// Where secrets belong: the file store, and what the owner wrote down.
		ownPlace := func(name string) bool { return path.Base(name) == "secrets" || path.Base(name) == "config.env" }
		inSecret, _, err := Credentials.Files(dir, ownPlace)
		listed, _, lerr := uuids.Files(dir, func(name string) bool { return ownPlace(name) || path.Base(name) == "friends.json" })
		if err != nil || lerr != nil {
			t.Errorf("looking for secrets: %v, %v", err, lerr)
		}
		for _, f := range append(inSecret, listed...) {
			t.Errorf("in a file below %s: %s", name, f)
		}
	}
}
