package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"kakaotalk-mcp/viewer/tunnel"
)

// maxSettings bounds a settings file, and maxExpanded what its values may come to
// when they refer to each other, in bytes.
const (
	maxSettings = 256 << 10
	maxExpanded = 4 << 20
)

type settingName struct {
	name   string
	secret bool
}

// settingNames are all settings, in the order they are shown. Secret ones are
// masked wherever they are shown.
var settingNames = []settingName{
	{"KAKAO_CLIENT_ID", true}, {"KAKAO_CLIENT_SECRET", true}, {"KAKAO_CALLBACK_URL", false}, {"KAKAO_BASE_URL", false},
	{"KAKAO_TUNNEL", false}, {"KAKAO_TUNNEL_KEY", false}, {"KAKAO_TUNNEL_HOSTKEY", false}, {"KAKAO_VIEWER_ADDR", false},
	{"KAKAO_PAGE_URL", false}, {"KAKAO_LINK_HOSTS", false}, {"KAKAO_CONFIRM", false}, {"KAKAO_ALLOW", true},
	{"KAKAO_READ_ONLY", false}, {"KAKAO_TOKEN_STORE", false}, {"KAKAO_LANG", false}, {"KAKAO_LOG_LEVEL", false},
	{"KAKAO_LOG_FILE", false}, {"KAKAO_AUTH_URL", false}, {"KAKAO_API_URL", false},
	{"CLOVA_API_KEY", true}, {"CHAT_BASE_URL", false}, {"CHAT_MODEL", false}, {"CHAT_API_KEY", true},
	{"KAKAOTALK_MCP_HOME", false}, {"BROWSER", false},
}

var defaults = map[string]string{
	"KAKAO_CALLBACK_URL": "http://localhost:17654",
	"KAKAO_VIEWER_ADDR":  "127.0.0.1:17655",
	"KAKAO_CONFIRM":      "friends",
	"KAKAO_TOKEN_STORE":  "keychain",
	"KAKAO_LOG_LEVEL":    "warn",
	"KAKAO_AUTH_URL":     "https://kauth.kakao.com",
	"KAKAO_API_URL":      "https://kapi.kakao.com",
	"CHAT_MODEL":         "HCX-005",
}

// Origins of a value.
const (
	fromEnvironment = "environment"
	fromConfig      = "config.env"
	fromDefault     = "default"
	fromSandbox     = "sandbox"
)

// value is a setting with where it came from.
type value struct{ text, origin string }

// settings holds every setting that has a value.
type settings struct {
	home   string
	values map[string]value
}

func (s settings) get(name string) string { return s.values[name].text }

func (s settings) set(name, text, origin string) { s.values[name] = value{text, origin} }

// environment returns one variable. A value that begins with "${" is a
// placeholder that a client has not filled in, and counts as unset.
func environment(environ []string, name string) string {
	for i := len(environ) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(environ[i], "="); ok && k == name {
			if strings.HasPrefix(v, "${") {
				return ""
			}
			return v
		}
	}
	return ""
}

// loadSettings reads all settings: environment, then --env-file, then config.env
// in home, then defaults. It reads those files and nothing else. An error is in
// the language that could be made out.
func loadSettings(sys surroundings, envFile string) (settings, error) {
	s, err := readSettings(sys, envFile)
	return s, worded(err, speaker(s.language(sys)))
}

// settingsHome is the folder of the settings file and of all that is kept.
func settingsHome(sys surroundings) (string, error) {
	home := environment(sys.environ, "KAKAOTALK_MCP_HOME")
	if home == "" {
		if sys.userHome == "" {
			return "", problemf("홈 폴더를 알 수 없어요. KAKAOTALK_MCP_HOME에 설정 폴더를 적어 주세요", "the home folder is unknown: set KAKAOTALK_MCP_HOME")
		}
		home = filepath.Join(sys.userHome, ".kakaotalk-mcp")
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return "", fmt.Errorf("KAKAOTALK_MCP_HOME: %w", err)
	}
	return home, nil
}

