package decide

import "context"

// Report is what the policy sees of a message about a sighting: who sends it to
// whom. It sees nothing of what was seen, and no record is looked for (never 3).
type Report struct {
	Event     string // as in a homeward-sighting: "submitted", …
	Requester Party  // who sends it
	Holder    Party  // who receives it
	Agreement Tri    // of the receiver with the sender, for SIGHTING
}

// Reported is the policy's word on such a message.
type Reported struct {
	// Refusal is the reason code; empty if it may be sent and taken in.
	Refusal string
	// Members of the report that it may have.
	Members []string
}

// Report asks the policy whether a message about a sighting goes from one to the
// other. Where there is no decision it does not. The error is that of the context.
func (e *Engine) Report(ctx context.Context, r Report) (Reported, error) {
	result, failure := e.sighting.eval(ctx, r.input())
	if err := ctx.Err(); err != nil {
		return Reported{}, err
	}
	permitted, ok := result["permitted"].(bool)
	refusal, ok2 := result["refusal"].(string)
	members, ok3 := stringsOf(result["members"])
	if failure != "" || !ok || !ok2 || !ok3 || permitted != (refusal == "") {
		return Reported{Refusal: reasonUndecided}, nil
	}
	return Reported{Refusal: refusal, Members: members}, nil
}

func (r Report) input() []byte {
	w := writer{make([]byte, 0, 256)}
	w.open()
	w.text("event", r.Event)
	w.party("requester", r.Requester)
	w.party("holder", r.Holder)
	w.tri("agreement", r.Agreement)
	w.close()
	return w.b
}
