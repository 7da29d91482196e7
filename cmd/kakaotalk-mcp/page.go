package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kakaotalk-mcp/auth/devconsole"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/viewer"
)

func newPage(o *app.Options, lang wording.Lang) *cobra.Command {
	c := &cobra.Command{
		Use:   "page {export <dir> | list | revoke <id>}",
		Short: lang.Say("메시지 페이지: 내보내기, 목록, 취소", "the message page: export, list, revoke"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cli.Misuse(lang.Say("page export <폴더>, page list, page revoke <id>", "page export <dir>, page list, page revoke <id>"))
		},
	}
	c.AddCommand(newPageExport(o, lang), newPageList(o, lang), newPageRevoke(o, lang))
	return c
}

func newPageExport(o *app.Options, lang wording.Lang) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "export <dir>",
		Short: lang.Say("정적 호스트(GitHub Pages 등)에 올릴 페이지 만들기", "create the page for a static host (GitHub Pages, …)"),
		Long: lang.Sayf(`어디에나 올릴 수 있는 페이지를 만들어요. 올린 주소를 KAKAO_PAGE_URL로 설정하고 그 도메인을 %s에 등록하면, 긴 메시지를 이 컴퓨터가 꺼져 있어도 열리는 링크로 보내요.`,
			`Creates a page that any static host can serve. Set its address as KAKAO_PAGE_URL and register its domain under %s. Long messages are then sent as links that open even with this computer off.`, devconsole.WebDomain.Name(lang)),
		Example: "  kakaotalk-mcp page export ./message-page",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			err := viewer.Export(args[0], force)
			if foreign, ok := errors.AsType[*viewer.ForeignFileError](err); ok {
				return fmt.Errorf(lang.Say("폴더에 다른 파일이 있어서 페이지를 저장하지 않았어요: %s\n다른 폴더를 정하거나, 덮어써도 되면 --force를 붙여 주세요", "The folder has another file, so the page was not saved: %s\nUse another folder, or --force to overwrite it"), foreign.Name)
			}
			if err != nil {
				// The cause is the system's, in its own words; what to look at is the same for all.
				return fmt.Errorf(lang.Say("페이지를 저장하지 못했어요: %s. 경로와 권한, 남은 공간을 확인해 주세요", "The page could not be saved: %s. Check the path, permissions and free space"), args[0])
			}
			cli.Tell(o.Env.Stderr, lang.Sayf("✔ 페이지를 만들었어요: %s\n  다음: 정적 호스트에 올리고, 그 주소를 KAKAO_PAGE_URL로 설정하고, 도메인을 %s에 등록해 주세요.", "✔ Page saved: %s\n  Next: publish it, set its address as KAKAO_PAGE_URL, and register the domain under %s.", args[0], devconsole.WebDomain.Path(lang)))
			return nil
		},
	}
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	c.Flags().BoolVar(&force, "force", false, lang.Say("다른 파일이 있어도 덮어쓰기", "overwrite other files"))
	return c
}

// openStore opens the stored messages for the owner's commands; nil when nothing
// was ever stored: looking makes no folder.
func openStore(o *app.Options) (*viewer.Store, error) {
	if o.Sandbox {
		return nil, nil // it keeps nothing between two commands
	}
	s, err := o.Settings()
	if err != nil {
		return nil, cli.Usage(err)
	}
	dir := filepath.Join(s.Home, "messages")
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return viewer.NewStore(dir, viewer.Options{})
}

func newPageList(o *app.Options, lang wording.Lang) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: lang.Say("저장된 긴 메시지 목록", "list the saved long messages"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := openStore(o)
			if err != nil {
				return err
			}
			var entries []viewer.Entry
			if store != nil {
				if entries, err = store.List(cmd.Context()); err != nil {
					return err
				}
			}
			if asJSON {
				type row struct {
					ID      string `json:"id"`
					Created string `json:"created"`
					Expires string `json:"expires"`
					Bytes   int64  `json:"bytes"`
				}
				rows := []row{}
				for _, e := range entries {
					rows = append(rows, row{e.Handle, e.Created.Format("2006-01-02T15:04:05Z07:00"), e.Expires.Format("2006-01-02T15:04:05Z07:00"), e.Size})
				}
				return cli.WriteJSON(o.Env.Stdout, rows)
			}
			p := &cli.Printer{W: o.Env.Stdout}
			for _, e := range entries {
				p.Line("%s  %s → %s  %6d B", e.Handle, e.Created.Local().Format("2006-01-02 15:04"), e.Expires.Local().Format("2006-01-02 15:04"), e.Size)
			}
			if len(entries) == 0 {
				cli.Tell(o.Env.Stderr, lang.Say("저장된 메시지가 없어요. (KAKAO_PAGE_URL의 링크는 저장하지 않아서 목록에 나오지 않고, 취소할 수도 없어요.)", "No saved messages. (Links of KAKAO_PAGE_URL are not saved here, so they are not listed and cannot be revoked.)"))
			}
			return p.Err
		},
	}
	jsonFlag(c, &asJSON, lang)
	return c
}

func newPageRevoke(o *app.Options, lang wording.Lang) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke <id or link>",
		Short: lang.Say("저장된 긴 메시지 취소하기", "revoke a saved long message"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if u, err := url.Parse(args[0]); err == nil && u.Fragment != "" && u.Path != "" && len(u.Fragment) > 100 {
				return errors.New(lang.Say("이 링크는 메시지 전체가 링크 안에 들어 있어서 취소할 수 없어요", "This link contains the whole message itself and cannot be revoked"))
			}
			store, err := openStore(o)
			if err != nil {
				return err
			}
			err = viewer.ErrNotFound
			if store != nil {
				err = store.Revoke(cmd.Context(), args[0])
			}
			if errors.Is(err, viewer.ErrNotFound) {
				return fmt.Errorf(lang.Say("메시지를 찾지 못했어요. `%s page list`로 확인해 주세요", "No such message. See `%s page list`"), o.Env.Command())
			}
			if err == nil {
				cli.Tell(o.Env.Stderr, lang.Say("✔ 이제 그 링크로는 열 수 없어요.", "✔ That link no longer opens."))
			}
			return err
		},
	}
}
