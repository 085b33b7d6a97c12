package api

import (
	"context"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Bounds of one page of decisions.
const (
	pageDefault = 50
	pageMax     = 200
)

// ledgerServer is Ledger on both transports.
type ledgerServer struct {
	homewardv1.UnimplementedLedgerServer
	decisions Decisions
	guard     *guard
}

func (s ledgerServer) GetDecision(ctx context.Context, req *homewardv1.GetDecisionRequest) (*homewardv1.Decision, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.Decision, error) {
		if err := reviewer(c).MayLook(); err != nil {
			return nil, err
		}
		if !idPattern.MatchString(req.GetId()) {
			return nil, problem.New(problem.CodeNotFound, "id")
		}
		row, err := s.decisions.Decision(ctx, reviewer(c), req.GetId())
		return decision(row), err
	})
}

func (s ledgerServer) ListDecisions(ctx context.Context, req *homewardv1.ListDecisionsRequest) (*homewardv1.ListDecisionsResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.ListDecisionsResponse, error) {
		if err := reviewer(c).MayLook(); err != nil {
			return nil, err
		}
		limit := int(req.GetLimit())
		if limit < 0 || limit > pageMax || req.GetBefore() < 0 {
			return nil, problem.Mismatch(problem.CodeInvalidRequest, "limit, before", "limit from 0 to 200, before from 0", "another number")
		}
		if limit == 0 {
			limit = pageDefault
		}
		rows, err := s.decisions.Decisions(ctx, reviewer(c), req.GetBefore(), limit)
		if err != nil {
			return nil, err
		}
		page := &homewardv1.ListDecisionsResponse{}
		for _, row := range rows {
			page.Decisions = append(page.Decisions, decision(row))
		}
		if len(rows) == limit {
			page.Next = rows[len(rows)-1].Seq
		}
		return page, nil
	})
}

// reviewer is a client as a reviewer. Which of its officers looks it vouches for
// itself; that it may is for agency.clients to say.
func reviewer(c Caller) ledger.Reviewer {
	return ledger.Reviewer{Officer: envelope.Officer{ID: c.Name, Role: ledger.RoleOf(c.Roles)}, Mandate: "agency.clients"}
}

// decision shows a row. Its details, which name the record, stay in the house.
func decision(r ledger.Row) *homewardv1.Decision {
	return &homewardv1.Decision{
		Id: r.ID, Seq: r.Seq, At: r.At.UTC().Format(time.RFC3339Nano), Kind: r.Kind, Peer: r.Peer,
		Purpose: r.Purpose, Content: r.Content, Salt: r.Salt, Leaf: r.Leaf,
	}
}
