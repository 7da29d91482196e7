package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/doctor"
	"kakaotalk-mcp/tools/messenger"
)

func newFriends(o *app.Options, lang wording.Lang) *cobra.Command {
	var r messenger.SearchRequest
	var asJSON bool
	c := &cobra.Command{
		Use:   "friends [<name>]",
		Short: lang.Say("친구 찾기, 별칭과 항상 허용할 친구 관리", "find friends, manage aliases and friends to always allow"),
		Long: lang.Say("카카오톡 친구를 찾아요. 초성(ㅎㄱㄷ)으로도 찾을 수 있어요.",
			"Finds KakaoTalk friends. Initial consonants (ㅎㄱㄷ) work too."),
		Example: `  kakaotalk-mcp friends 지민
  kakaotalk-mcp friends alias 엄마 <uuid>
  kakaotalk-mcp friends allow 홍길동`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				r.Query = args[0]
			}
			return runFriends(cmd.Context(), o, r, asJSON)
		},
	}
	c.ValidArgsFunction = offered(func(before []string) []string {
		if len(before) > 0 {
			return nil
		}
		return aliases(o)
	})
	c.Flags().IntVar(&r.Limit, "limit", 30, lang.Say("최대 몇 명까지 볼지 (1–100)", "how many friends at most (1–100)"))
	c.Flags().IntVar(&r.Offset, "offset", 0, lang.Say("몇 번째부터 볼지", "how many friends to skip"))
	jsonFlag(c, &asJSON, lang)
	c.AddCommand(newAlias(o, lang), newAllow(o, lang))
	return c
}

func runFriends(ctx context.Context, o *app.Options, r messenger.SearchRequest, asJSON bool) error {
	a, err := app.New(o, true)
	if err != nil {
		return err
	}
	defer a.Close()
	if r.Limit < 1 || r.Limit > 100 || r.Offset < 0 {
		return cli.Misuse(a.Lang.Say("--limit은 1에서 100 사이, --offset은 0 이상으로 적어 주세요", "--limit must be 1 to 100, and --offset at least 0"))
	}
	m := a.Messenger()
	found, err := m.Search(ctx, r, a.Person())
	if err != nil {
		return m.Explain(err)
	}
	if asJSON {
		return cli.WriteJSON(o.Env.Stdout, found)
	}
	p := &cli.Printer{W: o.Env.Stdout}
	if note := strings.TrimSpace(found.Note + " " + found.NextStep); note != "" {
		cli.Tell(o.Env.Stderr, note)
	}
	for _, f := range found.Friends {
		star := " "
		if f.Favorite {
			star = "★"
		}
		p.Line("%s", strings.TrimSuffix(fmt.Sprintf("%s %s\t%s\t%s", star, f.Label(), f.UUID, f.Remarks()), "\t"))
	}
	if found.NextOffset != nil {
		cli.Tell(o.Env.Stderr, a.Lang.Sayf("친구가 더 있어요(전체 %d명). 더 보려면 --offset %d", "There are more friends (%d in all). To see more: --offset %d", found.TotalCount, *found.NextOffset))
	}
	return p.Err
}

func newAlias(o *app.Options, lang wording.Lang) *cobra.Command {
	c := ownList{
		name:  "friends alias",
		words: 2,
		offer: 1,
		usage: lang.Say("friends alias <별칭> <uuid 또는 이름>, 또는 --list, --remove <별칭>", "friends alias <alias> <uuid or name>, or --list, or --remove <alias>"),
		none:  lang.Say("정한 별칭이 없어요.", "No aliases are set."),
		by:    messenger.ByAlias,
		show:  (*messenger.Messenger).Aliases,
		remove: func(a *app.App, m *messenger.Messenger, alias string) (string, error) {
			r, err := m.RemoveAlias(alias)
			return a.Lang.Sayf("별칭을 지웠어요: %s", "Alias removed: %s", r.Name), err
		},
		add: func(ctx context.Context, a *app.App, m *messenger.Messenger, args []string) (string, error) {
			r, err := m.SetAlias(ctx, args[0], args[1], a.Person())
			return a.Lang.Sayf("별칭을 정했어요: %s", "Alias set: %s", r.Name), err
		},
	}.command(o, lang, lang.Say("별칭 목록 보기", "list the aliases"), lang.Say("별칭 지우기", "remove an alias"))
	c.Use = "alias {<alias> <uuid or name> | --list | --remove <alias>}"
	c.Short = lang.Say("친구의 별칭 정하기", "set a friend's alias")
	return c
}

