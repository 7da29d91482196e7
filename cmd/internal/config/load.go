package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/viewer/tunnel"
)

const (
	fileName      = "config.env"
	tunnelKeyFile = "tunnel_ed25519"
)

// layer are the settings that one place gives; nil where it gives none.
type layer struct {
	origin  Origin
	values  [count]*string
	unknown []Unknown
}

// of returns the part of the layer that ids name.
func (l layer) of(ids []ID) layer {
	part := layer{origin: l.origin}
	for _, id := range ids {
		part.values[id] = l.values[id]
	}
	return part
}

// Source reads the settings of one process. It is not for use by several
// goroutines at once.
type Source struct {
	env   *cli.Env
	plain *Settings // without --env-file, once read
	err   error
}

// NewSource returns the source of the settings that env gives.
func NewSource(env *cli.Env) *Source { return &Source{env: env} }

// Lang is the owner's language as far as it is known without --env-file.
func (s *Source) Lang() wording.Lang {
	settings, _ := s.Load("") // a mistake is told by who needs the settings
	return settings.Lang
}

// Load returns the settings, with those of one more file unless envFile is "".
// Beside an error, which is about the first value or file nothing can work with
// and in the owner's language, they are as good as can be.
func (s *Source) Load(envFile string) (*Settings, error) {
	if envFile != "" {
		return s.load(envFile)
	}
	if s.plain == nil {
		s.plain, s.err = s.load("")
	}
	return s.plain, s.err
}

func (s *Source) load(envFile string) (*Settings, error) {
	home, broken := homeOf(s.env)
	var layers []layer
	if broken == nil {
		// A file that cannot be read is told about after the rest: the environment
		// may say in which language.
		layers, broken = s.files(home, envFile)
	}
	settings, wrong := build(home, append(layers, fromVars(s.env.Vars)), s.env.Vars)
	if len(layers) > 0 {
		settings.file = layers[0]
	}
	if broken == nil {
		broken = wrong
	}
	return settings, worded(broken, settings.Lang)
}

// files reads config.env, which may be missing, and the file of --env-file.
func (s *Source) files(home, envFile string) ([]layer, error) {
	path := filepath.Join(home, fileName)
	broken := checkOwner(home, path)
	var layers []layer
	if broken == nil {
		var config layer
		if config, broken = fromFile(path, FromConfig); errors.Is(broken, fs.ErrNotExist) {
			broken = nil
		}
		layers = append(layers, config)
	}
	if envFile != "" && broken == nil {
		var extra layer
		extra, broken = fromFile(envFile, Origin(envFile))
		layers = append(layers, extra)
	}
	return layers, broken
}

// Sandbox returns the settings of a sandbox, for which it gave some itself.
func (s *Source) Sandbox(given map[ID]string) (*Settings, error) {
	own := layer{origin: FromSandbox}
	for id, text := range given {
		own.values[id] = &text
	}
	settings, err := build(given[Home], []layer{fromVars(s.env.Vars).of(inSandbox), own}, s.env.Vars)
	return settings, worded(err, settings.Lang)
}

// SandboxChat returns the settings of a conversation in a sandbox: of the real
// ones nothing but the model, and other mistakes in them do not matter.
func (s *Source) SandboxChat(envFile string) (*Settings, error) {
	var layers []layer
	if home, err := homeOf(s.env); err == nil {
		files, _ := s.files(home, envFile)
		for _, l := range files {
			layers = append(layers, l.of(model))
		}
	}
	settings, err := build("", append(layers, fromVars(s.env.Vars).of(inSandbox)), s.env.Vars)
	return settings, worded(err, settings.Lang)
}

// homeOf is the folder of the settings file and of all that is kept.
func homeOf(env *cli.Env) (string, error) {
	home := env.Vars.Get(Home.Name())
	if home == "" {
		if env.UserHome == "" {
			return "", problemf("홈 폴더를 알 수 없어요. KAKAOTALK_MCP_HOME에 설정 폴더를 적어 주세요", "The home folder is unknown. Set KAKAOTALK_MCP_HOME")
		}
		home = filepath.Join(env.UserHome, ".kakaotalk-mcp")
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return "", fmt.Errorf("%s: %w", Home, err)
	}
	return home, nil
}

// build puts layers together, later ones over earlier ones. The error is the first
// *Problem in the order of the settings.
func build(home string, layers []layer, vars cli.Vars) (*Settings, error) {
	s := &Settings{}
	var first error
	note := func(p *Problem) {
		if p != nil && first == nil {
			first = p
		}
	}
	for id := range count {
		r := &table[id]
		v := value{r.preset, FromDefault}
		for _, l := range layers {
			if given := l.values[id]; given != nil && (*given != "" || r.emptyCounts) {
				v = value{*given, l.origin}
			}
		}
		if id == Home {
			v.text = home
		}
		if r.base {
			v.text = strings.TrimRight(v.text, "/")
		}
		s.given[id] = v
		text := v.text
		if r.choices != nil {
			if text = strings.ToLower(text); text != "" && !slices.Contains(r.choices, text) {
				note(problemf("%s 값은 이 중 하나여야 해요: %s", "%s must be one of: %s", id.Name(), strings.Join(id.Choices(), ", ")))
				text = r.preset
			}
		}
		note(r.parse(s, text))
	}
	for _, l := range layers {
		s.Unknown = append(s.Unknown, l.unknown...)
	}
	s.follow(vars)
	note(s.check())
	return s, first
}

