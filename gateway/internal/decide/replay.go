package decide

import (
	"context"
	"encoding/json"
)

// Word is all that a policy says of one input.
type Word struct {
	// Refusal is the code for which the question is refused, Reason the one for
	// which nothing may be read although it is let in. Both may be empty.
	Refusal, Reason string
	// Paths that may be read for it.
	Paths                             []string
	Pending, TellOrigin, NotifyAlways bool
	// Failure is "" or why there is no word on the question ("timeout", …).
	Failure string
	// Set is the word on the record of the input.
	Set *Set
}

// Replay says what this policy says of an input as Set.Input holds it, such as
// one that was recorded under another bundle. It admits and releases nothing,
// and keeps nothing.
func (e *Engine) Replay(ctx context.Context, input []byte) Word {
	var in struct{ Record struct{ Matched string } }
	_ = json.Unmarshal(input, &in) // what is no input has no verdicts, as newSet finds
	w := e.replayQuestion(ctx, input)
	w.Set = e.newSet(ctx, input, in.Record.Matched)
	return w
}

// replayQuestion is the word on the question of an input alone; Set is nil.
func (e *Engine) replayQuestion(ctx context.Context, input []byte) (w Word) {
	result, failure := e.admit.eval(ctx, input)
	a, ok := newAdmission(result, nil)
	switch {
	case failure != "":
		w.Failure = failure
	case !ok:
		w.Failure = failedType
	default:
		a = e.overlay.question(ctx, input, a)
		w.Failure = a.failure
		w.Refusal, w.Reason, w.Pending, w.TellOrigin = a.refusal, a.reason, a.pending, a.tellOrigin
		w.NotifyAlways = a.notify
		if a.refusal == "" {
			w.Paths, _ = stringsOf(result["paths"])
		}
	}
	return w
}

// ReplayPlan says what this policy says on whether a holder is asked, of an input
// as Plan makes it.
func (e *Engine) ReplayPlan(ctx context.Context, input []byte) Planned {
	return e.planned(ctx, "", input)
}