func newAllow(o *app.Options, lang wording.Lang) *cobra.Command {
	c := ownList{
		name:  "friends allow",
		words: 1,
		usage: lang.Say("friends allow <이름>, 또는 --list, --remove <이름>", "friends allow <name>, or --list, or --remove <name>"),
		none:  lang.Say("항상 허용하는 친구가 없어요.", "No friends are always allowed."),
		by:    messenger.ByApproval,
		show:  (*messenger.Messenger).Approved,
		remove: func(a *app.App, m *messenger.Messenger, who string) (string, error) {
			r, err := m.RemoveApproval(who)
			return a.Lang.Sayf("이제 %s에게 보내기 전에 다시 물어요.", "You will be asked again before messages to %s.", r.Called(a.Lang)), err
		},
		add: func(ctx context.Context, a *app.App, m *messenger.Messenger, args []string) (string, error) {
			r, err := m.AllowFriend(ctx, args[0], a.Person())
			return a.Lang.Sayf("이제 %s에게 보낼 때는 묻지 않아요.", "You will no longer be asked before messages to %s.", r.Called(a.Lang)), err
		},
	}.command(o, lang, lang.Say("항상 허용하는 친구 보기", "list the friends who are always allowed"), lang.Say("다시 묻기", "ask again before messages to this friend"))
	c.Use = "allow {<name> | --list | --remove <name>}"
	c.Short = lang.Say("묻지 않고 보낼 친구 정하기 (항상 허용)", "choose friends to message without being asked (always allow)")
	return c
}

// ownList is a list of people that the owner keeps: it is shown, an entry is
// removed, or words name a new one.
type ownList struct {
	name   string // of the command
	words  int    // how many of them name a new entry
	usage  string
	none   string // said of an empty list
	offer  int    // which of them is a friend, for completion
	by     messenger.Written
	show   func(*messenger.Messenger) ([]messenger.Receiver, error)
	remove func(*app.App, *messenger.Messenger, string) (said string, err error)
	add    func(context.Context, *app.App, *messenger.Messenger, []string) (said string, err error)
}

func (l ownList) command(o *app.Options, lang wording.Lang, listHelp, removeHelp string) *cobra.Command {
	var list, remove, asJSON bool
	c := &cobra.Command{
		Args: cobra.MaximumNArgs(l.words),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := app.New(o, true)
			if err != nil {
				return err
			}
			defer a.Close()
			m := a.Messenger()
			switch {
			case list && !remove && len(args) == 0:
				people, err := l.show(m)
				if err != nil {
					return err
				}
				if len(people) > 0 {
					l.complete(cmd.Context(), a, people)
				}
				if asJSON {
					return cli.WriteJSON(o.Env.Stdout, people)
				}
				if len(people) == 0 {
					cli.Tell(a.Env.Stderr, l.none)
				}
				return printPeople(a, people)
			case asJSON: // only the list is data
			case remove && !list && len(args) == 1:
				said, err := l.remove(a, m, args[0])
				return tell(a, m, said, err, l.name+" --remove")
			case !list && !remove && len(args) == l.words:
				said, err := l.add(cmd.Context(), a, m, args)
				return tell(a, m, said, err, strings.Join(append([]string{l.name}, cli.Quoted(args[:l.offer]...)...), " "))
			}
			return cli.Misuse(l.usage)
		},
	}
	c.ValidArgsFunction = offered(func(before []string) []string {
		switch {
		case remove && len(before) == 0:
			return ownNames(o, l.show)
		case !remove && len(before) == l.offer:
			return aliases(o)
		}
		return nil
	})
	c.Flags().BoolVar(&list, "list", false, listHelp)
	c.Flags().BoolVar(&remove, "remove", false, removeHelp)
	jsonFlag(c, &asJSON, lang)
	return c
}

// tell says what a change came to. Where a name was not clear it offers command for
// each friend who may be meant, ready to be pasted.
func tell(a *app.App, m *messenger.Messenger, said string, err error, command string) error {
	if err == nil {
		cli.Tell(a.Env.Stderr, said)
		return nil
	}
	err = m.Explain(err)
	if refusal, ok := errors.AsType[*messenger.Refusal](err); ok && len(refusal.Candidates) > 0 {
		cli.Tell(a.Env.Stderr, fmt.Sprintf("%s: %v", cli.Name, err))
		offer(a, refusal.Candidates, func(uuid string) string {
			if strings.HasPrefix(uuid, "-") {
				uuid = "-- " + uuid
			}
			return command + " " + uuid
		})
		return fmt.Errorf("%w%w", cli.ErrSilent, err)
	}
	return err
}

// offer prints for each candidate the command that means them.
func offer(a *app.App, candidates []messenger.Friend, command func(uuid string) string) {
	for _, f := range candidates {
		label := f.Label()
		if remarks := f.Remarks(); remarks != "" {
			label += " – " + remarks
		}
		fmt.Fprintf(a.Env.Stderr, "  %s\n    %s %s\n", label, a.Env.Command(), command(f.UUID))
	}
}

// complete adds profile names to the user's own people, and names those who are not
// among the friends any more.
func (l ownList) complete(ctx context.Context, a *app.App, people []messenger.Receiver) {
	d := &doctor.Doctor{App: a}
	friends := d.Friends(ctx)
	if friends == nil {
		return
	}
	a.Messenger().AddProfiles(people, friends)
	if what, next := d.Gone(friends, l.by); what != "" {
		cli.Tell(a.Env.Stderr, fmt.Sprintf("! %s\n%s", what, next))
	}
}

func printPeople(a *app.App, people []messenger.Receiver) error {
	p := &cli.Printer{W: a.Env.Stdout}
	for _, r := range people {
		name := r.Name
		if r.Profile != "" {
			name += " (" + r.Profile + ")"
		}
		if r.Lookalikes != "" {
			name += " [" + r.Lookalikes + "]"
		}
		p.Line("%s\t%s", name, r.UUID)
	}
	return p.Err
}
