package main

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
	"kakaotalk-mcp/viewer"
	"kakaotalk-mcp/viewer/tunnel"
)

// sweepEvery is how often expired messages are deleted while the tunnel is held.
const sweepEvery = time.Hour

// tunnelConfig is what the tunnel needs, with the public handler: the page,
// stored messages and callbacks, nothing else.
func (a *app) tunnelConfig(p *pages, ask func(host, fingerprint string) bool) (tunnel.Config, error) {
	spec := a.tunnelSpec()
	if err := a.needPublicAddress(spec); err != nil {
		return tunnel.Config{}, err
	}
	c := tunnel.Config{
		Spec:       spec,
		BaseURL:    a.settings.get("KAKAO_BASE_URL"),
		KeyFile:    a.settings.get("KAKAO_TUNNEL_KEY"),
		KnownHosts: filepath.Join(a.settings.home, "known_hosts"),
		HostKey:    a.settings.get("KAKAO_TUNNEL_HOSTKEY"),
		ViewerAddr: a.settings.get("KAKAO_VIEWER_ADDR"),
		AskHostKey: ask,
		Env:        a.sys.plainEnv(),
		Log:        a.log,
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(a.settings.home, "tunnel_ed25519")
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
		return tunnel.Config{}, fmt.Errorf(a.say("설정 폴더의 messages를 쓸 수 없어요. 권한과 남은 공간을 확인해 주세요: %w", "%w"), err)
	}
	c.Handler = viewer.NewHandler(store, viewer.HandlerConfig{
		Hosts: []string{host},
		// srv.us adds no visitor's address; every other way has a proxy that does.
		Forwarded: spec.Kind != tunnel.SRVUS,
		Extra:     a.publicCallbacks(base),
	})
	return c, nil
}

// needPublicAddress: only srv.us gives one by itself.
func (a *app) needPublicAddress(spec tunnel.Spec) error {
	base := a.settings.get("KAKAO_BASE_URL")
	if u, ok := address(base); base == "" && spec.Kind == tunnel.SRVUS || ok && u.Path == "" {
		return nil
	}
	return errors.New(a.say("KAKAO_BASE_URL에 터널의 공개 주소를 https://talk.example.com처럼 경로 없이 적어 주세요", "set KAKAO_BASE_URL to the tunnel's public address, such as https://talk.example.com, without a path"))
}

// holdTunnel waits to be the one process that holds the tunnel, then holds it
// until ctx ends.
func (a *app) holdTunnel(ctx context.Context, p *pages, ask func(host, fingerprint string) bool, report func(tunnel.State)) error {
	return tunnel.Holder(ctx, a.settings.home, func(ctx context.Context, publish func(tunnel.State)) error {
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
func (p *pages) sweep(ctx context.Context) {
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
func (a *app) publicCallbacks(base string) map[string]http.Handler {
	extra := map[string]http.Handler{auth.ForFriends.CallbackPath(): a.friendsCallback(base + auth.ForFriends.CallbackPath())}
	if a.settings.get("KAKAO_CALLBACK_URL") == a.settings.get("KAKAO_BASE_URL") {
		extra[auth.ForMe.CallbackPath()] = http.HandlerFunc(a.ownerCallback)
	}
	return extra
}

// friendsCallback completes an invitation, or passes the owner's own login on to
// the process that waits for it. redirect is the address that this handler has.
func (a *app) friendsCallback(redirect string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a.session == nil {
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
		guest, err := a.session.AcceptInvite(ctx, redirect, q)
		var p *problem.Problem
		if errors.As(err, &p) {
			a.log.Info("invitation not completed", "reason", p.Reason)
		}
		a.session.GuestPage(guest, err).Write(w)
	}
}

// ownerCallback hands the owner's callback to the process that owns the login.
func (a *app) ownerCallback(w http.ResponseWriter, r *http.Request) {
	if a.session == nil || a.settings.get("KAKAO_CALLBACK_URL") != a.settings.get("KAKAO_BASE_URL") {
		http.NotFound(w, r)
		return
	}
	a.session.ServeCallback(w, r)
}
