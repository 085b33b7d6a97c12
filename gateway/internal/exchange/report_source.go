package exchange

import (
	"context"
	"errors"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
)

// Quarantine counts what a submitter reports as no source, or as one again. Its
// receipts stay the same: it does not learn of it.
func (x *Exchange) Quarantine(ctx context.Context, submitter string, on bool, why string, by envelope.Officer) (sightings.Standing, error) {
	if _, ok := x.Registry.Participant(submitter); !ok {
		return sightings.Standing{}, problem.New(CodeUnknownParticipant, "participant")
	}
	s, err := x.standingOf(ctx, submitter)
	if err != nil {
		return s, err
	}
	s.Quarantined, s.Why, s.At = on, or(why, "no reason was given"), x.Now() // a reason marks it as decided
	row, err := s.Matter(x.box)
	if err != nil {
		return s, err
	}
	extra := ledger.Commit{Matters: []ledger.Matter{row}}
	if err := x.mark(ctx, submitter, on, &extra); err != nil {
		return s, err
	}
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindTriaged, Holder: x.Self, Requester: x.Self, Peer: submitter, Officer: by, Purpose: purposeSighting,
		Policy: x.Engine.Ref(), Outcome: row.State,
	}, extra)
	return s, err
}

// mark adds to a commit that the open sightings of a submitter count, or do not.
func (x *Exchange) mark(ctx context.Context, submitter string, on bool, extra *ledger.Commit) error {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterSighting, Participant: submitter, Newest: true, Limit: maxListed})
	if err != nil {
		return err
	}
	for _, m := range rows {
		r, err := sightings.ReceivedOf(x.box, m)
		if err != nil {
			return err
		}
		if r.Quarantined == on {
			continue
		}
		r.Quarantined = on
		marked, err := r.Matter(x.box, m.State)
		if err != nil {
			return err
		}
		extra.Matters = append(extra.Matters, marked)
	}
	return nil
}

// A submitter floods with more reports in a day than people could triage, and lies
// if nearly all of many that were decided on were rejected (ours).
const (
	floodLimit = 400
	liesLimit  = 10
)

// watchSources puts submitters into quarantine that flood or lie.
func (x *Exchange) watchSources(ctx context.Context) error {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterSighting, Newest: true, Limit: maxListed})
	if err != nil {
		return err
	}
	today, rejected, upheld := make(map[string]int), make(map[string]int), make(map[string]int)
	for _, m := range rows {
		if m.At.After(x.Now().Add(-24 * time.Hour)) {
			today[m.Participant]++
		}
		switch {
		case m.State == sightings.StatusRejected:
			rejected[m.Participant]++
		case sightings.About(m.State):
			upheld[m.Participant]++
		}
	}
	var failures []error
	for submitter := range today {
		why := ""
		switch n := rejected[submitter]; {
		case today[submitter] > floodLimit:
			why = "floods"
		case n >= liesLimit && upheld[submitter]*10 < n:
			why = "nearly all that was decided on was rejected"
		default:
			continue
		}
		s, err := x.standingOf(ctx, submitter)
		lifted := s.Why != "" && s.At.After(x.Now().Add(-24*time.Hour)) // by a person, who is not overruled at once
		if err == nil && !s.Quarantined && !lifted {
			if _, err = x.Quarantine(ctx, submitter, true, why, envelope.Officer{}); err == nil {
				x.Log.Warn("a submitter of sightings is in quarantine", "participant", submitter, "state", why)
			}
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
