package main

import (
	"strings"

	"golang.org/x/sys/windows"
)

// osLanguage asks Windows, which knows no LANG.
func osLanguage() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 || strings.HasPrefix(strings.ToLower(names[0]), "ko") {
		return "ko"
	}
	return "en"
}
