// Package login is the login, the logout and a friend's invitation as a person at
// a terminal sees them: the page's address, a code to scan, addresses pasted back
// from a browser elsewhere, and where the login may be kept.
//
// The protocol is package auth's. This one may import app and what app may.
package login

import (
	"context"
	"errors"
	"fmt"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/keychain"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
)

// Options are the flags of login.
type Options struct {
	Switch    bool // to another account
	NoBrowser bool // exchange addresses instead of opening one
	Friends   bool // ask for the consent to the friend list, too
}

// Run logs in as a person at a terminal does, unless they are logged in.
func Run(ctx context.Context, o *app.Options, l Options) error {
	a, err := app.Ready(o)
	if err != nil {
		return err
	}
	defer func() { a.Close() }()
	if err := a.Store.Probe(ctx); errors.Is(err, keychain.ErrUnavailable) && a.Store.Kind() == "keychain" {
		if errors.Is(err, keychain.ErrNoCollection) {
			what, next := auth.NoCollection(a.Lang)
			cli.Tell(o.Env.Stderr, what+" "+next)
		}
		offered, err := offerFileStore(ctx, o, a)
		if err != nil {
			return err
		}
		a = offered
	}
	r := auth.LoginOptions{Switch: l.Switch}
	if l.Friends {
		r.Purpose = auth.ForFriends
	}
	if !l.Switch {
		rec, err := a.Session.Current(ctx)
		switch {
		case err == nil && rec.Allows(r.Purpose):
			cli.Tell(o.Env.Stderr, a.Lang.Sayf("이미 로그인되어 있어요: %s (계정을 바꾸려면 --switch)", "Already logged in: %s (to change accounts, use --switch)", a.Who(rec.Nickname, rec.Subject)))
			return nil
		case err != nil && !errors.Is(err, auth.ErrLoginNeeded):
			return err // a login would meet the same problem
		}
	}
	if a.Session.Pending() != "" {
		cli.Tell(o.Env.Stderr, a.Lang.Say("다른 프로그램이 열어 둔 로그인을 함께 기다려요.", "Waiting for the login that another program has open."))
	}
	r.Show = func(ctx context.Context, page string) error { return Show(ctx, a, page, r.Purpose, l.NoBrowser, nil) }
	rec, err := a.Session.Login(ctx, r)
	if err != nil {
		return err
	}
	cli.Tell(o.Env.Stderr, a.Lang.Sayf("로그인했어요: %s", "Logged in: %s", a.Who(rec.Nickname, rec.Subject)))
	return nil
}

// offerFileStore asks whether the login may live in a file, because there is no
// keychain, and writes the choice down.
func offerFileStore(ctx context.Context, o *app.Options, a *app.App) (*app.App, error) {
	if !cli.IsTerminal(a.Env.Stdin) {
		return nil, errors.New(noKeychain(a))
	}
	yes, err := a.Terminal.YesNo(ctx, a.Lang.Sayf("이 컴퓨터에서는 키체인을 사용할 수 없어요. 로그인 정보를 %s에 저장할까요? [y/N] ",
		"The keychain cannot be used on this computer. Save the login in %s? [y/N] ", a.File()), false)
	if err != nil {
		return nil, err
	}
	if !yes {
		return nil, fmt.Errorf("%w: %s", auth.ErrDeclined, noKeychain(a))
	}
	if err := o.Config.Save(config.TokenStore, config.KeptInFile); err != nil {
		return nil, err
	}
	changed, err := app.New(o, true)
	if err != nil {
		return nil, err
	}
	if changed.Store.Kind() != config.KeptInFile {
		changed.Close()
		return nil, errors.New(a.Lang.Say("환경 변수나 --env-file의 KAKAO_TOKEN_STORE가 우선 적용돼서 바꾸지 못했어요. 그 값을 file로 바꿔 주세요.", "KAKAO_TOKEN_STORE in the environment or --env-file takes precedence, so it was not changed. Set it to file there."))
	}
	a.Close()
	return changed, nil
}
