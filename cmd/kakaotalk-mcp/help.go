package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"

	"github.com/clipperhouse/displaywidth"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how many columns of a terminal help texts take; Hangul takes two.
const helpWidth = 80

// flagIndent is the column where an option's description begins.
const flagIndent = 28

// localise gives help and usage errors in the owner's language. The texts are
// built here, not by cobra's templates: linking text/template keeps every method
// of every type in the program and adds megabytes to it.
func localise(root *cobra.Command, lang wording.Lang) {
	root.SetHelpCommand(newHelp(lang))
	root.CompletionOptions.DisableDefaultCmd = true // ours speaks Korean, too
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.SetUsageFunc(func(c *cobra.Command) error { return writeUsage(c.OutOrStderr(), c, lang) })
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		out := c.OutOrStdout()
		text := c.Long
		if text == "" {
			text = c.Short
		}
		fmt.Fprintf(out, "%s\n\n", cli.Wrap(text, cli.Columns(out, helpWidth)))
		writeUsage(out, c, lang) //nolint:errcheck // help to a closed pipe
	})
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return misuse(c, lang, flagError(c, err, lang)) })
	root.PersistentPreRun = func(c *cobra.Command, _ []string) {
		if c.Name() == cobra.ShellCompRequestCmd || c.Name() == cobra.ShellCompNoDescRequestCmd {
			wordHelpFlags(root, lang)
		}
	}
	finish(root, lang)
}

// wordHelpFlags describes --help of c and the commands below it. Only texts that
// show it need that: making the flags takes longer than all the rest of the tree.
func wordHelpFlags(c *cobra.Command, lang wording.Lang) {
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Usage = lang.Say("도움말 보기", "show this help")
	for _, sub := range c.Commands() {
		wordHelpFlags(sub, lang)
	}
}

// newHelp is for people who type "help" instead of -h.
func newHelp(lang wording.Lang) *cobra.Command {
	return &cobra.Command{
		Use:    "help [<command>]",
		Short:  lang.Say("도움말 보기", "show help"),
		Hidden: true, DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return misuse(c.Root(), lang, unknownCommand(c.Root(), strings.Join(args, " "), lang))
			}
			return found.Help()
		},
	}
}

// finish prepares c and the commands below it: wrong arguments are usage errors, and
// so is an option whose value a script's variable left empty: a picture or a settings
// file would be left out unseen.
func finish(c *cobra.Command, lang wording.Lang) {
	c.DisableFlagsInUseLine = true // the options follow below
	check := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		if name := emptyOption(cmd); name != "" {
			return misuse(cmd, lang, needsValue(name, lang))
		}
		if check == nil || check(cmd, args) == nil {
			return nil
		}
		return misuse(cmd, lang, argumentError(cmd, check, args, lang))
	}
	for _, sub := range c.Commands() {
		finish(sub, lang)
	}
}

// emptyOption is a text option that was given without a text, "" if there is none.
func emptyOption(c *cobra.Command) (name string) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" {
			name = f.Name
		}
	})
	return name
}

func needsValue(option string, lang wording.Lang) string {
	return lang.Sayf("옵션에 값이 필요해요: %s", "This option needs a value: %s", dashed(option))
}

// argumentError says which word is wrong, or what is missing.
func argumentError(c *cobra.Command, check cobra.PositionalArgs, args []string, lang wording.Lang) string {
	fits := len(args) - 1 // as many of the words as are right
	for fits >= 0 && check(c, args[:fits]) != nil {
		fits--
	}
	switch {
	case len(args) > 0 && c.ValidArgs != nil && !slices.Contains(c.ValidArgs, args[0]):
		return lang.Sayf("올바르지 않은 값이에요: %s (가능한 값: %s)", "Invalid value: %s (use one of: %s)", args[0], strings.Join(c.ValidArgs, ", "))
	case fits < 0:
		return lang.Sayf("빠진 값이 있어요: %s", "Missing argument: %s", useLine(c, lang))
	case fits == 0 && c.HasSubCommands():
		return unknownCommand(c, args[0], lang)
	case c.Annotations[textArgument] == "2":
		return lang.Sayf("메시지를 따옴표로 묶어 주세요: `%s %s \"…\"`", "Put the text in quotes: `%s %s \"…\"`", c.CommandPath(), args[0])
	case c.Annotations[textArgument] == "1":
		return lang.Sayf("내용을 따옴표로 묶어 주세요: `%s \"…\"`", "Put the text in quotes: `%s \"…\"`", c.CommandPath())
	}
	return unexpected(strings.Join(args[fits:], " "), lang)
}

func unexpected(words string, lang wording.Lang) string {
	return lang.Sayf("필요하지 않은 값이에요: %s", "Unexpected argument: %s", words)
}

// textArgument marks commands whose last argument, of so many, is text, which people
// forget to put in quotes.
const textArgument = "text"

// misuse is a usage error with the way to the command's help.
func misuse(c *cobra.Command, lang wording.Lang, problem string) error {
	return cli.Misuse(problem + "\n" + lang.Sayf("사용법: %s --help", "Usage: %s --help", c.CommandPath()))
}

func unknownCommand(c *cobra.Command, name string, lang wording.Lang) string {
	text := lang.Sayf("없는 명령이에요: %s", "Unknown command: %s", name)
	c.SuggestionsMinimumDistance = 2 // a typing mistake or two
	if near := c.SuggestionsFor(name); len(near) > 0 {
		text += lang.Sayf(". 혹시 이 명령인가요? %s", ". Did you mean %s?", strings.Join(near, ", "))
	}
	return text
}

