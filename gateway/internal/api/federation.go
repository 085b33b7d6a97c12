package api

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Paths of Exchange on REST, and the content type of its bodies.
const (
	exchangePath = "/v1/exchange/"
	joseType     = "application/jose"
)

// Registry finds participants by their certificates.
type Registry interface {
	ByTLS(fingerprint string) (trust.Participant, bool)
}

// FederationOptions of the listener for other gateways. All but Limits, Refused
// and Log are mandatory.
type FederationOptions struct {
	Certificate tls.Certificate
	Registry    Registry
	Service     Federation
	// Logs answers below /tlog/, with PeerOf in its context. Nil for none.
	Logs   http.Handler
	Limits Limits
	// Refused counts what was refused, by the exact code that its sender is not told.
	Refused func(problem.Code)
	Log     *slog.Logger
}

// NewFederation makes the listener for other gateways: Exchange over gRPC and
// REST, for participants of the registry alone. Whatever is wrong with a
// request, its sender learns one of two things: not accepted, or unavailable.
func NewFederation(o FederationOptions) (*Server, error) {
	log := logger(o.Log)
	g := &guard{
		limits: o.Limits.withDefaults(envelope.MaxSealed + 16), // 16: what gRPC puts around a message
		coarse: true, refused: o.Refused, log: log,
		route: routeExchange,
		identify: func(ctx context.Context, fingerprint string) (context.Context, string, bool) {
			p, ok := o.Registry.ByTLS(fingerprint)
			return context.WithValue(ctx, peerKey{}, p.ID), p.ID, ok
		},
	}
	service := exchangeServer{federation: o.Service, guard: g}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(envelope.MaxSealed+16), grpc.MaxSendMsgSize(envelope.MaxSealed+16))
	homewardv1.RegisterExchangeServer(server, service)
	mux := runtime.NewServeMux(append(muxOptions(g), runtime.WithMarshalerOption(runtime.MIMEWildcard, bodies{jose{}}))...)
	if err := homewardv1.RegisterExchangeHandlerServer(context.Background(), mux, service); err != nil {
		return nil, err
	}
	g.grpc, g.rest = server, withLogs(mux, o.Logs)
	known := func(fingerprint string) bool { _, ok := o.Registry.ByTLS(fingerprint); return ok }
	return newServer(g, server, serverTLS(o.Certificate, known), log), nil
}

// withLogs hands what is below /tlog/ to its handler.
func withLogs(rest, logs http.Handler) http.Handler {
	if logs == nil {
		return rest
	}
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.Handle(tlogPath, http.StripPrefix(strings.TrimSuffix(tlogPath, "/"), logs))
	return mux
}

// routeExchange knows four methods and two ways to call each.
func routeExchange(r *http.Request) error {
	if strings.HasPrefix(r.URL.Path, tlogPath) {
		return routeLog(r)
	}
	want := map[string]string{
		exchangePath + "query": joseType, homewardv1.Exchange_Query_FullMethodName: "",
		exchangePath + "collect": joseType, homewardv1.Exchange_Collect_FullMethodName: "",
		exchangePath + "notify": joseType, homewardv1.Exchange_Notify_FullMethodName: "",
		exchangePath + "report": joseType, homewardv1.Exchange_Report_FullMethodName: "",
	}
	contentType, ok := want[r.URL.Path]
	switch {
	case !ok || r.URL.RawQuery != "":
		return problem.New(problem.CodeNotFound, "path")
	case r.Method != http.MethodPost:
		return problem.Mismatch(problem.CodeMethod, "method", http.MethodPost, "another")
	case contentType == "" && !isGRPC(r), contentType != "" && r.Header.Get("Content-Type") != contentType:
		return problem.New(problem.CodeMediaType, "header Content-Type")
	}
	return nil
}

type peerKey struct{}

// exchangeServer is Exchange on both transports.
type exchangeServer struct {
	homewardv1.UnimplementedExchangeServer
	federation Federation
	guard      *guard
}

func (s exchangeServer) Query(ctx context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
	return s.call(ctx, m, s.federation.Answer)
}

func (s exchangeServer) Collect(ctx context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
	return s.call(ctx, m, s.federation.Collect)
}

func (s exchangeServer) Notify(ctx context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
	return s.call(ctx, m, s.federation.Notify)
}

func (s exchangeServer) Report(ctx context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
	return s.call(ctx, m, s.federation.Report)
}

func (s exchangeServer) call(ctx context.Context, m *homewardv1.SealedMessage,
	method func(context.Context, string, string) (string, error),
) (*homewardv1.SealedMessage, error) {
	return work(ctx, s.guard, func(ctx context.Context) (*homewardv1.SealedMessage, error) {
		peer := PeerOf(ctx)
		if peer == "" {
			return nil, problem.New(problem.CodeUnauthenticated, "peer")
		}
		jose, err := method(ctx, peer, m.GetJose())
		return &homewardv1.SealedMessage{Jose: jose}, err
	})
}

func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
