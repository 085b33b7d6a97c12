package proof

import (
	"context"
	"fmt"

	"homeward.example/gateway/internal/decide"
)

// Suite is what a policy is judged by: the cases, and contexts on which it must
// agree with the reference. It is made once and safe for concurrent use.
type Suite struct {
	cases          []Case
	inputs         [][]byte // of the cases
	contexts       [][]byte
	wanted, opened []Wanted // of the contexts
	deliveries     []Delivery
	sightings      []Sighting
	exports        []Export
}

// NewSuite draws n contexts.
func NewSuite(cases []Case, seed uint64, n int) (*Suite, error) {
	s := &Suite{cases: cases, sightings: Sightings(), exports: Exports()}
	for i := range cases {
		input, err := cases[i].Input()
		if err != nil {
			return nil, err
		}
		s.inputs = append(s.inputs, input)
	}
	dice := NewDice(seed)
	for range n {
		c := dice.Draw()
		s.contexts = append(s.contexts, c.Input())
		s.wanted, s.opened = append(s.wanted, Reference(c)), append(s.opened, ReferenceOpened(c))
		s.deliveries = append(s.deliveries, dice.Delivery())
	}
	return s, nil
}

// Differs returns the first difference between a policy and what is wanted of it, or
// "". Contexts find most differences soonest, and cases those that are rare.
func (s *Suite) Differs(ctx context.Context, e *decide.Engine) string {
	first := min(len(s.contexts), 100)
	if d := s.contextsDiffer(ctx, e, s.wanted, 0, first); d != "" {
		return d
	}
	for i, m := range s.sightings {
		if d := m.Differs(ctx, e); d != "" {
			return fmt.Sprintf("sighting %d: %s", i, d)
		}
	}
	for i, x := range s.exports {
		if d := x.Differs(ctx, e); d != "" {
			return fmt.Sprintf("export %d: %s", i, d)
		}
	}
	for i := range s.cases {
		if d := s.cases[i].Differs(s.cases[i].Decide(ctx, e, s.inputs[i])); d != "" {
			return s.cases[i].Name + ": " + d
		}
	}
	for i, d := range s.deliveries {
		if d := d.Differs(ctx, e); d != "" {
			return fmt.Sprintf("delivery %d: %s", i, d)
		}
	}
	return s.contextsDiffer(ctx, e, s.wanted, first, len(s.contexts))
}

// OpenedDiffers is the same of a policy as Opened makes it: what its nevers leave.
func (s *Suite) OpenedDiffers(ctx context.Context, opened *decide.Engine) string {
	if d := s.contextsDiffer(ctx, opened, s.opened, 0, len(s.contexts)); d != "" {
		return "with an open matrix, " + d
	}
	return ""
}

func (s *Suite) contextsDiffer(ctx context.Context, e *decide.Engine, wanted []Wanted, from, to int) string {
	for i := from; i < to; i++ {
		if d := wanted[i].Differs(e.Replay(ctx, s.contexts[i]), e.ReplayPlan(ctx, s.contexts[i])); d != "" {
			return fmt.Sprintf("context %d: %s", i, d)
		}
	}
	return ""
}
