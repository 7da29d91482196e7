package dotenv

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// Versions of the readers that people's files were written for.
const (
	pythonDotenv = "1.2.4"
	nodeDotenv   = "18.0.10"
)

// peer runs a reader over texts.
func peer(t *testing.T, texts []string, env []string, command ...string) (values []map[string]*string) {
	t.Helper()
	input, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Env = strings.NewReader(string(input)), append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command[0], err, err.(*exec.ExitError).Stderr)
	}
	if err := json.Unmarshal(out, &values); err != nil || len(values) != len(texts) {
		t.Fatalf("%s: %d answers, %v", command[0], len(values), err)
	}
	return values
}

func python(t *testing.T, texts []string) []map[string]*string {
	dir := e2etest.Cached(t, "python-dotenv-"+pythonDotenv, "python3", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "python-dotenv=="+pythonDotenv, "--target")
	return peer(t, texts, []string{"PYTHONPATH=" + dir, "PYTHONIOENCODING=utf-8", "PYTHONUTF8=1"}, "python3", "-c", `
import io, json, logging, sys
import dotenv
logging.disable()
print(json.dumps([dotenv.dotenv_values(stream=io.StringIO(t, newline="")) for t in json.load(sys.stdin)]))`)
}

func TestTableInPythonAndNode(t *testing.T) {
	var texts []string
	for _, tt := range table {
		texts = append(texts, tt.text)
	}
	dir := e2etest.Cached(t, "dotenv-"+nodeDotenv, "npm", "install", "--silent", "--no-audit", "--no-fund", "dotenv@"+nodeDotenv, "--prefix")
	node := peer(t, texts, []string{"NODE_PATH=" + filepath.Join(dir, "node_modules")}, "node", "-e", `
const parse = require('dotenv').parse
console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0)).map(t => parse(t))))`)
	for i, values := range python(t, texts) {
		tt := table[i]
		if got := values[tt.name]; got == nil || *got != tt.value {
			t.Errorf("%q in Python: %s, here %q", tt.text, show(got), tt.value)
		}
		want := tt.node
		if want == "" {
			want = tt.value
		}
		if got := node[i][tt.name]; got == nil || *got != want {
			t.Errorf("%q in Node: %s, want %q", tt.text, show(got), want)
		}
	}
}

// TestAgreesWithPython compares generated files.
func TestAgreesWithPython(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	pieces := []string{"A", "B-1", "export ", "export", "=", "=", "=", " ", " ", "\n", "\n", "\r\n", "\t", "#", " #", "'", `"`, `\`, `\n`, `\'`, "$", "${A}", "${B-1:-x}", "${", "}", "값", "ｶ", "\u00a0", "\u2028"}
	texts := make([]string, 4000)
	for i := range texts {
		for range 1 + rnd.IntN(16) {
			texts[i] += pieces[rnd.IntN(len(pieces))]
		}
	}
	for i, values := range python(t, texts) {
		want, got := map[string]string{}, read(t, texts[i])
		for name, value := range values {
			if value == nil { // a name alone, which takes an earlier value back there and assigns nothing here
				delete(got, name)
			} else {
				want[name] = *value
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: in Python (-), here (+)\n%s", texts[i], diff)
		}
	}
}

func show(value *string) string {
	if value == nil {
		return "nothing"
	}
	return fmt.Sprintf("%q", *value)
}