// follow fills in what follows from other settings.
func (s *Settings) follow(vars cli.Vars) {
	for _, address := range []string{s.BaseURL, s.PageURL} {
		if address != "" {
			s.LinkHosts = WithOrigin(s.LinkHosts, address)
		}
	}
	if s.given[LinkHosts].text == "" {
		s.given[LinkHosts].text = strings.Join(s.LinkHosts, ",")
	}
	if s.given[Tunnel].text == "" {
		if s.BaseURL != "" {
			s.Tunnel.Kind = tunnel.External // a proxy of the user forwards it to us
		}
		s.given[Tunnel].text = string(s.Tunnel.Kind)
	}
	if s.TunnelKey == "" {
		s.TunnelKey = filepath.Join(s.Home, tunnelKeyFile)
	}
	s.Allow.Set = s.given[AllowList].origin != FromDefault
	if s.Lang == "" {
		s.Lang = systemLang(vars)
	}
}

// check refuses what does not go together, and servers that would get tokens in
// the clear.
func (s *Settings) check() *Problem {
	for _, id := range []ID{AuthURL, APIURL} {
		text := map[ID]string{AuthURL: s.AuthURL, APIURL: s.APIURL}[id]
		if u, ok := Address(text); !ok || u.Path != "" || !IsSafe(u) {
			return problemf("%s에는 https://로 시작하는 주소를 적어 주세요(http://는 이 컴퓨터의 주소만 돼요)", "%s must be https://HOST, or http:// on this computer only", id.Name())
		}
	}
	if s.CallbackURL == s.BaseURL {
		return nil
	}
	if u, ok := Address(s.CallbackURL); !ok || u.Scheme != "http" || !IsLoopback(u.Hostname()) || !isPort(u.Port()) || u.Path != "" {
		return problemf("KAKAO_CALLBACK_URL에는 http://localhost:17654 같은 주소나 KAKAO_BASE_URL과 같은 주소를 적어 주세요", "KAKAO_CALLBACK_URL must be like http://localhost:17654, or equal to KAKAO_BASE_URL")
	}
	return nil
}

// fromVars is the environment's layer.
func fromVars(vars cli.Vars) layer {
	l := layer{origin: FromEnvironment}
	for id := range count {
		if text, ok := vars.Lookup(id.Name()); ok {
			text = strings.TrimSpace(text)
			l.values[id] = &text
		}
	}
	for _, entry := range vars {
		name, _, _ := strings.Cut(entry, "=")
		if runtime.GOOS == "windows" { // where the case of names does not count
			name = strings.ToUpper(name)
		}
		l.noteUnknown(name)
	}
	return l
}

// fromFile reads one file in dotenv syntax. BASE_URL, the name used before
// KAKAO_BASE_URL, is known in files only: in the environment it is too common.
func fromFile(path string, origin Origin) (layer, error) {
	l := layer{origin: origin}
	file, err := readSettings(path)
	if err != nil {
		return l, err
	}
	if v := file.Values["BASE_URL"]; v != "" && file.Values[BaseURL.Name()] == "" {
		file.Values[BaseURL.Name()] = v
	}
	for id := range count {
		text, ok := file.Values[id.Name()]
		text = strings.TrimSpace(text)
		if ok && id != Home && !file.placeholder(id.Name()) { // a file cannot move the home it lies in
			l.values[id] = &text
		}
	}
	for _, name := range slices.Sorted(slices.Values(file.Names)) {
		l.noteUnknown(name)
	}
	return l, nil
}

// prefixes begin the names of settings; BROWSER and the home's are other people's
// words, too.
var prefixes = []string{"KAKAO_", "CHAT_", "CLOVA_"}

func looksLikeOurs(name string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(strings.ToUpper(name), prefix) })
}

func (l *layer) noteUnknown(name string) {
	known := func(r row) bool { return r.name == name }
	if looksLikeOurs(name) && !slices.ContainsFunc(table[:], known) {
		l.unknown = append(l.unknown, Unknown{name, l.origin})
	}
}

// checkOwner refuses a folder, and then the file in it, where another user could
// have put what we read: settings name a program to run (KAKAO_TUNNEL) and the
// servers that get the tokens. Root may have written it; that it is missing is no
// error.
func checkOwner(paths ...string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		switch e := private.Exposed(info, 0o022); {
		case e == nil:
		case e.Owner > 0:
			return problemf("다른 사용자의 폴더나 파일이라서 설정을 불러오지 않았어요: %s (uid %d). 그 사용자로 실행하거나 KAKAOTALK_MCP_HOME에 내 폴더를 적어 주세요",
				"The settings were not loaded: %s belongs to another user (uid %d). Run this as that user, or set KAKAOTALK_MCP_HOME to a folder of yours", path, e.Owner)
		case e.Open != 0:
			return problemf("다른 사용자가 바꿀 수 있어서 설정을 불러오지 않았어요: %s. chmod go-w로 다른 사용자의 쓰기 권한을 없애 주세요", "The settings were not loaded: others can change %s. Remove their write permission with chmod go-w", path)
		}
	}
	return nil
}
