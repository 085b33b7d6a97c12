package exchange

import (
	"context"
	"slices"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// MergeSighting links a sighting to another of the same event. Nothing is changed or
// lost of either, and Split takes the link away.
func (x *Exchange) MergeSighting(ctx context.Context, req *homewardv1.MergeSightingRequest) (*homewardv1.TriagedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	return x.acting(ctx, req.GetId(), req.GetOfficer(), func(a *act) (sightings.Step, error) {
		step := sightings.Step{Act: "merged", Note: req.GetInto() + ": " + req.GetNote()}
		if a.MergedInto != "" || len(a.Merged) > 0 || req.GetInto() == a.ID {
			return step, problem.Mismatch(sightings.CodeMerge, "id", "one that is merged with nothing yet", "another")
		}
		into, err := x.receivedSighting(ctx, req.GetInto())
		if err != nil {
			return step, err
		}
		if into.MergedInto != "" || into.Shared != a.Shared {
			return step, problem.Mismatch(sightings.CodeMerge, "into", "one that is not merged into another, and of the same holder", "another")
		}
		a.MergedInto = into.ID
		into.Merged = append(into.Merged, a.ID)
		into.Steps = append(into.Steps, x.linkStep(a, "merged", a.ID))
		return step, x.alongside(a, into, into.State)
	})
}

// SplitSighting takes the link away again.
func (x *Exchange) SplitSighting(ctx context.Context, req *homewardv1.SplitSightingRequest) (*homewardv1.TriagedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	return x.acting(ctx, req.GetId(), req.GetOfficer(), func(a *act) (sightings.Step, error) {
		step := sightings.Step{Act: "split", Note: req.GetNote()}
		if a.MergedInto == "" {
			return step, problem.Mismatch(sightings.CodeMerge, "id", "one that was merged into another", "another")
		}
		into, err := x.receivedSighting(ctx, a.MergedInto)
		if err != nil {
			return step, err
		}
		a.MergedInto = ""
		was := into.State
		into.Merged = slices.DeleteFunc(into.Merged, func(id string) bool { return id == a.ID })
		into.Steps = append(into.Steps, x.linkStep(a, "split", a.ID))
		if into, err = x.without(ctx, into, a.ID); err != nil {
			return step, err
		}
		return step, x.alongside(a, into, was)
	})
}

// without is a sighting that lost a source: what was confirmed on two is not on one.
func (x *Exchange) without(ctx context.Context, r sightings.Received, lost string) (sightings.Received, error) {
	if r.State != sightings.StatusConfirmed {
		return r, nil
	}
	group, err := x.group(ctx, r)
	group = slices.DeleteFunc(group, func(g sightings.Received) bool { return g.ID == lost })
	if sightings.Sources(group) < 2 {
		r.State = sightings.StatusProbable
	}
	return r, err
}

func (x *Exchange) linkStep(a *act, what, with string) sightings.Step {
	return sightings.Step{At: x.Now(), Organisation: x.Self, Officer: a.by, Act: what, Note: with}
}

// alongside changes a second sighting in the same transaction.
func (x *Exchange) alongside(a *act, other sightings.Received, was string) error {
	row, err := other.Matter(x.box, was)
	a.extra.Matters = append(a.extra.Matters, row)
	return err
}

// ListSightings lists what came here, the newest first.
func (x *Exchange) ListSightings(ctx context.Context, req *homewardv1.ListSightingsRequest) (*homewardv1.ListSightingsResponse, error) {
	limit := int(req.GetLimit())
	if limit == 0 {
		limit = 100
	}
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{
		Kind: ledger.MatterSighting, State: req.GetState(), Newest: true, Limit: min(limit, maxListed),
	})
	if err != nil {
		return nil, err
	}
	resp := &homewardv1.ListSightingsResponse{}
	for _, m := range rows {
		r, err := sightings.ReceivedOf(x.box, m)
		if err != nil {
			return nil, err
		}
		one, err := triagedShown(r)
		if err != nil {
			return nil, err
		}
		resp.Sightings = append(resp.Sightings, one)
	}
	return resp, nil
}

// TriagedSighting shows one with its candidates, and with all that has the same capture.
func (x *Exchange) TriagedSighting(ctx context.Context, id string) (*homewardv1.TriagedSighting, error) {
	r, err := x.receivedSighting(ctx, id)
	if err != nil {
		return nil, err
	}
	out, err := triagedShown(r)
	if err != nil {
		return nil, err
	}
	group, err := x.group(ctx, r)
	if err != nil {
		return nil, err
	}
	out.Sources = int32(sightings.Sources(group))
	same, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterSighting, Subject: r.Subject})
	for _, m := range same {
		if m.ID != r.ID {
			out.SameSource = append(out.SameSource, m.ID)
		}
	}
	return out, err
}

func triagedShown(r sightings.Received) (*homewardv1.TriagedSighting, error) {
	report, err := r.Sighting()
	if err != nil {
		return nil, err
	}
	out := &homewardv1.TriagedSighting{
		Id: r.ID, State: r.State, Submitter: r.Submitter, ReceivedAt: utc(r.At), Reference: r.Receipt.Reference, Sighting: report,
		Reliability: r.Reliability, Credibility: r.Credibility, Child: r.Child, MergedInto: or(r.MergedInto, r.DuplicateOf), Merged: r.Merged,
		SharedWith: r.SharedWith, Quarantined: r.Quarantined, Feedback: r.Receipt.Feedback,
	}
	if r.Shared {
		out.Submitter, out.SharedBy = "", r.Submitter
	}
	for _, c := range r.Candidates {
		shown := &homewardv1.SightingCandidate{RecordId: c.Record, Band: c.Band, Probability: c.Probability, Weight: c.Weight}
		for _, f := range c.Features {
			shown.Features = append(shown.Features, &homewardv1.MatchFeature{Name: f.Name, Weight: f.Weight, Reason: f.Reason})
		}
		out.Candidates = append(out.Candidates, shown)
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, &homewardv1.SightingStep{
			At: utc(s.At), Organisation: s.Organisation, Officer: officerShown(s.Officer), Act: s.Act, Note: s.Note,
		})
	}
	return out, nil
}
