package exchange

import (
	"context"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// recountPage is how many decisions are read at once.
const recountPage = 500

// recount counts, once after a start, the questions that were decided before it and
// told to nobody: those after the last tally, as far back as sweeps are looked for,
// however long this gateway was down. Of several processes over one store the one that
// starts may count what another is still to tell, and not what it forgot before
// another told.
func (x *Exchange) recount(ctx context.Context) error {
	if x.recounted {
		return nil
	}
	var before int64
	for {
		rows, err := x.Store.Decisions(ctx, before, recountPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Kind == ledger.KindTallied || r.At.Before(x.started.Add(-casework.SweepWindow)) {
				x.recounted = true
				return nil
			}
			if r.Kind == ledger.KindAnswered && r.At.Before(x.started) {
				x.countAgain(ctx, r)
			}
			before = r.Seq
		}
		if len(rows) < recountPage {
			x.recounted = true
			return nil
		}
	}
}

// countAgain counts the question of one decision, if it had a budget and was new
// then. One that cannot be read any more is left out: its disclosures were erased.
func (x *Exchange) countAgain(ctx context.Context, r ledger.Row) {
	d, err := ledger.ParseDecision(r.Content)
	if err != nil || d.Reason == "DENY_RATE" || d.Reason == string(ledger.CodeReplayed) {
		return
	}
	kept, err := x.Store.Exchange(ctx, r.ID)
	if err != nil {
		return
	}
	said, erased, err := x.kept.Read(r.ID, kept)
	if err != nil || erased || said.Again.SDJWT() != "" {
		return // a collect is not a question
	}
	v, err := envelope.Verify(said.Query.SDJWT(), envelope.Expect{
		Type: envelope.TypeQuery, Audience: x.Self, Issuer: r.Peer, Keys: x.Registry, Now: r.At, Uses: signers(envelope.TypeQuery),
	})
	if err != nil {
		return
	}
	if q, err := queryOf(v); err == nil {
		came, _ := sorted(q.Links)
		x.count(q, normalised(q, came))
	}
}
