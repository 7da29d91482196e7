// Package config is what the user has set. One table ([ID.Name] and the rest of
// it) says of each setting its name, whether it is secret, its default, how it is
// read and what it means; it fills one struct, [Settings]. The README's list, what
// status and doctor show, and what child processes do not get follow from it.
//
// Values come from the environment, then --env-file, then config.env in home, then
// defaults, each file read once by a [Source]. This package also changes lines of
// config.env. It may import cli, dotenv, the ground and viewer/tunnel (whose setting it
// checks); what a setting does is its reader's business.
package config

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/viewer/tunnel"
)

// ID is one setting, in the order in which they are shown.
type ID int

const (
	ClientID ID = iota
	ClientSecret
	CallbackURL
	BaseURL
	Tunnel
	TunnelKey
	TunnelHostKey
	ViewerAddr
	PageURL
	LinkHosts
	Confirm
	ImageDir
	Calendar
	AllowList
	ReadOnly
	TokenStore
	Lang
	LogLevel
	LogFile
	AuthURL
	APIURL
	ClovaKey
	ChatURL
	ChatModel
	ChatKey
	Home
	Browser
	count
)

// Settings are the values of all settings. Addresses have no slash at their end.
type Settings struct {
	ClientID      string
	ClientSecret  string // "": the token store may have one
	CallbackURL   string
	BaseURL       string
	Tunnel        tunnel.Spec // off if it cannot be read
	TunnelKey     string      // path
	TunnelHostKey string
	ViewerAddr    string
	PageURL       string
	LinkHosts     []string // origins, those of BaseURL and PageURL among them
	Confirm       string   // one of Confirm.Choices
	ImageDir      string
	Calendar      bool
	Allow         Allow
	ReadOnly      bool
	TokenStore    string // KeptInKeychain or KeptInFile
	Lang          wording.Lang
	LogLevel      slog.Level
	LogFile       string // absolute path
	AuthURL       string
	APIURL        string
	ClovaKey      string
	ChatURL       string
	ChatModel     string
	ChatKey       string
	Home          string // absolute path of the folder of all that is kept
	Browser       string

	// Unknown are names that look like settings and are none: typing errors.
	Unknown []Unknown

	given [count]value
	file  layer // config.env, whether it counts or not
}

// Values of Settings.TokenStore.
const (
	KeptInKeychain = "keychain"
	KeptInFile     = "file"
)

// Allow says who can be messaged.
type Allow struct {
	Set bool     // false: everybody
	Who []string // aliases and uuids; empty means nobody
}

// Unknown is a name that is no setting.
type Unknown struct {
	Name   string `json:"name"`
	Origin Origin `json:"origin"`
}

// Origin says where a value comes from: a constant below, or the path given with
// --env-file.
type Origin string

const (
	FromEnvironment Origin = "environment"
	FromConfig      Origin = "config.env"
	FromDefault     Origin = "default"
	FromSandbox     Origin = "sandbox"
)

type value struct {
	text   string
	origin Origin
}

// All are the settings in the order in which they are shown.
func All() []ID {
	list := make([]ID, count)
	for i := range list {
		list[i] = ID(i)
	}
	return list
}

// Name is what users write.
func (id ID) Name() string { return table[id].name }

func (id ID) String() string { return id.Name() }

// Secret tells which values are masked and kept from child processes.
func (id ID) Secret() bool { return table[id].secret }

// Choices are the values that a setting with a fixed set of them takes.
func (id ID) Choices() []string { return table[id].choices }

// Meaning says what the setting is for, in Markdown.
func (id ID) Meaning(lang wording.Lang) string { return lang.Say(table[id].ko, table[id].en) }

// Default is the value that counts where none is given, in Markdown; "" if there
// is none.
func (id ID) Default(lang wording.Lang) string {
	r := table[id]
	if r.unsetKo != "" {
		return lang.Say(r.unsetKo, r.unsetEn)
	}
	if r.preset == "" {
		return ""
	}
	return "`" + r.preset + "`"
}

// Text is a setting as it was written, or its default; of addresses without the
// slash at their end.
func (s *Settings) Text(id ID) string { return s.given[id].text }

// Origin says where the value of a setting comes from.
func (s *Settings) Origin(id ID) Origin { return s.given[id].origin }

// IsShown reports whether there is a value to show.
func (s *Settings) IsShown(id ID) bool {
	return s.given[id].text != "" || table[id].emptyCounts && s.given[id].origin != FromDefault
}

// Shown is a setting as people may see it: secrets masked.
func (s *Settings) Shown(id ID) string {
	text := s.given[id].text
	switch {
	case !id.Secret() || text == "":
		return text
	case len(text) < 12:
		return "••••"
	}
	return text[:2] + "••••" + text[len(text)-2:]
}

// Hidden are the settings for which config.env has another value than the one
// that counts.
func (s *Settings) Hidden() (list []ID) {
	for id := range count {
		in := s.inFile(id)
		if in != nil && s.given[id].origin != FromConfig && strings.TrimRight(*in, "/") != strings.TrimRight(s.given[id].text, "/") {
			list = append(list, id)
		}
	}
	return list
}

// inFile is the value that config.env gives, nil if it gives none.
func (s *Settings) inFile(id ID) *string {
	in := s.file.values[id]
	if in != nil && *in == "" && !table[id].emptyCounts {
		return nil
	}
	return in
}

// OnlyInEnvironment are the settings that a program which is started without these
// variables would not have. The home is passed on to clients, and the browser and the
// language are the system's matter.
func (s *Settings) OnlyInEnvironment() (list []ID) {
	for id := range count {
		if s.given[id].origin == FromEnvironment && s.inFile(id) == nil && id != Home && id != Browser && id != Lang {
			list = append(list, id)
		}
	}
	return list
}

// ConfigFile is the path of config.env.
func (s *Settings) ConfigFile() string { return filepath.Join(s.Home, fileName) }

// ShownEntry is an entry of KAKAO_ALLOW as people may see it: all of an alias, the
// end of a uuid.
func (s *Settings) ShownEntry(who string) string {
	if len(who) < 12 || strings.ContainsFunc(who, func(r rune) bool { return r > '~' }) {
		return who
	}
	return "…" + who[len(who)-4:]
}

// splitList takes a comma list apart.
func splitList(text string) (list []string) {
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// WithOrigin adds an address's origin unless it is there.
func WithOrigin(origins []string, address string) []string {
	if o := OriginOf(address); o != "" && !slices.Contains(origins, o) {
		return append(origins, o)
	}
	return origins
}
