package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	headerTimeout = 10 * time.Second       // loopback clients send at once
	closeGrace    = 500 * time.Millisecond // for answers under way; idle browser connections are then cut
)

// AuthHandler is the auth host: authorization, tokens, keys, and the login and consent pages.
func (s *Sandbox) AuthHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth/authorize", s.serveAuthorize)
	mux.HandleFunc("POST /oauth/token", s.serveToken)
	mux.HandleFunc("POST /oauth/tokeninfo", s.serveTokenInfo)
	mux.HandleFunc("GET /.well-known/openid-configuration", s.serveDiscovery)
	mux.HandleFunc("GET /.well-known/jwks.json", s.serveJWKS)
	mux.HandleFunc("GET /login", s.showLogin)
	mux.HandleFunc("POST /login", s.doLogin)
	mux.HandleFunc("GET /consent", s.showConsent)
	mux.HandleFunc("POST /consent", s.doConsent)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { s.writeKOE(w, "KOE002") })
	return s.kakao("auth", mux)
}

// APIHandler is the API host: user, friends and messages. Beside Kakao's paths it
// serves the chat rooms under /rooms and the controls under /_sandbox.
func (s *Sandbox) APIHandler() http.Handler {
	api := http.NewServeMux()
	for _, table := range []map[string]endpoint{endpoints(), calendarEndpoints()} {
		for path, e := range table {
			api.HandleFunc(path, s.serveEndpoint(e))
		}
	}
	api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		apiError(http.StatusNotFound, -2, "this api does not exist").write(w)
	})
	mux := http.NewServeMux()
	mux.Handle("/", s.kakao("api", api))
	mux.Handle("GET /rooms", ownPage(http.HandlerFunc(s.showRooms)))
	mux.Handle("GET /rooms/data", ownPage(http.HandlerFunc(s.serveRoomsData)))
	mux.Handle("GET /rooms/pictures/{id}", ownPage(http.HandlerFunc(s.servePicture)))
	mux.Handle("GET /rooms/events", ownPage(http.HandlerFunc(s.serveRoomsEvents)))
	mux.Handle("/_sandbox/", ownPage(s.controls()))
	return mux
}

// Server is a sandbox that listens on two loopback ports. The addresses have no
// trailing slash; AuthURL is the issuer.
type Server struct {
	AuthURL, APIURL string

	sandbox *Sandbox
	stop    context.CancelFunc
	servers []*http.Server
	running sync.WaitGroup
}

// RoomsURL is the page on which a person sees the messages arrive.
func (s *Server) RoomsURL() string { return s.APIURL + "/rooms" }

// Start listens on two free ports of 127.0.0.1. A sandbox has one Server at a time.
func (s *Sandbox) Start() (*Server, error) {
	auth, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening as the auth host: %w", err)
	}
	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		auth.Close()
		return nil, fmt.Errorf("listening as the api host: %w", err)
	}
	srv := &Server{AuthURL: "http://" + auth.Addr().String(), APIURL: "http://" + api.Addr().String(), sandbox: s}
	s.mu.Lock()
	if s.authURL != "" {
		s.mu.Unlock()
		auth.Close()
		api.Close()
		return nil, errors.New("starting the sandbox: it is running already")
	}
	s.authURL, s.apiURL = srv.AuthURL, srv.APIURL
	s.mu.Unlock()

	ctx, stop := context.WithCancel(context.Background())
	srv.stop = stop
	srv.serve(ctx, auth, s.AuthHandler())
	srv.serve(ctx, api, s.APIHandler())
	return srv, nil
}

func (s *Server) serve(ctx context.Context, l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	s.servers = append(s.servers, server)
	s.running.Go(func() { server.Serve(l) }) //nolint:errcheck // always ErrServerClosed: Close is the only end
}

// Close ends event streams and delayed answers, then everything else. It takes at most
// a second and may be called again.
func (s *Server) Close() error {
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	var errs []error
	for _, server := range s.servers {
		if server.Shutdown(ctx) != nil {
			errs = append(errs, server.Close())
		}
	}
	s.running.Wait()
	s.sandbox.mu.Lock()
	defer s.sandbox.mu.Unlock()
	if s.sandbox.authURL == s.AuthURL {
		s.sandbox.authURL, s.sandbox.apiURL = "", ""
	}
	return errors.Join(errs...)
}