func flagError(c *cobra.Command, err error, lang wording.Lang) string {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	var broken *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return unknownOption(c, "-", unknown.GetSpecifiedShortnames(), lang)
	case errors.As(err, &unknown):
		return unknownOption(c, "--", unknown.GetSpecifiedName(), lang)
	case errors.As(err, &broken):
		return unknownOption(c, "", broken.GetSpecifiedFlag(), lang)
	case errors.As(err, &bare):
		return needsValue(bare.GetSpecifiedName(), lang)
	case errors.As(err, &bad):
		return lang.Sayf("--%s 값이 올바르지 않아요: %s", "Invalid value for --%s: %s", bad.GetFlag().Name, bad.GetValue())
	}
	return err.Error()
}

// unknownOption is told from a text or a name that begins with a dash, which is a
// list's first line as often: that is not repeated.
func unknownOption(c *cobra.Command, dashes, name string, lang wording.Lang) string {
	isName := dashes != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if dashes == "-" && isName {
		name = name[:1]
	}
	text := lang.Sayf("없는 옵션이에요: %s", "Unknown option: %s", dashes+name)
	example := c.CommandPath() + ` -- "-…"`
	if c.Annotations[textArgument] == "2" {
		example = c.CommandPath() + ` me -- "- …"`
	}
	after := lang.Sayf("-로 시작하는 값은 옵션을 먼저 적고 -- 뒤에 적어 주세요: `%s`", "Put a value that begins with - last, after --: `%s`", example)
	switch {
	case !isName && strings.Contains(c.Use, " "):
		return after
	case !isName:
		return unexpected(dashes+name, lang)
	case dashes == "-" && c.Annotations[textArgument] != "":
		return text + "\n" + after
	}
	return text
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// useLine is how a command is written, with its values in the reader's language.
func useLine(c *cobra.Command, lang wording.Lang) string {
	line := c.UseLine()
	if lang == wording.English {
		return line
	}
	return strings.NewReplacer("<name>", "<이름>", "<text>", "<내용>", "<client>", "<클라이언트>", "<request>", "<요청>", "<command>", "<명령>", "<dir>", "<폴더>", "<id or link>", "<id 또는 링크>", "<alias>", "<별칭>", "<uuid or name>", "<uuid 또는 이름>").Replace(line)
}

// writeUsage is everything in a help text below the description.
func writeUsage(out io.Writer, c *cobra.Command, lang wording.Lang) error {
	wordHelpFlags(c, lang)
	width := cli.Columns(out, helpWidth)
	p := &cli.Printer{W: out}
	p.Line("%s", lang.Say("사용법:", "Usage:"))
	if c.Runnable() {
		p.Line("  %s", strings.ReplaceAll(cli.Wrap(useLine(c, lang), width-6), "\n", "\n      "))
	}
	if c.HasAvailableSubCommands() {
		p.Line("  %s %s", c.CommandPath(), lang.Say("<명령>", "<command>"))
		p.Line("\n%s", lang.Say("명령:", "Commands:"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				p.Line("%s", entry("  "+sub.Name(), sub.Short, sub.NamePadding()+3, width))
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		p.Line("\n%s\n%s", lang.Say("옵션:", "Options:"), flagList(c.LocalFlags(), lang, width))
	}
	if c.HasAvailableInheritedFlags() {
		p.Line("\n%s\n%s", lang.Say("모든 명령의 옵션:", "Options of every command:"), flagList(c.InheritedFlags(), lang, width))
	}
	if c.HasExample() {
		p.Line("\n%s\n%s", lang.Say("예:", "Examples:"), c.Example)
	}
	return p.Err
}

// flagList is pflag's list with descriptions that fit: pflag itself wraps by
// bytes, of which Hangul has three for two columns.
func flagList(flags *pflag.FlagSet, lang wording.Lang, width int) string {
	indent := flagIndent
	if width < helpWidth*3/4 { // beside the names there would be room for a word or two
		indent = 8
	}
	var lines []string
	flags.VisitAll(func(f *pflag.Flag) {
		left := "      --" + f.Name
		if f.Shorthand != "" {
			left = "  -" + f.Shorthand + ", --" + f.Name
		}
		left += valueName(f, lang)
		text := f.Usage
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "[]" {
			text += lang.Sayf(" (기본값 %s)", " (default %s)", f.DefValue)
		}
		lines = append(lines, entry(left, text, indent, width))
	})
	return strings.Join(lines, "\n")
}

// valueName is what stands for an option's value in a list.
func valueName(f *pflag.Flag, lang wording.Lang) string {
	switch {
	case f.Value.Type() == "bool":
		return ""
	case f.NoOptDefVal != "":
		return "[=" + lang.Say("<값>", "<value>") + "]"
	case f.Value.Type() == "int":
		return " " + lang.Say("<수>", "<number>")
	}
	return " " + lang.Say("<값>", "<value>")
}

// entry is a line of a list whose second column begins at indent: below the first
// one where that is too long.
func entry(left, text string, indent, width int) string {
	var lines []string
	if displaywidth.String(left) >= indent {
		lines, left = append(lines, strings.TrimRight(left, " ")), ""
	}
	for part := range strings.Lines(cli.Wrap(text, width-indent)) {
		lines = append(lines, left+strings.Repeat(" ", indent-displaywidth.String(left))+strings.TrimRight(part, "\n"))
		left = ""
	}
	return strings.Join(lines, "\n")
}
