package exchange

import (
	"context"
	"errors"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Outcomes of looking whether a report is to be erased.
const (
	outcomeErased  = "erased"
	outcomeOnHold  = "kept" // a litigation hold forbids it
	underWithdrawn = "withdrawn by who reported"
)

// heldFor is after how long a litigation hold that kept a report is asked for again (ours).
const heldFor = 30 * 24 * time.Hour

// forgottenAtOnce bounds what one call looks at, of each kind.
const forgottenAtOnce = 100

// ForgetSightings erases what reports said that were withdrawn, and, if keep is not
// zero, those that are older: what came here, and what was submitted here. Those of a
// record under a litigation hold are left as they are. One call at a time, which goes on
// where the one before ended. It is not on the path of a receipt.
func (x *Exchange) ForgetSightings(ctx context.Context, keep time.Duration) error {
	var failures []error
	for _, kind := range []string{ledger.MatterSighting, ledger.MatterReport} {
		due, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: kind, DueBefore: x.Now(), Limit: forgottenAtOnce})
		failures = append(failures, err, x.forget(ctx, due, underWithdrawn, x.eraseMessages))
		if keep <= 0 {
			continue
		}
		old, err := x.Store.Matters(ctx, ledger.MatterQuery{
			Kind: kind, Oldest: true, Until: x.Now().Add(-keep), Past: x.forgotten[kind], Limit: forgottenAtOnce,
		})
		if err = errors.Join(err, x.forget(ctx, old, "retention of casework, "+keep.String(), nil)); err != nil {
			failures = append(failures, err)
		} else if n := len(old); n > 0 {
			x.forgotten[kind] = ledger.MatterMark{At: old[n-1].At, ID: old[n-1].ID}
		}
	}
	return errors.Join(failures...)
}

// forget erases some sightings, or some reports. messages drops those that carried them,
// which the ledger's own retention does for what is old; it may be nil.
func (x *Exchange) forget(ctx context.Context, rows []ledger.Matter, under string, messages func(context.Context, map[string]ledger.Matter) error) error {
	free := make(map[string]ledger.Matter)
	var failures []error
	for _, m := range rows {
		erase, err := x.forgettable(ctx, m, under)
		if failures = append(failures, err); erase {
			free[m.ID] = m
		}
	}
	if len(free) == 0 {
		return errors.Join(failures...)
	}
	if messages != nil { // first, so that a crash in between leaves them to be found again
		if err := messages(ctx, free); err != nil {
			return err
		}
	}
	for _, m := range free {
		if err := x.eraseMatter(ctx, m, under); !isMoved(err) { // else somebody works on it: the next time
			failures = append(failures, err)
		}
	}
	return errors.Join(append(failures, x.Store.Scrub(ctx))...)
}

// forgettable says whether a row still says something and nothing forbids erasing it.
// What a litigation hold keeps is recorded so, and looked at again later.
func (x *Exchange) forgettable(ctx context.Context, m ledger.Matter, under string) (bool, error) {
	if m.Kind == ledger.MatterReport {
		r, err := sightings.ReportOf(x.box, m)
		return r.Erased.IsZero(), err
	}
	r, err := sightings.ReceivedOf(x.box, m)
	if err != nil || !r.Erased.IsZero() || r.Due.After(x.Now()) {
		return false, err
	}
	held, err := x.litigated(ctx, r)
	if err != nil || !held {
		return err == nil, err
	}
	r.Due = x.Now().Add(heldFor)
	row, err := r.Matter(x.box, m.State)
	if err == nil {
		err = x.recordForgotten(ctx, row, m.Participant, under, outcomeOnHold, ledger.Commit{Matters: []ledger.Matter{row}})
	}
	if isMoved(err) {
		err = nil
	}
	return false, err
}

// litigated says whether a record to which people linked a sighting is under a
// litigation hold, or nobody knows that it is not.
func (x *Exchange) litigated(ctx context.Context, r sightings.Received) (bool, error) {
	if x.Source == nil {
		return false, nil
	}
	children := []string{r.Child}
	for _, id := range []string{r.MergedInto, r.DuplicateOf} {
		if id == "" {
			continue
		}
		other, err := x.receivedSighting(ctx, id)
		if err != nil {
			return false, err
		}
		children = append(children, other.Child)
	}
	for _, child := range children {
		if child == "" {
			continue
		}
		record, err := x.Source.Get(ctx, child, adapters.Mask{"flags.litigation_hold"})
		if errors.Is(err, adapters.ErrNotFound) {
			continue // the holder has no such record any more
		}
		if err != nil || record.Child.GetFlags().GetLitigationHold() != homewardv1.Tristate_TRISTATE_FALSE {
			return true, err
		}
	}
	return false, nil
}

