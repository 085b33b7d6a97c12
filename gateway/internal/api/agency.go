package api

import (
	"context"
	"crypto/tls"
	"log/slog"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// AgencyClient is a system that may use the agency listener.
type AgencyClient struct {
	Caller
	// SPKI lists the SHA-256 (lower-case hex) of the public keys of its certificates.
	SPKI []string
}

// AgencyOptions of the listener for one's own systems. All but Limits, Refused
// and Log are mandatory.
type AgencyOptions struct {
	Certificate tls.Certificate
	Clients     []AgencyClient
	Asker       Asker
	Decisions   Decisions
	Casework    Caseworker
	Sightings   Reporter
	Limits      Limits
	Refused     func(problem.Code)
	Log         *slog.Logger
}

// NewAgency makes the listener for one's own systems: Agency, Casework, Sightings
// and Ledger over gRPC and REST, for clients whose certificate the configuration names. They
// are proven, so they are told exactly what is wrong.
func NewAgency(o AgencyOptions) (*Server, error) {
	log := logger(o.Log)
	callers := make(map[string]Caller)
	for _, c := range o.Clients {
		for _, spki := range c.SPKI {
			if _, twice := callers[spki]; twice {
				return nil, problem.Mismatch(problem.CodeInvalidRequest, "agency client "+c.Name, "a certificate of its own", "another client's")
			}
			callers[spki] = c.Caller
		}
	}
	g := &guard{
		limits: o.Limits.withDefaults(2 * envelope.MaxMessage), refused: o.Refused, log: log,
		route: routeAgency,
		identify: func(ctx context.Context, fingerprint string) (context.Context, string, bool) {
			c, ok := callers[fingerprint]
			return context.WithValue(ctx, callerKey{}, c), c.Name, ok
		},
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(int(g.limits.Body)))
	agency, decisions := agencyServer{asker: o.Asker, guard: g}, ledgerServer{decisions: o.Decisions, guard: g}
	people, seen := caseworkServer{people: o.Casework, guard: g}, sightingsServer{reporter: o.Sightings, guard: g}
	homewardv1.RegisterAgencyServer(server, agency)
	homewardv1.RegisterLedgerServer(server, decisions)
	homewardv1.RegisterCaseworkServer(server, people)
	homewardv1.RegisterSightingsServer(server, seen)
	mux, err := agencyMux(g, agency, decisions, people, seen)
	if err != nil {
		return nil, err
	}
	g.grpc, g.rest = server, mux
	known := func(fingerprint string) bool { _, ok := callers[fingerprint]; return ok }
	return newServer(g, server, serverTLS(o.Certificate, known), log), nil
}

// agencyMux registers the services in process, so that the caller stays in the
// context and is not put into metadata, which a client could write as well.
func agencyMux(g *guard, agency agencyServer, decisions ledgerServer, people caseworkServer, seen sightingsServer) (*runtime.ServeMux, error) {
	mux := runtime.NewServeMux(append(muxOptions(g), runtime.WithMarshalerOption(runtime.MIMEWildcard, bodies{strictJSON{}}))...)
	ctx := context.Background()
	if err := homewardv1.RegisterAgencyHandlerServer(ctx, mux, agency); err != nil {
		return nil, err
	}
	if err := homewardv1.RegisterLedgerHandlerServer(ctx, mux, decisions); err != nil {
		return nil, err
	}
	if err := homewardv1.RegisterCaseworkHandlerServer(ctx, mux, people); err != nil {
		return nil, err
	}
	if err := homewardv1.RegisterSightingsHandlerServer(ctx, mux, seen); err != nil {
		return nil, err
	}
	// The newest registration wins: in-process handlers cannot stream.
	return mux, mux.HandlePath("POST", streamPath, agency.streamREST)
}

type callerKey struct{}

// serve runs one method for the caller that guard found.
func serve[T any](ctx context.Context, g *guard, method func(context.Context, Caller) (T, error)) (T, error) {
	return work(ctx, g, func(ctx context.Context) (out T, err error) {
		caller, ok := ctx.Value(callerKey{}).(Caller)
		if !ok {
			return out, problem.New(problem.CodeUnauthenticated, "caller")
		}
		return method(ctx, caller)
	})
}

// checked serves a request that passes a check of its form and its caller.
func checked[Q, R any](ctx context.Context, g *guard, req Q, method func(context.Context, Q) (R, error), check func(Caller) error) (R, error) {
	return serve(ctx, g, func(ctx context.Context, c Caller) (out R, err error) {
		if err := check(c); err != nil {
			return out, err
		}
		return method(ctx, req)
	})
}

// agencyServer is Agency on both transports.
type agencyServer struct {
	homewardv1.UnimplementedAgencyServer
	asker Asker
	guard *guard
}

func (s agencyServer) Ask(ctx context.Context, req *homewardv1.AskRequest) (*homewardv1.AskResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.AskResponse, error) {
		if err := checkAsk(req, c); err != nil {
			return nil, err
		}
		return s.asker.Ask(ctx, c, req, func(*homewardv1.HolderAnswer) error { return nil })
	})
}

func (s agencyServer) AskStream(req *homewardv1.AskRequest, stream grpc.ServerStreamingServer[homewardv1.HolderAnswer]) error {
	_, err := serve(stream.Context(), s.guard, func(ctx context.Context, c Caller) (*homewardv1.AskResponse, error) {
		if err := checkAsk(req, c); err != nil {
			return nil, err
		}
		return s.asker.Ask(ctx, c, req, stream.Send)
	})
	return err
}

func (s agencyServer) Plan(ctx context.Context, req *homewardv1.AskRequest) (*homewardv1.PlanResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.PlanResponse, error) {
		if err := checkAsk(req, c); err != nil {
			return nil, err
		}
		return s.asker.Plan(ctx, c, req)
	})
}

func (s agencyServer) Forward(ctx context.Context, req *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.AskResponse, error) {
		if err := checkForward(req); err != nil {
			return nil, err
		}
		return s.asker.Forward(ctx, c, req)
	})
}

func (s agencyServer) Collect(ctx context.Context, req *homewardv1.CollectRequest) (*homewardv1.AskResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.AskResponse, error) {
		if err := checkCollect(req, c); err != nil {
			return nil, err
		}
		return s.asker.Collect(ctx, c, req)
	})
}
