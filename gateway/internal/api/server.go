package api

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"
)

// Limits of a listener. A zero value takes the default.
type Limits struct {
	// Concurrent requests in work, over all callers (256), and of one caller (64).
	Concurrent, PerCaller int
	// Body bounds a request in bytes.
	Body int64
	// BodyTime is how long a caller may take to send it (10 s).
	BodyTime time.Duration
	// Deadline bounds the work on a request (60 s).
	Deadline time.Duration
}

func (l Limits) withDefaults(body int64) Limits {
	def := func(have *int, d int) {
		if *have <= 0 {
			*have = d
		}
	}
	def(&l.Concurrent, 256)
	def(&l.PerCaller, 64)
	if l.Body <= 0 {
		l.Body = body
	}
	if l.BodyTime <= 0 {
		l.BodyTime = 10 * time.Second
	}
	if l.Deadline <= 0 {
		l.Deadline = time.Minute
	}
	return l
}

const (
	headerTime = 5 * time.Second // also bounds the TLS handshake
	idleTime   = 2 * time.Minute
	drainTime  = 15 * time.Second
	maxHeader  = 16 << 10
	maxStreams = 128
)

// Server is one listener's worth of handlers.
type Server struct {
	http *http.Server
	grpc *grpc.Server
}

func newServer(h http.Handler, g *grpc.Server, config *tls.Config, log *slog.Logger) *Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	return &Server{grpc: g, http: &http.Server{
		Handler: h, TLSConfig: config, Protocols: &protocols,
		ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		HTTP2:                        &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug), // strangers must not fill the log
	}}
}

// Serve serves until the context ends, then lets the requests in work finish
// for up to 15 seconds. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.ServeTLS(l, "", "") }()
	defer s.grpc.Stop()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err := s.http.Shutdown(drain)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
