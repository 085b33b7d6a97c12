package exchange

import (
	"context"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/sightings"
)

// Departure is tested by itself, since a test must not wait for beats.
var Departure = departure

// Posted is the notice that waits in a row of the outbox, where it is sealed.
func (x *Exchange) Posted(item ledger.OutboxItem) (envelope.Notice, error) { return x.posted(item) }

// Stand records where a submitter stands, and marks none of its sightings.
func (x *Exchange) Stand(ctx context.Context, s sightings.Standing) error {
	row, err := s.Matter(x.box)
	if err != nil {
		return err
	}
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindTriaged, Holder: x.Self, Requester: x.Self, Peer: s.Submitter, Purpose: purposeSighting, Policy: x.Engine.Ref(), Outcome: row.State,
	}, ledger.Commit{Matters: []ledger.Matter{row}})
	return err
}

// Opened is what the body of a matter says.
func (x *Exchange) Opened(ctx context.Context, id string) (said map[string]any) {
	m, err := x.Store.Matter(ctx, id)
	if err == nil {
		err = x.box.Open(m, &said)
	}
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	return said
}

// SubjectOf is the pseudonym of a record.
func SubjectOf(x *Exchange, record string) string { return x.subject(record) }

// FormOf is what a question is to the budget per child.
func FormOf(q envelope.Query) string {
	came, _ := sorted(q.Links)
	return normalised(q, came)
}
