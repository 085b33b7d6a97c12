package proof

import (
	"context"
	"fmt"

	"homeward.example/gateway/internal/decide"
)

// Suite is what a policy is judged by: the cases, and contexts on which it must
// agree with the reference. It is made once and safe for concurrent use.
type Suite struct {
	cases    []Case
	inputs   [][]byte // of the cases
	contexts [][]byte
	wanted   []Wanted // of the contexts
}

// NewSuite draws n contexts.
func NewSuite(cases []Case, seed uint64, n int) (*Suite, error) {
	s := &Suite{cases: cases}
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
		s.contexts, s.wanted = append(s.contexts, c.Input()), append(s.wanted, Reference(c))
	}
	return s, nil
}

// Differs returns the first difference between a policy and what is wanted of it, or
// "". Contexts find most differences soonest, and cases those that are rare.
func (s *Suite) Differs(ctx context.Context, e *decide.Engine) string {
	first := min(len(s.contexts), 100)
	if d := s.contextsDiffer(ctx, e, 0, first); d != "" {
		return d
	}
	for i := range s.cases {
		if d := s.cases[i].Differs(e.Replay(ctx, s.inputs[i]), e.ReplayPlan(ctx, s.inputs[i])); d != "" {
			return s.cases[i].Name + ": " + d
		}
	}
	return s.contextsDiffer(ctx, e, first, len(s.contexts))
}

func (s *Suite) contextsDiffer(ctx context.Context, e *decide.Engine, from, to int) string {
	for i := from; i < to; i++ {
		if d := s.wanted[i].Differs(e.Replay(ctx, s.contexts[i])); d != "" {
			return fmt.Sprintf("context %d: %s", i, d)
		}
	}
	return ""
}
