package decide

import (
	"context"
	"encoding/json"

	"homeward.example/gateway/internal/envelope"
)

// Export is what the policy sees before evidence of a decision is handed out: who
// hands it out, and of each value where it comes from. It sees none of them.
type Export struct {
	Exporter Party
	Officer  envelope.Officer
	// Side of the exporter in the decision: SideHolder or SideRequester.
	Side string
	// Holder's kind in the registry.
	HolderKind string
	// NoOnward: the holder released its answer to the requester alone.
	NoOnward Tri
	// Release: one that the ICRC signed, of the evidence of this decision to this exporter.
	Release Tri
	Values  []ExportValue
}

// Sides of an exporter in the decision that it hands out.
const (
	SideHolder    = "holder"
	SideRequester = "requester"
)

// ExportValue is one disclosed value.
type ExportValue struct {
	Message string // "query", "again", "answer"
	Path    string // name of the disclosure, behind "query." or "again." in a question
	ICRC    Tri    // something of its record is of the ICRC
}

// Exported is the policy's word on an export.
type Exported struct {
	// Refusal is the reason code; empty if evidence may be handed out.
	Refusal string
	// Reasons by value, in the order asked: "" for one that may leave.
	Reasons []string
	// Input is what the policy saw, and Ledger its word on each value, as ReadLedger takes it.
	Input, Ledger []byte
	// Failure is "" or why there is no word.
	Failure string
}

// Export asks the policy which values of a decision's messages may leave. Where
// there is no decision none does. The error is that of the context.
func (e *Engine) Export(ctx context.Context, x Export) (Exported, error) {
	out := e.ReplayExport(ctx, x.Input())
	return out, ctx.Err()
}

// ReplayExport says what this policy says of an input as Export made it.
func (e *Engine) ReplayExport(ctx context.Context, input []byte) Exported {
	undecided := Exported{Refusal: reasonUndecided, Input: input}
	var in struct {
		Values []struct{ Path string }
	}
	if json.Unmarshal(input, &in) != nil {
		undecided.Failure = failedType
		return undecided
	}
	value, failure := e.export.eval(ctx, input)
	if failure != "" {
		undecided.Failure = failure
		return undecided
	}
	undecided.Failure = failedType
	raw, err := json.Marshal(value)
	var word struct {
		Permitted bool    `json:"permitted"`
		Refusal   *string `json:"refusal"`
		Values    []struct {
			Keep   *bool  `json:"keep"`
			Reason string `json:"reason"`
		} `json:"values"`
	}
	if err != nil || json.Unmarshal(raw, &word) != nil || word.Refusal == nil || word.Permitted != (*word.Refusal == "") {
		return undecided
	}
	if !word.Permitted {
		return Exported{Refusal: *word.Refusal, Input: input}
	}
	if len(word.Values) != len(in.Values) {
		return undecided
	}
	out, verdicts := Exported{Input: input}, make([]Verdict, len(word.Values))
	for i, v := range word.Values {
		if v.Keep == nil || v.Reason == "" {
			return undecided
		}
		verdicts[i] = Verdict{Path: in.Values[i].Path, Verdict: released, Reasons: []string{v.Reason}}
		reason := ""
		if !*v.Keep {
			verdicts[i].Verdict, reason = withheld, v.Reason
		}
		out.Reasons = append(out.Reasons, reason)
	}
	out.Ledger, _ = json.Marshal(ledgerLines(verdicts)) // structs of strings
	return out
}

// Input is what the policy sees of an export, as JSON.
func (x Export) Input() []byte {
	w := writer{make([]byte, 0, 512+64*len(x.Values))}
	w.open()
	w.party("exporter", x.Exporter)
	w.object("officer")
	w.text("role", x.Officer.Role)
	w.close()
	w.text("side", x.Side)
	w.object("holder")
	w.text("kind", x.HolderKind)
	w.close()
	w.tri("no_onward_transfer", x.NoOnward)
	w.tri("release", x.Release)
	w.key("values")
	w.b = append(w.b, '[')
	for i, v := range x.Values {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.open()
		w.text("message", v.Message)
		w.text("path", v.Path)
		w.tri("icrc_origin", v.ICRC)
		w.close()
	}
	w.b = append(w.b, ']')
	w.close()
	return w.b
}
