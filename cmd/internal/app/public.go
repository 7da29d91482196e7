package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/loopback"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// sweepEvery is how often expired messages are deleted while the tunnel is held.
const sweepEvery = time.Hour

// tunnelConfig is what the tunnel needs, with the public handler: the page,
// stored messages and callbacks, nothing else.
func (a *App) tunnelConfig(p *Pages, ask func(host, fingerprint string) bool) (tunnel.Config, error) {
	spec := a.Settings.Tunnel
	if err := a.needPublicAddress(spec); err != nil {
		return tunnel.Config{}, err
	}
	c := tunnel.Config{
		Spec:       spec,
		BaseURL:    a.Settings.BaseURL,
		KeyFile:    a.Settings.TunnelKey,
		KnownHosts: filepath.Join(a.Settings.Home, "known_hosts"),
		HostKey:    a.Settings.TunnelHostKey,
		ViewerAddr: a.Settings.ViewerAddr,
		AskHostKey: ask,
		Env:        a.PlainVars(),
		Log:        a.Log,
	}
	base := c.BaseURL
	if base == "" && spec.Kind == tunnel.SRVUS {
		host, err := tunnel.SRVUSHost(c.KeyFile, int(spec.BindPort))
		if err != nil {
			return tunnel.Config{}, err
		}
		base = "https://" + host
	}
	host := ""
	if u, err := url.Parse(base); err == nil {
		host = u.Host
	}
	store, err := p.open()
	if err != nil {
		return tunnel.Config{}, fmt.Errorf(a.Lang.Say("설정 폴더의 messages 폴더를 사용할 수 없어요. 권한과 남은 공간을 확인해 주세요: %w", "%w"), err)
	}
	c.Handler = viewer.NewHandler(store, viewer.HandlerConfig{
		Host: host,
		// srv.us adds no visitor's address; every other way has a proxy that does.
		Forwarded: spec.Kind != tunnel.SRVUS,
		Extra:     a.publicCallbacks(base),
	})
	return c, nil
}

// needPublicAddress: only srv.us gives one by itself.
func (a *App) needPublicAddress(spec tunnel.Spec) error {
	base := a.Settings.BaseURL
	if u, ok := config.Address(base); base == "" && spec.Kind == tunnel.SRVUS || ok && u.Path == "" {
		return nil
	}
	return errors.New(a.Lang.Say("KAKAO_BASE_URL에 터널의 공개 주소를 https://talk.example.com처럼 경로 없이 적어 주세요", "Set KAKAO_BASE_URL to the tunnel's public address, such as https://talk.example.com, without a path"))
}

// HoldTunnel waits to be the one process that holds the tunnel, then holds it
// until ctx ends.
func (a *App) HoldTunnel(ctx context.Context, p *Pages, ask func(host, fingerprint string) bool, report func(tunnel.State)) error {
	return tunnel.Holder(ctx, a.Settings.Home, func(ctx context.Context, publish func(tunnel.State)) error {
		c, err := a.tunnelConfig(p, ask)
		if err != nil {
			return err
		}
		c.OnChange = func(s tunnel.State) {
			publish(s)
			if report != nil {
				report(s)
			}
		}
		go p.sweep(ctx)
		return tunnel.Run(ctx, c)
	})
}

// sweep deletes expired messages now and then.
func (p *Pages) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if store, err := p.open(); err == nil {
				_ = store.Sweep(ctx)
			}
		case <-ctx.Done():
			return
		}
	}
}

// publicCallbacks are the login callbacks that the public address takes.
func (a *App) publicCallbacks(base string) map[string]http.Handler {
	extra := map[string]http.Handler{auth.ForFriends.CallbackPath(): a.friendsCallback(base + auth.ForFriends.CallbackPath())}
	if a.Settings.CallbackURL == a.Settings.BaseURL {
		extra[auth.ForMe.CallbackPath()] = http.HandlerFunc(a.ownerCallback)
	}
	return extra
}

// friendsCallback completes an invitation, or passes the owner's own login on to
// the process that waits for it. redirect is the address that this handler has.
func (a *App) friendsCallback(redirect string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a.Session == nil {
			http.NotFound(w, r)
			return
		}
		q := r.URL.Query()
		if !auth.IsInvite(q.Get("state")) {
			a.ownerCallback(w, r)
			return
		}
		if r.Method != http.MethodGet || loopback.Prefetch(r.Header) {
			w.WriteHeader(http.StatusNoContent) // looking ahead must not spend the callback
			return
		}
		// A friend who closes the tab has logged in all the same.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
		defer cancel()
		guest, err := a.Session.AcceptInvite(ctx, redirect, q)
		if p, ok := errors.AsType[*problem.Problem](err); ok {
			a.Log.Info("invitation not completed", "reason", p.Reason)
		}
		a.Session.GuestPage(guest, err).Write(w)
	}
}

// ownerCallback hands the owner's callback to the process that owns the login.
func (a *App) ownerCallback(w http.ResponseWriter, r *http.Request) {
	if a.Session == nil || a.Settings.CallbackURL != a.Settings.BaseURL {
		http.NotFound(w, r)
		return
	}
	a.Session.ServeCallback(w, r)
}
