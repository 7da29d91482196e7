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
// systemd and launchd take only a signal for a crash, and Go's panics end with one
// by GOTRACEBACK=crash; what would lie in a core dump is nobody's business.
// On Windows, where nobody learns how the program ended, it is started again in
// any case, after five minutes. Control characters, and on Windows quotes and %,
// are errors.
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
		command, owner = asciiXML(windowsLine(binary, home, args)), asciiXML(owner)
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

// windowsLine is what follows conhost.exe. The task's Hidden setting hides the
// task, not the window of a console program; a console without a window does,
// which terminals are made of (microsoft/terminal, src/host/ConsoleArguments.cpp;
// no document has it). It drops the exit code of its program, so that the trigger
// repeats: while the program runs, IgnoreNew makes nothing of it. Task Scheduler
// has no environment, so home is an argument. A word that ends in backslashes has
// them doubled: a single one would protect the quote.
func windowsLine(binary, home string, args []string) string {
	line := "--headless"
	for _, a := range append(append([]string{binary}, args...), "--home", home) {
		tail := len(a) - len(strings.TrimRight(a, `\`))
		line += ` "` + a + a[len(a)-tail:] + `"`
	}
	return line
}

// asciiXML escapes text for an XML file that is the same in UTF-8, code page 949
// and what PowerShell's > makes of it.
func asciiXML(text string) string {
	var b strings.Builder
	for _, r := range html.EscapeString(text) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#x%X;", r)
		}
	}
	return b.String()
}
