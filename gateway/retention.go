package gateway

import (
	"context"
	"errors"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// retainedAtOnce bounds how much one minute erases, in parts of a hundred decisions.
const retainedAtOnce = 10

// retain erases what has been kept as long as the configuration says. It goes through
// the ledger once, and from then on looks at what has become old enough.
func (g *Gateway) retain(ctx context.Context) error {
	if g.retained == nil {
		g.retained = make(map[ledger.Class]ledger.Mark)
	}
	// One report that cannot be erased keeps nothing else from being erased.
	failures := g.exchange.ForgetSightings(ctx, g.config.Ledger.KeepCasework)
	e := ledger.Eraser{Ledger: g.recorder, Store: g.store, Self: g.config.Participant, Policy: g.exchange.Engine.Ref(), Now: g.exchange.Now, Keeps: g.exchange.CaseHolds().Keep}
	for class, keep := range map[ledger.Class]time.Duration{
		ledger.ClassQuestions: g.config.Ledger.KeepQuestions, ledger.ClassCasework: g.config.Ledger.KeepCasework,
	} {
		for part, more := 0, keep > 0; more && part < retainedAtOnce; part++ {
			var err error
			g.retained[class], more, err = e.Expire(ctx, class, keep, g.retained[class])
			failures, more = errors.Join(failures, err), more && err == nil
		}
	}
	return failures
}
