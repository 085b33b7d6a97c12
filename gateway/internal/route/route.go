// Package route turns the policy's word on whom to ask into a plan. Whom to ask
// is a decision too: the question itself says who is being sought.
package route

import (
	"context"
	"slices"

	"homeward.example/gateway/internal/decide"
)

// Policy decides whom a question may go to; *decide.Engine is one.
type Policy interface {
	Plan(ctx context.Context, in decide.PlanInput) ([]decide.Planned, error)
}

// Plan names the holders that are asked, and says of the others why not.
type Plan struct {
	holders []decide.Planned
}

// Make asks the policy. Every holder of the input has an entry in the plan.
func Make(ctx context.Context, policy Policy, in decide.PlanInput) (Plan, error) {
	holders, err := policy.Plan(ctx, in)
	if err != nil {
		return Plan{}, err
	}
	return Plan{holders: holders}, nil
}

// Asked lists the holders that may be asked, the policy's order kept.
func (p Plan) Asked() []string {
	var ids []string
	for _, h := range p.holders {
		if h.Asked {
			ids = append(ids, h.Holder)
		}
	}
	return ids
}

// All lists every holder with the reason.
func (p Plan) All() []decide.Planned { return p.holders }

// Names says whether a holder is among those asked.
func (p Plan) Names(holder string) bool { return slices.Contains(p.Asked(), holder) }
