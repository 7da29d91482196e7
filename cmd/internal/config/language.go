package config

import (
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
)

// systemLang is the system's language, else Korean: most users are Korean, and
// clients often pass no language on at all.
func systemLang(vars cli.Vars) wording.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := strings.ToLower(vars.Get(name))
		if v == "" {
			continue
		}
		if strings.HasPrefix(v, "ko") || v == "c" || v == "posix" || strings.HasPrefix(v, "c.") {
			return wording.Korean
		}
		return wording.English
	}
	return desktopLang()
}
