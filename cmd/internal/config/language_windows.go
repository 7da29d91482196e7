package config

import (
	"strings"

	"golang.org/x/sys/windows"

	"kakaotalk-mcp/auth/ground/wording"
)

// desktopLang asks Windows, which knows no LANG.
func desktopLang() wording.Lang {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 || strings.HasPrefix(strings.ToLower(names[0]), "ko") {
		return wording.Korean
	}
	return wording.English
}
