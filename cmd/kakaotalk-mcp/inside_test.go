package main

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

var uuids = leaktest.New(sandbox.UUIDMark)

// assertInside is what every test asks in passing of a program that ran with env:
// no credential in what it said, and none, nor a uuid, in the folders it had.
func assertInside(t testing.TB, env []string, said ...string) {
	t.Helper()
	for _, text := range said {
		for _, what := range credentials.Find([]byte(text)) {
			t.Errorf("a program says %s", what)
		}
	}
	for _, name := range []string{"HOME", "TMPDIR", "KAKAOTALK_MCP_HOME"} {
		dir := environment(env, name)
		if rel, err := filepath.Rel(os.TempDir(), dir); dir == "" || err != nil || rel == "." || strings.HasPrefix(rel, "..") {
			continue // not the test's own
		}
		// Where secrets belong: the file store, and what the owner wrote down.
		ownPlace := func(name string) bool { return path.Base(name) == "secrets" || path.Base(name) == "config.env" }
		inSecret, _, err := credentials.Files(dir, ownPlace)
		listed, _, lerr := uuids.Files(dir, func(name string) bool { return ownPlace(name) || path.Base(name) == "friends.json" })
		if err != nil || lerr != nil {
			t.Errorf("looking for secrets: %v, %v", err, lerr)
		}
		for _, f := range append(inSecret, listed...) {
			t.Errorf("in a file below %s: %s", name, f)
		}
	}
}
