package clients

import (
	"os"
	"path/filepath"
	"strings"

	"kakaotalk-mcp/cmd/internal/clients/formats"
)

// folders are where clients keep their settings on this computer.
type folders struct {
	claudeDesktop, claudeCode, cursor, code, codeInsiders, windsurf, gemini, codex, zed string
	copilot, opencode, qwen, cline, continues, vibe, augment, amp                       string
	goose, junie, lmStudio, kiro, antigravity                                           string
}

func (s System) folders() folders {
	home := func(parts ...string) string { return filepath.Join(append([]string{s.Home}, parts...)...) }
	config := s.configDir()
	// xdg is for programs that follow the XDG specification on every system.
	xdg := s.dirFromEnv("XDG_CONFIG_HOME", home(".config"))
	d := folders{
		claudeDesktop: s.claudeDesktopDir(config),
		claudeCode:    s.dirFromEnv("CLAUDE_CONFIG_DIR", s.Home),
		cursor:        home(".cursor"),
		code:          filepath.Join(config, "Code", "User"),
		codeInsiders:  filepath.Join(config, "Code - Insiders", "User"),
		windsurf:      s.windsurfDir(),
		gemini:        home(".gemini"),
		codex:         s.dirFromEnv("CODEX_HOME", home(".codex")),
		zed:           filepath.Join(config, "zed"),
		copilot:       s.dirFromEnv("COPILOT_HOME", home(".copilot")),
		opencode:      filepath.Join(xdg, "opencode"),
		qwen:          s.dirFromEnv("QWEN_HOME", home(".qwen")),
		cline:         s.dirFromEnv("CLINE_DIR", home(".cline")),
		continues:     s.dirFromEnv("CONTINUE_GLOBAL_DIR", home(".continue")),
		vibe:          s.dirFromEnv("VIBE_HOME", home(".vibe")),
		augment:       home(".augment"),
		amp:           filepath.Join(xdg, "amp"),
		goose:         filepath.Join(xdg, "goose"),
		junie:         home(".junie"),
		lmStudio:      home(".lmstudio"),
		kiro:          home(".kiro"),
		antigravity:   home(".gemini", "antigravity"),
	}
	switch s.OS {
	case "windows":
		d.zed, d.goose = filepath.Join(config, "Zed"), filepath.Join(config, "Block", "goose", "config")
	case "darwin":
		d.zed = home(".config", "zed")
	}
	// Since 2.0 its editor and its command line share a folder.
	if shared := home(".gemini", "config"); isDir(shared) {
		d.antigravity = shared
	}
	return d
}

// configDir is where applications keep their settings on this system.
func (s System) configDir() string {
	switch s.OS {
	case "windows":
		return s.dirFromEnv("APPDATA", filepath.Join(s.Home, "AppData", "Roaming"))
	case "darwin":
		return filepath.Join(s.Home, "Library", "Application Support")
	}
	return s.dirFromEnv("XDG_CONFIG_HOME", filepath.Join(s.Home, ".config"))
}

// claudeDesktopDir knows the packaged (MSIX) application on Windows: it sees a
// private copy of AppData, and its name ends in a publisher's hash.
func (s System) claudeDesktopDir(config string) string {
	plain := filepath.Join(config, "Claude")
	if s.OS != "windows" {
		return plain
	}
	packages := filepath.Join(s.dirFromEnv("LOCALAPPDATA", filepath.Join(s.Home, "AppData", "Local")), "Packages")
	folders, _ := os.ReadDir(packages) // none: not packaged
	for _, folder := range folders {
		dir := filepath.Join(packages, folder.Name(), "LocalCache", "Roaming", "Claude")
		if strings.HasPrefix(folder.Name(), "Claude_") && isDir(dir) {
			return dir
		}
	}
	return plain
}

// windsurfDir prefers the folder used since Windsurf became Devin Desktop.
func (s System) windsurfDir() string {
	current := filepath.Join(s.Home, ".config", "devin")
	if s.OS == "windows" {
		current = filepath.Join(s.configDir(), "devin")
	}
	former := filepath.Join(s.Home, ".codeium", "windsurf")
	if !isDir(current) && isDir(former) {
		return former
	}
	return current
}

// profile is a profile of VS Code that keeps servers of its own.
type profile struct{ name, folder string }

func profiles(user string) []profile {
	known, _ := readJSON(filepath.Join(user, "globalStorage", "storage.json"))["userDataProfiles"].([]any)
	var list []profile
	for _, value := range known {
		p, _ := value.(map[string]any)
		name, _ := p["name"].(string)
		location, _ := p["location"].(string)
		folder := filepath.Join(user, "profiles", filepath.Base(location))
		if location != "" && formats.LookUp(p, "useDefaultFlags.mcp") != true && isDir(folder) {
			list = append(list, profile{name, folder})
		}
	}
	return list
}

// dirFromEnv ignores relative values: they would mean another folder each time.
func (s System) dirFromEnv(name, otherwise string) string {
	if dir := s.Getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	return otherwise
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
