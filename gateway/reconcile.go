package gateway

import (
	"context"
	"net/http"
	"time"

	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/reconcile"
)

// reconcilePath is where ledgers are compared, below /tlog/ on the federation listener.
const reconcilePath = "reconcile"

// Reconcile compares this ledger with another participant's over its federation
// listener: exchange.Reconcile.
func (g *Gateway) Reconcile(ctx context.Context, with string, from, to time.Time) ([]reconcile.Finding, error) {
	if p, ok := g.registry.Participant(with); !ok || with == g.config.Participant {
		return nil, problem.New(exchange.CodeUnknownHolder, "participant "+p.ID)
	}
	return g.exchange.Reconcile(ctx, g.carry, with, from, to)
}

func (g *Gateway) carry(ctx context.Context, participant, sealed string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, g.config.Exchange.Deadline)
	defer cancel()
	status, reply, err := g.fetch(ctx, participant, reconcilePath, []byte(sealed))
	if err == nil && status != http.StatusOK {
		err = problem.New(problem.CodeNotAccepted, participant)
	}
	return string(reply), err
}
