// Package api is the gateway's face: the federation listener, where other
// gateways ask; the agency listener, where one's own systems do; and the client
// that carries sealed messages to other gateways. Each listener speaks gRPC and
// REST on one port. Every check that guards both sits in one HTTP handler
// (guard) that both transports pass, since an interceptor sees gRPC alone.
package api

import (
	"context"

	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Federation answers other gateways. peer is the participant whose certificate
// the connection has; sealed is a compact JWE. An error becomes a coarse status.
type Federation interface {
	Answer(ctx context.Context, peer, sealed string) (string, error)
	Collect(ctx context.Context, peer, sealed string) (string, error)
	Notify(ctx context.Context, peer, sealed string) (string, error)
	Report(ctx context.Context, peer, sealed string) (string, error)
}

// Caller is a system of one's own agency, known by its certificate.
type Caller struct {
	Name string
	// Roles that its officers may have, e.g. "case_officer".
	Roles []string
}

// Asker asks other gateways. What it gets has passed the checks of form here
// and names only roles that the caller may use. Ask calls emit, which is never
// nil, with each holder's answer as it comes.
type Asker interface {
	Ask(ctx context.Context, caller Caller, req *homewardv1.AskRequest, emit func(*homewardv1.HolderAnswer) error) (*homewardv1.AskResponse, error)
	Plan(ctx context.Context, caller Caller, req *homewardv1.AskRequest) (*homewardv1.PlanResponse, error)
	Forward(ctx context.Context, caller Caller, req *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error)
	Collect(ctx context.Context, caller Caller, req *homewardv1.CollectRequest) (*homewardv1.AskResponse, error)
}

// Decisions shows one's own ledger to a reviewer, and records that it did. A decision
// that is not there is a problem "not_found".
type Decisions interface {
	Decision(ctx context.Context, by ledger.Reviewer, id string) (ledger.Row, error)
	Decisions(ctx context.Context, by ledger.Reviewer, before int64, limit int) ([]ledger.Row, error)
	Search(ctx context.Context, by ledger.Reviewer, q ledger.Query) (ledger.Page, error)
}
