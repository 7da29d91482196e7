package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/tools/messenger"
)

// shells are those that a completion script can be made for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion(o *app.Options, lang wording.Lang) *cobra.Command {
	return &cobra.Command{
		Use:   "completion {" + strings.Join(shells, " | ") + "}",
		Short: lang.Say("셸 자동 완성 스크립트 만들기", "make a completion script for a shell"),
		Long: lang.Say("명령, 옵션, 클라이언트, 별칭을 탭 키로 완성하는 스크립트를 출력해요. 셸의 설정 파일에 예시의 줄을 추가해 주세요.",
			"Prints a script that completes commands, options, clients and aliases with the Tab key. Add the line of the example to your shell's settings."),
		Example: `  bash        source <(kakaotalk-mcp completion bash)
  zsh         source <(kakaotalk-mcp completion zsh)
  fish        kakaotalk-mcp completion fish | source
  powershell  kakaotalk-mcp completion powershell | Out-String | iex`,
		ValidArgs: shells,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(c *cobra.Command, args []string) error {
			out := o.Env.Stdout
			switch args[0] {
			case "bash":
				return bashCompletion(c.Root(), out)
			case "zsh":
				return c.Root().GenZshCompletion(out)
			case "fish":
				return c.Root().GenFishCompletion(out, true)
			}
			return c.Root().GenPowerShellCompletionWithDesc(out)
		},
	}
}

// bashCompletion writes bash's script. cobra escapes a word that is the only one, and
// leaves several as they are, of which bash inserts what they have in common: of two
// names with a blank the first half became the receiver and the rest the message.
func bashCompletion(root *cobra.Command, out io.Writer) error {
	var script strings.Builder
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		return err
	}
	const one, all = `        if (( ${#COMPREPLY[@]} == 1 )); then
            COMPREPLY[0]=$(printf "%q" "${COMPREPLY[0]}")
        fi
        return 0
`, `        (( ${#COMPREPLY[@]} == 0 )) ||
            IFS=$'\n' read -ra COMPREPLY -d '' < <(printf "%q\n" "${COMPREPLY[@]}")
        return 0
`
	_, err := io.WriteString(out, strings.Replace(script.String(), one, all, 1))
	return err
}

// offered lets shells complete a value with words that depend on the arguments before
// it, and never with the names of files.
func offered(words func(before []string) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, before []string, _ string) ([]string, cobra.ShellCompDirective) {
		return words(before), cobra.ShellCompDirectiveNoFileComp
	}
}

// complete gives a flag's values to shells.
func complete(c *cobra.Command, flag string, values ...string) {
	completeWith(c, flag, offered(func([]string) []string { return values }))
}

// completeFile lets shells complete a flag's value as a file's name.
func completeFile(c *cobra.Command, flag string) {
	completeWith(c, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveDefault
	})
}

func completeWith(c *cobra.Command, flag string, offer cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // there is no such flag
	}
}

// aliases are the names that the user gave to friends. Nobody is asked over the
// network while a key is pressed.
func aliases(o *app.Options) []string { return ownNames(o, (*messenger.Messenger).Aliases) }

// ownNames are those of one of the lists that the user keeps.
func ownNames(o *app.Options, list func(*messenger.Messenger) ([]messenger.Receiver, error)) []string {
	if o.Sandbox {
		return nil // it keeps none between two commands
	}
	a, err := app.New(o, false)
	if err != nil {
		return nil
	}
	defer a.Close()
	people, err := list(a.Messenger())
	if err != nil {
		return nil
	}
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	return names
}
