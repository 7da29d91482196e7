package config

import (
	"os"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"
)

// ChildVars is the environment without our settings: programs that we start need
// none of them, and some are secret.
func ChildVars(vars cli.Vars) cli.Vars {
	isSetting := func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=") // on Windows their case does not count
		return slices.ContainsFunc(table[:], func(r row) bool { return strings.EqualFold(r.name, name) })
	}
	return slices.DeleteFunc(slices.Clone(vars), isSetting)
}

// ServerVars is the environment that chat starts an MCP server with. The model's
// settings are not for it, and those of the Kakao app only for this program itself
// (own). KAKAO_ALLOW is no key but a limit, which another build of this program
// must not lose. Names that are typing errors count as what they look like.
func ServerVars(vars cli.Vars, own bool, lang wording.Lang) cli.Vars {
	withheld := func(entry string) bool {
		name := strings.ToUpper(entry) // on Windows the case of names does not count
		return strings.HasPrefix(name, "CLOVA_") || strings.HasPrefix(name, "CHAT_") || !own && strings.HasPrefix(name, "KAKAO_CLIENT_")
	}
	return append(slices.DeleteFunc(slices.Clone(vars), withheld), Lang.Name()+"="+string(lang))
}

// ForgetSecrets takes secret settings out of this process's environment, once they
// were read: libraries start browsers and other programs with all of it.
func ForgetSecrets() {
	for _, r := range table {
		if r.secret {
			os.Unsetenv(r.name) //nolint:errcheck // fails for impossible names only
		}
	}
}
