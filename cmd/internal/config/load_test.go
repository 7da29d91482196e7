package config

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/viewer/tunnel"
)

// inFile makes a home whose config.env has this text.
func inFile(t *testing.T, text string) (home string) {
	t.Helper()
	home = t.TempDir()
	if err := os.WriteFile(filepath.Join(home, fileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// TestTableIsWhole: every setting can be found by its name, says what it is for,
// and takes its own default.
func TestTableIsWhole(t *testing.T) {
	names := map[string]bool{}
	for _, id := range All() {
		if id.Name() == "" || names[id.Name()] || id.Meaning(wording.Korean) == "" || id.Meaning(wording.English) == "" {
			t.Errorf("setting %d: %q, %q, %q", int(id), id.Name(), id.Meaning(wording.Korean), id.Meaning(wording.English))
		}
		names[id.Name()] = true
	}
	s, err := load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if s.Confirm != "friends" || s.TokenStore != KeptInKeychain || s.Lang != wording.Korean || s.Tunnel.Kind != tunnel.Off || s.Allow.Set || s.Calendar || s.ReadOnly {
		t.Errorf("defaults: %+v", s)
	}
}

// TestAllow: unset allows everybody, set but empty nobody, in every place.
func TestAllow(t *testing.T) {
	for _, tt := range []struct {
		file string
		vars []string
		want Allow
	}{
		{"", nil, Allow{}},
		{"KAKAO_ALLOW=\n", nil, Allow{Set: true}},
		{"KAKAO_ALLOW=엄마, u-1,\n", nil, Allow{true, []string{"엄마", "u-1"}}},
		{"KAKAO_ALLOW=엄마\n", []string{"KAKAO_ALLOW="}, Allow{Set: true}},
		{"", []string{"KAKAO_ALLOW=  "}, Allow{Set: true}},
		{"KAKAO_ALLOW=\n", []string{"KAKAO_ALLOW=${user_config.allow}"}, Allow{Set: true}},
		{"", []string{"KAKAO_ALLOW=${user_config.allow}"}, Allow{}},
	} {
		s, err := load(inFile(t, tt.file), tt.vars...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, s.Allow); diff != "" {
			t.Errorf("%q and %q: %s", tt.file, tt.vars, diff)
		}
		if s.IsShown(AllowList) != tt.want.Set {
			t.Errorf("%q and %q: shown %v", tt.file, tt.vars, s.IsShown(AllowList))
		}
	}
}

// TestChoices: their case does not count, and other words are refused in the
// owner's language.
func TestChoices(t *testing.T) {
	s, err := load(t.TempDir(), "KAKAO_CONFIRM=Client", "KAKAO_CALENDAR=ON", "KAKAO_READ_ONLY=1", "KAKAO_LANG=EN", "KAKAO_IMAGE_DIR="+os.TempDir())
	if err != nil || s.Confirm != "client" || !s.Calendar || !s.ReadOnly || s.Lang != wording.English || s.ImageDir != os.TempDir() {
		t.Errorf("%v: %+v", err, s)
	}
	for _, tt := range []struct{ variable, want string }{
		{"KAKAO_CONFIRM=maybe", "KAKAO_CONFIRM must be one of: friends, always, client, never"},
		{"KAKAO_CALENDAR=yes", "KAKAO_CALENDAR must be one of: on, off, true, false, 1, 0"},
		{"KAKAO_IMAGE_DIR=pictures", "KAKAO_IMAGE_DIR must be the absolute path of a folder"},
	} {
		if _, err := load(t.TempDir(), "KAKAO_LANG=en", tt.variable); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v", tt.variable, err)
		}
	}
	if s, err := load(t.TempDir(), "KAKAO_CONFIRM=maybe"); err == nil || s.Confirm != "friends" {
		t.Errorf("a wrong word is as good as none: %q, %v", s.Confirm, err)
	}
}

// TestLogFileIsInOnePlace: the process that keeps a login works in another folder.
func TestLogFileIsInOnePlace(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"": "", "kakao.log": filepath.Join(here, "kakao.log"), filepath.Join(here, "x", "log"): filepath.Join(here, "x", "log")} {
		if s, err := load(t.TempDir(), "KAKAO_LOG_FILE="+text); err != nil || s.LogFile != want {
			t.Errorf("%q: %q, %v", text, s.LogFile, err)
		}
	}
}

// TestUnknownNames: a typing error in a setting that protects is not passed over.
func TestUnknownNames(t *testing.T) {
	s, err := load(inFile(t, "KAKAO_CONFRIM=always\nOTHER=1\nKAKAO_LANG=ko\nBASE_URL=https://a.example\n"), "kakao_read_only=on", "KAKAO_ALLOWED=x", "CLOVA_KEY=x", "CHAT_URL=x", "KAKAOTALK_TEST=1", "BROWSERS=x")
	if err != nil {
		t.Fatal(err)
	}
	want := []Unknown{{"KAKAO_CONFRIM", FromConfig}, {"kakao_read_only", FromEnvironment}, {"KAKAO_ALLOWED", FromEnvironment}, {"CLOVA_KEY", FromEnvironment}, {"CHAT_URL", FromEnvironment}}
	if runtime.GOOS == "windows" { // where the case of a variable does not count
		want = slices.Delete(want, 1, 2)
	}
	if diff := cmp.Diff(want, s.Unknown); diff != "" {
		t.Error(diff)
	}
}

// TestOrigins: the environment hides --env-file, and that config.env, of which the
// hidden values are told.
func TestOrigins(t *testing.T) {
	home := inFile(t, "KAKAO_CONFIRM=always\nKAKAO_PAGE_URL=https://a.example/m\nKAKAO_BASE_URL=https://b.example/\nCHAT_MODEL=one\nKAKAOTALK_MCP_HOME=/elsewhere\n")
	extra := filepath.Join(t.TempDir(), "extra.env")
	if err := os.WriteFile(extra, []byte("CHAT_MODEL=two\nKAKAO_CONFIRM=client\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := NewSource(&cli.Env{Vars: cli.Vars{"KAKAOTALK_MCP_HOME=" + home, "KAKAO_CONFIRM=never", "KAKAO_BASE_URL=https://b.example"}}).Load(extra)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[ID]struct {
		text   string
		origin Origin
	}{
		Confirm: {"never", FromEnvironment}, ChatModel: {"two", Origin(extra)}, PageURL: {"https://a.example/m", FromConfig}, BaseURL: {"https://b.example", FromEnvironment},
		Home: {home, FromEnvironment}, Tunnel: {"external", FromDefault}, LinkHosts: {"https://b.example,https://a.example", FromDefault}, ViewerAddr: {"127.0.0.1:17655", FromDefault},
	} {
		if s.Text(id) != want.text || s.Origin(id) != want.origin {
			t.Errorf("%s: %q from %s", id, s.Text(id), s.Origin(id))
		}
	}
	if hidden := s.Hidden(); !slices.Equal(hidden, []ID{Confirm, ChatModel}) {
		t.Errorf("hidden: %v", hidden)
	}
}

// TestHiddenAllow: that nobody may be messaged is a value, which another one can hide, and
// which both places can have.
func TestHiddenAllow(t *testing.T) {
	for variable, hidden := range map[string]bool{"KAKAO_ALLOW=엄마": true, "KAKAO_ALLOW=": false} {
		s, err := load(inFile(t, "KAKAO_ALLOW=\n"), variable)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(s.Hidden(), AllowList) != hidden || slices.Contains(s.OnlyInEnvironment(), AllowList) {
			t.Errorf("%s: hidden %v, only in the environment %v", variable, s.Hidden(), s.OnlyInEnvironment())
		}
	}
	if s, err := load(t.TempDir(), "KAKAO_ALLOW="); err != nil || !slices.Contains(s.OnlyInEnvironment(), AllowList) {
		t.Errorf("%v, %v", s.OnlyInEnvironment(), err)
	}
}

// TestSaveIsSeen: who saves a setting and loads again gets it; a file is read once
// otherwise.
func TestSaveIsSeen(t *testing.T) {
	home := inFile(t, "KAKAO_LANG=en\n")
	source := NewSource(&cli.Env{Vars: cli.Vars{"KAKAOTALK_MCP_HOME=" + home}})
	first, err := source.Load("")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := source.Load(""); again != first {
		t.Error("read again without need")
	}
	if err := source.Save(TokenStore, KeptInFile); err != nil {
		t.Fatal(err)
	}
	if s, err := source.Load(""); err != nil || s.TokenStore != KeptInFile || s.Lang != wording.English {
		t.Errorf("%v: %+v", err, s)
	}
}

// TestChildrenGetNoSettings: none that we start needs one.
func TestChildrenGetNoSettings(t *testing.T) {
	vars := cli.Vars{"PATH=/bin", "KAKAO_CLIENT_SECRET=s", "CLOVA_API_KEY=k", "BROWSER=x", "DISPLAY=:0"}
	if got := ChildVars(vars); !slices.Equal(got, cli.Vars{"PATH=/bin", "DISPLAY=:0"}) {
		t.Errorf("%q", got)
	}
	if got := ChildVars(cli.Vars{"PATH=/bin", "Kakao_Client_Secret=s"}); !slices.Equal(got, cli.Vars{"PATH=/bin"}) { // Windows takes it for the setting
		t.Errorf("%q", got)
	}
	vars = cli.Vars{"PATH=/bin", "KAKAO_CLIENT_SECRET=s", "kakao_client_id=i", "clova_api_key=k", "CHAT_URL=typo", "KAKAO_ALLOW=엄마"}
	if got := ServerVars(vars, false, wording.English); !slices.Equal(got, cli.Vars{"PATH=/bin", "KAKAO_ALLOW=엄마", "KAKAO_LANG=en"}) {
		t.Errorf("for another server: %q", got)
	}
	if got := ServerVars(vars, true, wording.English); !slices.Equal(got, cli.Vars{"PATH=/bin", "KAKAO_CLIENT_SECRET=s", "kakao_client_id=i", "KAKAO_ALLOW=엄마", "KAKAO_LANG=en"}) {
		t.Errorf("for our own: %q", got)
	}
}
