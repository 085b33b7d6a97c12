package exchange

import (
	"context"
	"slices"

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
