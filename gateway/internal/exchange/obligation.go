package exchange

import (
	"context"
	"errors"
	"slices"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of obligations.
const (
	CodeObligationDone problem.Code = "obligation_done"
	// CodeObligationOverdue: what was received of this child before should be gone.
	CodeObligationOverdue problem.Code = "obligation_overdue"
)

// byGateway is who did what a gateway does by itself.
const byGateway = "gateway"

// noOnward binds every answer, whether or not it says so (never 2).
const noOnward = "no_onward_transfer"

// oblige adds to the record of a received answer what it obliges to, one row each,
// and carries out at once what a gateway can: telling the authority of origin, and
// giving the holder its receipt. It keeps no value, so it has none to delete.
func (x *Exchange) oblige(extra *ledger.Commit, m sentMessage, a envelope.Answer) error {
	texts := []string{noOnward}
	for _, r := range a.Records {
		texts = append(texts, r.Obligations...)
	}
	slices.Sort(texts)
	if len(a.Records) == 0 {
		texts = nil
	}
	answered := time.Unix(a.IssuedAt, 0)
	for _, text := range slices.Compact(texts) {
		o := casework.Obligation{
			ID: envelope.NewID(), Holder: m.to, Decision: a.Decision, At: x.Now(), Due: casework.DueOf(text, answered),
			ObligationBody: casework.ObligationBody{Text: text, QueryID: m.queryID, Case: m.label, Child: m.child, Links: m.links},
		}
		if notice, to, ok := x.fulfils(o, m, a); ok {
			o.Done, o.How, o.By = true, "notice", byGateway
			if to != x.Self {
				item, err := x.post(to, notice, x.Now())
				if err != nil {
					return err
				}
				extra.Outbox = append(extra.Outbox, item)
			}
		}
		row, err := o.Matter(x.box, "")
		if err != nil {
			return err
		}
		extra.Matters = append(extra.Matters, row)
	}
	return nil
}

// fulfils is the notice that an obligation asks for, and to whom; false if it asks
// for none. The authority of origin need not be told of its own answer.
func (x *Exchange) fulfils(o casework.Obligation, m sentMessage, a envelope.Answer) (n envelope.Notice, to string, ok bool) {
	n = envelope.Notice{Requester: x.Self, Purpose: m.purpose, Query: m.jti, Decisions: []string{a.Decision}}
	switch o.Word() {
	case casework.ReturnReceipt:
		n.Event = envelope.EventReceipt
		return n, m.to, true
	case casework.NotifyOrigin:
		origin, known := x.origin()
		if known && origin.ID == m.to {
			return n, x.Self, true
		}
		n.Event, n.Holder, n.Criteria = envelope.EventOrigin, m.to, m.criteria
		return n, "", true
	}
	return n, "", false
}

// Obligations lists what the answers that came here oblige to: what is open and
// has a day, or all.
func (x *Exchange) Obligations(ctx context.Context, all bool) ([]casework.Obligation, error) {
	q := ledger.MatterQuery{Kind: ledger.MatterObligation}
	if !all {
		q.State = casework.ObligationOpen
	}
	rows, err := x.Store.Matters(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []casework.Obligation
	for _, m := range rows {
		o, err := casework.ObligationOf(x.box, m)
		if err != nil {
			return nil, err
		}
		if all || !o.Due.IsZero() {
			out = append(out, o)
		}
	}
	return out, nil
}

// FulfilObligation records that a person did what an answer obliges to, and how.
// What the row said of the case is dropped with it.
func (x *Exchange) FulfilObligation(ctx context.Context, id, how string, by envelope.Officer) (casework.Obligation, error) {
	m, err := x.Store.Matter(ctx, id)
	if err == nil && m.Kind != ledger.MatterObligation {
		err = problem.New(problem.CodeNotFound, "obligation")
	}
	if err != nil {
		return casework.Obligation{}, err
	}
	o, err := casework.ObligationOf(x.box, m)
	if err != nil {
		return o, err
	}
	if o.Done {
		return o, problem.New(CodeObligationDone, "obligation")
	}
	o.Done, o.How, o.By, o.Case, o.Child, o.Links = true, how, by.ID, "", "", nil
	row, err := o.Matter(x.box, m.State)
	if err != nil {
		return o, err
	}
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindFulfilled, Holder: o.Holder, Requester: x.Self, Peer: o.Holder, Officer: by,
		QueryID: id, Policy: x.Engine.Ref(), Outcome: o.Word(), TheirDecision: o.Decision,
	}, ledger.Commit{Matters: []ledger.Matter{row}})
	if errors.Is(err, problem.New(ledger.CodeMoved, "")) {
		return o, problem.New(CodeObligationDone, "obligation") // or a recall came: look again
	}
	return o, err
}

// mayAskOf refuses a question while something that came of the same child
// should be gone and nobody confirmed that it is.
func (x *Exchange) mayAskOf(ctx context.Context, child string, links ...string) error {
	return x.noneOverdue(ctx, func(o casework.Obligation) bool {
		shared := func(link string) bool { return slices.Contains(o.Links, link) }
		return child != "" && o.Child == child || slices.ContainsFunc(links, shared)
	})
}

func (x *Exchange) noneOverdue(ctx context.Context, of func(casework.Obligation) bool) error {
	overdue, err := x.overdueObligations(ctx)
	if err != nil {
		return err
	}
	for _, o := range overdue {
		if of(o) {
			return problem.Mismatch(CodeObligationOverdue, "obligation "+o.ID, o.Text+", by "+o.Due.UTC().Format(time.DateOnly), "not confirmed")
		}
	}
	return nil
}

func (x *Exchange) overdueObligations(ctx context.Context) ([]casework.Obligation, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterObligation, State: casework.ObligationOpen, DueBefore: x.Now()})
	if err != nil {
		return nil, err
	}
	out := make([]casework.Obligation, len(rows))
	for i, m := range rows {
		if out[i], err = casework.ObligationOf(x.box, m); err != nil {
			return nil, err
		}
	}
	return out, nil
}
