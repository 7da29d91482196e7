package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/cli"

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
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Short = lang.Say("셸 자동 완성 스크립트 만들기", "make a completion script for a shell")
			c.Long = c.Short
			c.Args = cobra.NoArgs
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() } // else arguments are not looked at
		}
	}
	root.SetUsageFunc(func(c *cobra.Command) error { return writeUsage(c.OutOrStderr(), c, lang) })
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		out := c.OutOrStdout()
		text := c.Long
		if text == "" {
			text = c.Short
		}
		fmt.Fprintf(out, "%s\n\n", cli.Wrap(text, helpWidth))
		writeUsage(out, c, lang) //nolint:errcheck // help to a closed pipe
	})
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return misuse(c, lang, flagError(err, lang)) })
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
		Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return misuse(c.Root(), lang, unknownCommand(c.Root(), strings.Join(args, " "), lang))
			}
			return found.Help()
		},
	}
}

// finish prepares c and the commands below it: wrong arguments are usage errors.
func finish(c *cobra.Command, lang wording.Lang) {
	c.DisableFlagsInUseLine = true // the options follow below
	check := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case check == nil || check(cmd, args) == nil:
			return nil
		case cmd.HasSubCommands() && len(args) > 0 && check(cmd, args[:1]) != nil: // it takes no first word at all
			return misuse(cmd, lang, unknownCommand(cmd, args[0], lang))
		}
		return misuse(cmd, lang, lang.Sayf("인자가 맞지 않아요: %s", "wrong arguments: %s", cmd.UseLine()))
	}
	for _, sub := range c.Commands() {
		finish(sub, lang)
	}
}

// misuse is a usage error with the way to the command's help.
func misuse(c *cobra.Command, lang wording.Lang, problem string) error {
	return cli.Misuse(problem + "\n" + lang.Sayf("쓰는 법: %s --help", "Usage: %s --help", c.CommandPath()))
}

func unknownCommand(c *cobra.Command, name string, lang wording.Lang) string {
	text := lang.Sayf("%q(이)라는 명령은 없어요", "unknown command %q", name)
	c.SuggestionsMinimumDistance = 2 // a typing mistake or two
	if near := c.SuggestionsFor(name); len(near) > 0 {
		text += lang.Sayf(". 혹시 이 명령인가요? %s", ". Did you mean %s?", strings.Join(near, ", "))
	}
	return text
}

func flagError(err error, lang wording.Lang) string {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return lang.Sayf("%s 옵션은 없어요", "unknown option: %s", dashed(unknown.GetSpecifiedName()))
	case errors.As(err, &bare):
		return lang.Sayf("%s 옵션에 값이 필요해요", "option %s needs a value", dashed(bare.GetSpecifiedName()))
	case errors.As(err, &bad):
		return lang.Sayf("--%s 옵션에 맞지 않는 값이에요: %q", "option --%s cannot be %q", bad.GetFlag().Name, bad.GetValue())
	}
	return err.Error()
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// writeUsage is everything in a help text below the description.
func writeUsage(out io.Writer, c *cobra.Command, lang wording.Lang) error {
	wordHelpFlags(c, lang)
	p := &cli.Printer{W: out}
	p.Line("%s", lang.Say("사용법:", "Usage:"))
	if c.Runnable() {
		p.Line("  %s", strings.ReplaceAll(cli.Wrap(c.UseLine(), helpWidth-6), "\n", "\n      "))
	}
	if c.HasAvailableSubCommands() {
		p.Line("  %s <command>", c.CommandPath())
		p.Line("\n%s", lang.Say("명령:", "Commands:"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				p.Line("  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		p.Line("\n%s\n%s", lang.Say("옵션:", "Options:"), flagList(c.LocalFlags(), lang))
	}
	if c.HasAvailableInheritedFlags() {
		p.Line("\n%s\n%s", lang.Say("모든 명령의 옵션:", "Options of every command:"), flagList(c.InheritedFlags(), lang))
	}
	if c.HasExample() {
		p.Line("\n%s\n%s", lang.Say("예:", "Examples:"), c.Example)
	}
	return p.Err
}

// flagList is pflag's list with descriptions that fit: pflag itself wraps by
// bytes, of which Hangul has three for two columns.
func flagList(flags *pflag.FlagSet, lang wording.Lang) string {
	var lines []string
	flags.VisitAll(func(f *pflag.Flag) {
		kind, text := pflag.UnquoteUsage(f)
		left := "      --" + f.Name
		if f.Shorthand != "" {
			left = "  -" + f.Shorthand + ", --" + f.Name
		}
		if kind != "" {
			left += " <" + kind + ">"
		}
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "[]" {
			text += lang.Sayf(" (기본값 %s)", " (default %s)", f.DefValue)
		}
		for i, part := range strings.Split(cli.Wrap(text, helpWidth-flagIndent), "\n") {
			if i > 0 || len(left) >= flagIndent-1 {
				lines = append(lines, strings.TrimRight(left, " "))
				left = ""
			}
			left = fmt.Sprintf("%-*s%s", flagIndent, left, part)
		}
		lines = append(lines, left)
	})
	return strings.Join(lines, "\n")
}

// complete gives a flag's values to shells.
func complete(c *cobra.Command, flag string, values ...string) {
	offer := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
	if err := c.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // there is no such flag
	}
}
