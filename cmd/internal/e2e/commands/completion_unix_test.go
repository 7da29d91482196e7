//go:build !windows

package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/componenttest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// TestBashKeepsANameInOneArgument: bash inserts what several names have in common, and
// a blank in it must not end the argument: the rest would become the message.
func TestBashKeepsANameInOneArgument(t *testing.T) {
	t.Parallel()
	componenttest.Programs(t, "bash")
	d := e2etest.NewComputer(t)
	d.WriteHome("friends.json", `{"v":1,"aliases":{"team gildong":"a","team gilsun":"b","엄마":"c"}}`)
	script, _, _ := d.Run("completion", "bash")
	if err := os.WriteFile(filepath.Join(d.Home, "script"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"te":         `team\ gildong|team\ gilsun|`,
		`team\ gild`: `team\ gildong|`,
		"엄":          `엄마|`,
		"x":          ``,
	} {
		// What bash-completion does for the script.
		cmd := exec.Command("bash", "-c", `. "$1"
			_get_comp_words_by_ref() { words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}; }
			compopt() { :; }
			COMP_WORDS=("$2" send "$3") COMP_CWORD=2 COMP_TYPE=9
			__start_kakaotalk-mcp
			(( ${#COMPREPLY[@]} )) && printf '%s|' "${COMPREPLY[@]}"
			exit 0`, "bash", filepath.Join(d.Home, "script"), e2etest.Program(t), typed)
		cmd.Env = append(d.Env, "LC_ALL=C.UTF-8", "PATH="+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", typed, got, want, err)
		}
	}
}