func readSettings(sys surroundings, envFile string) (settings, error) {
	home, err := settingsHome(sys)
	s := settings{home: home, values: map[string]value{}}
	if err != nil {
		s.set("KAKAO_LANG", strings.TrimSpace(environment(sys.environ, "KAKAO_LANG")), fromEnvironment) // to tell it in
		return s, err
	}
	for name, text := range defaults {
		s.set(name, text, fromDefault)
	}
	// A file that cannot be read is told about after the rest: the environment may
	// say in which language.
	config := filepath.Join(s.home, "config.env")
	broken := checkOwner(s.home, config)
	if broken == nil {
		broken = s.addFile(config, fromConfig)
	}
	if errors.Is(broken, fs.ErrNotExist) {
		broken = nil
	}
	if envFile != "" && broken == nil {
		broken = s.addFile(envFile, envFile)
	}
	for _, n := range settingNames {
		if v := strings.TrimSpace(environment(sys.environ, n.name)); v != "" {
			s.set(n.name, v, fromEnvironment)
		}
	}
	s.set("KAKAOTALK_MCP_HOME", s.home, fromDefault)
	if environment(sys.environ, "KAKAOTALK_MCP_HOME") != "" {
		s.set("KAKAOTALK_MCP_HOME", s.home, fromEnvironment)
	}
	s.trim()
	if broken != nil {
		return s, broken
	}
	return s, s.check()
}

// addFile reads one file in dotenv syntax. BASE_URL, the name used before
// KAKAO_BASE_URL, is known in files only: in the environment it is too common.
func (s settings) addFile(path, origin string) error {
	_, pairs, err := readSettingsFile(path)
	if err != nil {
		return err
	}
	if v := pairs["BASE_URL"]; v != "" && pairs["KAKAO_BASE_URL"] == "" {
		pairs["KAKAO_BASE_URL"] = v
	}
	for _, n := range settingNames {
		if v := strings.TrimSpace(pairs[n.name]); v != "" && !strings.HasPrefix(v, "${") && n.name != "KAKAOTALK_MCP_HOME" {
			s.set(n.name, v, origin)
		}
	}
	return nil
}

// trim removes trailing slashes where addresses are joined with paths.
func (s settings) trim() {
	for _, name := range []string{"KAKAO_CALLBACK_URL", "KAKAO_BASE_URL", "KAKAO_AUTH_URL", "KAKAO_API_URL"} {
		if v, ok := s.values[name]; ok {
			s.set(name, strings.TrimRight(v.text, "/"), v.origin)
		}
	}
}

// list splits a comma list.
func (s settings) list(name string) []string {
	var out []string
	for _, part := range strings.Split(s.get(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// linkHosts are the origins that KakaoTalk opens.
func (s settings) linkHosts() []string {
	hosts := s.list("KAKAO_LINK_HOSTS")
	for _, name := range []string{"KAKAO_BASE_URL", "KAKAO_PAGE_URL"} {
		if v := s.get(name); v != "" {
			hosts = append(hosts, v)
		}
	}
	var origins []string
	for _, h := range hosts {
		origins = withOrigin(origins, h)
	}
	return origins
}

// unset is what a setting that nobody gave follows from; "" if from no other.
func (s settings) unset(name string) string {
	switch name {
	case "KAKAO_TUNNEL":
		if s.get("KAKAO_BASE_URL") != "" {
			return string(tunnel.External) // a proxy of the user forwards it to us
		}
		return string(tunnel.Off)
	case "KAKAO_LINK_HOSTS":
		return strings.Join(s.linkHosts(), ",")
	}
	return ""
}

func (s settings) on(name string) bool {
	return contains([]string{"on", "true", "1"}, strings.ToLower(s.get(name)))
}

// shown returns a value as people may see it.
func shown(text string, secret bool) string {
	if !secret || text == "" {
		return text
	}
	if len(text) < 12 {
		return "••••"
	}
	return text[:2] + "••••" + text[len(text)-2:]
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
