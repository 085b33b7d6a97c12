package exchange

import (
	"context"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Reviews lists the uses of break-glass that wait for their review, or all; what
// is due first comes first.
func (x *Exchange) Reviews(ctx context.Context, all bool) ([]casework.Review, error) {
	q := ledger.MatterQuery{Kind: ledger.MatterReview, State: casework.ReviewOpen}
	if all {
		q.State = ""
	}
	rows, err := x.Store.Matters(ctx, q)
	if err != nil {
		return nil, err
	}
	out := []casework.Review{}
	for _, m := range rows {
		r, err := casework.ReviewOf(x.box, m)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// CloseReview records what a review found. Closing the last one that is overdue
// lets the participant ask by break-glass again.
func (x *Exchange) CloseReview(ctx context.Context, id string, by envelope.Officer, finding, note string) (casework.Review, error) {
	m, err := x.Store.Matter(ctx, id)
	if err == nil && m.Kind != ledger.MatterReview {
		err = problem.New(problem.CodeNotFound, "id")
	}
	if err != nil {
		return casework.Review{}, err
	}
	r, err := casework.ReviewOf(x.box, m)
	if err != nil {
		return r, err
	}
	if r.State != casework.ReviewOpen {
		return r, problem.Mismatch(casework.CodeDecided, "id", casework.ReviewOpen, r.State)
	}
	if err := officerWords(by); err != nil {
		return r, err
	}
	if r, err = r.Close(x.Self, by, finding, note, x.Now().UTC()); err != nil {
		return r, err
	}
	_, err = x.decideMatter(ctx, ledger.KindReviewed, r.Finding, by, r.Participant, r.Approval.Purpose, r.Approval.Query, func() (ledger.Matter, error) {
		return r.Matter(x.box, casework.ReviewOpen)
	})
	return r, err
}
