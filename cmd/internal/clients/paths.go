package clients

import (
	"os"
	"path/filepath"
	"strings"

	"kakaotalk-mcp/cmd/internal/clients/formats"
)

// home is a path in the user's own folder.
func (s System) home(parts ...string) string {
	return filepath.Join(append([]string{s.Home}, parts...)...)
}

// dirFromEnv is the folder that a variable names, else a path in the user's own. It
// ignores relative values: they would mean another folder each time.
func (s System) dirFromEnv(name string, otherwise ...string) string {
	if dir := s.Getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	return s.home(otherwise...)
}

// configDir is where applications keep their settings on this system.
func (s System) configDir() string {
	switch s.OS {
	case "windows":
		return s.dirFromEnv("APPDATA", "AppData", "Roaming")
	case "darwin":
		return s.home("Library", "Application Support")
	}
	return s.dirFromEnv("XDG_CONFIG_HOME", ".config")
}

// xdg is the folder of a program that follows the XDG specification on every system.
func (s System) xdg(name string) string {
	return filepath.Join(s.dirFromEnv("XDG_CONFIG_HOME", ".config"), name)
}

// claudeDesktopDir knows the packaged (MSIX) application on Windows: it sees a
// private copy of AppData, and its name ends in a publisher's hash.
func (s System) claudeDesktopDir() string {
	plain := filepath.Join(s.configDir(), "Claude")
	if s.OS != "windows" {
		return plain
	}
	packages := filepath.Join(s.dirFromEnv("LOCALAPPDATA", "AppData", "Local"), "Packages")
	folders, _ := os.ReadDir(packages) // none: not packaged
	for _, folder := range folders {
		dir := filepath.Join(packages, folder.Name(), "LocalCache", "Roaming", "Claude")
		if strings.HasPrefix(folder.Name(), "Claude_") && isDir(dir) {
			return dir
		}
	}
	return plain
}

func (s System) zedDir() string {
	switch s.OS {
	case "windows":
		return filepath.Join(s.configDir(), "Zed")
	case "darwin":
		return s.home(".config", "zed")
	}
	return s.xdg("zed")
}

func (s System) gooseDir() string {
	if s.OS == "windows" {
		return filepath.Join(s.configDir(), "Block", "goose", "config")
	}
	return s.xdg("goose")
}

// antigravityDir: since 2.0 its editor and its command line share a folder.
func (s System) antigravityDir() string {
	if shared := s.home(".gemini", "config"); isDir(shared) {
		return shared
	}
	return s.home(".gemini", "antigravity")
}

// windsurfDir prefers the folder used since Windsurf became Devin Desktop.
func (s System) windsurfDir() string {
	current := s.home(".config", "devin")
	if s.OS == "windows" {
		current = filepath.Join(s.configDir(), "devin")
	}
	former := s.home(".codeium", "windsurf")
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

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
