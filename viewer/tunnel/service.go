package tunnel

import (
	"embed"
	"errors"
	"fmt"
	"html"
	"os/user"
	"strings"
	"unicode/utf8"
)

//go:embed service/*.tmpl
var serviceFiles embed.FS

// serviceNames are the file names; launchd wants its label in there.
var serviceNames = map[string]string{
	"systemd":  "kakaotalk-mcp.service",
	"launchd":  "kakaotalk-mcp.tunnel.plist",
	"schtasks": "kakaotalk-mcp.xml",
}

// Service returns the text of a user service that runs binary with args at
// login, with KAKAOTALK_MCP_HOME set to home, and the usual name of its file.
// kind is systemd (~/.config/systemd/user), launchd (~/Library/LaunchAgents) or
// schtasks (schtasks /Create /TN kakaotalk-mcp /XML FILE). A crash restarts the
// program; its own exit does not, because it exits only where a human must help.
// Control characters, and on Windows quotes and %, are errors.
func Service(kind, binary, home string, args []string) (fileName, text string, err error) {
	owner := ""
	if kind == "schtasks" {
		// A task for every user's login could be made by an administrator only.
		u, err := user.Current()
		if err != nil {
			return "", "", fmt.Errorf("service: %w", err)
		}
		owner = u.Username
	}
	return service(kind, binary, home, owner, args)
}

func service(kind, binary, home, owner string, args []string) (fileName, text string, err error) {
	name, ok := serviceNames[kind]
	if !ok {
		return "", "", errors.New("service: kind must be systemd, launchd or schtasks")
	}
	if binary == "" || home == "" {
		return "", "", errors.New("service: program and home must be given")
	}
	for _, s := range append([]string{binary, home}, args...) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", "", errors.New("service: a path or argument holds control characters")
		}
		if kind == "schtasks" && strings.ContainsAny(s, `"%`) {
			return "", "", errors.New(`service: on Windows paths and arguments must not hold " or %`)
		}
	}
	raw, err := serviceFiles.ReadFile("service/" + kind + ".tmpl")
	if err != nil {
		return "", "", fmt.Errorf("service: %w", err)
	}
	// Not text/template: linking that keeps every method of every type,
	// megabytes of the program.
	var command string
	switch kind {
	case "systemd":
		command = unitProgram(binary)
		for _, a := range args {
			command += " " + unitArg(a)
		}
		home = unitWord("KAKAOTALK_MCP_HOME=" + home)
	case "launchd":
		var lines []string
		for _, word := range append([]string{binary}, args...) {
			lines = append(lines, "\t\t<string>"+html.EscapeString(word)+"</string>")
		}
		command, home = strings.Join(lines, "\n"), html.EscapeString(home)
	case "schtasks":
		command, owner = html.EscapeString(windowsLine(binary, home, args)), html.EscapeString(owner)
	}
	return name, strings.NewReplacer("{{command}}", command, "{{home}}", home, "{{owner}}", owner).Replace(string(raw)), nil
}

// unitWord quotes a word of a systemd unit (systemd.syntax(7)): C escapes in
// double quotes; % begins a specifier.
func unitWord(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`).Replace(s) + `"`
}

// unitArg quotes an argument: unlike in a program's path, $ begins a variable.
func unitArg(s string) string { return unitWord(strings.ReplaceAll(s, "$", "$$")) }

// unitProgram quotes the program's path. systemd takes none with quotes or
// backslashes, however quoted; a shell starts those.
func unitProgram(path string) string {
	if strings.ContainsAny(path, "\"'\\") {
		return "/bin/sh -c " + unitArg(`exec "$0" "$@"`) + " " + unitArg(path)
	}
	return unitWord(path)
}

// windowsLine is what follows cmd.exe: Task Scheduler has no environment, so cmd
// sets it. With /s the outer quotes go and the inner ones stay. A word that ends
// in backslashes has them doubled: a single one would protect the quote.
func windowsLine(binary, home string, args []string) string {
	line := fmt.Sprintf(`/d /s /c "set "KAKAOTALK_MCP_HOME=%s"&& "%s"`, home, binary)
	for _, a := range args {
		tail := len(a) - len(strings.TrimRight(a, `\`))
		line += ` "` + a + a[len(a)-tail:] + `"`
	}
	return line + `"`
}
