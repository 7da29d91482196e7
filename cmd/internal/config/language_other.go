//go:build !windows

package config

import "kakaotalk-mcp/auth/ground/wording"

// desktopLang is the language when the environment names none: programs started
// from a desktop get no LANG, so nothing can be told.
func desktopLang() wording.Lang { return wording.Korean }