// KeepsDecision says whether a decision is about a sighting that a litigation hold
// keeps, so that what the ledger has of it stays too.
func (x *Exchange) KeepsDecision(ctx context.Context, row ledger.Row) (bool, error) {
	if row.Purpose != purposeSighting {
		return false, nil
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		return true, err
	}
	for _, id := range []string{d.QueryID, x.sightingID(d.Peer, d.QueryID)} {
		m, found, err := x.matterOr(ctx, id)
		if err != nil {
			return true, err
		}
		if !found || m.Kind != ledger.MatterSighting {
			continue
		}
		r, err := sightings.ReceivedOf(x.box, m)
		if err != nil || !r.Erased.IsZero() {
			return false, err
		}
		return x.litigated(ctx, r)
	}
	return false, nil
}

func (x *Exchange) eraseMatter(ctx context.Context, m ledger.Matter, under string) error {
	var row ledger.Matter
	var err error
	if m.Kind == ledger.MatterReport {
		var r sightings.Report
		if r, err = sightings.ReportOf(x.box, m); err == nil {
			r.Erase(x.Now())
			row, err = r.Matter(x.box, m.State)
		}
	} else {
		var r sightings.Received
		if r, err = sightings.ReceivedOf(x.box, m); err == nil {
			r.Erase(x.Now())
			row, err = r.Matter(x.box, m.State)
		}
	}
	if err != nil {
		return err
	}
	row.Read = m.Decision
	extra := ledger.Commit{Matters: []ledger.Matter{row}}
	if err := x.stopWaiting(ctx, m.ID, &extra); err != nil {
		return err
	}
	return x.recordForgotten(ctx, row, m.Participant, under, outcomeErased, extra)
}

func (x *Exchange) recordForgotten(ctx context.Context, row ledger.Matter, from, under, outcome string, extra ledger.Commit) error {
	_, err := x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindTriaged, Holder: x.Self, Requester: x.Self, Peer: or(from, x.Self), Purpose: purposeSighting,
		QueryID: row.ID, Policy: x.Engine.Ref(), Basis: under, Outcome: outcome,
	}, extra)
	return err
}

// stopWaiting keeps from being sent what still waits to be sent of a report.
func (x *Exchange) stopWaiting(ctx context.Context, about string, extra *ledger.Commit) error {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterDelivery, State: sightings.DeliveryWaiting, Subject: about})
	if err != nil {
		return err
	}
	for _, m := range rows {
		d, err := sightings.DeliveryOf(x.box, m)
		if err != nil {
			return err
		}
		if len(d.Values) == 0 {
			continue // that it is withdrawn is said in any case
		}
		d.State, d.Values, d.At = sightings.DeliveryStopped, nil, x.Now()
		row, err := d.Matter(x.box, sightings.DeliveryWaiting)
		if err != nil {
			return err
		}
		extra.Matters = append(extra.Matters, row)
	}
	return nil
}

// eraseMessages drops the disclosures of the messages that brought these sightings
// here, each time that they came, or carried them away.
func (x *Exchange) eraseMessages(ctx context.Context, rows map[string]ledger.Matter) error {
	since := make(map[[2]string]time.Time) // by kind of decision and who sent it
	for _, m := range rows {
		who := [2]string{ledger.KindSighted, m.Participant}
		if m.Kind == ledger.MatterReport {
			who = [2]string{ledger.KindReported, x.Self}
		}
		for _, k := range [][2]string{who, {ledger.KindReported, x.Self}} { // what came may have been shared
			if at, ok := since[k]; !ok || m.At.Before(at) {
				since[k] = m.At
			}
		}
	}
	var ids []string
	for who, from := range since {
		for q := (ledger.Query{Kind: who[0], Requester: who[1], Purpose: purposeSighting, From: from.Add(-time.Minute), Limit: ledger.MaxPage}); ; {
			page, err := x.Store.Search(ctx, q)
			if err != nil {
				return err
			}
			for _, f := range page.Found {
				carried, err := x.carried(ctx, f.ID, rows)
				if err != nil {
					return err
				}
				if carried {
					ids = append(ids, f.ID)
				}
			}
			if q.Page = page.Next; q.Page == "" {
				break
			}
		}
	}
	return x.Store.EraseExchanges(ctx, ids)
}

// carried says whether a decision was on a message about one of these rows.
func (x *Exchange) carried(ctx context.Context, decision string, rows map[string]ledger.Matter) (bool, error) {
	row, err := x.Store.Decision(ctx, decision)
	if err != nil {
		return false, err
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		return false, problem.Wrap(problem.CodeUnavailable, "decision "+decision, err)
	}
	_, own := rows[d.QueryID]
	_, came := rows[x.sightingID(d.Peer, d.QueryID)]
	return own || came, nil
}
