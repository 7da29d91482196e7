package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/cmd/internal/clients"
)

func newUninstall(o *options, say sayer) *cobra.Command {
	var opt clients.Options
	var all, agreed bool
	c := &cobra.Command{
		Use:   "uninstall {<client>... | --all}",
		Short: say("AI 클라이언트에서 빼거나 모두 지우기", "unregister from AI clients, or remove everything"),
		Long: say("--all은 클라이언트 등록, 로그인(카카오 연결 끊기), 클라이언트 시크릿, 설정 폴더를 보여 주고 한 번 물어본 뒤 모두 지워요.",
			"--all lists client entries, login (with the connection at Kakao), client secret and settings folder, asks once, and removes them."),
		Example: `  kakaotalk-mcp uninstall claude-code
  kakaotalk-mcp uninstall claude-code --sandbox
  kakaotalk-mcp uninstall --all`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return usageError{errors.New(say("클라이언트 이름이나 --all 중 하나를 적어 주세요", "name clients, or use --all"))}
			}
			if all {
				return runUninstallAll(cmd.Context(), o, opt.Print, agreed)
			}
			return runUninstall(cmd.Context(), o, opt, args)
		},
	}
	c.Flags().BoolVar(&opt.Print, "print", false, say("바꿀 내용만 보여 주고 쓰지 않기", "show the change, write nothing"))
	c.Flags().BoolVar(&all, "all", false, say("이 프로그램이 남긴 것 모두 지우기", "remove everything this program left"))
	c.Flags().BoolVar(&agreed, "yes", false, say("--all에서 묻지 않기", "do not ask with --all"))
	return c
}

func runUninstall(ctx context.Context, o *options, opt clients.Options, names []string) error {
	lang := quickLang(o.sys)
	say := speaker(lang)
	chosen, err := pick(clients.All(clientSystem(o.sys, lang)), names, say)
	if err != nil {
		return err
	}
	var failed error
	for _, c := range chosen {
		name := clientEntry(o.sys, o.sandbox).Name
		change, err := c.Uninstall(ctx, name, opt)
		if err != nil {
			fmt.Fprintf(o.sys.stderr, "✘ %s: %v\n", c.Title, err)
			failed = errSilent
			continue
		}
		printChange(o.sys, say, c, change, name, opt.Print)
	}
	return failed
}
