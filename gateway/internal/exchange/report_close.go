package exchange

import (
	"context"
	"encoding/json"
	"slices"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CloseSighting records that somebody says the child of a confirmed sighting is
// reunified or dead, and asks the authority of origin. It closes nothing.
func (x *Exchange) CloseSighting(ctx context.Context, req *homewardv1.CloseSightingRequest) (*homewardv1.TriagedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	return x.acting(ctx, req.GetId(), req.GetOfficer(), func(a *act) (sightings.Step, error) {
		step := sightings.Step{Act: sightings.ActClosing, Child: a.Child}
		if a.Shared || a.State != sightings.StatusConfirmed {
			return step, problem.Mismatch(sightings.CodeClosing, "state", "a sighting of one's own, confirmed on two sources", or(a.State, "another"))
		}
		if a.Closing != nil {
			return step, problem.Mismatch(sightings.CodeClosing, "closing", "none that waits", a.Closing.Outcome)
		}
		group, err := x.group(ctx, a.Received)
		if err != nil {
			return step, err
		}
		a.Closing = &sightings.Closing{
			Outcome: req.GetOutcome(), Organisation: x.Self, Officer: a.by, At: x.Now(), Sources: sightings.Sources(group), Note: req.GetNote(),
		}
		step.Note = a.Closing.Line()
		if x.party(x.Self).AuthorityOfOrigin {
			return step, nil // a second person here confirms
		}
		return step, x.askOrigin(ctx, a)
	})
}

// askOrigin shows the authority of origin the sighting, as to a second organisation, and
// what is said to have ended it.
func (x *Exchange) askOrigin(ctx context.Context, a *act) error {
	origin, ok := x.origin()
	if !ok {
		return problem.New(CodeUnknownHolder, "there is no authority of origin")
	}
	members, err := x.mayReport(ctx, envelope.EventClosing, x.Self, origin.ID)
	if err != nil {
		return err
	}
	values := sightings.Keep(a.Values, members)
	if values["closing"], err = json.Marshal(a.Closing); err != nil {
		return err
	}
	if !slices.Contains(a.SharedWith, origin.ID) {
		a.SharedWith = append(a.SharedWith, origin.ID)
	}
	return x.dispatch(sightings.Delivery{Recipient: origin.ID, About: a.ID, DeliveryBody: sightings.DeliveryBody{
		Event: envelope.EventClosing, Report: a.ID, Values: values,
	}}, &a.extra)
}

// ConfirmClosing is the word of the authority of origin on what is said to have ended a
// sighting: its own, or another holder's, who is told. Who said it cannot confirm it.
func (x *Exchange) ConfirmClosing(ctx context.Context, req *homewardv1.ConfirmClosingRequest) (*homewardv1.TriagedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	by := officer(req.GetOfficer())
	if !slices.Contains(sightings.ClosingRoles(), by.Role) {
		return nil, problem.Mismatch(sightings.CodeClosing, "role of the officer", "supervisor", by.Role)
	}
	if !x.party(x.Self).AuthorityOfOrigin {
		return nil, problem.Mismatch(sightings.CodeClosing, "participant", "the authority of origin", x.Self)
	}
	return x.acting(ctx, req.GetId(), req.GetOfficer(), func(a *act) (sightings.Step, error) {
		c := a.Closing
		switch {
		case c == nil:
			return sightings.Step{}, problem.Mismatch(sightings.CodeClosing, "closing", "one that waits", "none")
		case c.Organisation == x.Self && by.Same(c.Officer):
			return sightings.Step{}, problem.Mismatch(sightings.CodeClosing, "officer", "another than who said so", by.ID)
		case req.GetConfirmed() && c.Sources < 2:
			return sightings.Step{}, problem.Mismatch(sightings.CodeSources, "sources", "two independent ones", "fewer")
		}
		v := sightings.Verdict{Closing: *c, Confirmed: req.GetConfirmed(), Said: x.Now()}
		v.Organisation, v.Officer, v.Note = x.Self, by, req.GetNote()
		return x.rule(ctx, a, v)
	})
}

// rule applies a verdict here, and sends it to the holder whose sighting it is.
func (x *Exchange) rule(ctx context.Context, a *act, v sightings.Verdict) (sightings.Step, error) {
	if !a.Shared {
		a.Close(v, x.Now())
		last := len(a.Steps) - 1
		step := a.Steps[last]
		a.Steps = a.Steps[:last]
		return step, nil
	}
	step := sightings.Step{Act: sightings.ActKeptOpen, Note: v.Line()}
	if a.Closing = nil; v.Confirmed {
		a.Outcome, step.Act = v.Outcome, sightings.ActClosed
	}
	if _, err := x.mayReport(ctx, envelope.EventClosed, x.Self, a.Submitter); err != nil {
		return step, err
	}
	verdict, err := json.Marshal(v)
	if err != nil {
		return step, err
	}
	return step, x.dispatch(sightings.Delivery{Recipient: a.Submitter, About: a.ID, DeliveryBody: sightings.DeliveryBody{
		Event: envelope.EventClosed, Report: a.Report, Values: map[string]json.RawMessage{"closing": verdict},
	}}, &a.extra)
}

// takeClosing keeps at the authority of origin that a holder says what ended a sighting,
// with the sighting if it was not shared before.
func (x *Exchange) takeClosing(ctx context.Context, from string, m envelope.Sighting, members []string) (takenReport, error) {
	id := x.sightingID(from, m.Report)
	row, found, err := x.matterOr(ctx, id)
	if err != nil {
		return takenReport{}, err
	}
	closing, err := sightings.Ended(m.Values["closing"], from)
	if err != nil {
		return takenReport{}, err
	}
	r, was := sightings.Received{}, row.State
	if found {
		r, err = sightings.ReceivedOf(x.box, row)
	} else {
		was = ledger.MatterNone
		r, err = x.newReceived(ctx, id, from, m, members)
		r.Shared, r.Receipt.Hash = true, "" // what may be shared later has another content
	}
	if err != nil {
		return takenReport{}, err
	}
	if found && !r.Shared {
		return takenReport{}, problem.New(CodeReportUnknown, "report_id")
	}
	receipt := x.receiptFor(from, m)
	if r.State == sightings.StatusWithdrawn || !r.Ask(closing) {
		return takenReport{receipt: receipt}, nil
	}
	r.Steps = append(r.Steps, sightings.Step{
		At: x.Now(), Sent: closing.At, Organisation: from, Officer: closing.Officer, Act: sightings.ActClosing, Note: closing.Line(),
	})
	kept, err := r.Matter(x.box, was)
	return takenReport{receipt, ledger.Commit{Matters: []ledger.Matter{kept}}}, err
}

// takeVerdict keeps at the holder the word of the authority of origin.
func (x *Exchange) takeVerdict(ctx context.Context, from string, m envelope.Sighting) (takenReport, error) {
	row, r, err := x.sharedBy(ctx, m.Report, from)
	if err != nil {
		return takenReport{}, err
	}
	verdict, err := sightings.VerdictOf(m.Values["closing"], from)
	if err != nil {
		return takenReport{}, err
	}
	receipt := x.receiptFor(from, m)
	if !r.Close(verdict, x.Now()) {
		return takenReport{receipt: receipt}, nil
	}
	kept, err := r.Matter(x.box, row.State)
	return takenReport{receipt, ledger.Commit{Matters: []ledger.Matter{kept}}}, err
}
