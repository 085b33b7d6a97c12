package exchange

import (
	"context"
	"errors"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
)

// Problems of decoys.
const (
	CodeDecoyLaid problem.Code = "decoy_laid"
	CodeNoDecoy   problem.Code = "no_such_decoy"
)

// LayDecoy makes one of one's own records a decoy: a made-up child whom no honest
// question is about. It is answered like any other; each question that matches it
// is remembered, counted and logged, by who asked.
func (x *Exchange) LayDecoy(ctx context.Context, child string, by envelope.Officer) (casework.Decoy, error) {
	if x.Source == nil {
		return casework.Decoy{}, problem.New(CodeNoRecords, "source")
	}
	if _, err := x.Source.Get(ctx, child, adapters.Mask{"birth.birth_date"}); errors.Is(err, adapters.ErrNotFound) {
		return casework.Decoy{}, problem.New(CodeNoSuchChild, "child")
	} else if err != nil {
		return casework.Decoy{}, problem.Wrap(problem.CodeUnavailable, "source", err)
	}
	d := casework.Decoy{ID: x.decoyID(child), State: casework.DecoyLaid, Subject: x.subject(child), At: x.Now(), Record: child}
	m, err := x.Store.Matter(ctx, d.ID)
	if err == nil && m.State == casework.DecoyLaid {
		return d, problem.New(CodeDecoyLaid, "child")
	}
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return d, err
	}
	return d, x.putDecoy(ctx, d, m.State, by)
}

// TakeDecoy ends a decoy; what touched it stays on the record.
func (x *Exchange) TakeDecoy(ctx context.Context, child string, by envelope.Officer) error {
	d := casework.Decoy{ID: x.decoyID(child), State: casework.DecoyTaken, Subject: x.subject(child), At: x.Now(), Record: child}
	m, err := x.Store.Matter(ctx, d.ID)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) || err == nil && m.State != casework.DecoyLaid {
		return problem.New(CodeNoDecoy, "child")
	}
	if err != nil {
		return err
	}
	return x.putDecoy(ctx, d, m.State, by)
}

func (x *Exchange) decoyID(child string) string { return "decoy." + x.subject(child) }

func (x *Exchange) putDecoy(ctx context.Context, d casework.Decoy, was string, by envelope.Officer) error {
	row, err := d.Matter(x.box, was)
	if err != nil {
		return err
	}
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindDecoy, Holder: x.Self, Requester: x.Self, Peer: x.Self, Officer: by, Policy: x.Engine.Ref(), Outcome: d.State,
	}, ledger.Commit{Matters: []ledger.Matter{row}})
	return err
}

// Decoys lists what is laid, and what touched it or what was laid before.
func (x *Exchange) Decoys(ctx context.Context) (laid []casework.Decoy, touched []casework.Touch, err error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterDecoy})
	if err != nil {
		return nil, nil, err
	}
	for _, m := range rows {
		if m.State == casework.DecoyTouched {
			t, err := casework.TouchOf(x.box, m)
			if err != nil {
				return nil, nil, err
			}
			touched = append(touched, t)
			continue
		}
		d, err := casework.DecoyOf(x.box, m)
		if err != nil {
			return nil, nil, err
		}
		if d.State == casework.DecoyLaid {
			laid = append(laid, d)
		}
	}
	return laid, touched, nil
}

// touches are the rows that a decision adds for each decoy it is about. They are
// committed with it and change nothing of the answer.
func (x *Exchange) touches(s *standing, released minimize.Released) ([]ledger.Matter, error) {
	if len(s.decoys) == 0 {
		return nil, nil
	}
	q := released.Admitted().Facts().Query
	var out []ledger.Matter
	for _, r := range released.Records() {
		subject := x.subject(r.ID)
		if !s.decoys[subject] {
			continue
		}
		touch := casework.Touch{
			ID: envelope.NewID(), Participant: q.Issuer, Subject: subject, At: x.Now(),
			TouchBody: casework.TouchBody{Officer: q.Officer.ID, Role: q.Officer.Role, Purpose: q.Purpose, Query: q.ID},
		}
		row, err := touch.Matter(x.box)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// alert counts and logs that decoys were touched, once that is on record: who
// asked, and nothing of whom.
func (x *Exchange) alert(q envelope.Query, touches []ledger.Matter) {
	for range touches {
		x.Metrics.Decoy()
		x.Log.Warn("a decoy was asked for", "requester", q.Issuer, "officer", q.Officer.ID, "purpose", q.Purpose)
	}
}
