package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

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
func localise(root *cobra.Command, say sayer) {
	root.SetHelpCommand(newHelp(say))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Short = say("셸 자동 완성 스크립트 만들기", "make a completion script for a shell")
			c.Long = c.Short
			c.Args = cobra.NoArgs
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() } // else arguments are not looked at
		}
	}
	root.SetUsageFunc(func(c *cobra.Command) error { return writeUsage(c.OutOrStderr(), c, say) })
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		out := c.OutOrStdout()
		text := c.Long
		if text == "" {
			text = c.Short
		}
		fmt.Fprintf(out, "%s\n\n", wrap(text, helpWidth))
		writeUsage(out, c, say) //nolint:errcheck // help to a closed pipe
	})
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return misuse(c, say, flagError(err, say)) })
	finish(root, say)
}

// newHelp is for people who type "help" instead of -h.
func newHelp(say sayer) *cobra.Command {
	return &cobra.Command{
		Use:    "help [<command>]",
		Short:  say("도움말 보기", "show help"),
		Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return misuse(c.Root(), say, unknownCommand(c.Root(), strings.Join(args, " "), say))
			}
			return found.Help()
		},
	}
}

// finish prepares c and the commands below it: the words for --help, and wrong
// arguments as usage errors.
func finish(c *cobra.Command, say sayer) {
	c.DisableFlagsInUseLine = true // the options follow below
	c.InitDefaultHelpFlag()
	if f := c.Flags().Lookup("help"); f != nil {
		f.Usage = say("도움말 보기", "show this help")
	}
	check := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case check == nil || check(cmd, args) == nil:
			return nil
		case cmd.HasSubCommands() && len(args) > 0 && check(cmd, args[:1]) != nil: // it takes no first word at all
			return misuse(cmd, say, unknownCommand(cmd, args[0], say))
		}
		return misuse(cmd, say, fmt.Sprintf(say("인자가 맞지 않아요: %s", "wrong arguments: %s"), cmd.UseLine()))
	}
	for _, sub := range c.Commands() {
		finish(sub, say)
	}
}

// misuse is a usage error with the way to the command's help.
func misuse(c *cobra.Command, say sayer, problem string) error {
	return usageError{errors.New(problem + "\n" + fmt.Sprintf(say("쓰는 법: %s --help", "Usage: %s --help"), c.CommandPath()))}
}

func unknownCommand(c *cobra.Command, name string, say sayer) string {
	text := fmt.Sprintf(say("%q(이)라는 명령은 없어요", "unknown command %q"), name)
	c.SuggestionsMinimumDistance = 2 // a typing mistake or two
	if near := c.SuggestionsFor(name); len(near) > 0 {
		text += fmt.Sprintf(say(". 혹시 이 명령인가요? %s", ". Did you mean %s?"), strings.Join(near, ", "))
	}
	return text
}

func flagError(err error, say sayer) string {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf(say("%s 옵션은 없어요", "unknown option: %s"), dashed(unknown.GetSpecifiedName()))
	case errors.As(err, &bare):
		return fmt.Sprintf(say("%s 옵션에 값이 필요해요", "option %s needs a value"), dashed(bare.GetSpecifiedName()))
	case errors.As(err, &bad):
		return fmt.Sprintf(say("--%s 옵션에 맞지 않는 값이에요: %q", "option --%s cannot be %q"), bad.GetFlag().Name, bad.GetValue())
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
func writeUsage(out io.Writer, c *cobra.Command, say sayer) error {
	p := &printer{w: out}
	p.line("%s", say("사용법:", "Usage:"))
	if c.Runnable() {
		p.line("  %s", strings.ReplaceAll(wrap(c.UseLine(), helpWidth-6), "\n", "\n      "))
	}
	if c.HasAvailableSubCommands() {
		p.line("  %s <command>", c.CommandPath())
		p.line("\n%s", say("명령:", "Commands:"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				p.line("  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		p.line("\n%s\n%s", say("옵션:", "Options:"), flagList(c.LocalFlags(), say))
	}
	if c.HasAvailableInheritedFlags() {
		p.line("\n%s\n%s", say("모든 명령의 옵션:", "Options of every command:"), flagList(c.InheritedFlags(), say))
	}
	if c.HasExample() {
		p.line("\n%s\n%s", say("예:", "Examples:"), c.Example)
	}
	return p.err
}

// flagList is pflag's list with descriptions that fit: pflag itself wraps by
// bytes, of which Hangul has three for two columns.
func flagList(flags *pflag.FlagSet, say sayer) string {
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
			text += fmt.Sprintf(say(" (기본값 %s)", " (default %s)"), f.DefValue)
		}
		for i, part := range strings.Split(wrap(text, helpWidth-flagIndent), "\n") {
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

// wrap fills paragraphs, which blank lines divide, so that no line is wider than
// width columns; a single wider word stays whole.
func wrap(text string, width int) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		column := 0
		for _, word := range strings.Fields(paragraph) {
			w := displaywidth.String(word)
			switch {
			case column == 0:
			case column+1+w > width:
				b.WriteByte('\n')
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += w
		}
	}
	return b.String()
}
