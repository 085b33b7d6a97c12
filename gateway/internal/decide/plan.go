package decide

import (
	"context"

	"homeward.example/gateway/internal/envelope"
)

// PlanInput is what the policy sees of a question before it is sent.
type PlanInput struct {
	Purpose   string
	Officer   envelope.Officer
	Requester Party
	// Linked says that the question has a case link that the requester's own
	// gateway verified.
	Linked  bool
	Holders []PlanHolder
}

// PlanHolder is one participant that could be asked.
type PlanHolder struct {
	Party
	// Lead: it issued the link, or is among its leads.
	Lead bool
	// GoAhead: a go-ahead beside the link names it; Named: an agreement in force says
	// that the requester may ask it about every child, for this purpose.
	GoAhead, Named bool
	// Mandate of the requester to review this holder (AUDIT).
	Mandate Tri
	// Agreement in force between this holder and the requester for this purpose.
	Agreement Tri
}

// Planned says of one participant whether policy lets it be asked, and why.
type Planned struct {
	Holder string
	Asked  bool
	Reason string
}

// Plan asks the policy about each holder, in the order given. A holder on which
// it has no word is not asked. The error is that of the context.
func (e *Engine) Plan(ctx context.Context, in PlanInput) ([]Planned, error) {
	out := make([]Planned, 0, len(in.Holders))
	for _, h := range in.Holders {
		p := e.planned(ctx, h.ID, planInput(in, h))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (e *Engine) planned(ctx context.Context, holder string, input []byte) Planned {
	not := Planned{Holder: holder}
	result, failure := e.plan.eval(ctx, input)
	if failure != "" {
		not.Reason = "no decision: " + failure
		return not
	}
	asked, ok := result["asked"].(bool)
	reason, also := result["reason"].(string)
	if !ok || !also {
		not.Reason = "no decision: " + failedType
		return not
	}
	return Planned{Holder: holder, Asked: asked, Reason: reason}
}

func planInput(in PlanInput, h PlanHolder) []byte {
	w := writer{make([]byte, 0, 512)}
	w.open()
	w.text("purpose", in.Purpose)
	w.object("officer")
	w.text("role", in.Officer.Role)
	w.close()
	w.party("requester", in.Requester)
	w.party("holder", h.Party)
	w.tri("agreement", h.Agreement)
	w.tri("linked", yes(in.Linked))
	w.tri("lead", yes(h.Lead))
	w.tri("go_ahead_names", yes(h.GoAhead))
	w.tri("agreement_names", yes(h.Named))
	w.tri("mandate", h.Mandate)
	w.close()
	return w.b
}
